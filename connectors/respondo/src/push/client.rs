//! Sending: one ticket, once, and what the answer means.

use std::fmt;
use std::time::Duration;

use http::HeaderMap;
use thiserror::Error;
use url::Url;

use crate::answer::{self, Cut};
use crate::send::SendError;

use super::pushed::Said;
use super::{Error, Misread, Pushed, Refusal, Request};

/// How much of a refusal's body is read, in bytes.
const MAX_REFUSAL_BYTES: usize = 64 * 1024;

/// One Respondo server.
///
/// It tries each ticket once, keeps no state and paces nothing.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    timeout: Duration,
    max_body_bytes: usize,
    headers: HeaderMap,
}

/// A URL that cannot be a server's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a server's address: http or https, a host, and no user name, query or fragment")]
pub struct InvalidBase;

impl Client {
    /// A client for the server at `base`, the address before `/brands`.
    ///
    /// `http` brings everything about connections: TLS, proxies, resolvers, and the connect timeout, which should be
    /// shorter than [`timeout`](Self::with_timeout), else a connection that takes too long counts as
    /// [`Error::Unanswered`]. Its redirect policy **must** be [none](reqwest::redirect::Policy::none): the token stands
    /// in the body, which reqwest would repeat to any other host.
    ///
    /// # Errors
    ///
    /// [`InvalidBase`] if calls cannot be made below `base`.
    pub fn new(http: reqwest::Client, base: &Url) -> Result<Self, InvalidBase> {
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
            timeout: Duration::from_secs(30),
            max_body_bytes: 16 * 1024 * 1024,
            headers: HeaderMap::new(),
        })
    }

    /// With another limit for everything about one call: connecting, sending, waiting and reading. 30 seconds if not
    /// set.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// With headers that each push carries beside its own, such as the trace that it belongs to.
    #[must_use]
    pub fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers = headers;
        self
    }

    /// With another limit for the body of a 2xx answer, in bytes, which holds the ticket's text again. 16 MiB if not
    /// set.
    #[must_use]
    pub fn with_max_body_bytes(mut self, max_body_bytes: usize) -> Self {
        self.max_body_bytes = max_body_bytes;
        self
    }

    /// The status with which the server answers a `GET` of the address that tickets are pushed to. Servers answer nothing
    /// else of use to it: there is no call that reads. No token is sent.
    ///
    /// # Errors
    ///
    /// [`Error`](enum@Error): no answer came.
    pub async fn reach(&self, path: crate::Path, id: u64) -> Result<u16, Error> {
        let url = self.url(&format!("/{path}/{id}/external_tickets.json"));
        let request = self.http.get(url).timeout(self.timeout);
        let answer = request.send().await.map_err(SendError::from_reqwest)?;
        Ok(answer.status().as_u16())
    }

    /// Pushes a ticket once. It is there only if the answer is 200 (or 201), has no `error`, and has an `id`.
    ///
    /// # Errors
    ///
    /// [`Error`](enum@Error), which tells apart whether anything was sent, and what the server said.
    pub async fn send(&self, request: &Request) -> Result<Pushed, Error> {
        let url = self.url(request.target());
        let answer = self
            .http
            .request(request.method().clone(), url.clone())
            .headers(self.headers.clone())
            .headers(request.headers())
            .timeout(self.timeout)
            .body(request.body().clone())
            .send()
            .await
            .map_err(SendError::from_reqwest)?;

        // An answer from elsewhere is none of ours, should the HTTP client have followed a redirect.
        let status = match *answer.url() == url {
            true => answer.status().as_u16(),
            false => 302,
        };
        let retry_after = answer::retry_after(&answer);
        let refused = |message: &str| {
            let secret = request.token().reveal();
            Error::Refused(Refusal::new(status, message, retry_after, secret))
        };
        match status {
            200..=299 => {}
            300..=399 => return Err(refused("")),
            _ => {
                let body = answer::read(answer, MAX_REFUSAL_BYTES).await;
                return Err(refused(&Refusal::message(&body.unwrap_or_default())));
            }
        }
        let said = match answer::read(answer, self.max_body_bytes).await {
            Ok(body) => Said::from_wire(&body),
            Err(Cut::TooLong) => Err(Misread::TooLong(self.max_body_bytes)),
            Err(Cut::BrokenOff(error)) => Err(Misread::BrokenOff(error)),
        };
        let source = match said {
            Ok(Said::Pushed(pushed)) if matches!(status, 200 | 201) => return Ok(pushed),
            Ok(Said::Pushed(_)) => Misread::Status,
            Ok(Said::Refused(message)) => return Err(refused(&message)),
            Err(source) => source,
        };
        Err(Error::Unreadable { status, source })
    }

    /// Where `target` is, below the server's address.
    fn url(&self, target: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{target}", url.path().trim_end_matches('/')));
        url
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
