//! JSON Schemas of what is read or written by hand.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{Priority, ReplyRequest, SenderType, Status};

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
