//! One request as the peer saw it.

use super::Operation;
use super::fault::Fault;
use super::form::{self};
use super::request::{KEY, KEY_IN_QUERY, Request};
use crate::http;

/// What stands for a key in the records.
const REDACTED: &str = "(key)";

/// A request that arrived, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The operation, if there is one at its method and path.
    pub operation: Option<Operation>,
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

impl Seen {
    pub(crate) fn new(request: &Request, operation: Option<Operation>) -> Self {
        let headers = request.headers.iter().map(|(name, value)| {
            let is_key = name.eq_ignore_ascii_case(KEY);
            let value = if is_key { REDACTED } else { value.as_str() };
            (name.clone(), value.to_owned())
        });
        Self {
            operation,
            method: request.method.clone(),
            path: request.path.clone(),
            query: without_key(&request.query),
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

    /// The value of a form field, decoded.
    pub fn field(&self, name: &str) -> Option<String> {
        let pairs = form::decode(&self.text()).ok()?;
        pairs
            .into_iter()
            .find(|(each, _)| each == name)
            .map(|(_, value)| value)
    }

    /// The first value of this header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        http::first(&self.headers, name)
    }
}

fn without_key(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((KEY_IN_QUERY, _)) => format!("{KEY_IN_QUERY}={REDACTED}"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_kept() {
        let own = |text: &str| text.to_owned();
        let request = Request {
            method: own("GET"),
            path: own("/v1/tickets/1"),
            query: own("rest-api-key=secret&responseScope=MESSAGES"),
            headers: vec![(own("x-qminder-rest-api-key"), own("secret"))],
            body: Vec::new(),
        };
        let seen = format!("{:?}", Seen::new(&request, None));
        assert!(!seen.contains("secret"), "{seen}");
        assert!(seen.contains("responseScope=MESSAGES"), "{seen}");
    }
}
