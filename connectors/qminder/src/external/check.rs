//! The schema of the `data` parameter, with the place and the rule of everything that breaks it.

use serde_json::{Map, Value};

use super::field::parse_date;
use crate::violation::{Violations, child};
use crate::{Rule, Violation};

const TYPES: &[&str] = &["message", "text", "email", "phoneNumber", "list"];
const IMPORTANCES: &[&str] = &["error", "warning", "info"];

/// Everything that is wrong with `data`, the JSON of a record; nothing if Qminder takes it, as far as its rules are
/// documented.
///
/// Pointers are those within `data`. Violations are grouped by object, from the outside in: first properties that are
/// missing or wrong, in the document's order, then unknown ones. Where the `type` of a field is wrong, nothing else is
/// said about that field.
///
/// ```
/// use qminder_client::external::check;
/// use serde_json::json;
///
/// let data = json!({"fields": [{"type": "message", "content": "Hi", "importance": "urgent"}]});
/// let violations = check(&data);
/// assert_eq!(
///     violations[0].to_string(),
///     "/fields/0/importance is none of error, warning, info"
/// );
/// ```
pub fn check(data: &Value) -> Vec<Violation> {
    let mut found = Violations::default();
    at("", data, &mut found);
    found.into_vec()
}

/// [`check`], for data that stand at `pointer`.
pub(super) fn at(pointer: &str, data: &Value, found: &mut Violations) {
    let Some(data) = Object::new(pointer, data, found) else {
        return;
    };
    data.each("fields", found, field);
    data.only(&["fields"], found);
}

fn field(pointer: &str, value: &Value, found: &mut Violations) {
    let Some(object) = Object::new(pointer, value, found) else {
        return;
    };
    let Some(field_type) = object.one_of("type", TYPES, found) else {
        return;
    };
    match field_type {
        "message" => {
            object.required_text("content", found);
            object.one_of("importance", IMPORTANCES, found);
            object.only(&["type", "content", "importance"], found);
        }
        "list" => {
            object.required_text("title", found);
            object.each("items", found, item);
            object.only(&["type", "title", "items"], found);
        }
        _ => {
            object.required_text("title", found);
            object.required_text("value", found);
            object.only(&["type", "title", "value"], found);
        }
    }
}

fn item(pointer: &str, value: &Value, found: &mut Violations) {
    let Some(object) = Object::new(pointer, value, found) else {
        return;
    };
    object.required_text("title", found);
    for key in ["text", "url", "footer"] {
        object.optional_text(key, found);
    }
    if let Some(timestamp) = object.optional_text("timestamp", found) {
        let is_date = parse_date(timestamp).is_some();
        found.add_unless(is_date, &object.child("timestamp"), Rule::Date);
    }
    object.only(&["title", "text", "url", "footer", "timestamp"], found);
}

/// An object, and where it stands.
struct Object<'a> {
    pointer: &'a str,
    entries: &'a Map<String, Value>,
}

impl<'a> Object<'a> {
    fn new(pointer: &'a str, value: &'a Value, found: &mut Violations) -> Option<Self> {
        match value {
            Value::Object(entries) => Some(Self { pointer, entries }),
            _ => {
                found.add(pointer, Rule::Type("an object"));
                None
            }
        }
    }

    fn child(&self, key: &str) -> String {
        child(self.pointer, key)
    }

    fn required(&self, key: &str, found: &mut Violations) -> Option<&'a Value> {
        let value = self.entries.get(key);
        found.add_unless(value.is_some(), &self.child(key), Rule::Required);
        value
    }

    fn text(&self, key: &str, value: &'a Value, found: &mut Violations) -> Option<&'a str> {
        let text = value.as_str();
        found.add_unless(text.is_some(), &self.child(key), Rule::Type("a string"));
        text
    }

    fn required_text(&self, key: &str, found: &mut Violations) -> Option<&'a str> {
        let value = self.required(key, found)?;
        self.text(key, value, found)
    }

    fn optional_text(&self, key: &str, found: &mut Violations) -> Option<&'a str> {
        let value = self.entries.get(key)?;
        self.text(key, value, found)
    }

    fn one_of(
        &self,
        key: &str,
        words: &'static [&'static str],
        found: &mut Violations,
    ) -> Option<&'static str> {
        let text = self.required_text(key, found)?;
        let word = words.iter().copied().find(|word| *word == text);
        found.add_unless(word.is_some(), &self.child(key), Rule::OneOf(words));
        word
    }

    fn each(
        &self,
        key: &str,
        found: &mut Violations,
        check_one: fn(&str, &Value, &mut Violations),
    ) {
        let Some(value) = self.required(key, found) else {
            return;
        };
        let pointer = self.child(key);
        let Value::Array(values) = value else {
            found.add(pointer, Rule::Type("an array"));
            return;
        };
        for (index, value) in values.iter().enumerate() {
            check_one(&format!("{pointer}/{index}"), value, found);
        }
    }

    fn only(&self, known: &[&str], found: &mut Violations) {
        for key in self.entries.keys() {
            found.add_unless(
                known.contains(&key.as_str()),
                &self.child(key),
                Rule::Unknown,
            );
        }
    }
}
