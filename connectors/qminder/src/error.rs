//! Why there is no result.

use thiserror::Error;

mod kind;
mod refusal;
mod said;

pub use kind::Kind;
pub use refusal::{FieldError, Refusal};
pub(crate) use said::Said;

use crate::RetryAfter;

/// Why a call has no result. [`kind`](Self::kind) says what to do about it.
///
/// Neither `Display` nor `Debug`, nor those of the sources, hold the key, a URL or a body.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Certain: no connection came about (refused, DNS, TLS, the HTTP client's connect timeout), so nothing was sent.
    #[error("qminder cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The connection broke, the time ran out, or what came back was no HTTP, after the request may have gone out.
    #[error("qminder gave no answer, and may have done what was asked")]
    Unanswered(#[source] reqwest::Error),
    /// The request cannot be made; nothing was sent.
    #[error("the request cannot be made")]
    Unsendable(#[source] Unsendable),
    /// An answer came back, and it is a no.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// A 2xx came back: what was asked for is done. But the body cannot be read.
    #[error("qminder's answer, a {status}, cannot be read")]
    Unreadable {
        /// The status.
        status: u16,
        /// What is wrong with the body.
        source: Misread,
        /// `X-Ratelimit-Remaining`.
        rate_limit_remaining: Option<u64>,
    },
}

/// Why a request cannot be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Unsendable {
    /// Its target does not lead to a place below the server's address.
    #[error("its target is no path below the server's address")]
    Target,
    /// The HTTP client does not take it.
    #[error("the HTTP client does not take it")]
    Client(#[source] reqwest::Error),
}

/// Why the body of a 2xx answer says nothing. What it holds is never shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Misread {
    /// It is longer than the client may read.
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    /// It breaks off, or did not come within the time.
    #[error("the body breaks off")]
    BrokenOff(#[source] reqwest::Error),
    /// It is not JSON.
    #[error("the body is not JSON, from line {line}, column {column} on")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// In bytes.
        column: usize,
    },
    /// It is JSON, but not the documented shape.
    #[error("the body is not of the documented shape, at line {line}, column {column}")]
    Shape {
        /// Counted from 1; 0 where it is not known.
        line: usize,
        /// In bytes.
        column: usize,
    },
    /// It says that the request failed: GraphQL's way, under a status of 200.
    #[error(transparent)]
    Refused(Box<Refusal>),
}

impl Misread {
    pub(crate) fn from_json(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        if error.is_data() {
            Self::Shape { line, column }
        } else {
            Self::NotJson { line, column }
        }
    }
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Unreachable(_) => Kind::Unreachable,
            Self::Unanswered(_) => Kind::Unanswered,
            Self::Unsendable(_) => Kind::Invalid,
            Self::Refused(refusal) => refusal.kind(),
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

    /// What Qminder said, if it refused.
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

    /// How many calls are left, if the answer says so.
    pub fn rate_limit_remaining(&self) -> Option<u64> {
        match self {
            Self::Unreachable(_) | Self::Unanswered(_) | Self::Unsendable(_) => None,
            Self::Refused(refusal) => refusal.rate_limit_remaining,
            Self::Unreadable {
                rate_limit_remaining,
                ..
            } => *rate_limit_remaining,
        }
    }
}
