//! Replies that a Respondo server POSTs to a response URL of ours, and what is answered to them.
//!
//! The external ticket format says that they are JSON; real servers send form data, the author in Ruby's own spelling
//! or not at all. [`parse`] takes all of it, and [`ReplyTicket`] is the answer. A server also sends `DELETE` to the
//! response URL when somebody deletes the ticket there: it has no body, and [`DELETED`] is its answer.

use std::fmt;

use thiserror::Error;

use crate::document::{self, Shape};
use crate::inbound::InboundError;
use crate::{Author, Violation};

mod answer;
mod author;
mod check;
mod ruby;
#[cfg(test)]
mod tests;

pub use answer::{DELETED, ReplyTicket};

/// A reply that came in. Text is as it was sent, neither trimmed nor changed; `Debug` leaves it out.
#[derive(Clone, PartialEq, Eq)]
pub struct IncomingReply {
    /// The text; never blank, of any length that the body's bound allows.
    pub response_text: String,
    /// The `external_uid` of the ticket that is answered; never blank, at most
    /// [`MAX_UID_BYTES`](crate::inbound::MAX_UID_BYTES).
    pub parent_id: Option<String>,
    /// The author as sent: both fields never blank, at most [`MAX_UID_BYTES`](crate::inbound::MAX_UID_BYTES) each.
    ///
    /// Servers that name one at all name the author of the ticket that is *answered*, not the agent who answers.
    pub author: Option<Author>,
    /// There is an author, but not one that can be read. It never costs the reply.
    pub author_unread: bool,
}

impl fmt::Debug for IncomingReply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format_args!("({} bytes)", self.response_text.len());
        f.debug_struct("IncomingReply")
            .field("response_text", &text)
            .field("parent_id", &self.parent_id)
            .field("author", &self.author)
            .field("author_unread", &self.author_unread)
            .finish()
    }
}

/// Why a body is no reply.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IncomingReplyError {
    /// It could not be read at all; HTTP calls it 400 or 415.
    #[error(transparent)]
    Unread(#[from] InboundError),
    /// It could be read, and is no reply; HTTP calls it 422. Everything that is wrong with it, never an empty list.
    #[error("the reply breaks the schema in {} places", .0.len())]
    Violations(Vec<Violation>),
}

/// Reads a reply from `body` as `content_type` (the header's value) says.
///
/// Content types and nested keys are those of [`inbound::parse`](crate::inbound::parse). Schema *Reply* of the
/// external ticket format is held loosely: a number stands for its text, keys that it does not know are ignored, and
/// only the text is required. The author may be an object, nested keys of a form, or what Ruby's `Hash#inspect` prints,
/// `{:external_uid=>"…", :username=>"…"}`, before and since Ruby 3.4.
///
/// Violations are: `response_text` missing, blank or no text; `parent_id` no text or too long (a blank one or `null`
/// is none); either of them twice.
///
/// # Errors
///
/// [`IncomingReplyError`] where there is no text to be had, or more than one.
pub fn parse(content_type: Option<&str>, body: &[u8]) -> Result<IncomingReply, IncomingReplyError> {
    const SHAPE: Shape = Shape {
        objects: &["author"],
        optional: &["author", "parent_id"],
    };
    let document = document::read(content_type, body, &SHAPE)?;
    check::check(&document).map_err(IncomingReplyError::Violations)
}
