//! What becomes of the rows that a person typed.

use serde_json::{Map, Value};
use url::form_urlencoded::Serializer;

/// How a step writes its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayloadType {
    /// An object of texts, in which `a__b` is `b` within `a`.
    Json,
    /// A form with the names as they were typed.
    Form,
}

/// The content type and the body; rows without a value are left out.
pub(crate) fn write(payload_type: PayloadType, rows: &[(&str, &str)]) -> (&'static str, String) {
    let rows = rows.iter().filter(|(_, value)| !value.is_empty());
    match payload_type {
        PayloadType::Json => {
            let mut object = Map::new();
            for (name, value) in rows {
                put(&mut object, name, value);
            }
            ("application/json", Value::from(object).to_string())
        }
        PayloadType::Form => {
            let mut form = Serializer::new(String::new());
            form.extend_pairs(rows);
            ("application/x-www-form-urlencoded", form.finish())
        }
    }
}

/// Puts a value where its name says; one that would have to be within a text stays where it is.
fn put(object: &mut Map<String, Value>, name: &str, value: &str) {
    if let Some((first, rest)) = name.split_once("__") {
        let inner = object
            .entry(first)
            .or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(inner) = inner {
            return put(inner, rest, value);
        }
    }
    object.insert(name.to_owned(), value.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_texts_and_empty_ones_are_left_out() {
        let rows = [("n", "5"), ("a__b", "x y"), ("a__c", "é"), ("e", "")];
        let (media_type, body) = write(PayloadType::Json, &rows);
        assert_eq!(media_type, "application/json");
        assert_eq!(body, r#"{"a":{"b":"x y","c":"é"},"n":"5"}"#);
        let (_, body) = write(PayloadType::Form, &rows);
        assert_eq!(body, "n=5&a__b=x+y&a__c=%C3%A9");
        let (_, body) = write(PayloadType::Json, &[("a", "x"), ("a__b", "y")]);
        assert_eq!(body, r#"{"a":"x","a__b":"y"}"#);
    }
}
