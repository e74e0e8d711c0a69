//! Why a request is refused, and in which of the documented shapes that is said.

use serde_json::{Value, json};

use crate::http::Response;

/// A refusal: what is answered, and why in words.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{status}: {reason}")]
pub struct Refusal {
    /// The status of the answer.
    pub status: u16,
    /// The body of the answer.
    pub body: Value,
    /// Why, for whoever reads the records; often more exact than what is answered.
    pub reason: String,
}

impl Refusal {
    /// `{"statusCode", "message"}`.
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        let reason = message.into();
        let body = json!({ "statusCode": status, "message": reason });
        Self {
            status,
            body,
            reason,
        }
    }

    /// `{"message"}`, as the versioned family says 404 and 409.
    pub(crate) fn bare(status: u16, message: impl Into<String>) -> Self {
        let reason = message.into();
        Self {
            status,
            body: json!({ "message": reason }),
            reason,
        }
    }

    /// `{"statusCode": 400, "errors": [{field: message}]}`, as bean validation says it.
    pub(crate) fn field(name: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            status: 400,
            body: json!({ "statusCode": 400, "errors": [{ name: message }] }),
            reason: format!("{name} {message}"),
        }
    }

    /// A 400 for what the documents do not mention and no documented client does.
    pub(crate) fn unheard_of(what: impl std::fmt::Display) -> Self {
        Self::new(
            400,
            format!("{what}; the documents do not speak of it and no documented client does this"),
        )
    }

    /// Something that is not there, as the documents say it.
    pub(crate) fn not_found(what: &str, id: impl std::fmt::Display) -> Self {
        Self::bare(404, format!("{what} with id {id} not found"))
    }

    /// The same answer with a reason that says more than the documented message.
    pub(crate) fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = reason.into();
        self
    }

    /// The same refusal as the v1 family says it, whose answers all carry the status.
    pub(crate) fn with_status_code(mut self) -> Self {
        if let Some(body) = self.body.as_object_mut() {
            body.entry("statusCode").or_insert(self.status.into());
        }
        self
    }

    pub(crate) fn response(&self) -> Response {
        Response::json(self.status, &self.body)
    }
}
