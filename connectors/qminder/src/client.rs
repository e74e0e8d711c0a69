//! Sending: one request, once, and what its answer means.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, RETRY_AFTER};
use http::{HeaderMap, HeaderName, Method};
use reqwest::Response;
use thiserror::Error;
use url::Url;

use crate::error::{Error, Misread, Refusal, Unsendable};
use crate::{ApiKey, Call, Request, RetryAfter};

#[cfg(test)]
mod tests;

const KEY: HeaderName = HeaderName::from_static("x-qminder-rest-api-key");
const REMAINING: HeaderName = HeaderName::from_static("x-ratelimit-remaining");

/// How much of a refusal's body is read, in bytes.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// One account at one server.
///
/// It tries each call once, keeps no state and paces nothing: what is known of Qminder's limits (5 calls a second, 40
/// at once) is for the caller to keep. `Debug` does not show the key.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    key: ApiKey,
    timeout: Duration,
    max_body_bytes: usize,
    headers: HeaderMap,
}

/// A URL that cannot be a server's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a server's address: http or https, a host, and no user name, query or fragment")]
pub struct InvalidBase;

/// An answer of 2xx.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<T> {
    /// What it says.
    pub value: T,
    /// Its status.
    pub status: u16,
    /// How many calls are left: `X-Ratelimit-Remaining`.
    pub rate_limit_remaining: Option<u64>,
}

impl Client {
    /// Where Qminder is.
    pub const BASE: &str = "https://api.qminder.com";

    /// A client for the server at `base`, usually [`Client::BASE`].
    ///
    /// `http` brings everything about connections: TLS, proxies, resolvers, and the connect timeout, which should be
    /// shorter than [`timeout`](Self::with_timeout), else a connection that takes too long counts as
    /// [`Error::Unanswered`]. Its redirect policy **must** be [none](reqwest::redirect::Policy::none): the key stands
    /// in a header that reqwest would repeat to any other host.
    ///
    /// # Errors
    ///
    /// [`InvalidBase`] if calls cannot be made below `base`.
    pub fn new(http: reqwest::Client, base: &Url, key: ApiKey) -> Result<Self, InvalidBase> {
        let is_address = matches!(base.scheme(), "http" | "https")
            && base.has_host()
            && base.username().is_empty()
            && base.password().is_none()
            && base.query().is_none()
            && base.fragment().is_none();
        if !is_address {
            return Err(InvalidBase);
        }
        Ok(Self {
            http,
            base: base.clone(),
            key,
            timeout: Duration::from_secs(30),
            max_body_bytes: 16 * 1024 * 1024,
            headers: HeaderMap::new(),
        })
    }

    /// With another key.
    #[must_use]
    pub fn with_key(mut self, key: ApiKey) -> Self {
        self.key = key;
        self
    }

    /// With another limit for everything about one call: connecting, sending, waiting and reading. 30 seconds if not
    /// set.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// With headers that each call carries beside its own, such as the trace that it belongs to.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// With another limit for the body of a 2xx answer, in bytes. 16 MiB if not set.
    #[must_use]
    pub fn with_max_body_bytes(mut self, max_body_bytes: usize) -> Self {
        self.max_body_bytes = max_body_bytes;
        self
    }

    /// Sends a call once and reads its answer.
    ///
    /// # Errors
    ///
    /// [`Error`](enum@Error), which tells apart whether anything was sent, and what Qminder said.
    pub async fn send<T>(&self, call: &Call<T>) -> Result<Answer<T>, Error> {
        let Answer {
            value: body,
            status,
            rate_limit_remaining,
        } = match self.execute(call.request()).await {
            // Nobody needs what cannot be read.
            Err(Error::Unreadable {
                status,
                rate_limit_remaining,
                ..
            }) if !call.needs_body() => Answer {
                value: Bytes::new(),
                status,
                rate_limit_remaining,
            },
            answer => answer?,
        };
        let value = call.read(&body).map_err(|misread| match misread {
            Misread::Refused(refusal) => self.refused(*refusal, rate_limit_remaining),
            source => Error::Unreadable {
                status,
                source,
                rate_limit_remaining,
            },
        })?;
        Ok(Answer {
            value,
            status,
            rate_limit_remaining,
        })
    }

