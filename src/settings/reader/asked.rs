//! Notes every key that a reader asks for, with what it may hold in the words in which anything else is refused: from
//! this the reference in the documents is made, so that no second list of keys is kept.

use config::{Value, ValueKind};

use super::Section;
use crate::settings::problem::Fault;

/// What was asked for, in order.
#[derive(Debug, Clone, Default)]
pub(in crate::settings) struct AllAsked {
    /// The paths of all keys, however they were asked for.
    pub(in crate::settings) paths: Vec<String>,
    /// What each may hold.
    pub(in crate::settings) keys: Vec<Asked>,
}

/// A key that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::settings) struct Asked {
    /// As in problems, such as `brands[acme].tokens[0].name`; `NAME` stands for any that the operator likes.
    pub(in crate::settings) path: String,
    /// What it leads to if no layer has it.
    pub(in crate::settings) without: Without,
    /// What it may hold.
    pub(in crate::settings) expected: String,
}

/// What the absence of a key means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::settings) enum Without {
    /// A problem.
    Missed,
    /// This value, as TOML.
    Default(String),
    /// The same as the `id` beside it.
    Id,
    /// There is none.
    Nothing,
    /// What the table's `other` says.
    Other,
    /// Its keys have their defaults.
    ItsDefaults,
}

impl Section<'_> {
    pub(super) fn note_path(&self, key: &str) {
        let path = self.path_of(key);
        self.reader.asked.borrow_mut().paths.push(path);
    }

    pub(super) fn note_asked<T>(
        &self,
        key: &str,
        without: Without,
        parse: impl Fn(&Value) -> Result<T, Fault>,
    ) {
        let without = match without {
            Without::Default(value) if self.says_id(&value) => Without::Id,
            other => other,
        };
        self.note(self.path_of(key), without, expected(parse));
    }

    pub(super) fn note_asked_list<T>(&self, key: &str, parse: impl Fn(&Value) -> Result<T, Fault>) {
        let expected = format!("a list; in it {}", expected(parse));
        self.note(self.path_of(key), Without::Nothing, expected);
    }

    pub(super) fn note_asked_table(&self, key: &str, without: Without, expected: &str) {
        self.note(self.path_of(key), without, expected.to_owned());
    }

    pub(super) fn note_asked_entries<T>(
        &self,
        known: Option<&[&str]>,
        parse: impl Fn(&Value) -> Result<T, Fault>,
    ) {
        let expected = expected(parse);
        for word in known.unwrap_or(&["NAME", "other"]) {
            self.note(self.path_of(word), Without::Other, expected.clone());
        }
    }

    fn note(&self, path: String, without: Without, expected: String) {
        let asked = Asked {
            path,
            without,
            expected,
        };
        self.reader.asked.borrow_mut().keys.push(asked);
    }

    fn says_id(&self, value: &str) -> bool {
        let id = self.table.and_then(|table| table.get("id"));
        id.is_some_and(|id| super::toml_text(id) == value)
    }
}

/// What is said to be right of what never is.
fn expected<T>(parse: impl Fn(&Value) -> Result<T, Fault>) -> String {
    match parse(&Value::new(None, ValueKind::Nil)) {
        Err(fault) => fault.expected,
        Ok(_) => String::new(),
    }
}
