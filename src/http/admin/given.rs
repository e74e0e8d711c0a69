//! What a request brings: its query, its body and the number in its path, with refusals that say why.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::{fault, not_found};
use crate::http::body::{self, BodyFault};
use crate::http::problem::Problem;

/// Enough for any text that intake takes, and for the ids of a bulk order.
const MOST_BODY: u64 = 1024 * 1024;

/// The query.
pub(super) struct Asked<T>(pub(super) T);

/// The body, as JSON; an empty one is `{}`.
pub(super) struct Given<T>(pub(super) T);

/// The number in the path.
pub(super) struct Numbered(pub(super) u64);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                error.body_text(),
            )),
        }
    }
}

impl<S: Sync + Send, T: DeserializeOwned> FromRequest<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let body = body::read(&parts.headers, body, MOST_BODY)
            .await
            .map_err(unread_body)?;
        let body: &[u8] = if body.is_empty() { b"{}" } else { &body };
        let given = serde_json::from_slice(body).map_err(|error| {
            let status = match error.classify() {
                serde_json::error::Category::Data => StatusCode::UNPROCESSABLE_ENTITY,
                _ => StatusCode::BAD_REQUEST,
            };
            Problem::new(
                status,
                format!("the body is not what it should be: {error}"),
            )
        })?;
        // An array would be taken for the fields in their order, and an empty one for no fields.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(fault("", "the body is not an object"));
        }
        Ok(Self(given))
    }
}

fn unread_body(fault: BodyFault) -> Problem {
    let (status, detail) = match fault {
        BodyFault::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "the body is too large"),
        BodyFault::TimedOut => (StatusCode::REQUEST_TIMEOUT, "the body did not come in time"),
        BodyFault::Broken => (StatusCode::BAD_REQUEST, "the body broke off"),
    };
    Problem::new(status, detail)
}

impl<S: Sync + Send> FromRequestParts<S> for Numbered {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<u64>::from_request_parts(parts, state).await {
            Ok(Path(number)) => Ok(Self(number)),
            Err(_) => Err(not_found("number")),
        }
    }
}
