//! An answer that is a no.

use std::fmt;

use serde_json::Value;
use thiserror::Error;

use super::kind::Kind;
use crate::send::RetryAfter;

/// What a server said when it refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status: 200 where only the body says that the ticket was refused, and 302 for whatever came from
    /// elsewhere because the HTTP client followed a redirect.
    pub status: u16,
    /// The server's `error`, on one line, without the token and cut off after 200 characters. Empty where there is
    /// none, and of a 5xx, whose words may be about anything.
    pub message: String,
    /// When the next call is welcome: `Retry-After`.
    pub retry_after: Option<RetryAfter>,
}

impl Refusal {
    /// What an answer means with `status` and `message`, the server's words, none of which may be `secret`.
    pub(in crate::push) fn new(
        status: u16,
        message: &str,
        retry_after: Option<RetryAfter>,
        secret: &str,
    ) -> Self {
        let message = match status {
            500.. => String::new(),
            _ => clean(message, secret),
        };
        Self {
            status,
            message,
            retry_after,
        }
    }

    /// The `error` in the body of a refusal; pages, broken JSON and the like say nothing.
    pub(in crate::push) fn message(body: &[u8]) -> String {
        match serde_json::from_slice::<Value>(body) {
            Ok(body) => body["error"].as_str().unwrap_or_default().to_owned(),
            Err(_) => String::new(),
        }
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        Kind::of_status(self.status, self.retry_after.is_some())
    }
}

fn clean(text: &str, secret: &str) -> String {
    text.replace(secret, "[token]")
        .chars()
        .map(|char| if char.is_control() { ' ' } else { char })
        .take(200)
        .collect()
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "respondo refused with {}", self.status)?;
        match &*self.message {
            "" => Ok(()),
            message => write!(f, ": {message}"),
        }
    }
}
