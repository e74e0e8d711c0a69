//! `kind = "deskhive"`

use std::time::Duration;

use crate::mapping::DeskHiveMapping;
use crate::settings::Secret;
use crate::settings::mapping;
use crate::settings::reader::{Read, Section, parse};

/// A DeskHive installation.
#[derive(Debug, Clone)]
pub struct DeskHive {
    /// From `external_key_file`.
    pub external_key: Secret<String>,
    /// From `internal_key_file`.
    pub internal_key: Option<Secret<String>>,
    /// For customers without an address.
    pub customer_email_domain: Option<String>,
    /// Of the ticket list.
    pub poll_interval: Duration,
    /// Brand of tickets begun there.
    pub import_to: Option<String>,
    /// What becomes of fields.
    pub mapping: DeskHiveMapping,
}

impl DeskHive {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let known = &section.reader.known;
        let external_key = section.secret_file("external_key_file");
        let internal_key = section.maybe_secret_file("internal_key_file");
        let customer_email_domain = section.maybe(
            "customer_email_domain",
            parse::text_that("a domain such as \"example.com\"", is_domain),
        );
        let poll_interval = section.or("poll_interval", "15s", parse::duration);
        let import_to = section.maybe("import_to", known.word(&known.brands, "[[brands]]"));
        let mapping = section.table("mapping", mapping::deskhive);
        Some(Self {
            external_key: external_key?,
            internal_key: internal_key?,
            customer_email_domain: customer_email_domain?,
            poll_interval: poll_interval?,
            import_to: import_to?,
            mapping: mapping?,
        })
    }
}

fn is_domain(text: &str) -> bool {
    text.split('.').all(|label| {
        !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    })
}

#[cfg(test)]
mod tests {
    use crate::settings::SystemKind;
    use crate::settings::trial::{loaded, sole_problem};

    const DESK: &str = "[[systems]]\nid = \"desk\"\nkind = \"deskhive\"\nbase_url = \"https://desk.example.com\"\n";
    const KEY: &str = "external_key_file = \"k\"\n";

    #[test]
    fn what_is_not_given_has_a_default() {
        let settings = loaded(&format!("{DESK}{KEY}")).settings;
        let system = &settings.systems["desk"];
        assert_eq!((system.rate.per_second, system.rate.burst), (1.0, 60));
        match &system.kind {
            SystemKind::DeskHive(desk) => {
                assert_eq!(desk.poll_interval.as_secs(), 15);
                assert!(desk.internal_key.is_none() && desk.import_to.is_none());
                assert_eq!(desk.customer_email_domain, None);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn values_are_checked() {
        for (line, path) in [
            (
                "customer_email_domain = \"@example.com\"",
                "customer_email_domain ",
            ),
            (
                "customer_email_domain = \"example..com\"",
                "customer_email_domain ",
            ),
            ("internal_key_file = 1", "internal_key_file "),
            ("poll_interval = \"0s\"", "poll_interval "),
            ("import_to = \"acme\"", "import_to "),
            ("mapping = { mark_read = 1 }", "mapping.mark_read "),
        ] {
            let problem = sole_problem(&format!("{DESK}{KEY}{line}"));
            assert!(
                problem.starts_with(&format!("systems[desk].{path}")),
                "{path}: {problem}"
            );
        }
        assert!(sole_problem(DESK).starts_with("systems[desk].external_key_file "));
    }

    #[test]
    fn who_mirrors_to_it_needs_the_key_that_makes_tickets() {
        let brand = "[[brands]]\nid = \"acme\"\nmirror_to = [\"desk\"]\n";
        let warned = |more: &str| {
            let warnings = loaded(&format!("{brand}{DESK}{KEY}{more}")).warnings;
            let mut warnings = warnings.iter().map(ToString::to_string);
            warnings.any(|warning| warning.contains("`internal_key_file`"))
        };
        assert!(warned(""));
        assert!(!warned("internal_key_file = \"i\""));
        assert!(
            loaded(&format!("{DESK}{KEY}"))
                .warnings
                .iter()
                .all(|warning| warning.path != "systems")
        );
    }
}
