//! One request as a peer saw it.

use super::{Fault, Request};
use crate::http;

/// What stands for a key in the records.
const REDACTED: &str = "(key)";

/// A request that arrived, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen<O> {
    /// The operation, if there is one at its method and path.
    pub operation: Option<O>,
    /// The method.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The query as it was written, with the key taken out.
    pub query: String,
    /// The headers in their order, with the key taken out.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// The status that it was given; none where no answer is sent, or none yet.
    pub answered: Option<u16>,
    /// Why it was refused.
    pub refused: Option<String>,
    /// What went wrong with it on request.
    pub fault: Option<Fault>,
    /// Whether its client left while it hung.
    pub abandoned: bool,
}

impl<O> Seen<O> {
    /// A request that has just arrived, without the value of the header that has the key.
    pub(crate) fn new(request: &Request, operation: Option<O>, key: &str) -> Self {
        let headers = request.headers.iter().map(|(name, value)| {
            let is_key = name.eq_ignore_ascii_case(key);
            let value = if is_key { REDACTED } else { value.as_str() };
            (name.clone(), value.to_owned())
        });
        Self {
            operation,
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: headers.collect(),
            body: request.body.clone(),
            answered: None,
            refused: None,
            fault: None,
            abandoned: false,
        }
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The first value of this header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        http::first(&self.headers, name)
    }
}
