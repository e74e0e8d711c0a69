//! Errors as RFC 9457 has them, with the `error` string that every interface of the daemon adds.

use std::fmt;

use axum::Json;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::plan::Refusal;
use crate::store::{CommitError, ReadError};

/// An answer that says why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Always `about:blank`: the status and the words say it all.
    #[serde(rename = "type")]
    pub kind: String,
    /// The status in words.
    pub title: String,
    /// The status.
    pub status: u16,
    /// What is wrong.
    pub detail: String,
    /// The same, for readers that know only this field.
    pub error: String,
    /// Each fault of what was sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
}

/// One fault of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where, as a JSON pointer without `#`.
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}

impl Fault {
    pub(super) fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }
}

impl Problem {
    pub(super) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        Self {
            kind: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            error: detail.clone(),
            detail,
            errors: Vec::new(),
        }
    }

    pub(super) fn not_found(what: impl fmt::Display) -> Self {
        Self::new(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }

    /// What was sent cannot be used.
    pub(super) fn unusable(faults: Vec<Fault>) -> Self {
        let words: Vec<String> = faults
            .iter()
            .map(|fault| {
                format!("{} {}", fault.pointer, fault.detail)
                    .trim()
                    .to_owned()
            })
            .collect();
        Self {
            errors: faults,
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, words.join("; "))
        }
    }

    pub(super) fn fault(pointer: &str, detail: impl Into<String>) -> Self {
        Self::unusable(vec![Fault::new(pointer, detail)])
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        let status = match error {
            ReadError::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
            ReadError::Unreadable(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

impl From<CommitError> for Problem {
    fn from(error: CommitError) -> Self {
        let status = match error {
            CommitError::Full | CommitError::Failed(_) => StatusCode::SERVICE_UNAVAILABLE,
            CommitError::SetAside(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
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
