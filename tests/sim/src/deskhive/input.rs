//! What a request says, read as Laravel reads it: a body that is no JSON is empty, texts are trimmed, blank ones null.

use serde_json::{Map, Value};
use url::form_urlencoded;

use super::Refusal;
use crate::peer::Request;

/// The parameters of the query; all have to be among `known`, and blank ones say nothing.
pub(crate) fn query(request: &Request, known: &[&str]) -> Result<Map<String, Value>, Refusal> {
    let mut input = cleaned(form(request.query.as_bytes()));
    input.retain(|_, value| !value.is_null());
    known_alone(input, known, "a parameter")
}

/// The fields of the body; all have to be among `known`.
pub(crate) fn body(request: &Request, known: &[&str]) -> Result<Map<String, Value>, Refusal> {
    let kind = request.first_header("Content-Type").unwrap_or_default();
    let kind = kind.to_ascii_lowercase();
    let input = if request.body.iter().all(u8::is_ascii_whitespace) {
        Map::new()
    } else if kind.contains("/json") || kind.contains("+json") {
        match serde_json::from_slice(&request.body) {
            Ok(Value::Object(object)) => object,
            Ok(_) | Err(_) => Map::new(),
        }
    } else if kind.starts_with("application/x-www-form-urlencoded") {
        form(&request.body)
    } else {
        return Err(Refusal::unheard_of(format!("a body of the type {kind:?}")));
    };
    known_alone(cleaned(input), known, "a field")
}

fn known_alone(
    input: Map<String, Value>,
    known: &[&str],
    what: &str,
) -> Result<Map<String, Value>, Refusal> {
    match input.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(Refusal::unheard_of(format!("{what} {name:?}"))),
        None => Ok(input),
    }
}

/// Reads pairs as PHP does: `name[]` and `name[key]` are members of `name`, and the last of a name counts.
fn form(text: &[u8]) -> Map<String, Value> {
    let mut input = Map::new();
    for (name, value) in form_urlencoded::parse(text) {
        let value = Value::from(value.into_owned());
        let member = name.strip_suffix(']').and_then(|name| name.split_once('['));
        match member {
            None => {
                input.insert(name.into_owned(), value);
            }
            Some((name, key)) => {
                let members = input
                    .entry(name)
                    .or_insert_with(|| Value::Object(Map::new()));
                if let Some(members) = members.as_object_mut() {
                    let key = if key.is_empty() {
                        members.len().to_string()
                    } else {
                        key.to_owned()
                    };
                    members.insert(key, value);
                }
            }
        }
    }
    for value in input.values_mut() {
        if let Value::Object(members) = value {
            let items = (0..members.len()).map(|place| members.get(&place.to_string()).cloned());
            if let Some(items) = items.collect::<Option<Vec<_>>>() {
                *value = items.into();
            }
        }
    }
    input
}

fn cleaned(input: Map<String, Value>) -> Map<String, Value> {
    let pairs = input.into_iter();
    pairs.map(|(name, value)| (name, clean(value))).collect()
}

fn clean(value: Value) -> Value {
    match value {
        Value::String(text) => match text.trim_matches(is_space) {
            "" => Value::Null,
            text => text.into(),
        },
        Value::Array(items) => items.into_iter().map(clean).collect(),
        Value::Object(members) => cleaned(members).into(),
        other => other,
    }
}

/// What Laravel trims: space of any kind, and what has no width.
fn is_space(each: char) -> bool {
    each.is_whitespace() || matches!(each, '\0' | '\u{200b}'..='\u{200f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(kind: &str, text: &str) -> Result<Value, Refusal> {
        let request = Request {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: String::new(),
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: text.as_bytes().to_vec(),
        };
        body(&request, &["a", "b"]).map(Value::Object)
    }

    #[test]
    fn texts_are_trimmed_and_blank_ones_are_null() {
        let json = "application/json; charset=utf-8";
        let text = r#"{"a":" x\n","b":["\u00a0",1,{"c":"\u200b"}]}"#;
        assert_eq!(
            read(json, text).unwrap(),
            json!({ "a": "x", "b": [null, 1, { "c": null }] })
        );
    }

    #[test]
    fn what_is_no_json_object_is_nothing() {
        for text in ["{", "[1]", "7", "{\"a\":1}x", ""] {
            assert_eq!(read("application/json", text).unwrap(), json!({}), "{text}");
        }
    }

    #[test]
    fn forms_have_members_as_in_php() {
        let kind = "application/x-www-form-urlencoded";
        assert_eq!(
            read(kind, "a[]=1&a[]=2&b[x]=+y+").unwrap(),
            json!({ "a": ["1", "2"], "b": { "x": "y" } })
        );
        assert_eq!(read(kind, "a=1&a=2").unwrap(), json!({ "a": "2" }));
    }

    #[test]
    fn what_nobody_documented_is_refused() {
        assert!(
            read("application/json", r#"{"c":1}"#)
                .unwrap_err()
                .is_unheard_of
        );
        assert!(read("text/plain", "a").unwrap_err().is_unheard_of);
    }
}
