//! JSON Schemas of what is read or written by hand.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{Priority, ProfileUpdate, ReplyRequest, SenderType, Status, TicketUpdate};

impl JsonSchema for Status {
    fn schema_name() -> Cow<'static, str> {
        "Status".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<_> = Self::ALL.iter().map(Self::as_str).collect();
        json_schema!({"type": "string", "enum": words})
    }
}

impl JsonSchema for Priority {
    fn schema_name() -> Cow<'static, str> {
        "Priority".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<_> = Self::ALL.iter().map(Self::as_str).collect();
        json_schema!({"type": "string", "enum": words})
    }
}

impl JsonSchema for SenderType {
    fn schema_name() -> Cow<'static, str> {
        "SenderType".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<_> = [Self::Customer, Self::Agent, Self::System]
            .iter()
            .map(|word| word.as_str().to_owned())
            .collect();
        json_schema!({"type": "string", "enum": words})
    }
}

impl JsonSchema for ReplyRequest {
    fn schema_name() -> Cow<'static, str> {
        "ReplyRequest".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "required": ["content"],
            "properties": {
                "content": {
                    "type": "string",
                    "pattern": r"\S",
                    "description": "The text; white space around it is dropped.",
                },
                "is_internal": {
                    "enum": [true, false, 1, 0, "1", "0", "", null],
                    "default": false,
                    "description": "Whether it is a note among agents, which never leaves.",
                },
            },
        })
    }
}

impl JsonSchema for TicketUpdate {
    fn schema_name() -> Cow<'static, str> {
        "TicketUpdate".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "status": generator.subschema_for::<Status>(),
                "priority": generator.subschema_for::<Priority>(),
                "labels": {
                    "type": "array",
                    "items": {"type": "integer", "minimum": 1},
                    "description": "Ids of labels; they take the place of those before.",
                },
            },
        })
    }
}

impl JsonSchema for ProfileUpdate {
    fn schema_name() -> Cow<'static, str> {
        "ProfileUpdate".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "name": {"type": "string", "pattern": r"\S", "maxLength": Self::LONGEST_NAME},
                "phone": {"type": ["string", "null"], "maxLength": Self::LONGEST_PHONE},
                "locale": {"type": ["string", "null"], "maxLength": Self::LONGEST_LOCALE},
                "notification_settings": object_or_list(generator),
            },
        })
    }
}

/// PHP has one kind of array for both.
pub(crate) fn object_or_list(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": ["object", "array"]})
}
