//! Answers that are no success, in the shape that clients of this API read.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::{IntoResponse, Response};
use deskhive_client::ApiError;

use crate::http::body::BodyFault;
use crate::http::retry_after;
use crate::plan::Refusal;
use crate::store::{CommitError, ReadError};

/// An answer that is no success.
#[derive(Debug)]
pub(in crate::http) struct Fault {
    status: StatusCode,
    body: ApiError,
    wait: Option<Duration>,
}

impl Fault {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            body: ApiError::new(message),
            wait: None,
        }
    }

    /// 404, the same for what is not there and what is somebody else's.
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found")
    }

    /// 422.
    pub(super) fn invalid(body: ApiError) -> Self {
        Self {
            status: StatusCode::UNPROCESSABLE_ENTITY,
            body,
            wait: None,
        }
    }

    /// 500; what it is about stands in the log.
    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "Server Error")
    }

    /// The same, asking to wait this long.
    pub(super) fn after(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    fn unavailable(wait: Duration) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable").after(wait)
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(wait) = self.wait {
            response
                .headers_mut()
                .insert(RETRY_AFTER, retry_after::value(wait));
        }
        response
    }
}

impl From<ReadError> for Fault {
    fn from(error: ReadError) -> Self {
        tracing::error!(%error, "an agent's question was not answered");
        match error {
            ReadError::Failed(_) => Self::unavailable(retry_after::STORE_FAILED),
            ReadError::Unreadable(_) => Self::internal(),
        }
    }
}

impl From<CommitError> for Fault {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Full => Self::unavailable(retry_after::QUEUE_FULL),
            // Why, the store has logged.
            CommitError::Failed(_) => Self::unavailable(retry_after::STORE_FAILED),
            CommitError::SetAside(_) => Self::internal(),
        }
    }
}

impl From<BodyFault> for Fault {
    fn from(fault: BodyFault) -> Self {
        match fault {
            BodyFault::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "The POST data is too large.")
            }
            BodyFault::TimedOut => Self::new(
                StatusCode::REQUEST_TIMEOUT,
                "The body did not come in time.",
            ),
            BodyFault::Broken => Self::new(StatusCode::BAD_REQUEST, "The body broke off."),
        }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound(_) => Self::not_found(),
            Refusal::Locked => Self::new(StatusCode::FORBIDDEN, "This ticket is locked."),
            Refusal::NoWayBack { .. } | Refusal::Stale | Refusal::NotNow(_) => {
                Self::new(StatusCode::CONFLICT, "This cannot be done now.")
            }
        }
    }
}
