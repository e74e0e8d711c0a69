//! Why an answer is not taken, and what its sender is told.

use axum::http::StatusCode;
use respondo_client::Violation;
use respondo_client::inbound::InboundError;
use respondo_client::replies_in::IncomingReplyError;

use crate::http::body::BodyFault;
use crate::http::problem::Problem;
use crate::http::retry_after;

/// Why an answer is not taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// The store does not work.
    StoreFailed,
    /// The disk has too little room.
    DiskLow,
    /// Too much waits for the store.
    QueueFull,
    /// This one answer could not be planned.
    SetAside,
    /// There is no body to read.
    Body(BodyFault),
    /// No such address was given to anybody.
    Unknown,
    /// Neither JSON nor form data.
    ContentType,
    /// It says to be one of them, and is not.
    Malformed(String),
    /// It is no reply.
    Violations(Vec<Violation>),
}

impl From<IncomingReplyError> for Refused {
    fn from(error: IncomingReplyError) -> Self {
        match error {
            IncomingReplyError::Unread(InboundError::UnsupportedContentType { .. }) => {
                Self::ContentType
            }
            IncomingReplyError::Unread(InboundError::Malformed { detail }) => {
                Self::Malformed(detail)
            }
            IncomingReplyError::Violations(found) => Self::Violations(found),
        }
    }
}

impl Refused {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::StoreFailed | Self::DiskLow | Self::QueueFull => StatusCode::SERVICE_UNAVAILABLE,
            Self::SetAside => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Body(BodyFault::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyFault::TimedOut) => StatusCode::REQUEST_TIMEOUT,
            Self::Body(BodyFault::Broken) | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Unknown => StatusCode::NOT_FOUND,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Violations(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// For the log.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::StoreFailed | Self::DiskLow | Self::QueueFull | Self::SetAside => "store",
            Self::Body(_) => "body",
            Self::Unknown => "unknown",
            Self::ContentType => "type",
            Self::Malformed(_) | Self::Violations(_) => "schema",
        }
    }

    pub(super) fn into_problem(self) -> Problem {
        let status = self.status();
        let problem = |detail: &str| Problem::new(status, detail);
        match self {
            Self::StoreFailed => {
                problem("replies cannot be stored now").after(retry_after::STORE_FAILED)
            }
            Self::DiskLow => {
                problem("there is no room for replies now").after(retry_after::DISK_LOW)
            }
            Self::QueueFull => {
                problem("too many replies are waiting to be stored").after(retry_after::QUEUE_FULL)
            }
            Self::SetAside => problem("this reply could not be stored"),
            Self::Body(BodyFault::TooLarge) => problem("the body is too large"),
            Self::Body(BodyFault::TimedOut) => problem("the body did not come in time"),
            Self::Body(BodyFault::Broken) => problem("the body broke off"),
            Self::Unknown => problem("there is no such address for replies"),
            Self::ContentType => problem(
                "the content type must be application/json or application/x-www-form-urlencoded",
            ),
            Self::Malformed(detail) => problem(&format!("the body cannot be read: {detail}")),
            Self::Violations(found) => Problem::of_violations("the reply", found),
        }
    }
}
