//! What an agent sends to reply: External API documentation, section *Reply to Ticket*.

use serde::Serialize;
use serde_json::Value;

use crate::body::Body;
use crate::{ApiError, Invalid};

/// A reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReplyRequest {
    /// The text; where it was read by [`from_body`](Self::from_body), without white space around it and never empty.
    pub content: String,
    /// A note among agents; `false` where the request does not say.
    pub is_internal: bool,
}

impl ReplyRequest {
    /// A reply to the customer.
    pub fn public(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            is_internal: false,
        }
    }

    /// A note among agents.
    pub fn internal(content: impl Into<String>) -> Self {
        Self {
            content: content.into(),
            is_internal: true,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Invalid> {
        Invalid::if_blank("content", &self.content)
    }

    /// Reads a reply as a Laravel application would.
    ///
    /// The body is JSON or form data, as `content_type` (the header's value) says. One that cannot be read, or of
    /// another type, is an empty one. Text is trimmed, blank text is absent; of a repeated key the last counts; a
    /// boolean is `true`, `false`, 0, 1, `"0"` or `"1"`; unknown keys are ignored.
    ///
    /// # Errors
    ///
    /// What to answer with 422.
    pub fn from_body(content_type: Option<&str>, body: &[u8]) -> Result<Self, ApiError> {
        let body = Body::read(content_type, body);
        let content = content(body.get("content"));
        let is_internal = is_internal(body.get("is_internal"));
        match (content, is_internal) {
            (Ok(content), Ok(is_internal)) => Ok(Self {
                content,
                is_internal,
            }),
            (content, is_internal) => {
                let sentences = [
                    ("content", content.err()),
                    ("is_internal", is_internal.err()),
                ];
                Err(ApiError::validation(sentences.into_iter().filter_map(
                    |(field, sentence)| Some((field.to_owned(), vec![sentence?.to_owned()])),
                )))
            }
        }
    }
}

fn content(value: Option<&Value>) -> Result<String, &'static str> {
    match value {
        None | Some(Value::Null) => Err("The content field is required."),
        Some(Value::String(text)) => Ok(text.clone()),
        // To PHP, both are empty arrays, and those do not meet `required`.
        Some(Value::Array(items)) if items.is_empty() => Err("The content field is required."),
        Some(Value::Object(entries)) if entries.is_empty() => Err("The content field is required."),
        Some(_) => Err("The content field must be a string."),
    }
}

