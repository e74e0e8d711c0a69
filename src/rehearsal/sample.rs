//! What a sender would send: one document, or several in order.

use respondo_client::inbound;
use serde_json::{Map, Value};

use super::outcome::Refusal;

pub(super) const JSON: &str = "application/json";
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

/// What is rehearsed.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub(super) events: Vec<Given>,
}

/// One event, as it is sent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Given {
    /// To the byte, where it stands alone.
    pub(super) body: Vec<u8>,
    pub(super) content_type: &'static str,
    /// The same, to be looked into.
    pub(super) value: Value,
}

impl Sample {
    /// Reads JSON, in which an array is several events, or the form data of one external ticket.
    ///
    /// # Errors
    ///
    /// What is neither.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let unread = |detail: String| Refusal::unread(detail);
        let text = std::str::from_utf8(bytes)
            .map_err(|error| unread(format!("it is not UTF-8: {error}")))?;
        let text = text.trim();
        if text.is_empty() {
            return Err(unread("it is empty".to_owned()));
        }
        if looks_like_a_form(text) {
            return Ok(Self {
                events: vec![Given {
                    body: text.as_bytes().to_vec(),
                    content_type: FORM,
                    value: of_form(text),
                }],
            });
        }
        let value = serde_json::from_str(text);
        let value = value.map_err(|error| unread(format!("it is not JSON: {error}")))?;
        let events: Vec<Given> = match value {
            Value::Array(events) => events.into_iter().map(Given::json).collect(),
            value => vec![Given {
                body: text.as_bytes().to_vec(),
                content_type: JSON,
                value,
            }],
        };
        if events.is_empty() {
            return Err(unread("it has no events".to_owned()));
        }
        Ok(Self { events })
    }

    /// Names and tokens that it shows, so that they can be let in.
    pub(super) fn credentials(&self) -> Vec<(String, String)> {
        let shown = self.events.iter().filter_map(|given| {
            let parsed = inbound::parse(Some(given.content_type), &given.body).ok()?;
            let credentials = parsed.credentials?;
            Some((credentials.name.unwrap_or_default(), credentials.token))
        });
        shown.collect()
    }

    /// Whether any of it answers a ticket that was pushed to a Respondo server.
    pub(super) fn has_answers(&self) -> bool {
        self.events.iter().any(Given::is_answer)
    }
}

impl Given {
    pub(super) fn json(value: Value) -> Self {
        Self {
            body: value.to_string().into_bytes(),
            content_type: JSON,
            value,
        }
    }

    /// Whether it is schema *Reply* rather than schema *Inbound*.
    pub(super) fn is_answer(&self) -> bool {
        self.value.get("response_text").is_some()
    }
}

/// Zapier's "form" sends what begins with a name.
fn looks_like_a_form(text: &str) -> bool {
    let begins = text.starts_with(|c: char| c.is_ascii_alphabetic());
    begins && text.contains('=') && !text.contains(char::is_whitespace)
}

/// The fields of a form, nested as their keys say.
fn of_form(text: &str) -> Value {
    let mut root = Map::new();
    for (key, value) in url::form_urlencoded::parse(text.as_bytes()) {
        let spelled = key.replace("__", ".").replace('[', ".").replace(']', "");
        match spelled.split_once('.') {
            Some((outer, inner)) => {
                let nested = root.entry(outer).or_insert_with(|| Map::new().into());
                if let Some(nested) = nested.as_object_mut() {
                    nested.insert(inner.to_owned(), value.into_owned().into());
                }
            }
            None => {
                root.insert(spelled, value.into_owned().into());
            }
        }
    }
    root.into()
}
