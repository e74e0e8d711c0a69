//! Why there is no result.

use thiserror::Error;

mod kind;
mod refusal;
mod said;

pub use kind::Kind;
pub(crate) use refusal::Headers;
pub use refusal::Refusal;

use crate::RetryAfter;

/// Why a call has no result. [`kind`](Self::kind) says what to do about it.
///
/// Neither `Display` nor `Debug`, nor those of the sources, hold the key, a URL or a whole body.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// Certain: no connection came about (refused, DNS, TLS, the HTTP client's connect timeout), so nothing was sent.
    #[error("deskhive cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The connection broke, the time ran out, or what came back was no HTTP, after the request may have gone out.
    #[error("deskhive gave no answer, and may have done what was asked")]
    Unanswered(#[source] reqwest::Error),
    /// The request cannot be made; nothing was sent.
    #[error("the request cannot be made")]
    Unsendable(#[source] Unsendable),
    /// An answer came back, and it is a no.
    #[error(transparent)]
    Refused(Box<Refusal>),
    /// A 2xx came back, but its body cannot be read.
    #[error("deskhive's answer, a {status}, cannot be read")]
    Unreadable {
        /// The status.
        status: u16,
        /// What is wrong with the body.
        source: Misread,
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

/// Why the body of a 2xx answer is no result. What it holds is never shown.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Misread {
    /// It is longer than the client may read.
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    /// It breaks off, or did not come within the time.
    #[error("the body breaks off")]
    BrokenOff(#[source] reqwest::Error),
    /// It is a page for people that asks for a password: somebody else answered, and did nothing.
    #[error("the body is a page to log in")]
    LoginPage,
    /// It is another page for people.
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
    /// It is JSON, but in no known shape.
    #[error("the body is in no known shape")]
    Shape,
    /// It says that the request failed.
    #[error(transparent)]
    Refused(Box<Refusal>),
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
                source: Misread::LoginPage,
                ..
            } => Kind::Credentials,
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

    /// What DeskHive said, if it refused.
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
