//! Why a ticket is not taken, and what its sender is told.

use std::time::Duration;

use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use respondo_client::Violation;

use crate::http::body::BodyFault;
use crate::http::problem::Problem;
use crate::http::retry_after;
use crate::metrics::Rejection;

/// As long as `/personal_access_token/token`, and some.
const LONGEST_NAME: usize = 32;

/// Why a ticket is not taken.
#[derive(Debug)]
pub(super) enum Refused {
    /// The store does not work.
    StoreFailed,
    /// The disk has too little room.
    DiskLow,
    /// Too much waits for the store.
    QueueFull,
    /// This one ticket could not be planned.
    SetAside,
    /// There is no body to read.
    Body(BodyFault),
    /// Neither JSON nor form data.
    ContentType,
    /// Not what its content type says.
    Malformed(String),
    /// None that can be used.
    NoCredentials,
    /// Not the brand's.
    WrongCredentials,
    /// Over the token's rate.
    TooFast(Duration),
    /// All that is wrong with it.
    Violations(Vec<Violation>),
}

impl Refused {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::StoreFailed | Self::DiskLow | Self::QueueFull => StatusCode::SERVICE_UNAVAILABLE,
            Self::SetAside => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Body(BodyFault::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body(BodyFault::TimedOut) => StatusCode::REQUEST_TIMEOUT,
            Self::Body(BodyFault::Broken) | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NoCredentials => StatusCode::UNAUTHORIZED,
            Self::WrongCredentials => StatusCode::FORBIDDEN,
            Self::TooFast(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Violations(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// What it counts as; a body that never came counts as nothing.
    pub(super) fn rejection(&self) -> Option<Rejection> {
        match self {
            Self::StoreFailed | Self::DiskLow | Self::QueueFull | Self::SetAside => {
                Some(Rejection::Store)
            }
            Self::Body(BodyFault::TooLarge) => Some(Rejection::Size),
            Self::Body(BodyFault::TimedOut | BodyFault::Broken) => None,
            Self::ContentType => Some(Rejection::Type),
            Self::Malformed(_) | Self::Violations(_) => Some(Rejection::Schema),
            Self::NoCredentials | Self::WrongCredentials => Some(Rejection::Credentials),
            Self::TooFast(_) => Some(Rejection::Rate),
        }
    }

    /// For the log.
    pub(super) fn word(&self) -> &'static str {
        self.rejection().map_or("body", Rejection::as_str)
    }

    /// Where a ticket breaks the schema, for the log: the properties' names, but for those that are the sender's own.
    pub(super) fn faults(&self) -> Option<String> {
        let Self::Violations(found) = self else {
            return None;
        };
        let is_name = |pointer: &str| {
            pointer.len() <= LONGEST_NAME
                && pointer
                    .bytes()
                    .all(|byte| matches!(byte, b'a'..=b'z' | b'_' | b'/'))
        };
        let names = found.iter().map(|violation| &violation.pointer);
        let shown: Vec<&str> = names
            .map(|name| if is_name(name) { name } else { "…" })
            .collect();
        Some(shown.join(" "))
    }

    pub(super) fn into_problem(self) -> Problem {
        let status = self.status();
        let problem = |detail: &str| Problem::new(status, detail);
        match self {
            Self::StoreFailed => {
                problem("tickets cannot be stored now").after(retry_after::STORE_FAILED)
            }
            Self::DiskLow => {
                problem("there is no room for tickets now").after(retry_after::DISK_LOW)
            }
            Self::QueueFull => {
                problem("too many tickets are waiting to be stored").after(retry_after::QUEUE_FULL)
            }
            Self::SetAside => problem("this ticket could not be stored"),
            Self::Body(BodyFault::TooLarge) => problem("the body is too large"),
            Self::Body(BodyFault::TimedOut) => problem("the body did not come in time"),
            Self::Body(BodyFault::Broken) => problem("the body broke off"),
            Self::ContentType => problem(
                "the content type must be application/json or application/x-www-form-urlencoded",
            ),
            Self::Malformed(detail) => problem(&format!("the body cannot be read: {detail}")),
            Self::NoCredentials => problem(
                "credentials are missing: personal_access_token in the body, or an Authorization \
                 or X-API-KEY header",
            )
            .with_header(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::WrongCredentials => problem("the credentials are not valid for this brand"),
            Self::TooFast(wait) => problem("too many tickets with this token").after(wait),
            Self::Violations(found) => Problem::of_violations("the ticket", found),
        }
    }
}
