//! The JSON Schema of tickets that come in: the document's, with both names of the credentials, and without what the
//! document requires and its own examples lack.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::inbound::{Inbound, MAX_PROVIDER_BYTES, MAX_RESPONSE_URL_BYTES, MAX_UID_BYTES};

impl JsonSchema for Inbound {
    fn schema_name() -> Cow<'static, str> {
        "ExternalTicket".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let text = |description: &str, most: Option<usize>, example: &str| {
            let mut text = json_schema!({
                "type": "string", "pattern": r"\S", "description": description, "examples": [example],
            });
            if let Some(most) = most {
                // A bound in bytes; no character has less than one.
                text.insert("maxLength".to_owned(), most.into());
            }
            text
        };
        // What is blank here is absent, or refused for another reason.
        let optional = |description: &str, most: usize, example: &str| {
            let mut text = text(description, Some(most), example);
            text.remove("pattern");
            text
        };
        let uid = |description, example| text(description, Some(MAX_UID_BYTES), example);
        let credentials = |description: &str| {
            json_schema!({
                "type": "object",
                "required": ["name", "token"],
                "description": description,
                "properties": {
                    "name": text("The token's name.", None, "token_name"),
                    "token": text("The token.", None, "123TOKEN321"),
                },
            })
        };
        json_schema!({
            "type": "object",
            "required": ["external_uid", "content", "author", "created_at"],
            "additionalProperties": false,
            "properties": {
                "external_uid": uid("The sender's id of this text.", "123hello321world"),
                "content": text("The text.", None, "This is content from an example external ticket."),
                "response_url": optional(
                    "Where replies go: https, and no literal address that may not be called.",
                    MAX_RESPONSE_URL_BYTES,
                    "https://response_url.com",
                ),
                "custom_provider": optional(
                    "The name of the place that the text comes from.",
                    MAX_PROVIDER_BYTES,
                    "hacker_news",
                ),
                "parent_uid": optional(
                    "The external_uid of what this text follows.",
                    MAX_UID_BYTES,
                    "external_ticket_parent_uid",
                ),
                "author": {
                    "type": "object",
                    "required": ["external_uid", "username"],
                    "properties": {
                        "external_uid": uid("The author's id where the text comes from.", "external_ticket_author_id"),
                        "username": uid("The name to show.", "best_username_ever"),
                    },
                },
                "created_at": text(
                    "When it was written: as in the example, or RFC 3339; the fraction is optional, the zone is UTC, Z, +02:00 or +0200.",
                    None,
                    "2020-04-04 23:35:27.632879 UTC",
                ),
                "personal_access_token": credentials("Not needed where the credentials stand in a header."),
                "token": credentials("Another name of personal_access_token."),
            },
        })
    }
}
