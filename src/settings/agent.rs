//! `[[agents]]`: who answers.

use std::collections::BTreeMap;

use super::Sha256Digest;
use super::problem::Fault;
use super::reader::{Read, Section, parse};

/// One of `[[agents]]`.
#[derive(Debug, Clone)]
pub struct Agent {
    /// At least 1.
    pub id: u64,
    /// What people see.
    pub name: String,
    /// Empty where unknown.
    pub email: String,
    /// Of the agent's API keys.
    pub api_keys: Vec<Sha256Digest>,
    /// Whether the keys work and tickets may be assigned.
    pub active: bool,
    /// Empty where unknown.
    pub phone: String,
    /// Such as `en`.
    pub locale: String,
    /// Empty where there is none.
    pub avatar_url: String,
    /// Their Qminder user id, if any.
    pub qminder_user: Option<u64>,
}

/// The keys that were read, and whose they are.
type TakenKeys = BTreeMap<[u8; 32], String>;

impl Agent {
    /// `taken` holds the keys of the agents before, and gets this one's.
    pub(super) fn read(section: &Section<'_>, taken: &mut TakenKeys) -> Read<Self> {
        let id = section.need("id", parse::id_number);
        let name = section.need("name", parse::line_of_text);
        let is_email = |text: &str| {
            text.is_empty() || (text.contains('@') && !text.contains(char::is_whitespace))
        };
        let email = section.or("email", "", parse::text_that("an e-mail address", is_email));
        let api_keys = section.tables("api_keys", |key| api_key(key, taken));
        let active = section.or("active", true, parse::boolean);
        let phone = section.or("phone", "", parse::text);
        let locale = section.or("locale", "en", parse::line_of_text);
        let avatar_url = section.maybe("avatar_url", parse::web_url);
        let qminder_user = section.or("qminder_user", 0_i64, parse::whole(0..=i64::MAX as u64));
        Some(Self {
            id: id?,
            name: name?,
            email: email?,
            api_keys: api_keys?,
            active: active?,
            phone: phone?,
            locale: locale?,
            avatar_url: avatar_url?.map(String::from).unwrap_or_default(),
            qminder_user: Some(qminder_user?).filter(|id| *id > 0),
        })
    }
}

/// A key may bear a name, for the operator's eyes only.
fn api_key(section: &Section<'_>, taken: &mut TakenKeys) -> Read<Sha256Digest> {
    let name = section.maybe("name", parse::line_of_text);
    let key = section.need("sha256", parse::sha256);
    let key = key?;
    name?;
    if let Some(owner) = taken.insert(key.0, section.path.clone()) {
        let what = format!("is the same as that of {owner}");
        section.fault("sha256", Fault::new(what, "a key of its own"));
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use crate::settings::Sha256Digest;
    use crate::settings::trial::{loaded, sole_problem};

    #[test]
    fn an_agent_needs_an_id_and_a_name() {
        let settings = loaded("[[agents]]\nid = 3\nname = \"Agent Smith\"").settings;
        let agent = &settings.agents[&3];
        assert!(agent.active);
        assert_eq!(agent.locale, "en");
        assert_eq!((agent.email.as_str(), agent.avatar_url.as_str()), ("", ""));
        assert_eq!(agent.qminder_user, None);
    }

    #[test]
    fn values_are_checked() {
        for (line, path) in [
            ("email = \"smith\"", "agents[3].email "),
            ("active = \"yes\"", "agents[3].active "),
            ("phone = 7", "agents[3].phone "),
            ("locale = \"\"", "agents[3].locale "),
            ("avatar_url = \"face.png\"", "agents[3].avatar_url "),
            ("qminder_user = -1", "agents[3].qminder_user "),
            (
                "api_keys = [{ sha256 = \"hunter2\" }]",
                "agents[3].api_keys[0].sha256 ",
            ),
            ("api_keys = [\"hunter2\"]", "agents[3].api_keys[0] "),
        ] {
            let problem = sole_problem(&format!("[[agents]]\nid = 3\nname = \"A\"\n{line}"));
            assert!(problem.starts_with(path), "{path}: {problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
        let problem = sole_problem("[[agents]]\nid = 0\nname = \"A\"");
        assert!(problem.starts_with("agents[0].id "), "{problem}");
        let problem = sole_problem("[[agents]]\nid = 1");
        assert!(problem.starts_with("agents[1].name "), "{problem}");
    }

    #[test]
    fn two_agents_do_not_share_a_key() {
        let key = hex::encode(Sha256Digest::of("k").0);
        let problem = sole_problem(&format!(
            "[[agents]]\nid = 1\nname = \"A\"\napi_keys = [{{ name = \"laptop\", sha256 = \"{key}\" }}]\n[[agents]]\nid = 2\nname = \"B\"\napi_keys = [{{ sha256 = \"{key}\" }}]"
        ));
        assert!(
            problem.starts_with("agents[2].api_keys[0].sha256 "),
            "{problem}"
        );
        assert!(problem.contains("agents[1].api_keys[0]"), "{problem}");
    }
}
