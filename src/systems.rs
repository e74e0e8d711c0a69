//! Where deliveries go: one adapter for each kind of destination. An adapter makes one call, once, and says what
//! its result means; when to call again is not its business.

mod contact;
mod couriers;
pub mod deskhive;
mod discreet;
mod label;
mod presumed;
pub mod qminder;
mod readable;
pub mod respondo;
mod response_url;
mod rich_text;
mod signature;
mod trouble;

use std::future::Future;
use std::pin::Pin;

use crate::model::{Class, LaneFailure, Time};
use crate::store::Parcel;

pub use couriers::{AllWays, Couriers, Gates, SystemWays};
pub use response_url::{ResponseUrls, Ways, body_of};
pub use signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
pub use trouble::Trouble;

/// Takes parcels to their destination.
pub trait Courier: Send + Sync {
    /// Makes one call. `webhook_id` is the parcel's name outside, the same for every try.
    fn deliver(&self, parcel: Parcel, webhook_id: String) -> Delivering<'_>;
}

/// A call under way.
pub type Delivering<'a> = Pin<Box<dyn Future<Output = Report> + Send + 'a>>;

/// Whether a call may be made at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It passes the gate first.
    Waits,
    /// It was let through the gate by whoever sends it.
    Has,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What it means.
    pub class: Class,
    /// The answer's status, if there was one.
    pub status: Option<u16>,
    /// In words, without secrets.
    pub detail: String,
    /// For a throttled call: until when, where the receiver said so.
    pub until: Option<Time>,
    /// The receiver said that it is gone for good.
    pub gone: bool,
    /// The receiver's name for what it took: the message, from a valid reply response; the ticket that was made.
    pub remote_uid: Option<String>,
    /// What the command is about is not there any more.
    pub vanished: bool,
    /// Whether it counts against a breaker.
    pub failure: Option<LaneFailure>,
    /// No call was made, since the system is in dry-run mode.
    pub withheld: bool,
}

/// What would be sent. Its body says what tickets say: it is for the operator's eyes, not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// Such as `POST`.
    pub method: String,
    /// The path below the system's address, with its query; of a response URL only scheme and host.
    pub target: String,
    /// Names and values; for a secret, [`HIDDEN`].
    pub headers: Vec<(String, String)>,
    /// As text.
    pub body: String,
}

/// What stands for a secret where a request is shown.
pub(crate) const HIDDEN: &str = "(hidden)";

/// Headers as they are shown, with that of the key, if it goes in one.
fn shown_headers(headers: &http::HeaderMap, key: Option<&str>) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let shown = headers
        .iter()
        .map(|(name, value)| (name.to_string(), text(value)));
    let key = key.map(|name| (name.to_owned(), HIDDEN.to_owned()));
    shown.chain(key).collect()
}

impl Report {
    /// A result without an answer.
    #[must_use]
    pub fn unanswered(
        class: Class,
        detail: impl Into<String>,
        failure: Option<LaneFailure>,
    ) -> Self {
        Self {
            class,
            status: None,
            detail: detail.into(),
            until: None,
            gone: false,
            remote_uid: None,
            vanished: false,
            failure,
            withheld: false,
        }
    }

    /// What is said instead of calling a system in dry-run mode.
    #[must_use]
    pub fn withheld() -> Self {
        let words = "the system is in dry-run mode, so nothing is sent to it";
        Self {
            withheld: true,
            ..Self::unanswered(Class::Paused, words, None)
        }
    }
}

#[cfg(test)]
mod tests;
