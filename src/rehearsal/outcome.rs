//! What is told of a rehearsal.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::How;
use crate::systems::ShownRequest;

/// What follows from a sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outcome {
    /// Who sent it.
    pub from: String,
    /// Whose requests are shown.
    pub to: String,
    /// Whose tickets.
    pub brand: String,
    /// The system that gets the requests, or else the one that sent the sample.
    pub system: Option<String>,
    /// In the order of the sample.
    pub events: Vec<Event>,
}

/// What follows from one event.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Event {
    /// What had to be there for it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
    /// In the order in which they are sent.
    pub requests: Vec<Request>,
    /// What the served agent API answers afterwards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answered>,
    /// What became of each field of the event, in its order; then what stands there beside them.
    pub fields: Vec<Field>,
    /// What else there is to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// A request that would be sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Request {
    /// What it is for: `create ticket`.
    pub command: String,
    /// To whom: a system's id, or `response-url`.
    pub system: String,
    /// Such as `POST`.
    pub method: String,
    /// The path below the system's address, with its query; of a response URL only scheme and host.
    pub path: String,
    /// In lower case, without what is secret.
    pub headers: Map<String, Value>,
    /// JSON as it is; of form data each field, and as JSON what is JSON; anything else as text.
    pub body: Value,
}

/// An answer of the agent API that the bridge serves.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answered {
    /// Such as `GET`.
    pub method: String,
    /// The path.
    pub path: String,
    /// The status.
    pub status: u16,
    /// JSON.
    pub body: Value,
}

/// What became of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// A JSON pointer into the event; a word of ours in brackets for what is not from there.
    pub field: String,
    /// In what state it arrived.
    pub how: How,
    /// Where; empty where it did not.
    pub to: String,
    /// Why it is not as it was.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
}

/// Why a sample is not taken, as its sender would be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
pub struct Refusal {
    /// Which event of several, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<usize>,
    /// What the sender would be answered with, if it could be sent at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// In words.
    pub detail: String,
    /// Everything that is wrong with it.
    pub errors: Vec<Violation>,
}

/// One thing that is wrong with a sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// What.
    pub detail: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event = self.event.map(|event| format!(" (event {event})"));
        let status = self.status.map(|status| format!(" with {status}"));
        let (event, status) = (event.unwrap_or_default(), status.unwrap_or_default());
        write!(
            f,
            "the sample{event} would be refused{status}: {}",
            self.detail
        )?;
        for violation in &self.errors {
            let place = match violation.pointer.as_str() {
                "" => "(the whole)",
                pointer => pointer,
            };
            write!(f, "\n  {place} {}", violation.detail)?;
        }
        Ok(())
    }
}

impl Refusal {
    /// What could not even be sent.
    pub(super) fn unread(detail: String) -> Self {
        Self {
            event: None,
            status: None,
            detail,
            errors: Vec::new(),
        }
    }

    /// From an answer of the daemon's.
    pub(super) fn answered(status: u16, body: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let detail = ["detail", "message"].iter().find_map(|key| body.get(key));
        let errors = match body.get("errors") {
            // RFC 9457.
            Some(Value::Array(errors)) => errors
                .iter()
                .map(|error| Violation {
                    pointer: text(&error["pointer"]),
                    detail: text(&error["detail"]),
                })
                .collect(),
            // Laravel's.
            Some(Value::Object(fields)) => fields
                .iter()
                .flat_map(|(field, sentences)| {
                    let sentences = sentences.as_array().into_iter().flatten();
                    sentences.map(move |sentence| Violation {
                        pointer: format!("/{}", field.replace('.', "/")),
                        detail: text(sentence),
                    })
                })
                .collect(),
            _ => Vec::new(),
        };
        Self {
            event: None,
            status: Some(status),
            detail: detail.map(text).unwrap_or_default(),
            errors,
        }
    }
}

impl Request {
    pub(super) fn new(command: &str, system: &str, shown: &ShownRequest) -> Self {
        let headers = shown.headers.iter();
        let headers = headers.map(|(name, value)| (name.clone(), value.clone().into()));
        let is_form = shown
            .headers
            .iter()
            .any(|(name, value)| name == "content-type" && value.contains("urlencoded"));
        Self {
            command: command.to_owned(),
            system: system.to_owned(),
            method: shown.method.clone(),
            path: shown.target.clone(),
            headers: headers.collect(),
            body: match is_form {
                true => of_form(&shown.body),
                false => of_text(&shown.body),
            },
        }
    }
}

fn of_text(text: &str) -> Value {
    match text {
        "" => Value::Null,
        text => serde_json::from_str(text).unwrap_or_else(|_| text.into()),
    }
}

/// Only documents and lists: what looks like a number or a word of JSON's is text in a form.
fn of_form(text: &str) -> Value {
    let fields = url::form_urlencoded::parse(text.as_bytes());
    let fields = fields.map(|(name, value)| {
        let read = serde_json::from_str(&value).ok();
        let read = read.filter(|read: &Value| read.is_object() || read.is_array());
        (name.into_owned(), read.unwrap_or_else(|| value.into()))
    });
    Value::Object(fields.collect())
}
