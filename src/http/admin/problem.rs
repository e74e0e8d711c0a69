//! What the operator's interface answers when it cannot do as it was told.

use std::fmt;
use std::time::Duration;

use axum::http::StatusCode;

use crate::http::problem::{Problem, ProblemEntry};
use crate::plan::Refusal;
use crate::store::{CommitError, ReadError};

/// When to ask a store again that cannot take or tell it.
const ASK_AGAIN: Duration = Duration::from_secs(5);

pub(super) fn not_found(what: impl fmt::Display) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is no such {what}"))
}

/// One thing that was sent cannot be used; an empty pointer stands for all of it.
pub(super) fn fault(pointer: &str, detail: impl Into<String>) -> Problem {
    unusable(vec![ProblemEntry {
        pointer: pointer.to_owned(),
        detail: detail.into(),
    }])
}

/// What was sent cannot be used.
pub(super) fn unusable(faults: Vec<ProblemEntry>) -> Problem {
    let words: Vec<String> = faults
        .iter()
        .map(|fault| {
            format!("{} {}", fault.pointer, fault.detail)
                .trim()
                .to_owned()
        })
        .collect();
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, words.join("; ")).with_errors(faults)
}

pub(super) fn unavailable(detail: String) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail).after(ASK_AGAIN)
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Failed(_) => unavailable(error.to_string()),
            ReadError::Unreadable(_) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
            }
        }
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Full | CommitError::Failed(_) => unavailable(error.to_string()),
            CommitError::SetAside(_) => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let status = match refusal {
            Refusal::NotFound(_) => StatusCode::NOT_FOUND,
            Refusal::NoWayBack { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Locked | Refusal::Stale | Refusal::NotNow(_) => StatusCode::CONFLICT,
        };
        Self::new(status, refusal.to_string())
    }
}
