//! Requests as an operator may see them: whole, but for what is secret.

use http::HeaderMap;

use crate::model::Fate;

/// What stands for a secret.
pub const HIDDEN: &str = "(hidden)";

/// What would be sent. It says what tickets say: it is for the operator's eyes, not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Shown {
    /// In the order in which they are sent, as far as that is known before the answers are.
    pub requests: Vec<ShownRequest>,
    /// What became of the ticket's fields.
    pub fates: Vec<Fate>,
}

/// One request.
#[derive(Clone, PartialEq, Eq)]
pub struct ShownRequest {
    /// Such as `POST`.
    pub method: String,
    /// The path below the system's address, with its query; of a response URL only scheme and host.
    pub target: String,
    /// Beside those of HTTP itself, in lower case.
    pub headers: Vec<(String, String)>,
    /// As text.
    pub body: String,
}

impl ShownRequest {
    /// With `headers`, none of which is secret, and `key`, whose value is.
    pub(super) fn new(
        method: impl ToString,
        target: &str,
        headers: &HeaderMap,
        key: Option<&str>,
        body: impl Into<String>,
    ) -> Self {
        let text =
            |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let plain = headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)));
        let key = key.map(|name| (name.to_owned(), HIDDEN.to_owned()));
        Self {
            method: method.to_string(),
            target: target.to_owned(),
            headers: plain.chain(key).collect(),
            body: body.into(),
        }
    }
}
