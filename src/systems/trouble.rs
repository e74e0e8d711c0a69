//! Why a system did not do what it was asked.

use std::error::Error;

use crate::model::{Class, LaneFailure, Time};

use super::Report;

/// Longer words are cut.
const LONGEST_DETAIL: usize = 500;

/// Why there is no result, and what that means for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Trouble {
    /// What it means.
    pub class: Class,
    /// The answer's status, if there was one.
    pub status: Option<u16>,
    /// For [`Class::Throttled`]: until when, where the system said so.
    pub until: Option<Time>,
    /// Whether it counts against a breaker.
    pub failure: Option<LaneFailure>,
    /// In words, without secrets.
    pub detail: String,
}

impl Trouble {
    /// Without an answer.
    pub(super) fn new(class: Class, detail: impl Into<String>) -> Self {
        Self {
            class,
            status: None,
            until: None,
            failure: None,
            detail: bounded(detail.into()),
        }
    }

    /// What becomes of a delivery that meets it.
    pub(super) fn into_report(self) -> Report {
        Report {
            status: self.status,
            until: self.until,
            ..Report::unanswered(self.class, self.detail, self.failure)
        }
    }
}

/// `detail`, no longer than anybody wants to read.
pub(super) fn bounded(detail: String) -> String {
    if detail.chars().nth(LONGEST_DETAIL).is_none() {
        return detail;
    }
    let kept = detail.chars().take(LONGEST_DETAIL - 1);
    kept.chain(['…']).collect()
}

/// The error and what caused it; the errors of calls out leave their URLs out.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        if !text.contains(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
        source = error.source();
    }
    text
}
