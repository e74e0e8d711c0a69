//! `[[brands]]`: who owns tickets, and who may send them.

use std::fmt::Display;

use config::Value;

use super::effective::quoted;
use super::problem::Fault;
use super::reader::{Read, Section, parse};
use super::{Secret, Sha256Digest};

/// One of `[[brands]]`.
#[derive(Debug, Clone)]
pub struct Brand {
    /// As in the intake's path.
    pub id: String,
    /// What people see.
    pub name: String,
    /// Who may send tickets.
    pub tokens: Vec<Token>,
    /// Ids of systems that get a copy.
    pub mirror_to: Vec<String>,
    /// Ids of agents who may be assigned, in order.
    pub agents: Vec<u64>,
    /// Who of them gets a new ticket.
    pub assign: Assign,
    /// Standard Webhooks secrets, decoded; the first signs, all are sent.
    pub signing_keys: Vec<Secret<Vec<u8>>>,
    /// Of `agent_api.departments`.
    pub department: Option<u64>,
    /// Of `agent_api.categories`.
    pub category: Option<u64>,
    /// Of `agent_api.products`.
    pub product: Option<u64>,
    /// `low`, `medium`, `high` or `critical`.
    pub default_priority: String,
}

/// Who gets a new ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assign {
    /// Every active agent of the brand.
    All,
    /// One after the other.
    RoundRobin,
    /// Whoever has the fewest open tickets.
    LeastOpen,
}

/// One of a brand's tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What the sender calls it.
    pub name: String,
    /// Of the token.
    pub sha256: Sha256Digest,
}

impl Brand {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let known = &section.reader.known;
        let id = section.need("id", path_segment);
        let fallback = id.clone().unwrap_or_else(|| "-".to_owned());
        let name = section.or("name", fallback, parse::line_of_text);
        let tokens = section.tables("tokens", Token::read);
        let mirror_to = section.list("mirror_to", known.word(&known.systems, "[[systems]]"));
        let agents = section.list("agents", known.number(&known.agents, "[[agents]]"));
        let assign = section.or(
            "assign",
            "all",
            parse::choice(&[
                ("all", Assign::All),
                ("round-robin", Assign::RoundRobin),
                ("least-open", Assign::LeastOpen),
            ]),
        );
        let signing_keys = section.signing_key_files("signing_key_files");
        let department = section.maybe(
            "department",
            known.number(&known.departments, "agent_api.departments"),
        );
        let category = section.maybe(
            "category",
            known.number(&known.categories, "agent_api.categories"),
        );
        let product = section.maybe(
            "product",
            known.number(&known.products, "agent_api.products"),
        );
        let priorities = ["low", "medium", "high", "critical"].map(|word| (word, word.to_owned()));
        let default_priority = section.or("default_priority", "medium", parse::choice(&priorities));

        if let Some(tokens) = &tokens {
            check_tokens(section, tokens);
        }
        named_once(section, "mirror_to", mirror_to.as_deref());
        named_once(section, "agents", agents.as_deref());
        let brand = Self {
            id: id?,
            name: name?,
            tokens: tokens?,
            mirror_to: mirror_to?,
            agents: agents?,
            assign: assign?,
            signing_keys: signing_keys?,
            department: department?,
            category: category?,
            product: product?,
            default_priority: default_priority?,
        };
        brand.warn(section);
        Some(brand)
    }

    fn warn(&self, section: &Section<'_>) {
        if self.tokens.is_empty() {
            let fault = Fault::new("is empty: nobody can send tickets to this brand", "a token");
            section.warn("tokens", fault);
        }
        if self.agents.is_empty() {
            let fault = Fault::new(
                "is empty: its tickets are assigned to nobody",
                "an agent's id",
            );
            section.warn("agents", fault);
        }
    }
}

impl Token {
    fn read(section: &Section<'_>) -> Read<Self> {
        let name = section.need("name", parse::line_of_text);
        let sha256 = section.need("sha256", parse::sha256);
        Some(Self {
            name: name?,
            sha256: sha256?,
        })
    }
}

/// Whoever presents a token is to be told apart by its name, and the token by its digest.
fn check_tokens(section: &Section<'_>, tokens: &[Token]) {
    for (later, token) in tokens.iter().enumerate() {
        for (earlier, other) in tokens[..later].iter().enumerate() {
            let what = format!("is the same as that of tokens[{earlier}]");
            if token.name == other.name {
                let fault = Fault::new(what.clone(), "a name of its own");
                section.fault(&format!("tokens[{later}].name"), fault);
            }
            if token.sha256 == other.sha256 {
                let fault = Fault::new(what, "a token of its own");
                section.fault(&format!("tokens[{later}].sha256"), fault);
            }
        }
    }
}