    /// Sends a request once; the answer is the body of a 2xx as it came.
    ///
    /// For requests that were kept, and for those that this crate does not know.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send), but nothing in a 2xx body is an error, except that it is too long or breaks off.
    pub async fn execute(&self, request: &Request) -> Result<Answer<Bytes>, Error> {
        let url = self.url(request.target())?;
        let mut builder = self
            .http
            .request(request.method().clone(), url.clone())
            .headers(self.headers.clone())
            .headers(request.headers().clone())
            .header(KEY, self.key.to_header())
            .timeout(self.timeout);
        if !request.body().is_empty() {
            builder = builder.body(request.body().clone());
        } else if !matches!(*request.method(), Method::GET | Method::DELETE) {
            // Where a body is usual, that there is none is said, as the official client does.
            builder = builder.header(CONTENT_LENGTH, 0);
        }
        let answer = builder.send().await.map_err(from_reqwest)?;

        let status = answer.status().as_u16();
        let rate_limit_remaining = number(answer.headers(), &REMAINING);
        // An answer from elsewhere is none of ours, should the HTTP client have followed a redirect.
        let refused_status = if *answer.url() == url { status } else { 302 };
        if !(200..=299).contains(&refused_status) {
            let retry_after = text(answer.headers(), &RETRY_AFTER).and_then(RetryAfter::parse);
            let body = match refused_status {
                300..=399 => Bytes::new(),
                _ => read(answer, MAX_REFUSAL_BYTES).await.unwrap_or_default(),
            };
            let refusal = Refusal::from_answer(refused_status, &body, retry_after);
            return Err(self.refused(refusal, rate_limit_remaining));
        }
        match read(answer, self.max_body_bytes).await {
            Ok(value) => Ok(Answer {
                value,
                status,
                rate_limit_remaining,
            }),
            Err(source) => Err(Error::Unreadable {
                status,
                source,
                rate_limit_remaining,
            }),
        }
    }

    fn refused(&self, refusal: Refusal, rate_limit_remaining: Option<u64>) -> Error {
        let mut refusal = refusal.cleaned(self.key.reveal());
        refusal.rate_limit_remaining = rate_limit_remaining;
        Error::Refused(Box::new(refusal))
    }

    /// Where `target` is; it has to stay below the server's address and be spelled as a URL spells it.
    fn url(&self, target: &str) -> Result<Url, Error> {
        let base = self.base.as_str().trim_end_matches('/');
        let spelled = format!("{base}{target}");
        match Url::parse(&spelled) {
            Ok(url)
                if target.starts_with('/')
                    && url.as_str() == spelled
                    && url.fragment().is_none() =>
            {
                Ok(url)
            }
            _ => Err(Error::Unsendable(Unsendable::Target)),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base.as_str())
            .field("timeout", &self.timeout)
            .field("max_body_bytes", &self.max_body_bytes)
            .finish_non_exhaustive()
    }
}

/// The whole body. The request's own timeout ends one that does not.
async fn read(mut answer: Response, max_bytes: usize) -> Result<Bytes, Misread> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(broken_off)? {
        if chunk.len() > max_bytes - body.len() {
            return Err(Misread::TooLong(max_bytes));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.into())
}

fn broken_off(error: reqwest::Error) -> Misread {
    Misread::BrokenOff(error.without_url())
}

fn from_reqwest(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_builder() {
        Error::Unsendable(Unsendable::Client(error))
    } else if error.is_connect() {
        // Also a connect timeout, which is a timeout too.
        Error::Unreachable(error)
    } else {
        Error::Unanswered(error)
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

fn number(headers: &HeaderMap, name: &HeaderName) -> Option<u64> {
    text(headers, name)?.trim().parse().ok()
}
