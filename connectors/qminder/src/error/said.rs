//! The bodies of refusals, of which there are many shapes.

use serde_json::{Map, Value};

use super::FieldError;

/// What a body says. Nothing in it is required, since proxies answer too.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Said {
    pub(super) message: String,
    pub(super) developer_message: Option<String>,
    pub(super) code: Option<String>,
    pub(super) fields: Vec<FieldError>,
}

impl Said {
    pub(super) fn from_body(body: &[u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(Value::Object(body)) => Self::from_object(&body),
            Ok(Value::String(message)) => Self {
                message,
                ..Self::default()
            },
            Ok(_) => Self::default(),
            // The documents' bare words, such as `Forbidden`; pages and the like say nothing to anybody.
            Err(_) => Self {
                message: bare(body).unwrap_or_default().to_owned(),
                ..Self::default()
            },
        }
    }

    /// In the official client's order: `message`, `developerMessage`, `error` as text, `error` as an object, `errors`.
    pub(crate) fn from_object(body: &Map<String, Value>) -> Self {
        let mut said = Self {
            developer_message: text(body, "developerMessage"),
            code: text(body, "code").or_else(|| text(body, "errorType")),
            ..Self::default()
        };
        let mut messages: Vec<String> = text(body, "message").into_iter().collect();
        messages.extend(said.developer_message.clone());
        for key in ["error", "errors"] {
            if let Some(errors) = body.get(key) {
                said.add(errors, &mut messages);
            }
        }
        let of_fields = said.fields.first().map(|error| error.message.clone());
        said.message = messages
            .into_iter()
            .next()
            .or(of_fields)
            .unwrap_or_default();
        said
    }

    fn add(&mut self, errors: &Value, messages: &mut Vec<String>) {
        match errors {
            Value::String(message) => messages.push(message.clone()),
            Value::Array(errors) => {
                for error in errors {
                    self.add(error, messages);
                }
            }
            // GraphQL's errors say what and where in keys of their own.
            Value::Object(error) if error.contains_key("message") => {
                messages.extend(text(error, "message"));
                if self.code.is_none() {
                    self.code = text(error, "errorType").or_else(|| text(error, "code"));
                }
            }
            Value::Object(fields) => {
                for (field, message) in fields {
                    let message = match message {
                        Value::String(message) => message.clone(),
                        other => other.to_string(),
                    };
                    let field = field.clone();
                    self.fields.push(FieldError { field, message });
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
}

fn text(object: &Map<String, Value>, key: &str) -> Option<String> {
    let text = object.get(key)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// A body of one short line of text.
fn bare(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_words = text.len() <= 200 && !text.contains(['\n', '<', '{', '[']);
    is_words.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Expected<'a> = (&'a str, Option<&'a str>, &'a [(&'a str, &'a str)]);

    fn check(body: &str, (message, code, fields): Expected<'_>) {
        let said = Said::from_body(body.as_bytes());
        assert_eq!(said.message, message, "{body}");
        assert_eq!(said.code.as_deref(), code, "{body}");
        let found: Vec<_> = said
            .fields
            .iter()
            .map(|error| (error.field.as_str(), error.message.as_str()))
            .collect();
        assert_eq!(found, fields, "{body}");
    }

    #[test]
    fn every_known_shape_is_understood() {
        let missing = r#"{"statusCode":401,"message":"Please authenticate","developerMessage":"Set X-Qminder-REST-API-Key HTTP header with API key"}"#;
        check(missing, ("Please authenticate", None, &[]));
        assert_eq!(
            Said::from_body(missing.as_bytes())
                .developer_message
                .as_deref(),
            Some("Set X-Qminder-REST-API-Key HTTP header with API key")
        );
        // The OpenAPI document, PATCH /tickets/{ticketId}.
        check(
            r#"{"statusCode":400,"message":"First name must not be empty or blank"}"#,
            ("First name must not be empty or blank", None, &[]),
        );
        let form = r#"must match "^(\+)?([0-9]){5,20}$""#;
        check(
            r#"{"statusCode":400,"errors":[{"phoneNumber":"must match \"^(\\+)?([0-9]){5,20}$\""}]}"#,
            (form, None, &[("phoneNumber", form)]),
        );
        check(
            r#"{"message":"Ticket with id 123456 not found"}"#,
            ("Ticket with id 123456 not found", None, &[]),
        );
        // The official client's tests.
        let taken = "Email already in use";
        for body in [
            r#"{"statusCode":409,"errors":{"email":"Email already in use"}}"#,
            r#"{"statusCode":409,"error":{"email":"Email already in use"}}"#,
        ] {
            check(body, (taken, None, &[("email", taken)]));
        }
        check(
            r#"{"statusCode":500,"error":"Internal Server Error"}"#,
            ("Internal Server Error", None, &[]),
        );
        check(
            r#"{"developerMessage":"Only this"}"#,
            ("Only this", None, &[]),
        );
        // The newest endpoints.
        check(
            r#"{"code":"resource_missing","message":"Location not found"}"#,
            ("Location not found", Some("resource_missing"), &[]),
        );
        check(
            r#"{"statusCode":200,"errors":[{"message":"Validation error of type FieldUndefined: Field 'x' is undefined @ 'account/x'","errorType":"ValidationError","validationErrorType":"FieldUndefined","queryPath":["account","x"],"locations":[{"line":1,"column":1,"sourceName":null}],"path":null,"extensions":null,"description":"Field 'x' is undefined"}]}"#,
            (
                "Validation error of type FieldUndefined: Field 'x' is undefined @ 'account/x'",
                Some("ValidationError"),
                &[],
            ),
        );
    }

    #[test]
    fn mixed_shapes_give_what_they_have() {
        check(
            r#"{"message":"Bad","errors":[{"a":"x"},{"b":["y"]},"z",7,null]}"#,
            ("Bad", None, &[("a", "x"), ("b", r#"["y"]"#)]),
        );
        check(r#"{"errors":["one","two"]}"#, ("one", None, &[]));
        check(r#""Forbidden""#, ("Forbidden", None, &[]));
        check("Forbidden\n", ("Forbidden", None, &[]));
    }

    #[test]
    fn bodies_that_say_nothing_are_no_message() {
        for body in [
            "",
            "{}",
            "[]",
            "null",
            r#"{"message":""}"#,
            r#"{"message":7,"errors":null}"#,
            "<html>Bad gateway</html>",
            r#"{"message":"brok"#,
            "\u{0}\u{0}\n\u{0}",
        ] {
            let said = Said::from_body(body.as_bytes());
            assert_eq!(said, Said::default(), "{body:?}");
        }
        assert_eq!(Said::from_body(b"\xff\xfe"), Said::default());
        let deep = "[".repeat(100_000);
        assert_eq!(Said::from_body(deep.as_bytes()), Said::default());
    }
}