fn is_internal(value: Option<&Value>) -> Result<bool, &'static str> {
    match value {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(Value::String(text)) if text == "1" => Ok(true),
        Some(Value::String(text)) if text == "0" => Ok(false),
        Some(Value::Number(number)) if number.as_u64() == Some(1) => Ok(true),
        Some(Value::Number(number)) if number.as_u64() == Some(0) => Ok(false),
        Some(_) => Err("The is internal field must be true or false."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json");
    const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
    const REQUIRED: &str = "The content field is required.";
    const STRING: &str = "The content field must be a string.";
    const BOOLEAN: &str = "The is internal field must be true or false.";

    #[test]
    fn good_replies_are_read() {
        for (content_type, body, content, is_internal) in [
            (JSON, r#"{"content":"Hello"}"#, "Hello", false),
            (JSON, r#"{"content":" \n a  b\t"}"#, "a  b", false),
            (
                JSON,
                r#"{"content":"<b>&amp;</b>","x":1}"#,
                "<b>&amp;</b>",
                false,
            ),
            (JSON, r#"{"content":"a","content":"b"}"#, "b", false),
            (JSON, r#"{"content":"a","is_internal":null}"#, "a", false),
            (JSON, r#"{"content":"a","is_internal":""}"#, "a", false),
            (JSON, r#"{"content":"a","is_internal":true}"#, "a", true),
            (JSON, r#"{"content":"a","is_internal":false}"#, "a", false),
            (JSON, r#"{"content":"a","is_internal":1}"#, "a", true),
            (JSON, r#"{"content":"a","is_internal":0}"#, "a", false),
            (JSON, r#"{"content":"a","is_internal":"1"}"#, "a", true),
            (JSON, r#"{"content":"a","is_internal":"0"}"#, "a", false),
            (
                Some("Application/vnd.api+JSON; charset=utf-8"),
                r#"{"content":"a"}"#,
                "a",
                false,
            ),
            (FORM, "content=a+b%20%C3%A9&is_internal=1", "a b é", true),
            (FORM, "content=a&is_internal=0&content=b", "b", false),
            (FORM, "content=a&is_internal=", "a", false),
        ] {
            assert_eq!(
                ReplyRequest::from_body(content_type, body.as_bytes()),
                Ok(ReplyRequest {
                    content: content.to_owned(),
                    is_internal,
                }),
                "{body}"
            );
        }
    }

    #[test]
    fn bad_replies_are_answered_in_laravels_words() {
        for (content_type, body, content, is_internal) in [
            (JSON, "", Some(REQUIRED), None),
            (JSON, "{", Some(REQUIRED), None),
            (JSON, "\"content\"", Some(REQUIRED), None),
            (JSON, "[]", Some(REQUIRED), None),
            (JSON, "{}", Some(REQUIRED), None),
            (JSON, r#"{"content":null}"#, Some(REQUIRED), None),
            (JSON, r#"{"content":""}"#, Some(REQUIRED), None),
            (JSON, r#"{"content":" \n"}"#, Some(REQUIRED), None),
            (JSON, r#"{"content":[]}"#, Some(REQUIRED), None),
            (JSON, r#"{"content":{}}"#, Some(REQUIRED), None),
            (JSON, r#"{"content":5}"#, Some(STRING), None),
            (JSON, r#"{"content":false}"#, Some(STRING), None),
            (JSON, r#"{"content":["a"]}"#, Some(STRING), None),
            (JSON, r#"{"content":{"a":"b"}}"#, Some(STRING), None),
            (
                JSON,
                r#"{"content":"a","is_internal":"true"}"#,
                None,
                Some(BOOLEAN),
            ),
            (
                JSON,
                r#"{"content":"a","is_internal":"yes"}"#,
                None,
                Some(BOOLEAN),
            ),
            (
                JSON,
                r#"{"content":"a","is_internal":2}"#,
                None,
                Some(BOOLEAN),
            ),
            (
                JSON,
                r#"{"content":"a","is_internal":1.0}"#,
                None,
                Some(BOOLEAN),
            ),
            (
                JSON,
                r#"{"content":"a","is_internal":[]}"#,
                None,
                Some(BOOLEAN),
            ),
            (
                JSON,
                r#"{"content":7,"is_internal":7}"#,
                Some(STRING),
                Some(BOOLEAN),
            ),
            (FORM, "", Some(REQUIRED), None),
            (FORM, "content=+", Some(REQUIRED), None),
            (FORM, "content[]=a", Some(STRING), None),
            (FORM, "content=a&is_internal=on", None, Some(BOOLEAN)),
            (FORM, r#"{"content":"a"}"#, Some(REQUIRED), None),
            (None, r#"{"content":"a"}"#, Some(REQUIRED), None),
            (Some("text/plain"), "content=a", Some(REQUIRED), None),
        ] {
            let error = ReplyRequest::from_body(content_type, body.as_bytes()).unwrap_err();
            let errors = error.errors.unwrap();
            let sentence = |field| errors.get(field).map(|found| found.join("|"));
            assert_eq!(sentence("content").as_deref(), content, "{body}");
            assert_eq!(sentence("is_internal").as_deref(), is_internal, "{body}");
        }
    }

    #[test]
    fn two_errors_are_summed_up() {
        let error = ReplyRequest::from_body(JSON, br#"{"is_internal":"x"}"#).unwrap_err();
        assert_eq!(
            serde_json::to_string(&error).unwrap(),
            concat!(
                r#"{"message":"The content field is required. (and 1 more error)","errors":{"#,
                r#""content":["The content field is required."],"#,
                r#""is_internal":["The is internal field must be true or false."]}}"#,
            )
        );
    }

    proptest::proptest! {
        #[test]
        fn no_body_is_a_panic(body: Vec<u8>) {
            for content_type in [JSON, FORM, None] {
                if let Ok(reply) = ReplyRequest::from_body(content_type, &body) {
                    proptest::prop_assert_eq!(reply.content.trim(), &reply.content);
                    proptest::prop_assert!(!reply.content.is_empty());
                }
            }
        }
    }
}
