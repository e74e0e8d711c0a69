//! What is in force and where each value came from, for the operator to see. Secrets never enter it.

use config::{Value, ValueKind};
use serde::Serialize;

use super::layers::DEFAULT_ORIGIN;

/// Every effective key, in the order of the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Effective(Vec<EffectiveRow>);

/// One effective key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EffectiveRow {
    /// Such as `delivery.rate.per_second` or `brands[acme].name`.
    pub path: String,
    /// As it would be written in TOML; `(not set)` and `(set)` stand for what has no value or shows none.
    pub value: String,
    /// `default`, a file, or the name of an environment variable.
    pub origin: String,
}

impl EffectiveRow {
    /// Whether it says what fields become in other systems.
    pub fn is_of_mapping(&self) -> bool {
        self.path.starts_with("mapping.") || self.path.contains("].mapping.")
    }

    /// Whether nobody but the compiled-in defaults says so.
    pub fn is_default(&self) -> bool {
        self.origin == DEFAULT_ORIGIN
    }
}

impl Effective {
    pub(super) fn new(rows: Vec<EffectiveRow>) -> Self {
        Self(rows)
    }

    /// All of them.
    pub fn rows(&self) -> &[EffectiveRow] {
        &self.0
    }

    /// The row of one key.
    pub fn row(&self, path: &str) -> Option<&EffectiveRow> {
        self.0.iter().find(|row| row.path == path)
    }
}

/// `text` as a TOML basic string.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A value as TOML, on one line.
pub(super) fn toml_text(value: &Value) -> String {
    match &value.kind {
        ValueKind::Nil => "(not set)".to_owned(),
        ValueKind::Boolean(value) => value.to_string(),
        ValueKind::I64(value) => value.to_string(),
        ValueKind::I128(value) => value.to_string(),
        ValueKind::U64(value) => value.to_string(),
        ValueKind::U128(value) => value.to_string(),
        ValueKind::Float(value) => format!("{value:?}"),
        ValueKind::String(value) => quoted(value),
        ValueKind::Array(values) => array_text(values.iter().map(toml_text)),
        ValueKind::Table(table) => {
            let mut entries: Vec<_> = table
                .iter()
                .map(|(key, value)| format!("{key} = {}", toml_text(value)))
                .collect();
            entries.sort();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// An array of values that are TOML already.
pub(super) fn array_text(values: impl Iterator<Item = String>) -> String {
    format!("[{}]", values.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_shown_as_toml() {
        for (value, text) in [
            (
                Value::new(None, "a \"b\"\\\n\u{1}"),
                r#""a \"b\"\\\n\u0001""#,
            ),
            (Value::new(None, 3_i64), "3"),
            (Value::new(None, 1.0), "1.0"),
            (Value::new(None, true), "true"),
            (Value::new(None, vec!["a", "b"]), r#"["a", "b"]"#),
            (Value::new(None, Vec::<String>::new()), "[]"),
        ] {
            assert_eq!(toml_text(&value), text);
        }
    }

    #[test]
    fn as_json_it_is_an_array_of_rows() {
        let effective = Effective::new(vec![EffectiveRow {
            path: "store.cache".into(),
            value: "\"64MiB\"".into(),
            origin: "default".into(),
        }]);
        assert_eq!(
            serde_json::to_string(&effective).unwrap(),
            r#"[{"path":"store.cache","value":"\"64MiB\"","origin":"default"}]"#
        );
    }
}
