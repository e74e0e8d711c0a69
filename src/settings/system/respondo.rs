//! `kind = "respondo"`

use crate::settings::Secret;
use crate::settings::reader::{Read, Section, parse};

/// A Respondo server.
#[derive(Debug, Clone)]
pub struct Respondo {
    /// Its number there.
    pub remote_brand: u64,
    /// Of the personal access token.
    pub token_name: String,
    /// From `token_file`.
    pub token: Secret<String>,
    /// Which of its two paths.
    pub path: RespondoPath,
}

/// Which path a Respondo server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RespondoPath {
    /// `/brands/{id}/external_tickets.json`
    Brands,
    /// `/organizations/{id}/external_tickets.json`
    Organizations,
}

impl Respondo {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let remote_brand = section.need("remote_brand", parse::id_number);
        let token_name = section.need("token_name", parse::line_of_text);
        let token = section.secret_file("token_file");
        let path = section.or(
            "path",
            "brands",
            parse::choice(&[
                ("brands", RespondoPath::Brands),
                ("organizations", RespondoPath::Organizations),
            ]),
        );
        Some(Self {
            remote_brand: remote_brand?,
            token_name: token_name?,
            token: token?,
            path: path?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SystemKind;
    use crate::settings::trial::{loaded, sole_problem};

    const HUB: [&str; 5] = [
        "[[systems]]\nid = \"hub\"\nkind = \"respondo\"",
        "base_url = \"https://app.example.com\"",
        "remote_brand = 7",
        "token_name = \"bridge\"",
        "token_file = \"t\"",
    ];

    #[test]
    fn what_is_not_given_has_a_default() {
        let settings = loaded(&HUB.join("\n")).settings;
        let system = &settings.systems["hub"];
        assert_eq!((system.rate.per_second, system.rate.burst), (10.0, 20));
        match &system.kind {
            SystemKind::Respondo(hub) => assert_eq!(hub.path, RespondoPath::Brands),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_required_key_is_missed() {
        for left_out in 1..HUB.len() {
            let mut lines = HUB.to_vec();
            let line = lines.remove(left_out);
            let key = line.split(' ').next().unwrap();
            let problem = sole_problem(&lines.join("\n"));
            assert!(
                problem.starts_with(&format!("systems[hub].{key} ")),
                "{problem}"
            );
            assert!(problem.contains("is missing"), "{problem}");
        }
    }

    #[test]
    fn values_are_checked() {
        for (index, line, path) in [
            (2, "remote_brand = 0", "remote_brand "),
            (2, "remote_brand = \"7\"", "remote_brand "),
            (3, "token_name = \"\"", "token_name "),
            (4, "token_file = \"t\"\npath = \"teams\"", "path "),
        ] {
            let mut lines = HUB.to_vec();
            lines[index] = line;
            let problem = sole_problem(&lines.join("\n"));
            assert!(
                problem.starts_with(&format!("systems[hub].{path}")),
                "{path}: {problem}"
            );
        }
    }
}
