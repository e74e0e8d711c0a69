//! Errors as RFC 9457 spells them, with the top-level `error` that Respondo's own clients read.

use std::time::Duration;

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use respondo_client::Violation;

use super::retry_after;

/// An answer that says what went wrong.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    detail: String,
    errors: Vec<ProblemEntry>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// One thing that is wrong with the request's body.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProblemEntry {
    /// Where, as a JSON pointer without `#`.
    pub(crate) pointer: String,
    /// What.
    pub(crate) detail: String,
}

/// Why not, as RFC 9457 spells it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(super) struct Body<'a> {
    /// Always `about:blank`: the status says which kind it is.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// As in the answer's head.
    status: u16,
    /// What is wrong.
    detail: &'a str,
    /// Each fault of what was sent.
    errors: &'a [ProblemEntry],
    /// The same as `detail`, for Respondo's clients.
    error: &'a str,
}

impl Problem {
    /// Says `detail`, which must hold no secret.
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Self {
            status,
            detail: detail.into(),
            errors: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// 422: everything that is wrong with `what` was sent.
    pub(crate) fn of_violations(what: &str, found: Vec<Violation>) -> Self {
        let summary = summary(what, &found);
        let entries = found.into_iter().map(|violation| ProblemEntry {
            pointer: violation.pointer,
            detail: violation.detail,
        });
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, summary).with_errors(entries.collect())
    }

    /// In words.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The same, with all that is wrong with the body.
    pub(crate) fn with_errors(mut self, errors: Vec<ProblemEntry>) -> Self {
        self.errors = errors;
        self
    }

    /// The same, with a header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The same, asking to wait this long.
    pub(crate) fn after(self, wait: Duration) -> Self {
        self.with_header(RETRY_AFTER, retry_after::value(wait))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Body {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or("Error"),
            status: self.status.as_u16(),
            detail: &self.detail,
            errors: &self.errors,
            error: &self.detail,
        };
        // Text and numbers always become JSON; an empty body would still carry its status.
        let body = serde_json::to_vec(&body).unwrap_or_default();
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
        response
    }
}

/// The first violation, and how many more there are.
fn summary(what: &str, found: &[Violation]) -> String {
    let Some((first, more)) = found.split_first() else {
        return format!("{what} is not valid");
    };
    let place = match first.pointer.as_str() {
        "" => "the body",
        pointer => pointer,
    };
    match more.len() {
        0 => format!("{place} {}", first.detail),
        1 => format!("{place} {} (and 1 more violation)", first.detail),
        more => format!("{place} {} (and {more} more violations)", first.detail),
    }
}
