//! What JSON looks like, without what it says.

use serde_json::{Map, Value};

/// Of an object, so many members are named.
const MOST_MEMBERS: usize = 40;
/// Deeper than this is not looked into.
const DEEPEST: usize = 4;
/// A longer name is no name of a member that a server was programmed with.
const LONGEST_NAME: usize = 40;

/// The names of members and the kinds of values.
pub(super) fn shape(value: &Value) -> String {
    shape_at(value, 0)
}

fn shape_at(value: &Value, depth: usize) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(number) if number.is_f64() => "decimal".to_owned(),
        Value::Number(_) => "int".to_owned(),
        Value::String(text) => kind_of_text(text).to_owned(),
        Value::Array(items) => match items.first() {
            None => "[]".to_owned(),
            Some(_) if depth == DEEPEST => "[…]".to_owned(),
            Some(first) => format!("[{}]", shape_at(first, depth + 1)),
        },
        Value::Object(_) if depth == DEEPEST => "{…}".to_owned(),
        Value::Object(members) => {
            let member = |(name, value): (&String, &Value)| {
                format!("{}: {}", shown(name), shape_at(value, depth + 1))
            };
            format!("{{{}}}", listed(members, member))
        }
    }
}

/// The names of an object's members.
pub(super) fn keys(value: &Value) -> String {
    match value {
        Value::Object(members) => listed(members, |(name, _)| shown(name).to_owned()),
        other => format!("no object but {}", shape_at(other, DEEPEST)),
    }
}

fn listed<'a>(
    members: &'a Map<String, Value>,
    shown: impl Fn((&'a String, &'a Value)) -> String,
) -> String {
    let mut names: Vec<String> = members.iter().take(MOST_MEMBERS).map(shown).collect();
    if members.len() > MOST_MEMBERS {
        names.push("…".to_owned());
    }
    names.join(", ")
}

/// A name that a server was programmed with; others may be what somebody wrote.
fn shown(name: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let is_name = !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(is_plain);
    let is_word = name
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic());
    if is_name && is_word { name } else { "(?)" }
}

fn kind_of_text(text: &str) -> &'static str {
    match () {
        () if text.is_empty() => "empty text",
        () if text.bytes().all(|byte| byte.is_ascii_digit()) => "digits",
        () => match form_of_time(text) {
            Some(form) => form,
            None => "text",
        },
    }
}

/// In which of the known ways a time is written.
pub(super) fn form_of_time(text: &str) -> Option<&'static str> {
    let pattern: String = text
        .chars()
        .map(|letter| if letter.is_ascii_digit() { '9' } else { letter })
        .collect();
    Some(match pattern.as_str() {
        "9999-99-99T99:99:99Z" => "time with Z",
        "9999-99-99T99:99:99.999Z" | "9999-99-99T99:99:99.999999Z" => "time with fraction and Z",
        "9999-99-99T99:99:99+99:99" | "9999-99-99T99:99:99-99:99" => "time with offset",
        "9999-99-99 99:99:99" => "time without zone",
        "9999-99-99" => "date",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_shape_says_nothing_of_what_is_in_it() {
        let value = json!({
            "id": 7, "no": "7", "name": "Jane Doe", "at": "2026-03-15T14:30:00Z", "none": null, "yes": true,
            "list": [{"title": "secret"}], "empty": [], "nothing": "", "half": 0.5,
            "jane@example.com": 1, "Jane Doe": 2, "99": 3,
        });
        let shape = shape(&value);
        let expected = "(?): int, (?): int, (?): int";
        assert_eq!(shape.matches("(?): int").count(), 3, "{shape} {expected}");
        for part in [
            "id: int",
            "no: digits",
            "name: text",
            "at: time with Z",
            "none: null",
            "yes: bool",
            "list: [{title: text}]",
            "empty: []",
            "nothing: empty text",
            "half: decimal",
        ] {
            assert!(shape.contains(part), "{part} in {shape}");
        }
        for word in ["Jane", "secret", "example", "99", "2026"] {
            assert!(!shape.contains(word), "{word} in {shape}");
        }
    }

    #[test]
    fn what_is_deep_or_long_is_cut() {
        let deep = json!({"a": {"b": {"c": {"d": {"e": 1}}}}});
        assert_eq!(shape(&deep), "{a: {b: {c: {d: {…}}}}}");
        let many: Map<String, Value> = (0..50).map(|n| (format!("k{n}"), json!(n))).collect();
        assert!(keys(&Value::Object(many)).ends_with(", …"));
        assert_eq!(keys(&json!(["x"])), "no object but […]");
    }

    #[test]
    fn times_are_known_by_their_form() {
        for (text, form) in [
            ("2026-03-15T14:30:00Z", Some("time with Z")),
            (
                "2026-03-15T14:30:00.000000Z",
                Some("time with fraction and Z"),
            ),
            ("2026-03-15T14:30:00+00:00", Some("time with offset")),
            ("2026-03-15 14:30:00", Some("time without zone")),
            ("15 March", None),
        ] {
            assert_eq!(form_of_time(text), form, "{text}");
        }
    }
}