fn named_once<T: PartialEq + Display>(section: &Section<'_>, key: &'static str, ids: Option<&[T]>) {
    let ids = ids.unwrap_or_default();
    for (index, id) in ids.iter().enumerate() {
        if ids[..index].contains(id) {
            section.fault(key, Fault::new(format!("names {id} twice"), "each id once"));
        }
    }
}

/// An id that can stand in a URL's path as it is.
pub(super) fn path_segment(value: &Value) -> Result<String, Fault> {
    let expected = "letters, digits, `.`, `_` and `-`";
    let text = parse::line_of_text(value).map_err(|fault| Fault::new(fault.what, expected))?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    // The dot segments would be taken out of the path on the way.
    if text.chars().all(allowed) && text != "." && text != ".." {
        Ok(text)
    } else {
        Err(Fault::new(format!("is {}", quoted(&text)), expected))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::{Trial, loaded, sole_problem};

    #[test]
    fn a_brand_needs_no_more_than_an_id() {
        let loaded = loaded("[[brands]]\nid = \"acme\"");
        let brand = &loaded.settings.brands["acme"];
        assert_eq!(brand.name, "acme");
        assert_eq!(brand.assign, Assign::All);
        assert_eq!(brand.default_priority, "medium");
        let warned: Vec<_> = loaded.warnings.iter().map(|w| w.path.as_str()).collect();
        assert_eq!(warned, ["brands[acme].tokens", "brands[acme].agents"]);
    }

    #[test]
    fn values_are_checked() {
        let hex = "0".repeat(64);
        for (line, path) in [
            ("name = \"\"", "brands[acme].name "),
            ("assign = \"some\"", "brands[acme].assign "),
            (
                "default_priority = \"urgent\"",
                "brands[acme].default_priority ",
            ),
            (
                "tokens = [{ name = \"x\", sha256 = \"hunter2\" }]",
                "brands[acme].tokens[0].sha256 ",
            ),
            (
                &*format!("tokens = [{{ sha256 = \"{hex}\" }}]"),
                "brands[acme].tokens[0].name ",
            ),
            (
                "tokens = [{ name = \"x\" }]",
                "brands[acme].tokens[0].sha256 ",
            ),
            ("agents = [\"one\"]", "brands[acme].agents[0] "),
            ("department = \"one\"", "brands[acme].department "),
        ] {
            let problem = sole_problem(&format!("[[brands]]\nid = \"acme\"\n{line}"));
            assert!(problem.starts_with(path), "{path}: {problem}");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn the_id_can_stand_in_a_path() {
        for id in ["a", "A.b_c-9", "..."] {
            loaded(&format!("[[brands]]\nid = \"{id}\""));
        }
        for id in ["", " ", "a b", "a/b", ".", "..", "ü", "a%20", "a\\nb"] {
            let problem = sole_problem(&format!("[[brands]]\nid = \"{id}\""));
            assert!(problem.contains("].id "), "{problem}");
        }
    }

    #[test]
    fn tokens_differ_in_name_and_digest() {
        let (a, b) = ("a".repeat(64), "b".repeat(64));
        let brand = |first: (&str, &str), second: (&str, &str)| {
            format!(
                "[[brands]]\nid = \"x\"\ntokens = [{{ name = \"{}\", sha256 = \"{}\" }}, {{ name = \"{}\", sha256 = \"{}\" }}]",
                first.0, first.1, second.0, second.1
            )
        };
        loaded(&brand(("n", &a), ("m", &b)));
        let same_name = sole_problem(&brand(("n", &a), ("n", &b)));
        assert!(
            same_name.starts_with("brands[x].tokens[1].name  is the same as that of tokens[0]"),
            "{same_name}"
        );
        let same_token = sole_problem(&brand(("n", &a), ("m", &a)));
        assert!(
            same_token.starts_with("brands[x].tokens[1].sha256  is the same"),
            "{same_token}"
        );
    }

    #[test]
    fn agents_and_systems_are_named_once() {
        let problems =
            Trial::new("[[agents]]\nid = 1\nname = \"A\"\n[[brands]]\nid = \"x\"\nagents = [1, 1]")
                .problems();
        assert!(
            problems.contains("brands[x].agents  names 1 twice"),
            "{problems}"
        );
    }
}
