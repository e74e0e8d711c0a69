//! A document as it was written, before anything is known of its meaning.

use std::borrow::Cow;

use serde_json::Number;

/// One value. Objects keep every entry in order, repeated keys too; what arrays hold interests nobody.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    Null,
    Boolean,
    Number(Number),
    String(String),
    Array,
    Object(Vec<(String, Node)>),
}

impl Node {
    /// What it is, as a sentence about a wrong type needs it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// Text, or a number as its text, for senders that are not strict about it.
    pub(crate) fn loose_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::String(text) => Some(text.into()),
            Self::Number(number) => Some(number.to_string().into()),
            Self::Null | Self::Boolean | Self::Array | Self::Object(_) => None,
        }
    }
}
