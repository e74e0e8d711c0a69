//! What went over the wire, in and out.

use serde_json::Value;

use super::NotStored;
use super::fault::{Fault, ReplyFault};
use crate::http;
use crate::peer::Request;

/// What stands for a token in the records.
const REDACTED: &str = "(token)";

/// A request that arrived, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The query as it was written.
    pub query: String,
    /// The headers in their order.
    pub headers: Vec<(String, String)>,
    /// The body, with the value of a personal access token taken out.
    pub body: String,
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
    pub(crate) fn new(request: &Request) -> Self {
        Self {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
            body: without_token(&request.body),
            answered: None,
            refused: None,
            fault: None,
            abandoned: false,
        }
    }

    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// The first value of this header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        http::first(&self.headers, name)
    }
}

fn without_token(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body).into_owned();
    let json: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    match &json["personal_access_token"]["token"] {
        Value::String(token) if !token.is_empty() => {
            let written = Value::from(token.as_str()).to_string();
            text.replace(&written, &format!("\"{REDACTED}\""))
        }
        _ => text,
    }
}

/// A call that an agent's act led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// The ticket that was replied to, or deleted.
    pub ticket: u64,
    /// The URL that was called.
    pub url: String,
    /// The head of the request, with the empty line that ends it.
    pub head: String,
    /// The body of the request.
    pub body: String,
    /// What goes wrong with it on request.
    pub fault: Option<ReplyFault>,
    /// The status and the body of the answer, as soon as it is there.
    pub answered: Option<(u16, String)>,
    /// How it ended, as soon as it has: the number of the reply, or of the deleted ticket.
    pub ended: Option<Result<u64, NotStored>>,
}

impl Exchange {
    /// The field of the form that was sent, decoded.
    pub fn field(&self, name: &str) -> Option<String> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .find(|(each, _)| each == name)
            .map(|(_, value)| value.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_is_kept() {
        let body = r#"{"a":"b", "personal_access_token": {"name":"n","token":"a\"b"}}"#;
        let kept = r#"{"a":"b", "personal_access_token": {"name":"n","token":"(token)"}}"#;
        assert_eq!(without_token(body.as_bytes()), kept);
        assert_eq!(without_token(b"{"), "{");
    }
}
