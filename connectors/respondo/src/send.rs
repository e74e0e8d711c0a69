//! The one call: a reply, POSTed to a response URL, and what its answer means.
//!
//! It is tried once. Whether and when to try again, which addresses may be called, and how many calls may be in
//! flight, is for the caller; redirects are the client's policy, which should be
//! [none](reqwest::redirect::Policy::none).

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, HeaderValue};
use reqwest::{Client, Response};
use thiserror::Error;
use url::Url;

use crate::answer;
use crate::reply::ReplyResponse;

mod class;
mod retry_after;
#[cfg(test)]
mod tests;

pub use class::{Class, classify};
pub use retry_after::RetryAfter;

/// How much of an answer is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest body, in bytes. A longer one is not read to its end and counts as no response; the status stays
    /// what it is.
    pub max_body_bytes: usize,
}

/// What the receiver said. Each of these is certain: an HTTP answer came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// 2xx: the receiver has the reply.
    Delivered {
        /// The answer's status.
        status: u16,
        /// The body, if it is a whole and valid response; `None` leaves the delivery unverified.
        response: Option<ReplyResponse>,
    },
    /// It may work later.
    Retry {
        /// The answer's status.
        status: u16,
    },
    /// The receiver wants fewer calls: 429, or 503 with a `Retry-After` that can be understood.
    Throttled {
        /// The answer's status.
        status: u16,
        /// When it wants the next one; always there with 503.
        retry_after: Option<RetryAfter>,
    },
    /// This request will never work.
    Rejected {
        /// The answer's status.
        status: u16,
        /// 410: nothing will ever work at this URL.
        gone: bool,
        /// It was a redirect that named another place, which is never followed.
        location: bool,
    },
}

/// Why there is no answer.
///
/// The reqwest error is the source, so that a caller finds in its chain what its own resolver or connector said. No
/// message holds the URL, whose path is often all the secret there is.
#[derive(Debug, Error)]
pub enum SendError {
    /// Certain: no connection came about (refused, DNS, TLS, the client's connect timeout), so nothing was sent.
    #[error("the receiver cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The connection broke, the time ran out, or what came back was no HTTP, after the request may have gone out:
    /// the receiver may have the reply.
    #[error("the receiver gave no answer, and may have the reply")]
    Unknown(#[source] reqwest::Error),
    /// The request cannot be made of this URL and these headers; nothing was sent.
    #[error("the request cannot be made")]
    InvalidRequest(#[source] reqwest::Error),
}

/// POSTs `body` to `url` once, and classifies what comes back.
///
/// `headers` are sent as they are; `Content-Type: application/json` and `Accept: application/json` are added where
/// they are missing. User name and password in the URL become HTTP Basic.
///
/// `timeout` is for everything: connecting, sending, waiting and reading. `client`'s connect timeout should be
/// shorter, else a connection that takes too long counts as [`SendError::Unknown`]. The body of a 2xx is read up to
/// `limits` and within the time that is left; one that breaks off, drips or never ends changes nothing about the
/// status. Other bodies are not read.
///
/// # Errors
///
/// [`SendError`] where there was no answer.
pub async fn send(
    client: &Client,
    url: &Url,
    headers: HeaderMap,
    body: Bytes,
    timeout: Duration,
    limits: Limits,
) -> Result<Outcome, SendError> {
    let mut headers = headers;
    for name in [CONTENT_TYPE, ACCEPT] {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static("application/json"));
    }
    let answer = client
        .post(url.clone())
        .headers(headers)
        .timeout(timeout)
        .body(body)
        .send()
        .await
        .map_err(SendError::from_reqwest)?;

    let status = answer.status().as_u16();
    let retry_after = answer::retry_after(&answer);
    Ok(match classify(status, retry_after.is_some()) {
        Class::Accepted => Outcome::Delivered {
            status,
            response: read(answer, limits).await,
        },
        Class::Retry => Outcome::Retry { status },
        Class::Throttled => Outcome::Throttled {
            status,
            retry_after,
        },
        class @ (Class::Rejected | Class::Gone) => Outcome::Rejected {
            status,
            gone: class == Class::Gone,
            location: answer.status().is_redirection() && answer.headers().contains_key(LOCATION),
        },
    })
}

/// The whole body as a response, if it is one.
async fn read(answer: Response, limits: Limits) -> Option<ReplyResponse> {
    let body = answer::read(answer, limits.max_body_bytes).await.ok()?;
    ReplyResponse::from_wire(&body)
}

impl SendError {
    pub(crate) fn from_reqwest(error: reqwest::Error) -> Self {
        let error = error.without_url();
        if error.is_builder() {
            Self::InvalidRequest(error)
        } else if error.is_connect() {
            // Also a connect timeout, which is a timeout too.
            Self::Unreachable(error)
        } else {
            Self::Unknown(error)
        }
    }
}
