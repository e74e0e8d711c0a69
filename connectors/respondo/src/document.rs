//! What a sender wrote, in either spelling, before anything is known of its meaning.

use thiserror::Error;

mod content_type;
mod entries;
mod form;
mod json;
mod node;
mod violations;

use content_type::Spelling;
pub(crate) use entries::Entries;
pub(crate) use node::Node;
pub use violations::MAX_VIOLATIONS;
pub(crate) use violations::Violations;

/// What form data has to be told of a document, since it spells everything as text at the top.
pub(crate) struct Shape {
    /// The properties that are objects, which are spelled field by field.
    pub(crate) objects: &'static [&'static str],
    /// The properties that are absent where they are empty.
    pub(crate) optional: &'static [&'static str],
}

/// A body that could not be read at all, of a ticket or of a reply.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InboundError {
    /// Neither JSON nor form data, by its `Content-Type`; HTTP calls it 415.
    #[error(
        "the content type {} is not one of application/json and application/x-www-form-urlencoded",
        .found.as_deref().unwrap_or("(none)")
    )]
    UnsupportedContentType {
        /// The header as it came, if it came.
        found: Option<String>,
    },
    /// Not what its `Content-Type` says; HTTP calls it 400.
    #[error("the body cannot be read: {detail}")]
    Malformed {
        /// What is wrong and where: line and column in JSON, the byte in form data. Holds nothing of the body.
        detail: String,
    },
}

/// Reads `body` as `content_type` says.
pub(crate) fn read(
    content_type: Option<&str>,
    body: &[u8],
    shape: &Shape,
) -> Result<Node, InboundError> {
    match content_type::spelling(content_type)? {
        Spelling::Json => json::read(body),
        Spelling::Form => form::read(body, shape),
    }
}
