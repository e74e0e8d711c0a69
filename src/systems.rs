//! Where deliveries go: one adapter for each kind of destination. An adapter makes one call, once, and says what
//! its result means; when to call again is not its business.

mod carried;
mod contact;
mod couriers;
pub mod deskhive;
mod discreet;
mod filled;
mod label;
mod presumed;
pub mod qminder;
pub mod respondo;
mod response_url;
mod rich_text;
mod shown;
mod signature;
mod trouble;

use std::future::Future;
use std::pin::Pin;

use crate::mapping::Tally;
use crate::model::{Class, Fate, How, LaneFailure, Time};
use crate::store::Parcel;

pub use couriers::{AllWays, Couriers, Gates, SystemWays};
pub use response_url::{ResponseUrls, Ways, body_of};
pub use shown::{HIDDEN, Shown, ShownRequest};
pub use signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER, sign};
pub use trouble::Trouble;

/// So many fates are kept of one call.
const MOST_FATES: usize = 24;

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
    /// What became of the ticket's fields in the request, where one was sent.
    pub fates: Vec<Fate>,
    /// No call was made, since the system is in dry-run mode.
    pub withheld: bool,
}

impl Report {
    /// With what became of fields in the request. Who takes it took them; anybody else is asked again, or is told of
    /// something else.
    #[must_use]
    fn with_fates(mut self, tally: Tally) -> Self {
        if self.class == Class::Ok {
            let fates = tally.into_fates().into_iter();
            self.fates = fates
                .filter(|fate| fate.how != How::Kept)
                .take(MOST_FATES)
                .collect();
        }
        self
    }

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
            fates: Vec::new(),
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
