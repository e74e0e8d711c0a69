//! Why an event is not taken, and what its sender is told.

use axum::http::StatusCode;

use crate::http::body::BodyFault;
use crate::http::problem::Problem;
use crate::http::retry_after;
use crate::metrics::WebhookOutcome;

/// Why an event is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// The store does not work.
    StoreFailed,
    /// The disk has too little room.
    DiskLow,
    /// Too much waits for the store.
    QueueFull,
    /// This one event could not be planned.
    SetAside,
    /// There is no body to read.
    Body(BodyFault),
    /// Not signed by the owner of a webhook that there is.
    Unsigned,
    /// Signed, and no event.
    NoEvent,
}

impl Refused {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::StoreFailed | Self::DiskLow | Self::QueueFull => StatusCode::SERVICE_UNAVAILABLE,
            Self::SetAside => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Body(BodyFault::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyFault::TimedOut) => StatusCode::REQUEST_TIMEOUT,
            Self::Body(BodyFault::Broken) | Self::NoEvent => StatusCode::BAD_REQUEST,
            Self::Unsigned => StatusCode::UNAUTHORIZED,
        }
    }

    /// What it counts as; a body that never came, or not whole, counts as nothing.
    pub(super) fn outcome(self) -> Option<WebhookOutcome> {
        match self {
            Self::StoreFailed | Self::DiskLow | Self::QueueFull | Self::SetAside => {
                Some(WebhookOutcome::Failed)
            }
            Self::Body(_) => None,
            Self::Unsigned => Some(WebhookOutcome::Unsigned),
            Self::NoEvent => Some(WebhookOutcome::Unreadable),
        }
    }

    /// For the log.
    pub(super) fn word(self) -> &'static str {
        self.outcome().map_or("body", WebhookOutcome::as_str)
    }

    pub(super) fn into_problem(self) -> Problem {
        let problem = |detail: &str| Problem::new(self.status(), detail);
        match self {
            Self::StoreFailed => {
                problem("events cannot be stored now").after(retry_after::STORE_FAILED)
            }
            Self::DiskLow => {
                problem("there is no room for events now").after(retry_after::DISK_LOW)
            }
            Self::QueueFull => {
                problem("too many events are waiting to be stored").after(retry_after::QUEUE_FULL)
            }
            Self::SetAside => problem("this event could not be stored"),
            Self::Body(BodyFault::TooLarge) => problem("the body is too large"),
            Self::Body(BodyFault::TimedOut) => problem("the body did not come in time"),
            Self::Body(BodyFault::Broken) => problem("the body broke off"),
            Self::Unsigned => problem("a valid X-Qminder-Signature is needed"),
            Self::NoEvent => problem(
                "the body is no event: a JSON object with a type and, for a known type, the data that belong to it",
            ),
        }
    }
}
