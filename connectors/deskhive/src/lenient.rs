//! How values are read that real servers spell in several ways.

use serde::{Deserialize, Deserializer};
use serde_json::{Number, Value};

/// `null` where a list or an object should be is an empty one.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// A boolean, or PHP's 0 and 1, also as text.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a boolean, 0 or 1")]
    enum Flag {
        Boolean(bool),
        Number(u8),
        Text(String),
    }

    match Flag::deserialize(deserializer)? {
        Flag::Boolean(flag) => Ok(flag),
        Flag::Number(0) => Ok(false),
        Flag::Number(1) => Ok(true),
        Flag::Text(text) if text == "0" => Ok(false),
        Flag::Text(text) if text == "1" => Ok(true),
        Flag::Number(_) | Flag::Text(_) => {
            Err(serde::de::Error::custom("expected a boolean, 0 or 1"))
        }
    }
}

/// [`flag`], where `null` is no.
pub(crate) fn flag_or_no<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    struct Flag(#[serde(deserialize_with = "flag")] bool);

    let flag = Option::<Flag>::deserialize(deserializer)?;
    Ok(flag.is_some_and(|flag| flag.0))
}

/// A whole number, or its digits as text: what an id is, and what some databases make of one.
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected a whole number")]
    enum Wire {
        Number(u64),
        Text(String),
    }

    match Wire::deserialize(deserializer)? {
        Wire::Number(number) => Ok(number),
        Wire::Text(text) => digits(&text)
            // The parser's own error would quote the text.
            .ok_or_else(|| serde::de::Error::custom("expected a whole number")),
    }
}

/// [`number`], or nothing.
pub(crate) fn optional_number<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Wire(#[serde(deserialize_with = "number")] u64);

    Ok(Option::<Wire>::deserialize(deserializer)?.map(|wire| wire.0))
}

/// [`number`], where `null` is 0.
pub(crate) fn number_or_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    optional_number(deserializer).map(Option::unwrap_or_default)
}

/// Text; of another value its JSON, of `null` nothing.
pub(crate) fn optional_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    })
}

/// Text or a number; `null` is empty.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected text")]
    enum Wire {
        Text(String),
        Number(Number),
    }

    Ok(match Option::deserialize(deserializer)? {
        None => String::new(),
        Some(Wire::Text(text)) => text,
        Some(Wire::Number(number)) => number.to_string(),
    })
}

/// [`number`] of a value that was read.
pub(crate) fn number_of(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => digits(text),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A number of digits alone: `+1` is none.
fn digits(text: &str) -> Option<u64> {
    let are_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    are_digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct All {
        #[serde(deserialize_with = "number")]
        id: u64,
        #[serde(deserialize_with = "optional_number")]
        place: Option<u64>,
        #[serde(deserialize_with = "flag_or_no")]
        is_on: bool,
        #[serde(deserialize_with = "text")]
        name: String,
        #[serde(deserialize_with = "optional_text")]
        value: Option<String>,
    }

    fn all(id: &str, place: &str, is_on: &str, name: &str, value: &str) -> Option<All> {
        let json = format!(
            r#"{{"id":{id},"place":{place},"is_on":{is_on},"name":{name},"value":{value}}}"#
        );
        serde_json::from_str(&json).ok()
    }

    #[test]
    fn each_value_is_read_in_each_spelling() {
        let read = |id, place, is_on, name: &str, value: Option<&str>| {
            Some(All {
                id,
                place,
                is_on,
                name: name.to_owned(),
                value: value.map(str::to_owned),
            })
        };
        for (found, expected) in [
            (
                all("7", "null", "null", "null", "null"),
                read(7, None, false, "", None),
            ),
            (
                all("\"7\"", "\"8\"", "\"1\"", "12", "1.5"),
                read(7, Some(8), true, "12", Some("1.5")),
            ),
            (
                all("0", "9", "0", "\"a\"", "[1]"),
                read(0, Some(9), false, "a", Some("[1]")),
            ),
            (all("\"\"", "1", "1", "null", "null"), None),
            (all("\"+1\"", "1", "1", "null", "null"), None),
            (all("1.5", "1", "1", "null", "null"), None),
            (all("null", "1", "1", "null", "null"), None),
            (all("1", "1", "\"no\"", "null", "null"), None),
            (all("1", "1", "2", "null", "null"), None),
            (all("1", "1", "1", "[]", "null"), None),
        ] {
            assert_eq!(found, expected);
        }
    }
}
