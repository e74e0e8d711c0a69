//! What a server answers to a ticket that it took.

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::inbound::{MAX_UID_BYTES, parse_created_at};

use super::Misread;

/// The ticket as the server has it. Only its number is sure to be there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pushed {
    /// The server's number of the ticket, in decimal, as it stands in the addresses of its pages.
    pub id: String,
    /// The `external_uid` that was sent.
    pub external_uid: Option<String>,
    /// `open` or `solved`.
    pub status: Option<String>,
    /// The server's number of the ticket that this one follows. `None` for a ticket by itself, which is also what a
    /// server makes of one whose parent it does not know.
    pub parent_id: Option<String>,
    /// When the server made it, by its own clock.
    pub created_at: Option<Timestamp>,
}

/// What the body of a 2xx says.
pub(super) enum Said {
    Pushed(Pushed),
    /// Nothing was pushed, in the server's words.
    Refused(String),
}

impl Said {
    pub(super) fn from_wire(body: &[u8]) -> Result<Self, Misread> {
        let body = match serde_json::from_slice(body) {
            Ok(Value::Object(body)) => body,
            Ok(_) => return Err(Misread::Shape),
            Err(_) if is_page(body) => return Err(Misread::Page),
            Err(error) => {
                return Err(Misread::NotJson {
                    line: error.line(),
                    column: error.column(),
                });
            }
        };
        match body.get("error") {
            None | Some(Value::Null) => {}
            Some(Value::String(error)) => return Ok(Self::Refused(error.clone())),
            Some(_) => return Ok(Self::Refused(String::new())),
        }
        Ok(Self::Pushed(Pushed {
            id: text(&body, "id").ok_or(Misread::Shape)?,
            external_uid: text(&body, "external_uid"),
            status: text(&body, "status"),
            parent_id: text(&body, "parent_id"),
            created_at: text(&body, "created_at").and_then(|text| parse_created_at(&text)),
        }))
    }
}

/// Text of a sensible length, or a whole number as its text.
fn text(body: &Map<String, Value>, key: &str) -> Option<String> {
    match body.get(key)? {
        Value::String(text) if (1..=MAX_UID_BYTES).contains(&text.len()) => Some(text.clone()),
        Value::Number(number) if !number.is_f64() => Some(number.to_string()),
        _ => None,
    }
}

/// Whether this is markup, which is for people.
fn is_page(body: &[u8]) -> bool {
    let mark = b"\xef\xbb\xbf";
    let text = body.strip_prefix(mark).unwrap_or(body);
    text.trim_ascii_start().starts_with(b"<")
}
