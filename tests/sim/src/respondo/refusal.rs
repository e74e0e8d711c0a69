//! Why a request is refused, and what is answered then.

use serde_json::json;

use super::request::Format;
use crate::http::Response;

const JSON: &str = "application/json; charset=utf-8";
const HTML: &str = "text/html; charset=utf-8";

/// A refusal: what is answered, and why in words.
#[derive(Debug)]
pub(crate) struct Refusal {
    said: Said,
    pub(crate) reason: String,
}

#[derive(Debug)]
enum Said {
    /// The controller's own words: `{"error": …}`.
    Error(u16, &'static str),
    /// The page for an exception that nobody handled.
    Page(u16),
    /// The same, before the parameters could be read.
    UnreadPage(u16),
}

impl Refusal {
    pub(crate) fn page(status: u16, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self {
            said: Said::Page(status),
            reason,
        }
    }

    pub(crate) fn unreadable(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self {
            said: Said::UnreadPage(400),
            reason,
        }
    }

    pub(crate) fn not_authorized(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self {
            said: Said::Error(403, "not authorized"),
            reason,
        }
    }

    pub(crate) fn invalid_schema(reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self {
            said: Said::Error(200, "Invalid payload schema."),
            reason,
        }
    }

    /// The answer to a request that wants `format`, and accepts `accepted` whatever its path.
    pub(crate) fn response(&self, format: Format, accepted: Format) -> Response {
        match self.said {
            Said::Error(status, message) => {
                in_json(status, json!({ "error": message }).to_string())
            }
            Said::Page(status) => page(status, format),
            Said::UnreadPage(status) => page(status, accepted),
        }
    }
}

/// An answer with this text of JSON.
pub(crate) fn in_json(status: u16, text: String) -> Response {
    Response::bytes(status, text.into_bytes()).with("Content-Type", JSON)
}

/// An answer with a page that says this.
pub(crate) fn in_html(status: u16, sentence: &str) -> Response {
    let page = format!("<!DOCTYPE html>\n<html><body><h1>{sentence}</h1></body></html>\n");
    Response::bytes(status, page.into_bytes()).with("Content-Type", HTML)
}

fn page(status: u16, format: Format) -> Response {
    let name = http::StatusCode::from_u16(status)
        .ok()
        .and_then(|known| known.canonical_reason())
        .unwrap_or("Unknown");
    match format {
        // Members in the order of the real body, which is not the alphabet's.
        Format::Json => in_json(status, format!(r#"{{"status":{status},"error":"{name}"}}"#)),
        // Rails has pages for these alone, and an empty one for the rest.
        Format::Any | Format::Html if matches!(status, 404 | 422 | 500) => in_html(status, name),
        Format::Any | Format::Html => Response::empty(status).with("Content-Type", HTML),
    }
}
