//! What is answered to a Respondo server.

use jiff::Timestamp;
use serde::Serialize;

use crate::inbound::spell_created_at;
use crate::ticketable::Ticketable;
use crate::{Author, Path};

/// The answer to a `DELETE`: servers remove their ticket only if it is a JSON object.
pub const DELETED: &[u8] = b"{}";

/// The answer to a reply, from which the server makes the reply's ticket: schema *Response* of the external ticket
/// format, and the response URL, without which no server can keep it.
///
/// Servers ignore the status, take whatever text is answered for the reply's, and keep nothing if one of these is
/// blank; they give up after 60 seconds. Brands take every property from the top; organizations refuse unknown ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyTicket {
    /// Our id of the reply: one that the server's brand does not know yet, also not from what was pushed to it.
    pub external_uid: String,
    /// The text.
    pub content: String,
    /// Who wrote it.
    pub author: Author,
    /// The `parent_id` that came with the reply. Servers thread by it: another one makes the reply a ticket by itself.
    pub parent_uid: String,
    /// When it was written.
    pub created_at: Timestamp,
    /// Where replies to this reply go, and the `DELETE` that concerns it: one with a path, best one that nothing else
    /// has.
    pub response_url: String,
    /// The name of the place that the text comes from; an empty one is none.
    ///
    /// Best left out: between July 2022 and March 2023 servers lose replies to tickets that have one, and later ones
    /// fail.
    pub custom_provider: Option<String>,
}

impl ReplyTicket {
    /// The body of the answer, for a server that calls its owners as `path` says: JSON in UTF-8 without white space.
    /// The same ticket always has the same bytes.
    pub fn to_wire(&self, path: Path) -> Vec<u8> {
        #[derive(Serialize)]
        struct Wire<'a> {
            external_uid: &'a str,
            author: &'a Author,
            parent_uid: &'a str,
            content: &'a str,
            created_at: String,
            #[serde(flatten)]
            ticketable: Ticketable<'a>,
        }
        let wire = Wire {
            external_uid: &self.external_uid,
            author: &self.author,
            parent_uid: &self.parent_uid,
            content: &self.content,
            created_at: spell_created_at(self.created_at),
            ticketable: Ticketable::new(path, &self.response_url, self.custom_provider.as_deref()),
        };
        serde_json::to_vec(&wire).expect("text under text keys is always JSON")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::reply::ReplyResponse;

    fn ticket() -> ReplyTicket {
        ReplyTicket {
            external_uid: "external_ticket_uid_2".to_owned(),
            content: "This is content from an example external ticket reply.".to_owned(),
            author: Author {
                external_uid: "author_uid_1".to_owned(),
                username: "author_username".to_owned(),
            },
            parent_uid: "parent_uid_1".to_owned(),
            created_at: "2019-01-01T23:35:27.632879Z".parse().unwrap(),
            response_url: "https://example.com/replies/1".to_owned(),
            custom_provider: None,
        }
    }

    fn written(ticket: &ReplyTicket, path: Path) -> Value {
        serde_json::from_slice(&ticket.to_wire(path)).unwrap()
    }

    /// External ticket format, section Response, example.
    fn example() -> Value {
        json!({
            "external_uid": "external_ticket_uid_2",
            "author": {"external_uid": "author_uid_1", "username": "author_username"},
            "parent_uid": "parent_uid_1",
            "content": "This is content from an example external ticket reply.",
            "created_at": "2019-01-01 23:35:27.632879 UTC",
        })
    }

    #[test]
    fn brands_get_the_documents_example_and_the_response_url() {
        let mut expected = example();
        expected["response_url"] = json!("https://example.com/replies/1");
        assert_eq!(written(&ticket(), Path::Brands), expected);
    }

    #[test]
    fn organizations_get_no_property_that_they_do_not_know() {
        let mut expected = example();
        expected["ticketable_attributes"] =
            json!({"response_url": "https://example.com/replies/1"});
        assert_eq!(written(&ticket(), Path::Organizations), expected);
    }

    #[test]
    fn a_provider_stands_beside_the_response_url_and_an_empty_one_is_none() {
        let mut ticket = ticket();
        ticket.custom_provider = Some("external".to_owned());
        let flat = written(&ticket, Path::Brands);
        assert_eq!(flat["custom_provider"], "external");
        let nested = written(&ticket, Path::Organizations);
        let attributes = &nested["ticketable_attributes"];
        assert_eq!(attributes["custom_provider"], "external");
        assert_eq!(nested.get("custom_provider"), None);

        ticket.custom_provider = Some(String::new());
        let without = ticket.to_wire(Path::Brands);
        ticket.custom_provider = None;
        assert_eq!(without, ticket.to_wire(Path::Brands));
    }

    #[test]
    fn it_is_a_response_to_those_who_go_by_the_document() {
        for path in [Path::Brands, Path::Organizations] {
            let response = ReplyResponse::from_wire(&ticket().to_wire(path)).unwrap();
            assert_eq!(serde_json::to_value(&response).unwrap(), example());
        }
    }

    #[test]
    fn the_answer_to_a_removal_is_an_object() {
        let answer: Value = serde_json::from_slice(DELETED).unwrap();
        assert_eq!(answer, json!({}));
    }
}
