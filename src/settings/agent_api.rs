//! `[agent_api]`: what the agents' interface serves beside tickets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::reader::{Read, Reader, Section, parse};
use super::{Article, CannedResponse, Rate, knowledge_base};

/// `[agent_api]`
#[derive(Debug, Clone)]
pub struct AgentApi {
    /// Per key.
    pub rate: Rate,
    /// In the order of their file; none where no file was to be opened.
    pub canned_responses: Vec<CannedResponse>,
    /// In the order of their files' names; none where no file was to be opened.
    pub knowledge_base: Vec<Article>,
    /// By id.
    pub departments: BTreeMap<u64, String>,
    /// By id.
    pub categories: BTreeMap<u64, String>,
    /// By id.
    pub products: BTreeMap<u64, String>,
    /// By id.
    pub labels: BTreeMap<u64, Label>,
}

/// One of `agent_api.labels`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// What people see.
    pub name: String,
    /// `#rrggbb`
    pub color: String,
}

impl AgentApi {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let rate = section.table("rate", Rate::need);
        let reader = section.reader;
        let canned_responses = opened(reader, section.maybe_file("canned_responses"), |file| {
            CannedResponse::read_file(reader, &file)
        });
        let knowledge_base = opened(reader, section.maybe_folder("knowledge_base"), |folder| {
            knowledge_base::read_folder(reader, &folder)
        });
        if let Some(articles) = &knowledge_base {
            section.note_content("knowledge_base", format!("{articles:?}").as_bytes());
        }
        let departments = section.tables("departments", named);
        let categories = section.tables("categories", named);
        let products = section.tables("products", named);
        let labels = section.tables("labels", label);
        Some(Self {
            rate: rate?,
            canned_responses: canned_responses?,
            knowledge_base: knowledge_base?,
            departments: departments?.into_iter().collect(),
            categories: categories?.into_iter().collect(),
            products: products?.into_iter().collect(),
            labels: labels?.into_iter().collect(),
        })
    }
}

/// What is in a place that is named, if one is and if files may be opened.
fn opened<T>(
    reader: &Reader,
    named: Read<Option<PathBuf>>,
    read: impl FnOnce(PathBuf) -> Read<Vec<T>>,
) -> Read<Vec<T>> {
    match named? {
        Some(place) if reader.open_files => read(place),
        Some(_) | None => Some(Vec::new()),
    }
}

fn named(section: &Section<'_>) -> Read<(u64, String)> {
    let id = section.need("id", parse::id_number);
    let name = section.need("name", parse::line_of_text);
    Some((id?, name?))
}

fn label(section: &Section<'_>) -> Read<(u64, Label)> {
    let named = named(section);
    let color = section.or(
        "color",
        "#808080",
        parse::text_that("a colour such as \"#e74c3c\"", is_color),
    );
    let (id, name) = named?;
    let color = color?;
    Some((id, Label { name, color }))
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.chars().all(|c| c.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::{Trial, loaded, sole_problem};

    #[test]
    fn what_tickets_may_carry_is_listed_by_id() {
        let api = loaded(
            r##"
            [agent_api]
            departments = [{ id = 1, name = "Support" }]
            labels = [{ id = 2, name = "Bug", color = "#e74c3c" }, { id = 3, name = "Plain" }]
            "##,
        )
        .settings
        .agent_api;
        assert_eq!(api.departments[&1], "Support");
        assert_eq!(api.labels[&2].color, "#e74c3c");
        assert_eq!(api.labels[&3].color, "#808080");
    }

    #[test]
    fn values_are_checked() {
        for (line, path) in [
            (
                "departments = [{ id = 0, name = \"x\" }]",
                "agent_api.departments[0].id ",
            ),
            ("categories = [{ id = 1 }]", "agent_api.categories[1].name "),
            ("products = [{ name = \"x\" }]", "agent_api.products[0].id "),
            (
                "products = [{ id = 1, name = \"x\" }, { id = 1, name = \"y\" }]",
                "agent_api.products[1] ",
            ),
            (
                "labels = [{ id = 1, name = \"x\", color = \"red\" }]",
                "agent_api.labels[1].color ",
            ),
            (
                "labels = [{ id = 1, name = \"\" }]",
                "agent_api.labels[1].name ",
            ),
        ] {
            let problem = sole_problem(&format!("[agent_api]\n{line}"));
            assert!(problem.starts_with(path), "{path}: {problem}");
        }
    }

    #[test]
    fn files_are_relative_to_the_configuration() {
        let trial =
            Trial::new("[agent_api]\ncanned_responses = \"canned.toml\"\nknowledge_base = \"kb\"");
        let effective = trial.load().unwrap().effective;
        for (key, name) in [
            ("agent_api.canned_responses", "canned.toml"),
            ("agent_api.knowledge_base", "kb"),
        ] {
            let path = trial.folder().join(name);
            let row = effective.row(key).unwrap();
            assert_eq!(row.value, format!("\"{}\"", path.display()));
        }
    }
}
