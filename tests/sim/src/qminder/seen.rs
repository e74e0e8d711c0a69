//! One request as the peer saw it.

use super::Operation;
use super::form;
use super::request::{KEY, KEY_IN_QUERY};
use crate::peer::{self, Request};

/// A request that arrived, and what became of it.
pub type Seen = peer::Seen<Operation>;

impl Seen {
    pub(crate) fn recorded(request: &Request, operation: Option<Operation>) -> Self {
        let mut seen = Self::new(request, operation, KEY);
        seen.query = without_key(&request.query);
        seen
    }

    /// The value of a form field, decoded.
    pub fn field(&self, name: &str) -> Option<String> {
        let pairs = form::decode(&self.text()).ok()?;
        pairs
            .into_iter()
            .find(|(each, _)| each == name)
            .map(|(_, value)| value)
    }
}

fn without_key(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((KEY_IN_QUERY, _)) => format!("{KEY_IN_QUERY}=(key)"),
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
        let seen = format!("{:?}", Seen::recorded(&request, None));
        assert!(!seen.contains("secret"), "{seen}");
        assert!(seen.contains("responseScope=MESSAGES"), "{seen}");
    }
}
