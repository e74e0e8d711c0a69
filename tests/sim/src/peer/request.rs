//! A request as it was read.

use crate::http::{self, Head};

/// A request as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(head: Head, body: Vec<u8>) -> Self {
        let (path, query) = head
            .target
            .split_once('?')
            .unwrap_or((head.target.as_str(), ""));
        Self {
            path: path.to_owned(),
            query: query.to_owned(),
            method: head.method,
            headers: head.headers,
            body,
        }
    }
    /// The first value of this header, whatever the case of its name.
    pub(crate) fn first_header(&self, name: &str) -> Option<&str> {
        http::first(&self.headers, name)
    }
}
