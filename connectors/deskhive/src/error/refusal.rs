//! An answer that is a no.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};
use thiserror::Error;

use super::kind::{Circumstances, Kind};
use super::said::Said;
use crate::{RateLimit, RetryAfter};

/// What DeskHive said when it refused: every shape that its answers have, as one.
///
/// All texts are the server's, which a [`Client`](crate::Client) cleans: control characters are spaces, the key is cut
/// out, and what is longer than 500 characters is cut off. They are translated, and may repeat what was sent; the words
/// of a 5xx are not kept, since a server that is being debugged puts its whole query there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub struct Refusal {
    /// The HTTP status; 2xx where the body says that the request failed, and 302 for whatever came from elsewhere
    /// because the HTTP client followed a redirect.
    pub status: u16,
    /// What is wrong, for people. Empty if the body says nothing.
    pub message: String,
    /// What is wrong with single fields: all sentences by the field's name, which is dotted within lists: `labels.0`.
    pub errors: BTreeMap<String, Vec<String>>,
    /// When the next call is welcome: `Retry-After`, or, of a 429 without one, `X-RateLimit-Reset`.
    pub retry_after: Option<RetryAfter>,
    /// How many calls there may be.
    pub rate_limit: RateLimit,
    /// The server's clock: `Date`.
    pub date: Option<Timestamp>,
    pub(crate) kind: Kind,
}

/// What the headers of a refusal say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Headers {
    pub(crate) retry_after: Option<RetryAfter>,
    pub(crate) rate_limit: RateLimit,
    pub(crate) date: Option<Timestamp>,
    pub(crate) location: Option<String>,
    pub(crate) software: Option<String>,
}

impl Refusal {
    /// What an answer with `status` that is not 2xx means.
    pub(crate) fn from_answer(
        status: u16,
        headers: Headers,
        body: &[u8],
        is_about_a_ticket: bool,
    ) -> Self {
        let said = Said::from_body(body);
        let location = headers.location.as_deref();
        let of = Circumstances {
            is_about_a_ticket,
            has_retry_after: headers.retry_after.is_some(),
            leads_to_login: location.is_some_and(leads_to_login),
            has_sentence_alone: !said.message.is_empty() && said.errors.is_empty(),
        };
        Self {
            retry_after: headers.retry_after,
            rate_limit: headers.rate_limit,
            date: headers.date,
            kind: Kind::of_status(status, of),
            ..Self::from_said(status, said)
        }
    }

    /// What a 2xx means that says of itself that it failed. It names no reason that may be acted upon, but its fields.
    pub(crate) fn from_success(body: &Map<String, Value>) -> Self {
        Self::from_said(200, Said::from_object(body))
    }

    fn from_said(status: u16, said: Said) -> Self {
        let kind = match said.errors.is_empty() {
            true => Kind::Unavailable,
            false => Kind::Invalid,
        };
        Self {
            status,
            message: match status {
                500.. => String::new(),
                _ => said.message,
            },
            errors: said.errors,
            retry_after: None,
            rate_limit: RateLimit::default(),
            date: None,
            kind,
        }
    }

    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Whether `field` is at fault: `email`, where a customer with this address is there already.
    pub fn blames(&self, field: &str) -> bool {
        self.errors.contains_key(field)
    }

    /// Without `key`, which a server might repeat, and with every text on one short line.
    pub(crate) fn cleaned(mut self, key: &str) -> Self {
        self.message = clean(&self.message, key);
        let errors = std::mem::take(&mut self.errors).into_iter();
        for (field, sentences) in errors {
            let sentences = sentences.iter().map(|sentence| clean(sentence, key));
            self.errors.insert(clean(&field, key), sentences.collect());
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

/// Whether a `Location` is where people log in.
fn leads_to_login(location: &str) -> bool {
    let path = location.split(['?', '#']).next().unwrap_or_default();
    path.split('/').any(|segment| {
        let segment = segment.to_ascii_lowercase();
        matches!(segment.as_str(), "login" | "log-in" | "signin" | "sign-in")
    })
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "deskhive refused with {}", self.status)?;
        if !self.message.is_empty() {
            write!(f, ": {}", self.message)?;
        }
        for (index, field) in self.errors.keys().enumerate() {
            let before = if index == 0 { " (fields " } else { ", " };
            write!(f, "{before}{field}")?;
        }
        if !self.errors.is_empty() {
            f.write_str(")")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_to_log_in_are_known_by_their_path() {
        for (location, expected) in [
            ("/login", true),
            ("https://desk.example.com/admin/login?next=%2Fapi", true),
            ("/agent/Login/", true),
            ("/sign-in#x", true),
            ("/", false),
            ("https://desk.example.com/", false),
            ("/blogin", false),
            ("/?to=/login", false),
            ("", false),
        ] {
            assert_eq!(leads_to_login(location), expected, "{location}");
        }
    }

    #[test]
    fn the_display_names_every_field_and_no_sentence_of_one() {
        let body = br#"{"message":"The name field is required. (and 1 more error)",
            "errors":{"name":["s3nsitive"],"labels.0":["s3nsitive","too"]}}"#;
        let refusal = Refusal::from_answer(422, Headers::default(), body, false);
        assert_eq!(
            refusal.to_string(),
            "deskhive refused with 422: The name field is required. (and 1 more error) (fields labels.0, name)"
        );
        assert!(refusal.blames("labels.0") && !refusal.blames("labels"));
        assert_eq!(refusal.errors["labels.0"], ["s3nsitive", "too"]);
    }

    #[test]
    fn the_words_of_a_server_that_is_being_debugged_are_not_kept() {
        let body = br#"{"message":"SQLSTATE[22001] s3nsitive","exception":"X","trace":[]}"#;
        let refusal = Refusal::from_answer(500, Headers::default(), body, false);
        assert!(!format!("{refusal:?} {refusal}").contains("s3nsitive"));
    }
}
