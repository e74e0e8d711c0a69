//! What an agent sends to change a ticket: External API documentation, section *Update Ticket*.

use serde::Serialize;
use serde_json::Value;

use crate::body::Body;
use crate::{ApiError, Invalid, Priority, Status};

/// A change of a ticket; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TicketUpdate {
    /// Where it stands from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How much it presses from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The labels that it has from now on, each once. That they take the place of those before is not documented.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<u64>>,
}

impl TicketUpdate {
    pub(crate) fn check(&self) -> Result<(), Invalid> {
        let status = self.status.as_ref();
        Invalid::unless_word(status.is_none_or(Status::is_known), "status")?;
        let priority = self.priority.as_ref();
        Invalid::unless_word(priority.is_none_or(Priority::is_known), "priority")
    }

    /// Reads a change as a Laravel application would, see [`crate::ReplyRequest::from_body`]. `is_label` says which
    /// labels there are.
    ///
    /// # Errors
    ///
    /// What to answer with 422.
    pub fn from_body(
        content_type: Option<&str>,
        body: &[u8],
        is_label: impl Fn(u64) -> bool,
    ) -> Result<Self, ApiError> {
        let body = Body::read(content_type, body);
        let mut sentences = Vec::new();
        let word = |field: &'static str| {
            let text = body.get(field)?;
            let text = text.as_str().unwrap_or_default();
            Some((field, text))
        };
        let (status, priority) = (word("status"), word("priority"));
        let mut update = Self::default();
        if let Some((field, text)) = status {
            match text.parse() {
                Ok(status) => update.status = Some(status),
                Err(_) => sentences.push(invalid(field)),
            }
        }
        if let Some((field, text)) = priority {
            match text.parse() {
                Ok(priority) => update.priority = Some(priority),
                Err(_) => sentences.push(invalid(field)),
            }
        }
        match body.get("labels") {
            None => {}
            Some(Value::Array(items)) => {
                update.labels = Some(labels(items.iter(), &is_label, &mut sentences));
            }
            Some(Value::Object(items)) => {
                update.labels = Some(labels(items.values(), &is_label, &mut sentences));
            }
            Some(_) => sentences.push((
                "labels".to_owned(),
                vec!["The labels field must be an array.".to_owned()],
            )),
        }
        if sentences.is_empty() {
            Ok(update)
        } else {
            Err(ApiError::validation(sentences))
        }
    }
}

type Sentences = Vec<(String, Vec<String>)>;

fn invalid(field: impl std::fmt::Display) -> (String, Vec<String>) {
    (
        field.to_string(),
        vec![format!("The selected {field} is invalid.")],
    )
}

fn labels<'a>(
    items: impl Iterator<Item = &'a Value>,
    is_label: &impl Fn(u64) -> bool,
    sentences: &mut Sentences,
) -> Vec<u64> {
    let mut labels = Vec::new();
    for (place, item) in items.enumerate() {
        let number = match item {
            Value::Number(number) => number.as_u64(),
            Value::String(digits) => digits.parse().ok(),
            _ => None,
        };
        match number {
            Some(label) if is_label(label) => {
                if !labels.contains(&label) {
                    labels.push(label);
                }
            }
            Some(_) => sentences.push(invalid(format!("labels.{place}"))),
            None => {
                let field = format!("labels.{place}");
                let sentence = format!("The {field} field must be an integer.");
                sentences.push((field, vec![sentence]));
            }
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: Option<&str> = Some("application/json");
    const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

    fn read(content_type: Option<&str>, body: &str) -> Result<TicketUpdate, ApiError> {
        TicketUpdate::from_body(content_type, body.as_bytes(), |label| label < 10)
    }

    #[test]
    fn good_changes_are_read() {
        let (closed, low) = (Some(Status::Closed), Some(Priority::Low));
        for (content_type, body, status, priority, labels) in [
            (JSON, "{}", None, None, None),
            (JSON, "", None, None, None),
            (JSON, r#"{"status":" closed "}"#, closed.clone(), None, None),
            (JSON, r#"{"priority":"low","x":1}"#, None, low.clone(), None),
            (
                JSON,
                r#"{"labels":[2,"1",2]}"#,
                None,
                None,
                Some(vec![2, 1]),
            ),
            (JSON, r#"{"labels":[]}"#, None, None, Some(vec![])),
            (
                FORM,
                "status=closed&labels[]=1&labels[]=3",
                closed,
                None,
                Some(vec![1, 3]),
            ),
            (FORM, "priority=low&labels[7]=1", None, low, Some(vec![1])),
        ] {
            let expected = TicketUpdate {
                status,
                priority,
                labels,
            };
            assert_eq!(read(content_type, body), Ok(expected), "{body}");
        }
    }

    #[test]
    fn bad_changes_are_answered_in_laravels_words() {
        for (body, message, fields) in [
            (
                r#"{"status":"Open"}"#,
                "The selected status is invalid.",
                vec!["status"],
            ),
            (
                r#"{"status":null}"#,
                "The selected status is invalid.",
                vec!["status"],
            ),
            (
                r#"{"status":7}"#,
                "The selected status is invalid.",
                vec!["status"],
            ),
            (
                r#"{"priority":"urgent"}"#,
                "The selected priority is invalid.",
                vec!["priority"],
            ),
            (
                r#"{"labels":3}"#,
                "The labels field must be an array.",
                vec!["labels"],
            ),
            (
                r#"{"labels":null}"#,
                "The labels field must be an array.",
                vec!["labels"],
            ),
            (
                r#"{"labels":[1,99]}"#,
                "The selected labels.1 is invalid.",
                vec!["labels.1"],
            ),
            (
                r#"{"labels":["x"]}"#,
                "The labels.0 field must be an integer.",
                vec!["labels.0"],
            ),
            (
                r#"{"labels":[1.5],"status":"x","priority":[]}"#,
                "The selected status is invalid. (and 2 more errors)",
                vec!["labels.0", "priority", "status"],
            ),
        ] {
            let error = read(JSON, body).unwrap_err();
            assert_eq!(error.message, message, "{body}");
            let found = error.errors.unwrap();
            assert_eq!(found.keys().collect::<Vec<_>>(), fields, "{body}");
        }
    }
}
