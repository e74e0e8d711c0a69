//! Canned responses: External API documentation, section *Canned Responses*.

use serde::{Deserialize, Serialize};

use crate::lenient::{flag, number, or_default};

/// Text that agents put into their replies, with the documentation's keys in its order.
///
/// Reading insists on `id`, `title` and `content`; one that does not say whether it is active is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CannedResponse {
    /// Its number.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// The name to choose it by.
    pub title: String,
    /// The text.
    pub content: String,
    /// What it is sorted under.
    #[serde(default)]
    pub category: Option<String>,
    /// What an agent types to have it: `/greet`.
    #[serde(default)]
    pub shortcut: Option<String>,
    /// Whether it is offered.
    #[serde(default = "crate::envelope::yes", deserialize_with = "flag")]
    pub is_active: bool,
    /// Its place in the list, the least first.
    #[serde(default, deserialize_with = "or_default")]
    pub sort_order: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documentation's keys, with text of our own.
    const WHOLE: &str = r#"{"id":1,"title":"Thanks","content":"Thank you for writing.","category":"General","shortcut":"/thanks","is_active":true,"sort_order":0}"#;

    #[test]
    fn it_goes_both_ways_with_the_documented_keys_in_order() {
        let read: CannedResponse = serde_json::from_str(WHOLE).unwrap();
        assert_eq!(read.shortcut.as_deref(), Some("/thanks"));
        assert_eq!(serde_json::to_string(&read).unwrap(), WHOLE);
    }

    #[test]
    fn what_is_absent_or_spelled_as_php_does_is_read() {
        let read: CannedResponse = serde_json::from_str(
            r#"{"id":1,"title":"a","content":"b","is_active":0,"sort_order":null}"#,
        )
        .unwrap();
        assert_eq!((read.is_active, read.sort_order), (false, 0));
        assert_eq!((&read.category, &read.shortcut), (&None, &None));
        let bare: CannedResponse =
            serde_json::from_str(r#"{"id":1,"title":"a","content":"b"}"#).unwrap();
        assert!(bare.is_active);
    }
}
