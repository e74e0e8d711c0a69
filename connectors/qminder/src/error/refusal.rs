//! An answer that is a no.

use std::fmt;

use thiserror::Error;

use super::{Kind, Said};
use crate::RetryAfter;

/// What Qminder said when it refused: every shape that its answers have, as one.
///
/// All texts are the server's, which a [`Client`](crate::Client) cleans: control characters are spaces, the key is cut out, and what is longer than
/// 500 characters is cut off. They may still repeat what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status; 200 for a GraphQL error, and 302 for whatever came from elsewhere because the HTTP client
    /// followed a redirect.
    pub status: u16,
    /// What is wrong, in English. Empty if the body says nothing.
    pub message: String,
    /// More about it, for developers.
    pub developer_message: Option<String>,
    /// A word for it: `resource_missing`; for GraphQL, the `errorType`.
    pub code: Option<String>,
    /// What is wrong with single fields, in the answer's order.
    pub fields: Vec<FieldError>,
    /// When the next call is welcome: `Retry-After`. Qminder does not document that it sends one.
    pub retry_after: Option<RetryAfter>,
    /// How many calls are left: `X-Ratelimit-Remaining`.
    pub rate_limit_remaining: Option<u64>,
    pub(super) kind: Kind,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// The field's name: `phoneNumber`.
    pub field: String,
    /// What is wrong with it.
    pub message: String,
}

impl Refusal {
    /// What an answer with `status` that is not 2xx means.
    pub(crate) fn from_answer(status: u16, body: &[u8], retry_after: Option<RetryAfter>) -> Self {
        let said = Said::from_body(body);
        Self {
            kind: Kind::of_status(status, retry_after.is_some()),
            retry_after,
            ..Self::from_said(status, said)
        }
    }

    /// What a GraphQL answer with errors means; its status is 200.
    pub(crate) fn from_graphql(said: Said) -> Self {
        let kind = Kind::of_graphql(said.code.as_deref().unwrap_or_default());
        Self {
            kind,
            ..Self::from_said(200, said)
        }
    }

    fn from_said(status: u16, said: Said) -> Self {
        Self {
            status,
            message: said.message,
            developer_message: said.developer_message,
            code: said.code,
            fields: said.fields,
            retry_after: None,
            rate_limit_remaining: None,
            kind: Kind::Invalid,
        }
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The first field that is at fault, if the answer names one.
    pub fn field(&self) -> Option<&str> {
        self.fields.first().map(|error| error.field.as_str())
    }

    /// Without `key`, which a server might repeat, and with every text on one short line.
    pub(crate) fn cleaned(mut self, key: &str) -> Self {
        let texts = [&mut self.message].into_iter();
        let texts = texts.chain(self.developer_message.as_mut());
        let texts = texts.chain(self.code.as_mut());
        let fields = self.fields.iter_mut();
        let fields = fields.flat_map(|error| [&mut error.field, &mut error.message]);
        for text in texts.chain(fields) {
            *text = clean(text, key);
        }
        self
    }
}

fn clean(text: &str, key: &str) -> String {
    text.replace(key, "[key]")
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .take(500)
        .collect()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "qminder refused with {}", self.status)?;
        if let Some(code) = &self.code {
            write!(f, " ({code})")?;
        }
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        if let Some(field) = self.field() {
            write!(f, " (field {field})")?;
        }
        Ok(())
    }
}
