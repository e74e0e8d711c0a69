//! A ticket as a Respondo server takes it.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use url::Url;

use crate::inbound::spell_created_at;
use crate::ticketable::Ticketable;
use crate::{Author, Path};

use super::{AccessToken, Invalid, Rule};

/// A ticket, or a further message of one. `Debug` leaves out the content and the response URL.
#[derive(Clone, PartialEq, Eq)]
pub struct ExternalTicket {
    /// Our id of this text. A brand takes each once, whatever the provider.
    pub external_uid: String,
    /// The text, not blank.
    pub content: String,
    /// Where replies go. Servers since August 2022 drop its query, user name and password, and speak only TLS.
    pub response_url: String,
    /// Who wrote it, neither field blank. One server has one author of each `external_uid` over all brands, and gives
    /// them the last name that it heard.
    pub author: Author,
    /// When it was written; servers want it, and then go by their own clock.
    pub created_at: Timestamp,
    /// The `external_uid` of what this text follows, which the server has to have already: it takes a ticket with an
    /// unknown one for a ticket by itself, and does not say so. An empty one is none.
    pub parent_uid: Option<String>,
    /// The name of the place that the text comes from; an empty one is none.
    ///
    /// Best left out: between July 2022 and March 2023 servers lose replies to tickets that have one, and later ones
    /// fail.
    pub custom_provider: Option<String>,
}

impl ExternalTicket {
    /// # Errors
    ///
    /// [`Invalid`] names the first field, in the schema's order, that no server could use.
    pub(super) fn check(&self) -> Result<(), Invalid> {
        let is_said = |text: &str| !text.trim().is_empty();
        Invalid::unless(is_said(&self.external_uid), "external_uid", Rule::NotBlank)?;
        Invalid::unless(is_said(&self.content), "content", Rule::NotBlank)?;
        let field = "response_url";
        Invalid::unless(is_said(&self.response_url), field, Rule::NotBlank)?;
        Invalid::unless(is_address(&self.response_url), field, Rule::Address)?;
        Invalid::unless(has_path(&self.response_url), field, Rule::Path)?;
        let Author {
            external_uid,
            username,
        } = &self.author;
        Invalid::unless(is_said(external_uid), "author/external_uid", Rule::NotBlank)?;
        Invalid::unless(is_said(username), "author/username", Rule::NotBlank)
    }

    /// JSON in UTF-8 without white space: exactly the keys of the schema, all values text, and nothing `null`.
    pub(super) fn to_wire(&self, path: Path, token: &AccessToken) -> Vec<u8> {
        #[derive(Serialize)]
        struct Wire<'a> {
            external_uid: &'a str,
            content: &'a str,
            #[serde(flatten)]
            ticketable: Ticketable<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            parent_uid: Option<&'a str>,
            author: &'a Author,
            created_at: String,
            personal_access_token: &'a AccessToken,
        }
        let provider = self.custom_provider.as_deref();
        let parent_uid = self.parent_uid.as_deref();
        let wire = Wire {
            external_uid: &self.external_uid,
            content: &self.content,
            ticketable: Ticketable::new(path, &self.response_url, provider),
            parent_uid: parent_uid.filter(|uid| !uid.is_empty()),
            author: &self.author,
            created_at: spell_created_at(self.created_at),
            personal_access_token: token,
        };
        serde_json::to_vec(&wire).expect("text under text keys is always JSON")
    }
}

impl fmt::Debug for ExternalTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalTicket")
            .field("external_uid", &self.external_uid)
            .field("content", &format_args!("({} bytes)", self.content.len()))
            .field("author", &self.author)
            .field("created_at", &self.created_at)
            .field("parent_uid", &self.parent_uid)
            .field("custom_provider", &self.custom_provider)
            .finish_non_exhaustive()
    }
}

/// Whether Ruby and a browser would call the same place.
fn is_address(text: &str) -> bool {
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    let is_known = ["https", "http"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(scheme));
    is_known
        && text.bytes().all(|byte| byte.is_ascii_graphic())
        // A browser would look for the host behind them.
        && !rest.starts_with(['/', '\\'])
        && Url::parse(text).is_ok_and(|url| url.has_host())
}

/// Whether the path is written: a URL parser would put a `/` there.
fn has_path(text: &str) -> bool {
    let (_, rest) = text.split_once("://").unwrap_or_default();
    let end = rest.find(['/', '?', '#']);
    end.is_some_and(|end| rest[end..].starts_with('/'))
}
