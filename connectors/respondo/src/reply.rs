//! Replies on their way to a response URL, and what receivers answer: section *Reply* of the external ticket format.

use serde::{Deserialize, Serialize};

use crate::Author;

mod response;

pub use response::ReplyResponse;

/// An agent's reply, as it is POSTed to the response URL in JSON: exactly these keys, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The text.
    pub response_text: String,
    /// Who wrote it.
    pub author: Author,
    /// The `external_uid` of the message that is answered.
    pub parent_id: String,
}

impl Reply {
    /// The body of the request: JSON in UTF-8 without white space. The same reply always has the same bytes.
    pub fn to_wire(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("text under text keys is always JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_are_those_of_the_document_without_white_space() {
        // External ticket format, section Reply, example.
        let reply = Reply {
            response_text: "This is content from an example external ticket reply.".to_owned(),
            author: Author {
                external_uid: "author_uid_1".to_owned(),
                username: "author_username".to_owned(),
            },
            parent_id: "external_ticket_uid_1".to_owned(),
        };
        let expected = concat!(
            r#"{"response_text":"This is content from an example external ticket reply.","#,
            r#""author":{"external_uid":"author_uid_1","username":"author_username"},"#,
            r#""parent_id":"external_ticket_uid_1"}"#,
        );
        assert_eq!(String::from_utf8(reply.to_wire()).unwrap(), expected);
        assert_eq!(serde_json::from_str::<Reply>(expected).unwrap(), reply);
    }

    #[test]
    fn any_text_survives() {
        let reply = Reply {
            response_text: "\0 \u{1f600} \"\\/\n\u{2028}".to_owned(),
            author: Author {
                external_uid: String::new(),
                username: "é".to_owned(),
            },
            parent_id: "x".repeat(10_000),
        };
        assert_eq!(
            serde_json::from_slice::<Reply>(&reply.to_wire()).unwrap(),
            reply
        );
    }
}
