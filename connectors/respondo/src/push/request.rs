//! The request as it goes over the wire, made without sending anything.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};

use crate::Path;

use super::{AccessToken, ExternalTicket, Invalid};

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One ticket to be pushed: everything but the server's address.
///
/// The same ticket always makes the same bytes. **The token stands in the body**: a request is not for keeping. `Debug`
/// leaves the body out.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    target: String,
    body: Bytes,
    token: AccessToken,
}

impl Request {
    /// `POST /{path}/{id}/external_tickets.json`; `id` is the server's number of the brand or organization.
    ///
    /// Organizations take `response_url` and `custom_provider` in an object of their own; see [`Path`].
    ///
    /// # Errors
    ///
    /// [`Invalid`] where the server would refuse the ticket or could not use its response URL.
    pub fn new(
        path: Path,
        id: u64,
        token: &AccessToken,
        ticket: &ExternalTicket,
    ) -> Result<Self, Invalid> {
        ticket.check()?;
        Ok(Self {
            target: format!("/{path}/{id}/external_tickets.json"),
            body: ticket.to_wire(path, token).into(),
            token: token.clone(),
        })
    }

    /// The method: `POST`.
    pub fn method(&self) -> &Method {
        &Method::POST
    }

    /// The path below the server's address.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// All headers but those of HTTP itself (`Host`, `Content-Length`).
    pub fn headers(&self) -> HeaderMap {
        HeaderMap::from_iter([(CONTENT_TYPE, JSON), (ACCEPT, JSON)])
    }

    /// The body, with the token in it.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    pub(super) fn token(&self) -> &AccessToken {
        &self.token
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("target", &self.target)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
