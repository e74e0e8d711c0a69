//! What answers are wrapped in.

use serde::{Deserialize, Serialize};

/// An answer with data: `{"status": true, "data": …}`, and sometimes a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "{T}Answer"))]
pub struct Envelope<T> {
    /// `true`; a server that answers `false` has failed, whatever its HTTP status. Absent counts as `true`.
    #[serde(default = "yes")]
    pub status: bool,
    /// What was asked for.
    pub data: T,
    /// A sentence for people; left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl<T> Envelope<T> {
    /// Wraps `data`.
    pub fn new(data: T) -> Self {
        Self {
            status: true,
            data,
            message: None,
        }
    }

    /// The same with a sentence for people.
    pub fn with_message(self, message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..self
        }
    }
}

/// An answer without data: `{"status": true, "message": "Connection check successful"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Acknowledgement {
    /// As in [`Envelope`].
    #[serde(default = "yes")]
    pub status: bool,
    /// What was done, for people.
    pub message: String,
}

impl Acknowledgement {
    /// Says `message`.
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            status: true,
            message: message.into(),
        }
    }
}

pub(crate) fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn envelopes_are_written_as_documented() {
        let plain = Envelope::new([1]);
        for (json, expected) in [
            (
                serde_json::to_string(&plain).unwrap(),
                r#"{"status":true,"data":[1]}"#,
            ),
            (
                serde_json::to_string(&plain.with_message("Done")).unwrap(),
                r#"{"status":true,"data":[1],"message":"Done"}"#,
            ),
            (
                // External API documentation, section Connection Check.
                serde_json::to_string(&Acknowledgement::new("Connection check successful"))
                    .unwrap(),
                r#"{"status":true,"message":"Connection check successful"}"#,
            ),
        ] {
            assert_eq!(json, expected);
        }
    }

    #[test]
    fn the_overviews_spelling_without_status_is_read() {
        let read: Envelope<u8> =
            serde_json::from_str(r#"{"data":1,"message":null,"error":false}"#).unwrap();
        assert_eq!(read, Envelope::new(1));
        let failed: Envelope<Option<u8>> =
            serde_json::from_str(r#"{"status":false,"data":null}"#).unwrap();
        assert!(!failed.status);
    }
}
