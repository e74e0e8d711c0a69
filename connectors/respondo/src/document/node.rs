//! A document as it was written, before anything is known of its meaning.

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
}
