//! What a receiver of replies answers.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::Value;

use crate::Author;

/// The answer to a reply: schema *Response* of the external ticket format.
///
/// It makes the reply a ticket of the receiver's own; text and times are as the receiver gives them, also empty ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplyResponse {
    /// The receiver's id of the reply.
    #[serde(deserialize_with = "text_or_integer")]
    pub external_uid: String,
    /// Who wrote the reply, in the receiver's words.
    pub author: Author,
    /// The `parent_id` that was sent.
    pub parent_uid: String,
    /// The text as the receiver keeps it.
    pub content: String,
    /// When the receiver says that it was written; see [`crate::inbound::parse_created_at`].
    pub created_at: String,
}

impl ReplyResponse {
    /// Reads an answer's body; `None` if it is anything but a valid response, such as a receiver's fixed
    /// acknowledgement.
    ///
    /// Every property must be there with the schema's type, other keys are ignored. `external_uid` may also be a
    /// whole number of at most 64 bits, which real servers send; it is taken in decimal.
    pub fn from_wire(body: &[u8]) -> Option<Self> {
        let read = serde_json::from_slice(body).ok()?;
        // An array that lists the properties' values in their order would be read as well.
        let body: Value = serde_json::from_slice(body).ok()?;
        (body.is_object() && body["author"].is_object()).then_some(read)
    }
}

fn text_or_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    struct Visitor;

    impl de::Visitor<'_> for Visitor {
        type Value = String;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a string or a whole number")
        }

        fn visit_str<E>(self, text: &str) -> Result<String, E> {
            Ok(text.to_owned())
        }

        fn visit_u64<E>(self, number: u64) -> Result<String, E> {
            Ok(number.to_string())
        }

        fn visit_i64<E>(self, number: i64) -> Result<String, E> {
            Ok(number.to_string())
        }
    }

    deserializer.deserialize_any(Visitor)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn valid() -> Value {
        // External ticket format, section Response, example.
        json!({
            "external_uid": "external_ticket_uid_2",
            "author": {"external_uid": "author_uid_1", "username": "author_username"},
            "parent_uid": "parent_uid_1",
            "content": "This is content from an example external ticket reply.",
            "created_at": "2019-01-01 23:35:27.632879 UTC",
        })
    }

    fn read(value: &Value) -> Option<ReplyResponse> {
        ReplyResponse::from_wire(value.to_string().as_bytes())
    }

    #[test]
    fn the_documents_example_is_valid() {
        let response = read(&valid()).unwrap();
        assert_eq!(response.external_uid, "external_ticket_uid_2");
        assert_eq!(response.author.username, "author_username");
        assert_eq!(response.parent_uid, "parent_uid_1");
        assert_eq!(response.created_at, "2019-01-01 23:35:27.632879 UTC");
        assert_eq!(serde_json::to_value(&response).unwrap(), valid());
    }

    #[test]
    fn a_number_as_uid_and_extra_keys_are_taken() {
        for (uid, expected) in [
            (json!(123_456), "123456"),
            (json!(-1), "-1"),
            (json!(u64::MAX), "18446744073709551615"),
            (json!(""), ""),
        ] {
            let mut value = valid();
            value["external_uid"] = uid;
            value["response_url"] = json!("https://example.com/");
            value["author"]["extra"] = json!([1]);
            assert_eq!(read(&value).unwrap().external_uid, expected);
        }
    }

    #[test]
    fn anything_less_is_no_response() {
        let mut broken = vec![
            json!({}),
            json!([]),
            json!("ok"),
            json!({"status": "success", "id": "x", "request_id": "x", "attempt": "x"}),
            // The right values in the right order, without their names.
            json!(["u", {"external_uid": "a", "username": "b"}, "p", "c", "d"]),
        ];
        let mut nameless = valid();
        nameless["author"] = json!(["a", "b"]);
        broken.push(nameless);
        for key in [
            "external_uid",
            "author",
            "parent_uid",
            "content",
            "created_at",
        ] {
            let mut value = valid();
            value.as_object_mut().unwrap().remove(key);
            broken.push(value);
            for wrong in [json!(null), json!(true), json!([]), json!(1.5)] {
                let mut value = valid();
                value[key] = wrong;
                broken.push(value);
            }
        }
        for key in ["external_uid", "username"] {
            let mut value = valid();
            value["author"].as_object_mut().unwrap().remove(key);
            broken.push(value);
            let mut value = valid();
            value["author"][key] = json!(1);
            broken.push(value);
        }
        for value in broken {
            assert_eq!(read(&value), None, "{value}");
        }
        for body in [&b""[..], b"ok", b"{", b"\xff", b"null"] {
            assert_eq!(ReplyResponse::from_wire(body), None);
        }
    }

    #[test]
    fn a_repeated_key_is_no_response() {
        let text = valid().to_string();
        let twice = text.replacen('{', r#"{"content":"other","#, 1);
        assert_eq!(ReplyResponse::from_wire(twice.as_bytes()), None);
    }

    proptest::proptest! {
        #[test]
        fn no_body_is_a_panic(body: Vec<u8>) {
            let _ = ReplyResponse::from_wire(&body);
        }
    }
}
