//! Reads a tree of values section by section and collects every problem on the way.
//!
//! A section's reader asks for each key that it knows; what was not asked for is unknown. A getter
//! answers `None` after it has reported a problem, so a reader first asks for everything and only
//! then puts its result together.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use config::{Map, Value, ValueKind};

use super::Sha256Digest;
use super::effective::{EffectiveRow, toml_text};
use super::known::Known;
use super::layers::DEFAULT_ORIGIN;
use super::problem::{Fault, Problem};

mod arrays;
#[cfg(test)]
pub(super) mod asked;
mod entries;
pub(super) mod parse;
mod unknown;

/// `None`: a problem has been reported.
pub(super) type Read<T> = Option<T>;

/// What all sections share: where relative paths begin, which ids exist, and what was found.
pub(super) struct Reader {
    /// The folder of the configuration file.
    pub(super) folder: PathBuf,
    /// `$CREDENTIALS_DIRECTORY`
    pub(super) credentials: Option<PathBuf>,
    /// Whether files that settings name are looked at.
    pub(super) open_files: bool,
    pub(super) known: Known,
    pub(super) problems: RefCell<Vec<Problem>>,
    pub(super) warnings: RefCell<Vec<Problem>>,
    pub(super) rows: RefCell<Vec<EffectiveRow>>,
    /// What files hold that keys name.
    pub(super) contents: RefCell<BTreeMap<String, Sha256Digest>>,
    /// What was asked for, which is what the reference in the documents names.
    #[cfg(test)]
    pub(super) asked: RefCell<asked::AllAsked>,
}

/// One table, or the absence of an optional one.
pub(super) struct Section<'a> {
    pub(super) reader: &'a Reader,
    /// Empty at the root.
    pub(super) path: String,
    origin: Option<&'a str>,
    table: Option<&'a Map<String, Value>>,
    asked: RefCell<Vec<&'static str>>,
    rest_skipped: Cell<bool>,
}

impl Reader {
    /// Reads the whole tree.
    pub(super) fn root<T>(
        &self,
        root: &Value,
        read: impl FnOnce(&Section<'_>) -> Read<T>,
    ) -> Read<T> {
        self.section(String::new(), root, read)
    }

    fn section<T>(
        &self,
        path: String,
        value: &Value,
        read: impl FnOnce(&Section<'_>) -> Read<T>,
    ) -> Read<T> {
        let ValueKind::Table(table) = &value.kind else {
            let fault = parse::wrong_kind(value, "a table of keys");
            self.report(fault.at(path, value.origin()));
            return None;
        };
        let section = Section {
            reader: self,
            path,
            origin: value.origin(),
            table: Some(table),
            asked: RefCell::default(),
            rest_skipped: Cell::default(),
        };
        let result = read(&section);
        section.report_unknown();
        result
    }

    /// Reads a tree that is no part of the settings: problems are reported here, its keys are not shown, and nothing in
    /// it refers to ids.
    pub(super) fn apart<T>(
        &self,
        root: &Value,
        read: impl FnOnce(&Section<'_>) -> Read<T>,
    ) -> Read<T> {
        let other = Self {
            folder: self.folder.clone(),
            credentials: None,
            open_files: self.open_files,
            known: Known::default(),
            problems: RefCell::default(),
            warnings: RefCell::default(),
            rows: RefCell::default(),
            contents: RefCell::default(),
            #[cfg(test)]
            asked: RefCell::default(),
        };
        let result = other.root(root, read);
        let problems = other.problems.into_inner();
        let result = result.filter(|_| problems.is_empty());
        self.problems.borrow_mut().extend(problems);
        result
    }

    /// Records a problem.
    pub(super) fn report(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    fn show(&self, path: String, value: String, origin: Option<&str>) {
        self.rows.borrow_mut().push(EffectiveRow {
            path,
            value,
            origin: origin.unwrap_or(DEFAULT_ORIGIN).to_owned(),
        });
    }
}

impl<'a> Section<'a> {
    /// A key that must be there.
    pub(super) fn need<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&Value) -> Result<T, Fault>,
    ) -> Read<T> {
        self.need_shown(key, parse, |value, _| toml_text(value))
    }

    /// The same, shown to the operator as `show` says.
    pub(super) fn need_shown<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&Value) -> Result<T, Fault>,
        show: impl Fn(&Value, &T) -> String,
    ) -> Read<T> {
        #[cfg(test)]
        self.note_asked(key, asked::Without::Missed, &parse);
        match self.value(key) {
            Some(value) => self.parsed(key, value, parse, show),
            None => {
                let expected = match parse(&Value::new(None, ValueKind::Nil)) {
                    Err(fault) => fault.expected,
                    Ok(_) => String::new(),
                };
                self.fault(key, Fault::new("is missing", expected));
                None
            }
        }
    }

