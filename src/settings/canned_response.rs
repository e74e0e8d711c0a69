//! The file that `agent_api.canned_responses` names: text that agents put into their replies.

use std::collections::BTreeMap;
use std::path::Path;

use super::problem::Fault;
use super::reader::{Read, Reader, Section, parse};
use super::{lines, text_file};

/// A thousand long ones are not that much.
const LARGEST: u64 = 16 * 1024 * 1024;

/// One of the file's `[[responses]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CannedResponse {
    /// At least 1; no other has it.
    pub id: u64,
    /// What agents see in the list.
    pub title: String,
    /// Without white space around it; never empty.
    pub content: String,
    /// What it is sorted under.
    pub category: Option<String>,
    /// What agents type to have it.
    pub shortcut: Option<String>,
    /// Whether it is offered.
    pub active: bool,
    /// Its place in the list, the least first.
    pub sort_order: i64,
}

impl CannedResponse {
    /// All of a file, in its order.
    pub(super) fn read_file(reader: &Reader, file: &Path) -> Read<Vec<Self>> {
        let tree = text_file::read(file, LARGEST)
            .and_then(|text| lines::parse(&text, &file.display().to_string()));
        match tree {
            Ok(tree) => reader.apart(&tree, |root| {
                let mut taken = BTreeMap::new();
                root.tables("responses", |section| Self::read(section, &mut taken))
            }),
            Err(problem) => {
                reader.report(problem);
                None
            }
        }
    }

    /// `taken` holds the ids of those before and where they stand, and gets this one's.
    fn read(section: &Section<'_>, taken: &mut BTreeMap<u64, String>) -> Read<Self> {
        let id = section.need("id", parse::id_number);
        let title = section.need("title", parse::line_of_text);
        let content = section.need("content", parse::some_text);
        let category = section.maybe("category", parse::line_of_text);
        let shortcut = section.maybe("shortcut", parse::line_of_text);
        let active = section.or("is_active", true, parse::boolean);
        let sort_order = section.or("sort_order", 0_i64, parse::whole(i64::MIN..=i64::MAX));
        let id = id.filter(|id| section.is_alone("id", *id, taken));
        Some(Self {
            id: id?,
            title: title?,
            content: content?,
            category: category?,
            shortcut: shortcut?,
            active: active?,
            sort_order: sort_order?,
        })
    }
}

impl Section<'_> {
    /// Whether the id that `key` holds is none of those in `taken`, which gets it.
    pub(super) fn is_alone(
        &self,
        key: &'static str,
        id: u64,
        taken: &mut BTreeMap<u64, String>,
    ) -> bool {
        let place = self.origin_of(key).unwrap_or_default().to_owned();
        let Some(first) = taken.get(&id) else {
            taken.insert(id, place);
            return true;
        };
        let what = format!("is {id}, as in {first}");
        self.fault(key, Fault::new(what, "an id of its own"));
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::Trial;

    fn trial(text: &str) -> Trial {
        Trial::new("[agent_api]\ncanned_responses = \"canned.toml\"")
            .with("canned.toml", text)
            .open_files()
    }

    fn responses(text: &str) -> Vec<CannedResponse> {
        let loaded = trial(text).load();
        let loaded = loaded.unwrap_or_else(|problems| panic!("{text}\n{problems}"));
        loaded.settings.agent_api.canned_responses
    }

    #[test]
    fn all_fields_are_read_and_most_have_defaults() {
        let found = responses(
            "[[responses]]\nid = 2\ntitle = \"Bye\"\ncontent = \"\"\"\nGood\n\nbye.\n\"\"\"\n\
             [[responses]]\nid = 1\ntitle = \"Hi\"\ncontent = \"Hello\"\ncategory = \"General\"\n\
             shortcut = \"/hi\"\nis_active = false\nsort_order = -3\n",
        );
        let bye = CannedResponse {
            id: 2,
            title: "Bye".to_owned(),
            content: "Good\n\nbye.".to_owned(),
            category: None,
            shortcut: None,
            active: true,
            sort_order: 0,
        };
        assert_eq!(found[0], bye);
        assert_eq!(found[1].category.as_deref(), Some("General"));
        assert_eq!(found[1].shortcut.as_deref(), Some("/hi"));
        assert_eq!((found[1].active, found[1].sort_order), (false, -3));
        assert!(responses("").is_empty());
    }

    #[test]
    fn every_problem_has_its_line_and_what_was_expected() {
        let whole = "[[responses]]\nid = 1\ntitle = \"a\"\ncontent = \"b\"\n";
        for (text, line, path, expected) in [
            (
                "[[responses]]\nid = 1\ntitle = \"a\"",
                1,
                "responses[1].content ",
                "is missing; expected text",
            ),
            (
                "[[responses]]\nid = 1\ncontent = \"b\"",
                1,
                "responses[1].title ",
                "is missing",
            ),
            (
                "[[responses]]\ntitle = \"a\"\ncontent = \"b\"",
                1,
                "responses[0].id ",
                "is missing",
            ),
            (
                "[[responses]]\nid = 0\ntitle = \"a\"\ncontent = \"b\"",
                2,
                "responses[0].id ",
                "at least 1",
            ),
            (
                "[[responses]]\nid = 1\ntitle = \"\"\ncontent = \"b\"",
                3,
                "responses[1].title ",
                "is empty",
            ),
            (
                "[[responses]]\nid = 1\ntitle = \"a\"\ncontent = \" \\n\"",
                4,
                "responses[1].content ",
                "is empty",
            ),
            (
                &format!("{whole}is_active = 1"),
                5,
                "responses[1].is_active ",
                "true or false",
            ),
            (
                &format!("{whole}sort_order = \"1\""),
                5,
                "responses[1].sort_order ",
                "a whole number",
            ),
            (
                &format!("{whole}\nshortcuts = \"x\""),
                6,
                "responses[1].shortcuts ",
                "`shortcut`",
            ),
            (
                &format!("{whole}{whole}"),
                6,
                "responses[1].id ",
                "is 1, as in",
            ),
            ("\n[[response]]", 2, "response ", "`responses`"),
            ("\n\nid = ", 3, "", "is not TOML"),
        ] {
            let problems = trial(text).problems();
            assert_eq!(problems.lines().count(), 1, "{text}\n{problems}");
            assert!(
                problems.contains(&format!("canned.toml:{line}")),
                "{text}\n{problems}"
            );
            assert!(
                problems.contains(path) && problems.contains(expected),
                "{text}\n{problems}"
            );
        }
    }

    #[test]
    fn a_file_that_is_none_is_a_problem() {
        for (content, what) in [
            (vec![0xff], "is not UTF-8"),
            (
                vec![b' '; 17 << 20],
                "is too large; expected at most 16.0 MiB",
            ),
        ] {
            let trial = trial("").with("canned.toml", content);
            assert!(trial.problems().contains(what), "{}", trial.problems());
        }
    }

    #[test]
    fn the_file_is_left_closed_on_request() {
        let text = "[agent_api]\ncanned_responses = \"nowhere.toml\"";
        assert!(Trial::new(text).load().is_ok());
        let problems = Trial::new(text).open_files().problems();
        assert!(
            problems.starts_with("agent_api.canned_responses "),
            "{problems}"
        );
    }
}
