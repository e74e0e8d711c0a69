//! Tickets that come in: schema *Inbound* of the external ticket format, as JSON or as form data.
//!
//! [`parse`] is pure: it judges one body by itself. Who the credentials belong to, where a response URL may
//! point, and whether one is needed at all, is for the caller to say.

use std::fmt;

use jiff::Timestamp;

use crate::document::{self, Shape};
use crate::{Author, Violation};

mod check;
mod created_at;
mod field;
#[cfg(test)]
mod tests;

pub use crate::document::{InboundError, MAX_VIOLATIONS};
pub use created_at::parse_created_at;
pub(crate) use created_at::spell_created_at;

/// The longest `external_uid`, `parent_uid`, `author.external_uid` and `author.username`, in bytes.
///
/// A bound of this crate; the format has none.
pub const MAX_UID_BYTES: usize = 512;

/// The longest `custom_provider`, in bytes. A bound of this crate; the format has none.
pub const MAX_PROVIDER_BYTES: usize = 128;

/// The longest `response_url`, in bytes. A bound of this crate; the format has none.
pub const MAX_RESPONSE_URL_BYTES: usize = 2048;

/// A ticket, or a further message of one, that keeps to the schema.
///
/// Text is as it was sent, neither trimmed nor changed. `Debug` leaves out the content and the response URL, which
/// belong in no log.
#[derive(Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The sender's id of this text; never blank, at most [`MAX_UID_BYTES`].
    pub external_uid: String,
    /// The text; never blank, of any length that the body's bound allows.
    pub content: String,
    /// Where replies go, at most [`MAX_RESPONSE_URL_BYTES`]. Not checked to be a URL: in JSON it may be empty.
    pub response_url: Option<String>,
    /// The name of the place that the text comes from; never empty, at most [`MAX_PROVIDER_BYTES`].
    pub custom_provider: Option<String>,
    /// The `external_uid` of what this text answers; never empty, at most [`MAX_UID_BYTES`].
    pub parent_uid: Option<String>,
    /// Who wrote it; both fields never blank, at most [`MAX_UID_BYTES`] each.
    pub author: Author,
    /// When it was written, by the sender's clock; see [`parse_created_at`].
    pub created_at: Timestamp,
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound")
            .field("external_uid", &self.external_uid)
            .field("content", &format_args!("({} bytes)", self.content.len()))
            .field("response_url_known", &self.response_url.is_some())
            .field("custom_provider", &self.custom_provider)
            .field("parent_uid", &self.parent_uid)
            .field("author", &self.author)
            .field("created_at", &self.created_at)
            .finish()
    }
}

/// What the body's `personal_access_token` (the schema's name) or `token` (its examples' name) holds.
///
/// `Debug` does not show the token.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The token's name; `None` where it is missing or no text, which is a violation as well.
    pub name: Option<String>,
    /// The secret itself.
    pub token: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("name", &self.name)
            .field("token", &"…")
            .finish()
    }
}

/// A body that could be read.
#[derive(Clone, PartialEq, Eq)]
pub struct Parsed {
    /// The sender's id of this text, also where the rest breaks the schema, so that a refusal can name it; `None` where
    /// that is absent or breaks the schema itself.
    pub external_uid: Option<String>,
    /// The credentials in the body, also where the rest breaks the schema: a caller authenticates before it shows
    /// violations to anybody. `None` where there are none, or none with a token that is text.
    ///
    /// Where both spellings are there, it is `personal_access_token`'s if that has a token, else `token`'s.
    pub credentials: Option<Credentials>,
    /// What could be read of its way back, also where the rest breaks the schema: a caller that judges it can name
    /// all that is wrong at once.
    pub way_back: WayBack,
    /// The ticket, or everything that is wrong with it: the schema's properties in its order, then what the schema
    /// does not know. Never an empty list; more than [`MAX_VIOLATIONS`] are counted.
    pub ticket: Result<Inbound, Vec<Violation>>,
}

impl fmt::Debug for Parsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parsed")
            .field("credentials", &self.credentials)
            .field("ticket", &self.ticket)
            .finish_non_exhaustive()
    }
}

/// How answers could find their way; `None` for what is absent or breaks the schema.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct WayBack {
    /// As [`Inbound::response_url`].
    pub response_url: Option<String>,
    /// As [`Inbound::parent_uid`].
    pub parent_uid: Option<String>,
}

/// Reads a ticket from `body` as `content_type` (the header's value) says.
///
/// JSON is `application/json` or `application/*+json`, form data is `application/x-www-form-urlencoded`; parameters
/// such as `charset` are ignored, both are UTF-8. In form data the nested keys are spelled `author[username]`,
/// `author.username` or `author__username`, and an optional field that is empty is one that is absent.
///
/// Violations are: a required property missing (`response_url` and the credentials are not required here), `null` or
/// another wrong type, blank or too long text, a key twice, a key that the schema does not know (inside of objects it
/// allows them), a `created_at` that [`parse_created_at`] does not take, and two sets of credentials that differ.
///
/// # Errors
///
/// [`InboundError`] where there is no document to judge. A JSON document that is no object is judged: it is one
/// violation at the pointer `""`.
pub fn parse(content_type: Option<&str>, body: &[u8]) -> Result<Parsed, InboundError> {
    let document = document::read(content_type, body, &SHAPE)?;
    Ok(check::check(&document))
}

const SHAPE: Shape = Shape {
    objects: &["author", "personal_access_token", "token"],
    optional: &[
        "response_url",
        "custom_provider",
        "parent_uid",
        "personal_access_token",
        "token",
    ],
};
