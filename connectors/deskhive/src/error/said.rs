//! The bodies of refusals, of which there are several shapes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What a body says. Nothing in it is required, since proxies answer too.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) message: String,
    pub(crate) errors: BTreeMap<String, Vec<String>>,
}

impl Said {
    /// Pages, broken JSON and the like say nothing.
    pub(crate) fn from_body(body: &[u8]) -> Self {
        match serde_json::from_slice(crate::answer::without_mark(body)) {
            Ok(Value::Object(body)) => Self::from_object(&body),
            _ => Self::default(),
        }
    }

    /// `message`, else `error` as text; fields from `errors`, or, beside `"error": true`, from `data`.
    pub(crate) fn from_object(body: &Map<String, Value>) -> Self {
        let text = |key| body.get(key).and_then(Value::as_str);
        let message = text("message").or_else(|| text("error"));
        let mut said = Self {
            message: message.unwrap_or_default().to_owned(),
            ..Self::default()
        };
        if let Some(errors) = body.get("errors") {
            said.add(errors);
        }
        if said.errors.is_empty()
            && body.get("error") == Some(&Value::Bool(true))
            && let Some(data) = body.get("data")
        {
            said.add(data);
        }
        said
    }

    fn add(&mut self, errors: &Value) {
        match errors {
            // A list of such maps, with a field or more in each.
            Value::Array(maps) => {
                let maps = maps.iter().filter(|map| map.is_object());
                maps.for_each(|map| self.add(map));
            }
            Value::Object(fields) => {
                for (field, sentences) in fields {
                    let blamed = self.errors.entry(field.clone()).or_default();
                    match sentences {
                        Value::Array(sentences) => blamed.extend(sentences.iter().map(sentence)),
                        one => blamed.push(sentence(one)),
                    }
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn sentence(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, message: &str, fields: &[(&str, &[&str])]) {
        let said = Said::from_body(body.as_bytes());
        assert_eq!(said.message, message, "{body}");
        let found: Vec<_> = said
            .errors
            .iter()
            .map(|(field, sentences)| {
                let sentences: Vec<_> = sentences.iter().map(String::as_str).collect();
                (field.as_str(), sentences)
            })
            .collect();
        let fields: Vec<_> = fields
            .iter()
            .map(|(field, sentences)| (*field, sentences.to_vec()))
            .collect();
        assert_eq!(found, fields, "{body}");
    }

    #[test]
    fn every_known_shape_is_understood() {
        // API overview, section Errors; Laravel's validation; the vendor's own validation and its core.
        check(
            r#"{"message":"Missing header: X-API-KEY"}"#,
            "Missing header: X-API-KEY",
            &[],
        );
        check(
            r#"{"message":"A. (and 2 more errors)","errors":{"content":["A.","B."],"labels.0":["C."]}}"#,
            "A. (and 2 more errors)",
            &[("content", &["A.", "B."]), ("labels.0", &["C."])],
        );
        check(
            r#"{"error":true,"data":[{"email":"Taken."},{"name":"Long."}],"message":"Bad"}"#,
            "Bad",
            &[("email", &["Taken."]), ("name", &["Long."])],
        );
        check(
            r#"{"error":true,"data":null,"message":"Too Many Attempts."}"#,
            "Too Many Attempts.",
            &[],
        );
        check(
            r#"{"message":"No key","error":"Unauthorized"}"#,
            "No key",
            &[],
        );
        check(r#"{"error":"Unauthorized"}"#, "Unauthorized", &[]);
        check("\u{feff}{\"message\":\"m\"}", "m", &[]);
    }

    #[test]
    fn mixed_shapes_give_what_they_have() {
        check(
            r#"{"message":"m","errors":{"a":"A.","b":7,"c":["C.",8]}}"#,
            "m",
            &[("a", &["A."]), ("b", &["7"]), ("c", &["C.", "8"])],
        );
        for body in [
            r#"{"message":"m","errors":[]}"#,
            r#"{"message":"m","errors":null}"#,
            r#"{"message":"m","errors":["a",7]}"#,
            r#"{"message":"m","error":false,"data":{"id":1}}"#,
        ] {
            check(body, "m", &[]);
        }
    }

    #[test]
    fn bodies_that_say_nothing_are_no_message() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            "7",
            r#""text""#,
            r#"{"message":7}"#,
            "<html>Bad gateway</html>",
            r#"{"message":"brok"#,
        ] {
            check(body, "", &[]);
        }
        assert_eq!(Said::from_body(b"\xff\xfe"), Said::default());
        let deep = "[".repeat(100_000);
        assert_eq!(Said::from_body(deep.as_bytes()), Said::default());
    }
}
