//! What surrounds an answer, and the bytes that PHP makes of it.

use serde_json::{Value, json};

use super::World;
use super::variation::{Echo, Envelope};
use crate::http::Response;

/// An answer whose body is `value`, as PHP writes JSON: with `\/`, and nothing beyond ASCII.
pub(crate) fn encode(status: u16, value: &Value) -> Response {
    let mut text = String::new();
    for each in value.to_string().chars() {
        match each {
            '/' => text.push_str("\\/"),
            each if each.is_ascii() => text.push(each),
            each => {
                for unit in each.encode_utf16(&mut [0; 2]) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    Response::bytes(status, text.into_bytes()).with("Content-Type", "application/json")
}

impl World {
    /// A single item, in the envelope of this reading.
    pub(crate) fn item(&self, item: Value) -> Response {
        self.wrapped(200, item, None)
    }

    fn wrapped(&self, status: u16, item: Value, message: Option<&str>) -> Response {
        let mut answer = match self.variations.envelope {
            Envelope::StatusAndData => json!({ "status": true, "data": item }),
            Envelope::Data => json!({ "data": item }),
            Envelope::Bare => return encode(status, &item),
        };
        if let Some(message) = message {
            answer["message"] = message.into();
        }
        encode(status, &answer)
    }

    /// An item that the documents show with `status` and `data`.
    pub(crate) fn stated(&self, item: Value) -> Response {
        match self.variations.envelope {
            Envelope::StatusAndData | Envelope::Bare => {
                encode(200, &json!({ "status": true, "data": item }))
            }
            Envelope::Data => encode(200, &json!({ "data": item })),
        }
    }

    /// An answer that is a message and no more.
    pub(crate) fn told(&self, status: u16, message: &str) -> Response {
        match self.variations.envelope {
            Envelope::StatusAndData | Envelope::Bare => {
                encode(status, &json!({ "status": true, "message": message }))
            }
            Envelope::Data => encode(status, &json!({ "message": message })),
        }
    }

    /// What a write answers.
    pub(crate) fn written(
        &self,
        echo: Echo,
        status: u16,
        mut item: Value,
        message: &str,
    ) -> Response {
        match (echo, item.as_object_mut()) {
            (Echo::OnlyMessage, _) => {
                return self.told(status, message);
            }
            (Echo::WithoutId, Some(members)) => {
                members.remove("id");
            }
            (Echo::Item | Echo::WithoutId, _) => {}
        }
        self.wrapped(status, item, Some(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_written_as_php_writes_it() {
        let answer = encode(200, &json!({ "a": "https://é/😀" }));
        let bytes = answer.to_bytes("GET", true);
        let text = String::from_utf8(bytes).unwrap();
        assert!(
            text.ends_with(r#"{"a":"https:\/\/\u00e9\/\ud83d\ude00"}"#),
            "{text}"
        );
    }
}
