//! Why a ticket was not pushed.

use thiserror::Error;

use crate::send::{RetryAfter, SendError};

mod kind;
mod refusal;

pub use kind::Kind;
pub use refusal::Refusal;

/// Why there is no [`Pushed`](super::Pushed). [`kind`](Self::kind) says what to do about it.
///
/// Neither `Display` nor `Debug`, nor those of the sources, hold the token, an address or a whole body.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Certain: no connection came about (refused, DNS, TLS, the HTTP client's connect timeout), so nothing was sent.
    #[error("respondo cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The connection broke, the time ran out, or what came back was no HTTP, after the request may have gone out.
    #[error("respondo gave no answer, and may have the ticket")]
    Unanswered(#[source] reqwest::Error),
    /// The HTTP client does not take the request; nothing was sent.
    #[error("the request cannot be made")]
    Unsendable(#[source] reqwest::Error),
    /// An answer came back, and it is a no.
    #[error(transparent)]
    Refused(Refusal),
    /// A 2xx came back that does not say what became of the ticket.
    #[error("respondo's answer, a {status}, cannot be read")]
    Unreadable {
        /// The status.
        status: u16,
        /// What is wrong with the answer.
        source: Misread,
    },
}

/// Why the body of a 2xx is no ticket. What it holds is never shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Misread {
    /// The status is neither 200 nor 201: servers have no other for a ticket that they took.
    #[error("it is neither 200 nor 201")]
    Status,
    /// It is longer than the client may read.
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    /// It breaks off, or did not come within the time.
    #[error("the body breaks off")]
    BrokenOff(#[source] reqwest::Error),
    /// It is a page for people: somebody else answered, and did nothing.
    #[error("the body is a page for people")]
    Page,
    /// It is not JSON.
    #[error("the body is not JSON, from line {line}, column {column} on")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// In bytes.
        column: usize,
    },
    /// It is JSON, but no object with an `id`.
    #[error("the body is no ticket")]
    Shape,
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unreachable(_) => Kind::Unreachable,
            Self::Unanswered(_) => Kind::Unanswered,
            Self::Unsendable(_) => Kind::Invalid,
            Self::Refused(refusal) => refusal.kind(),
            Self::Unreadable {
                source: Misread::Page,
                ..
            } => Kind::Misdirected,
            Self::Unreadable { .. } => Kind::Unreadable,
        }
    }

    /// The answer's status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unreachable(_) | Self::Unanswered(_) | Self::Unsendable(_) => None,
            Self::Refused(refusal) => Some(refusal.status),
            Self::Unreadable { status, .. } => Some(*status),
        }
    }

    /// What the server said, if it refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::Unreachable(_)
            | Self::Unanswered(_)
            | Self::Unsendable(_)
            | Self::Unreadable { .. } => None,
        }
    }

    /// When the next call is welcome, if the answer says so.
    pub fn retry_after(&self) -> Option<RetryAfter> {
        self.refusal().and_then(|refusal| refusal.retry_after)
    }
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Unreachable(error) => Self::Unreachable(error),
            SendError::Unknown(error) => Self::Unanswered(error),
            SendError::InvalidRequest(error) => Self::Unsendable(error),
        }
    }
}