    /// A key with a default of its own, for tables that no layer fills.
    pub(super) fn or<T>(
        &self,
        key: &'static str,
        default: impl Into<ValueKind>,
        parse: impl Fn(&Value) -> Result<T, Fault>,
    ) -> Read<T> {
        let default = Value::new(None, default);
        #[cfg(test)]
        self.note_asked(key, asked::Without::Default(toml_text(&default)), &parse);
        let value = self.value(key).unwrap_or(&default);
        self.parsed(key, value, parse, |value, _| toml_text(value))
    }

    /// A key that may be absent or empty.
    pub(super) fn maybe<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&Value) -> Result<T, Fault>,
    ) -> Read<Option<T>> {
        self.maybe_shown(key, parse, |value, _| toml_text(value))
    }

    /// The same, shown to the operator as `show` says.
    pub(super) fn maybe_shown<T>(
        &self,
        key: &'static str,
        parse: impl Fn(&Value) -> Result<T, Fault>,
        show: impl Fn(&Value, &T) -> String,
    ) -> Read<Option<T>> {
        #[cfg(test)]
        self.note_asked(key, asked::Without::Nothing, &parse);
        match self.value(key) {
            Some(value) if !is_empty(value) => self.parsed(key, value, parse, show).map(Some),
            value => {
                let origin = value.and_then(Value::origin);
                let path = self.path_of(key);
                self.reader.show(path, "(not set)".to_owned(), origin);
                Some(None)
            }
        }
    }

    /// A table within; an absent one is read as an empty one.
    pub(super) fn table<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Section<'_>) -> Read<T>,
    ) -> Read<T> {
        #[cfg(test)]
        self.note_asked_table(key, asked::Without::ItsDefaults, "a table");
        match self.value(key) {
            Some(value) => self.reader.section(self.path_of(key), value, read),
            None => read(&Section {
                reader: self.reader,
                path: self.path_of(key),
                origin: self.origin,
                table: None,
                asked: RefCell::default(),
                rest_skipped: Cell::default(),
            }),
        }
    }

    /// A table that may be absent.
    pub(super) fn maybe_table<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Section<'_>) -> Read<T>,
    ) -> Read<Option<T>> {
        #[cfg(test)]
        self.note_asked_table(key, asked::Without::Nothing, "a table");
        match self.value(key) {
            Some(value) => {
                let section = self.reader.section(self.path_of(key), value, read);
                section.map(Some)
            }
            None => {
                let path = self.path_of(key);
                self.reader.show(path, "(not set)".to_owned(), None);
                Some(None)
            }
        }
    }

    /// Reports what is wrong with a key that could be read by itself.
    pub(super) fn fault(&self, key: &str, fault: Fault) {
        let problem = fault.at(self.path_of(key), self.origin_of(key));
        self.reader.report(problem);
    }

    /// Says what is doubtful about a key.
    pub(super) fn warn(&self, key: &'static str, fault: Fault) {
        let problem = fault.at(self.path_of(key), self.origin_of(key));
        self.reader.warnings.borrow_mut().push(problem);
    }

    /// Leaves the rest of the table unread, without calling it unknown.
    pub(super) fn skip_rest(&self) {
        self.rest_skipped.set(true);
    }

    /// The full path of a key.
    pub(super) fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    /// Remembers what the file holds that a key names, so that a change of it is known for one.
    pub(super) fn note_content(&self, key: &str, content: &[u8]) {
        let mut contents = self.reader.contents.borrow_mut();
        contents.insert(self.path_of(key), Sha256Digest::of(content));
    }

    /// Whether no layer above the compiled-in one says anything about a key.
    pub(super) fn is_default(&self, key: &str) -> bool {
        self.origin_of(key)
            .is_none_or(|origin| origin == DEFAULT_ORIGIN)
    }

    /// Who says what a key holds, or holds the table that lacks it.
    pub(super) fn origin_of(&self, key: &str) -> Option<&'a str> {
        let value = self.table.and_then(|table| table.get(key));
        value.and_then(Value::origin).or(self.origin)
    }

    fn value(&self, key: &'static str) -> Option<&'a Value> {
        self.asked.borrow_mut().push(key);
        #[cfg(test)]
        self.note_path(key);
        self.table?.get(key)
    }

    fn parsed<T>(
        &self,
        key: &'static str,
        value: &Value,
        parse: impl Fn(&Value) -> Result<T, Fault>,
        show: impl Fn(&Value, &T) -> String,
    ) -> Read<T> {
        match parse(value) {
            Ok(parsed) => {
                let text = show(value, &parsed);
                self.reader.show(self.path_of(key), text, value.origin());
                Some(parsed)
            }
            Err(fault) => {
                self.fault(key, fault);
                None
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Nil => true,
        ValueKind::String(text) => text.is_empty(),
        _ => false,
    }
}

/// What kind of value something is, with its article.
pub(super) fn kind_name(kind: &ValueKind) -> &'static str {
    match kind {
        ValueKind::Nil => "nothing",
        ValueKind::Boolean(_) => "true or false",
        ValueKind::I64(_) | ValueKind::I128(_) | ValueKind::U64(_) | ValueKind::U128(_) => {
            "a whole number"
        }
        ValueKind::Float(_) => "a fraction",
        ValueKind::String(_) => "text",
        ValueKind::Table(_) => "a table",
        ValueKind::Array(_) => "an array",
    }
}

impl Reader {
    /// `path` as the operator means it: relative to the configuration file's folder.
    pub(super) fn absolute(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.join(path)
    }
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::{Trial, loaded};

    #[test]
    fn every_problem_is_reported_at_once() {
        let problems = Trial::new(
            "[server]\nlisten = \"nowhere\"\n[log]\nformat = \"xml\"\nx = 1\n[[systems]]\nid = \"s\"\nkind = \"respondo\"",
        )
        .problems();
        for path in [
            "server.listen ",
            "log.format ",
            "log.x ",
            "systems[s].base_url ",
            "systems[s].remote_brand ",
            "systems[s].token_name ",
            "systems[s].token_file ",
        ] {
            assert!(problems.contains(path), "{path}: {problems}");
        }
        assert_eq!(problems.lines().count(), 7, "{problems}");
    }

    #[test]
    fn a_wrong_type_is_named() {
        for (text, what) in [
            ("[server]\nlisten = 1", "is a whole number"),
            ("[delivery]\njitter = \"much\"", "is text"),
            ("[delivery]\nallow_http = \"yes\"", "is text"),
            (
                "[delivery]\nallow_networks = \"10.0.0.0/8\"",
                "expected an array",
            ),
            (
                "[delivery]\nallow_networks = [1]",
                "delivery.allow_networks[0]",
            ),
            ("brands = [1]", "brands[0]"),
            ("agents = 1", "expected an array"),
        ] {
            let problems = Trial::new(text).problems();
            assert!(problems.contains(what), "{what}: {problems}");
            assert_eq!(problems.lines().count(), 1, "{problems}");
        }
    }

    #[test]
    fn what_is_not_set_is_shown_as_such() {
        let loaded = loaded("");
        for key in ["server.ops_listen", "alerts.url", "admin.token_sha256"] {
            assert_eq!(loaded.effective.row(key).unwrap().value, "(not set)");
        }
        assert_eq!(loaded.effective.row("brands").unwrap().value, "[]");
    }
}
