//! Bodies of requests, as a Laravel application reads them.

use serde_json::{Map, Value};

/// Brackets in brackets beyond this are left out.
const DEEPEST: usize = 8;

/// A body's top level with trimmed text, in which what is blank is `null`.
///
/// One that cannot be read, or of another type than JSON and form data, is an empty one; of a repeated key the last
/// counts.
#[derive(Debug, Default)]
pub(crate) struct Body(Map<String, Value>);

impl Body {
    /// Reads a body as `content_type` (the header's value) says.
    pub(crate) fn read(content_type: Option<&str>, body: &[u8]) -> Self {
        let essence = content_type
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let mut fields: Map<String, Value> =
            if essence.ends_with("/json") || essence.ends_with("+json") {
                serde_json::from_slice(body).unwrap_or_default()
            } else if essence == "application/x-www-form-urlencoded" {
                form(body)
            } else {
                Map::new()
            };
        fields.values_mut().for_each(trim);
        Self(fields)
    }

    /// A field; `Some(Null)` where it is there and blank.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}

fn trim(value: &mut Value) {
    match value {
        Value::String(text) => match text.trim() {
            "" => *value = Value::Null,
            trimmed if trimmed.len() == text.len() => {}
            trimmed => *text = trimmed.to_owned(),
        },
        Value::Array(items) => items.iter_mut().for_each(trim),
        Value::Object(fields) => fields.values_mut().for_each(trim),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// As PHP reads form data: `a[]=x`, `a[0]=x` and `a[b]=x` are arrays.
fn form(body: &[u8]) -> Map<String, Value> {
    let mut fields = Map::new();
    for (key, value) in form_urlencoded::parse(body) {
        let (name, path) = match key.split_once('[') {
            Some((name, path)) if !name.is_empty() => (name, Some(path)),
            _ => (key.as_ref(), None),
        };
        let text = Value::String(value.into_owned());
        match path {
            None => drop(fields.insert(name.to_owned(), text)),
            Some(path) => {
                let keys: Vec<&str> = path
                    .split("][")
                    .map(|key| key.trim_end_matches(']'))
                    .take(DEEPEST)
                    .collect();
                let field = fields.entry(name).or_insert_with(|| Map::new().into());
                insert(field, &keys, text);
            }
        }
    }
    fields.values_mut().for_each(list);
    fields
}

fn insert(into: &mut Value, keys: &[&str], text: Value) {
    let Some((key, deeper)) = keys.split_first() else {
        *into = text;
        return;
    };
    if !into.is_object() {
        *into = Map::new().into();
    }
    if let Value::Object(entries) = into {
        let key = match *key {
            "" => entries.len().to_string(),
            named => named.to_owned(),
        };
        insert(entries.entry(key).or_insert(Value::Null), deeper, text);
    }
}

/// An array whose keys count from 0 is a list.
fn list(value: &mut Value) {
    let Value::Object(entries) = value else {
        return;
    };
    entries.values_mut().for_each(list);
    let mut items = Vec::with_capacity(entries.len());
    for place in 0..entries.len() {
        match entries.get(&place.to_string()) {
            Some(item) => items.push(item.clone()),
            None => return,
        }
    }
    *value = Value::Array(items);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn form_data_nests_as_in_php() {
        for (text, expected) in [
            ("a=1&a=+2+", json!({"a": "2"})),
            ("a[]=1&a[]=2", json!({"a": ["1", "2"]})),
            ("a[0]=1&a[1]=", json!({"a": ["1", null]})),
            ("a[1]=1", json!({"a": {"1": "1"}})),
            (
                "a[b]=1&a[c][]=2&a[c][]=3",
                json!({"a": {"b": "1", "c": ["2", "3"]}}),
            ),
            ("a=1&a[b]=2", json!({"a": {"b": "2"}})),
            ("a[b]=1&a=2", json!({"a": "2"})),
            ("[a]=1&=2", json!({"[a]": "1", "": "2"})),
        ] {
            let body = Body::read(Some("application/x-www-form-urlencoded"), text.as_bytes());
            assert_eq!(Value::Object(body.0), expected, "{text}");
        }
    }

    #[test]
    fn json_is_trimmed_all_the_way_down() {
        let body = Body::read(
            Some("application/json"),
            br#"{"a": [" x ", {"b": " "}], "c": 1}"#,
        );
        assert_eq!(
            Value::Object(body.0),
            json!({"a": ["x", {"b": null}], "c": 1})
        );
    }

    proptest::proptest! {
        #[test]
        fn no_body_is_a_panic(body: Vec<u8>, text in "[a\\[\\]=&0-2]{0,40}") {
            for content_type in ["application/json", "application/x-www-form-urlencoded"] {
                Body::read(Some(content_type), &body);
                Body::read(Some(content_type), text.as_bytes());
            }
        }
    }
}
