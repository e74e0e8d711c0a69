//! Reading the bodies of 2xx answers, whose envelopes the documents show in several ways.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Misread, Refusal};

#[cfg(test)]
mod tests;

/// Without the byte order mark that a PHP file may put before everything.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body)
}

/// The body as JSON, if it does not say that the request failed.
pub(crate) fn json(body: &[u8]) -> Result<Value, Misread> {
    let body = without_mark(body).trim_ascii();
    if body.starts_with(b"<") {
        return Err(page(body));
    }
    let value: Value = serde_json::from_slice(body).map_err(|error| Misread::NotJson {
        line: error.line(),
        column: error.column(),
    })?;
    match &value {
        Value::Object(object) if is_failure(object) => {
            Err(Misread::Refused(Box::new(Refusal::from_success(object))))
        }
        _ => Ok(value),
    }
}

/// A `T` from the envelope `{"data": …}`, or bare.
pub(crate) fn data<T: DeserializeOwned>(body: &[u8]) -> Result<T, Misread> {
    let value = json(body)?;
    let found = value.get("data").unwrap_or(&value);
    resource(found).ok_or_else(|| without_data(&value))
}

/// A `T` from an object: lists are no resources, though they could be read as their fields in order.
pub(crate) fn resource<T: DeserializeOwned>(value: &Value) -> Option<T> {
    value
        .is_object()
        .then(|| T::deserialize(value).ok())
        .flatten()
}

/// A `T` wherever it stands, if it does: for answers that the documents do not show. `key` is what a `T` might be
/// called, and `is_one` tells it from other things that can be read as one.
pub(crate) fn possible<T: DeserializeOwned>(
    body: &[u8],
    key: &str,
    is_one: fn(&Value) -> bool,
) -> Result<Option<T>, Misread> {
    if without_mark(body).trim_ascii().is_empty() {
        return Ok(None);
    }
    let value = json(body)?;
    let data = value.get("data");
    let places = [
        data,
        data.and_then(|data| data.get(key)),
        value.get(key),
        Some(&value),
    ];
    let mut places = places.into_iter().flatten();
    Ok(places.find_map(|place| is_one(place).then(|| resource(place)).flatten()))
}

/// Nothing, if the body does not say that the request failed and is no page.
pub(crate) fn acknowledged(body: &[u8]) -> Result<(), Misread> {
    match json(body) {
        Ok(_) | Err(Misread::NotJson { .. }) => Ok(()),
        Err(misread) => Err(misread),
    }
}

/// Why there is no data in `value`, which is no failure by its flags.
pub(crate) fn without_data(value: &Value) -> Misread {
    match value {
        // A sentence in place of data is a refusal under a status of success.
        Value::Object(object) if !object.contains_key("data") && has_sentence(object) => {
            Misread::Refused(Box::new(Refusal::from_success(object)))
        }
        _ => Misread::Shape,
    }
}

/// Whether the flags of an envelope say so. A resource's own `status` is a word, and none of them.
fn is_failure(object: &Map<String, Value>) -> bool {
    let is = |key: &str, flag: bool| object.get(key) == Some(&Value::Bool(flag));
    is("status", false) || is("success", false) || is("error", true)
}

fn has_sentence(object: &Map<String, Value>) -> bool {
    let mut keys = ["message", "error"].into_iter();
    keys.any(|key| object.get(key).is_some_and(Value::is_string))
}

/// What a page means: one that asks for a password stands where a session is wanted.
fn page(body: &[u8]) -> Misread {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    let asks = ["type=\"password\"", "type='password'", "type=password"];
    match asks.iter().any(|field| text.contains(field)) {
        true => Misread::LoginPage,
        false => Misread::Page,
    }
}
