//! Requests as they go over the wire, made without sending anything.

use std::fmt;

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method};
use serde::Serialize;

use crate::error::Misread;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// One request: everything but the server's address and the key.
///
/// The same request always has the same bytes, so it may be kept and sent again. `Debug` leaves out the body and the
/// query, which speak of people.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Bytes,
}

impl Request {
    /// A request of its parts, for what was kept, or for a call that this crate does not know.
    ///
    /// `target` is the path below the server's address, with its query: `/api/v1/external/tickets?page=2`. The key is
    /// no header of `headers`; the client adds it.
    pub fn from_parts(
        method: Method,
        target: impl Into<String>,
        headers: HeaderMap,
        body: impl Into<Bytes>,
    ) -> Self {
        Self {
            method,
            target: target.into(),
            headers,
            body: body.into(),
        }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// The path below the server's address, with its query.
    pub fn target(&self) -> &str {
        &self.target
    }

    /// All headers but the key's and those of HTTP itself (`Host`, `Content-Length`).
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body; empty where there is none.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    pub(crate) fn new(method: Method, path: impl fmt::Display) -> Self {
        // Without it, Laravel answers errors in HTML, or with redirects.
        let headers = HeaderMap::from_iter([(ACCEPT, JSON)]);
        Self::from_parts(method, format!("/api/v1{path}"), headers, Bytes::new())
    }

    pub(crate) fn get(path: impl fmt::Display) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl fmt::Display) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn put(path: impl fmt::Display) -> Self {
        Self::new(Method::PUT, path)
    }

    /// With `pairs` as its query, if there are any.
    pub(crate) fn with_query(mut self, pairs: &Pairs) -> Self {
        if !pairs.0.is_empty() {
            let query = Serializer::new(String::new())
                .extend_pairs(&pairs.0)
                .finish();
            self.target.push('?');
            self.target.push_str(&query);
        }
        self
    }

    pub(crate) fn with_json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body)
            .expect("what is sent has text as keys and no writer that fails")
            .into();
        self.headers.insert(CONTENT_TYPE, JSON);
        self
    }

    /// Whether it is about one ticket, which may be closed to the one who asks.
    pub(crate) fn is_about_a_ticket(&self) -> bool {
        let path = self.target.split('?').next().unwrap_or_default();
        path.split_once("/tickets/")
            .is_some_and(|(_, ticket)| !ticket.is_empty())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.target.split('?').next())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// The pairs of a query, in order.
#[derive(Default)]
pub(crate) struct Pairs(Vec<(&'static str, String)>);

impl Pairs {
    pub(crate) fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.push((name, value.to_string()));
        self
    }

    pub(crate) fn with_some(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

/// A request, and how its answer is read.
///
/// Made by the functions of this crate, without sending anything;
/// [`Client::send`](crate::Client::send) sends it.
pub struct Call<T> {
    request: Request,
    read: fn(&[u8]) -> Result<T, Misread>,
    needs_body: bool,
}

impl<T> Call<T> {
    /// A call whose answer has to say something.
    pub(crate) fn new(request: Request, read: fn(&[u8]) -> Result<T, Misread>) -> Self {
        Self {
            request,
            read,
            needs_body: true,
        }
    }

    /// A call whose answer's body the documents do not show: an empty one will do.
    pub(crate) fn undocumented(request: Request, read: fn(&[u8]) -> Result<T, Misread>) -> Self {
        Self {
            needs_body: false,
            ..Self::new(request, read)
        }
    }

    pub(crate) fn needs_body(&self) -> bool {
        self.needs_body
    }

    /// What goes over the wire.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The request, to be kept and sent by [`Client::execute`](crate::Client::execute).
    pub fn into_request(self) -> Request {
        self.request
    }

    /// Reads the body of a 2xx answer to this request.
    ///
    /// # Errors
    ///
    /// [`Misread`] if it is none of the known shapes, or says that the request failed all the same.
    pub fn read(&self, body: &[u8]) -> Result<T, Misread> {
        (self.read)(body)
    }
}

impl<T> Clone for Call<T> {
    fn clone(&self) -> Self {
        Self {
            request: self.request.clone(),
            ..*self
        }
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Call").field(&self.request).finish()
    }
}
