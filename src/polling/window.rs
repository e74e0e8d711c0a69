//! Looking at a system's tickets.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::model::{Class, RemoteTicket, Time};

/// A question under way.
pub type Looking<'a, T> = Pin<Box<dyn Future<Output = Result<T, Unseen>> + Send + 'a>>;

/// What can be asked of a system's queue. Each question passes the gate of the system's key by itself, after what is
/// sent, and ends by itself in bounded time.
pub trait Window: Send + Sync {
    /// One ticket with its messages; `None` where it is not there any more.
    fn look<'a>(&'a self, remote: &'a str) -> Looking<'a, Option<RemoteTicket>>;

    /// The tickets of the queue that wait or are attended to, with their messages.
    fn open_tickets(&self) -> Looking<'_, Vec<RemoteTicket>>;
}

/// The window onto the system of an id, as the settings in force have it.
pub type Windows = Arc<dyn Fn(&str) -> Option<Arc<dyn Window>> + Send + Sync>;

/// Why nothing was seen. What it says holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unseen {
    /// The system does not let us look: the key is wrong, or not for this.
    #[error("{0}")]
    Forbidden(String),
    /// We asked too much.
    #[error("{detail}")]
    Throttled {
        /// Until when to wait, where the system said so.
        until: Option<Time>,
        /// In words.
        detail: String,
    },
    /// The system did not answer, or said that it is in trouble.
    #[error("{0}")]
    Away(String),
    /// The answer to this one question makes no sense, or refuses it; others may well be answered.
    #[error("{0}")]
    Unclear(String),
}

impl Unseen {
    /// What an error of this class means for whoever only asks; `until`: see [`Unseen::Throttled`].
    #[must_use]
    pub fn of(class: Class, until: Option<Time>, detail: String) -> Self {
        match class {
            Class::Paused => Self::Forbidden(detail),
            Class::Throttled => Self::Throttled { until, detail },
            Class::Retry | Class::Unknown => Self::Away(detail),
            // What was done and cannot be read is no answer either.
            Class::Rejected | Class::Ok => Self::Unclear(detail),
        }
    }
}
