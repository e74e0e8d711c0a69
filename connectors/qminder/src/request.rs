//! Requests as they go over the wire, made without sending anything.

use std::fmt;

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;

use crate::error::Misread;

/// The header and the one value that choose the newer family of calls.
pub(crate) const API_VERSION: (HeaderName, HeaderValue) = (
    HeaderName::from_static("x-qminder-api-version"),
    HeaderValue::from_static("2020-09-01"),
);

/// One request: everything but the server's address and the key.
///
/// The same request always has the same bytes, so it may be kept and sent again. `Debug` leaves out the body, which
/// speaks of people.
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
    /// `target` is the path below the server's address, with its query: `/v1/lines/1`. The key is no header of
    /// `headers`; the client adds it.
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

    pub(crate) fn new(method: Method, target: impl Into<String>) -> Self {
        let headers =
            HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        Self::from_parts(method, target, headers, Bytes::new())
    }

    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new(Method::GET, target)
    }

    pub(crate) fn post(target: impl Into<String>) -> Self {
        Self::new(Method::POST, target)
    }

    pub(crate) fn versioned(mut self) -> Self {
        let (name, value) = API_VERSION;
        self.headers.insert(name, value);
        self
    }

    /// With `pairs` as its query, if there are any.
    pub(crate) fn with_query(mut self, pairs: &Pairs) -> Self {
        if !pairs.0.is_empty() {
            self.target.push('?');
            self.target.push_str(&pairs.encode());
        }
        self
    }

    /// With `pairs` as form data, if there are any; else without a body and a content type.
    pub(crate) fn with_form(mut self, pairs: &Pairs) -> Self {
        if !pairs.0.is_empty() {
            self.body = pairs.encode().into();
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            self.headers.insert(CONTENT_TYPE, form);
        }
        self
    }

    pub(crate) fn with_json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body)
            .expect("what is sent has text as keys and no writer that fails")
            .into();
        let json = HeaderValue::from_static("application/json");
        self.headers.insert(CONTENT_TYPE, json);
        self
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("target", &self.target)
            .field("headers", &self.headers)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// Names and values in order, encoded as browsers do it and as the official client does: a space is `+`.
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

    /// `values` under one name with commas between them, or nothing if there are none.
    pub(crate) fn with_list(self, name: &'static str, values: &[impl ToString]) -> Self {
        if values.is_empty() {
            return self;
        }
        let values: Vec<_> = values.iter().map(ToString::to_string).collect();
        self.with(name, values.join(","))
    }

    fn encode(&self) -> String {
        Serializer::new(String::new())
            .extend_pairs(&self.0)
            .finish()
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
    pub(crate) fn new(request: Request, read: fn(&[u8]) -> Result<T, Misread>) -> Self {
        Self {
            request,
            read,
            needs_body: true,
        }
    }

    /// Whether the answer says more than its status.
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
    /// [`Misread`] if it is not what is documented. What the request asked for has happened all the same.
    pub fn read(&self, body: &[u8]) -> Result<T, Misread> {
        (self.read)(body)
    }
}

impl Call<()> {
    /// A call whose answer says nothing beyond its status.
    pub(crate) fn acknowledged(request: Request) -> Self {
        Self {
            needs_body: false,
            ..Self::new(request, |_| Ok(()))
        }
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
