//! Why a request is refused, and in whose words that is said.

use serde_json::{Value, json};

use super::envelope::encode;
use super::variation::Errors;
use crate::http::Response;

/// A refusal: what is answered, and why in words.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{status}: {reason}")]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer, as Laravel writes it.
    pub body: Value,
    /// Why, for whoever reads the records; often more exact than what is answered.
    pub reason: String,
    /// Whether the framework writes it, which cares for what a client accepts, and not DeskHive's own check of keys.
    pub(crate) is_thrown: bool,
    /// Whether it is for something that the documents do not speak of.
    pub(crate) is_unheard_of: bool,
    pub(crate) headers: Vec<(&'static str, String)>,
}

impl Refusal {
    /// As DeskHive's own check of keys says it.
    pub(crate) fn own(status: u16, message: &str) -> Self {
        Self {
            status,
            body: json!({ "message": message }),
            reason: message.to_owned(),
            is_thrown: false,
            is_unheard_of: false,
            headers: Vec::new(),
        }
    }

    /// As the framework says it.
    pub(crate) fn thrown(status: u16, message: impl Into<String>) -> Self {
        Self {
            is_thrown: true,
            ..Self::own(status, &message.into())
        }
    }

    /// A 400 for what the documents do not mention and no documented client does.
    pub(crate) fn unheard_of(what: impl std::fmt::Display) -> Self {
        let message =
            format!("{what}; the documents do not speak of it and no documented client does this");
        Self::own(400, &message).complained_of()
    }

    /// 422, with all that is wrong by field, in the order of the rules.
    pub(crate) fn invalid(errors: &[(String, Vec<String>)]) -> Self {
        let all: Vec<&String> = errors.iter().flat_map(|(_, each)| each).collect();
        let first = all.first().map_or("", |first| first.as_str());
        let message = match all.len() {
            0 | 1 => first.to_owned(),
            2 => format!("{first} (and 1 more error)"),
            many => format!("{first} (and {} more errors)", many - 1),
        };
        let by_field: serde_json::Map<_, _> = errors
            .iter()
            .map(|(name, each)| (name.clone(), json!(each)))
            .collect();
        let reason = all.into_iter().cloned().collect::<Vec<_>>().join(" ");
        Self {
            body: json!({ "message": message, "errors": by_field }),
            reason,
            ..Self::thrown(422, "")
        }
    }

    /// The same answer with a reason that says more.
    pub(crate) fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// The same answer, and a complaint that a test sees.
    pub(crate) fn complained_of(mut self) -> Self {
        self.is_unheard_of = true;
        self
    }

    /// The answer to a client that asks for JSON, or does not.
    pub(crate) fn response(&self, errors: Errors, wants_json: bool) -> Response {
        if self.is_thrown && !wants_json {
            return self.page();
        }
        if self.is_thrown && errors == Errors::Core {
            // In this reading a method that is not served is a page that is not there.
            let status = if self.status == 405 { 404 } else { self.status };
            return encode(status, &self.in_core());
        }
        let answer = encode(self.status, &self.body);
        self.headers
            .iter()
            .fold(answer, |answer, (name, value)| answer.with(name, value))
    }

    /// As a browser is told: a page, or where a form was sent from.
    fn page(&self) -> Response {
        if self.status == 422 {
            let page = "<html><body>Redirecting to /</body></html>";
            return Response::html(302, page).with("Location", "/");
        }
        let page = format!("<html><body><h1>{}</h1></body></html>", self.status);
        Response::html(self.status, &page)
    }

    /// In the envelope of the CMS, without the headers of the error.
    fn in_core(&self) -> Value {
        let Some(errors) = self.body["errors"].as_object() else {
            return json!({ "error": true, "data": null, "message": self.body["message"] });
        };
        let data: Vec<Value> = errors
            .iter()
            .map(|(name, each)| json!({ name.as_str(): each[0] }))
            .collect();
        json!({ "error": true, "data": data, "message": "The given data is invalid" })
    }
}
