//! TOML whose values know the line that they stand on, for files that are written by hand at length.

use config::{Map, Value, ValueKind};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::problem::{Fault, Problem};

/// The tree of `text`. The origin of each value is `file` and its line.
pub(super) fn parse(text: &str, file: &str) -> Result<Value, Problem> {
    let lines = Lines {
        file,
        ends: text.match_indices('\n').map(|(at, _)| at).collect(),
    };
    match DeTable::parse(text) {
        Ok(root) => {
            let at = root.span().start;
            Ok(lines.table(root.into_inner(), at))
        }
        Err(error) => {
            let place = lines.origin(error.span().map_or(0, |span| span.start));
            let what = format!("is not TOML: {}", error.message().replace('\n', ", "));
            Err(Fault::new(what, "").at("", Some(&place)))
        }
    }
}

/// `file` and a line of it, counted from 1.
pub(super) fn origin(file: &str, line: usize) -> String {
    format!("{file}:{line}")
}

/// The file of an [`origin`]; what names none is its own.
pub(super) fn file_of(origin: &str) -> &str {
    match origin.rsplit_once(':') {
        Some((file, line)) if line.bytes().all(|byte| byte.is_ascii_digit()) => file,
        _ => origin,
    }
}

struct Lines<'a> {
    file: &'a str,
    /// Where each line ends.
    ends: Vec<usize>,
}

impl Lines<'_> {
    fn origin(&self, at: usize) -> String {
        origin(self.file, self.ends.partition_point(|end| *end < at) + 1)
    }

    fn value(&self, value: Spanned<DeValue<'_>>) -> Value {
        let at = value.span().start;
        let kind = match value.into_inner() {
            DeValue::String(text) => ValueKind::String(text.into_owned()),
            DeValue::Integer(number) => whole(number.as_str(), number.radix()),
            DeValue::Float(number) => ValueKind::Float(number.as_str().parse().unwrap_or(f64::NAN)),
            DeValue::Boolean(boolean) => ValueKind::Boolean(boolean),
            DeValue::Datetime(time) => ValueKind::String(time.to_string()),
            DeValue::Array(values) => {
                ValueKind::Array(values.into_iter().map(|value| self.value(value)).collect())
            }
            DeValue::Table(table) => return self.table(table, at),
        };
        Value::new(Some(&self.origin(at)), kind)
    }

    fn table(&self, table: DeTable<'_>, at: usize) -> Value {
        let entries: Map<String, Value> = table
            .into_iter()
            .map(|(key, value)| (key.into_inner().into_owned(), self.value(value)))
            .collect();
        Value::new(Some(&self.origin(at)), ValueKind::Table(entries))
    }
}

/// A number too large for its type is still a whole number, and refused as one.
fn whole(digits: &str, radix: u32) -> ValueKind {
    match i64::from_str_radix(digits, radix) {
        Ok(number) => ValueKind::I64(number),
        Err(_) => ValueKind::I128(i128::from_str_radix(digits, radix).unwrap_or(i128::MAX)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_line() {
        let text = "a = 1\n\n[[b]]\nc = \"\"\"\nlong\ntext\"\"\"\nd = [0x10,\n  2026-01-10]\n";
        let root = parse(text, "f.toml").unwrap();
        let ValueKind::Table(root) = root.kind else {
            panic!("{root:?}");
        };
        assert_eq!(root["a"].origin(), Some("f.toml:1"));
        let element = root["b"].clone().into_array().unwrap().remove(0);
        assert_eq!(element.origin(), Some("f.toml:3"));
        let element = element.into_table().unwrap();
        assert_eq!(element["c"].origin(), Some("f.toml:4"));
        let numbers = element["d"].clone().into_array().unwrap();
        assert_eq!(numbers[0].kind, ValueKind::I64(16));
        assert_eq!(numbers[1].kind, ValueKind::String("2026-01-10".to_owned()));
        assert_eq!(numbers[1].origin(), Some("f.toml:8"));
    }

    #[test]
    fn what_is_no_toml_is_told_with_its_line() {
        for (text, line) in [("a = 1\nb = \n", 2), ("a = 1\na = 2", 2), ("[x", 1)] {
            let problem = parse(text, "f.toml").unwrap_err();
            let origin = format!("f.toml:{line}");
            assert_eq!(problem.origin.as_deref(), Some(&*origin), "{problem}");
            assert!(problem.what.starts_with("is not TOML: "), "{problem}");
        }
        assert!(parse("a = 99999999999999999999999999999999999999999999", "f").is_ok());
    }
}
