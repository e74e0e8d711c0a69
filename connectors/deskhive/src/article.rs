//! Articles of the knowledge base: External API documentation, section *Knowledge Base Search*.

use serde::{Deserialize, Serialize};

use crate::Named;
use crate::lenient::{number, number_or_zero, or_default};

/// An article, with the documentation's keys in its order.
///
/// Reading insists on `id` and `title`. Times are text as [`crate::wire_time`] writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Article {
    /// Its number.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// What it is about.
    pub title: String,
    /// Its name in URLs: `how-to-reset-your-password`.
    #[serde(default, deserialize_with = "or_default")]
    pub slug: String,
    /// What it says, in short.
    #[serde(default, deserialize_with = "or_default")]
    pub excerpt: String,
    /// What it says.
    #[serde(default, deserialize_with = "or_default")]
    pub content: String,
    /// What it is sorted under; these are not the categories of tickets.
    #[serde(default)]
    pub category: Option<Named>,
    /// How often it was read.
    #[serde(default, deserialize_with = "number_or_zero")]
    pub views: u64,
    /// `published`, and nothing else in a search.
    #[serde(default, deserialize_with = "or_default")]
    pub status: String,
    /// When it was written; empty where a server does not say.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The documentation's keys, with text of our own.
    const WHOLE: &str = r#"{"id":7,"title":"Export tickets","slug":"export-tickets","excerpt":"Where the button is.","content":"Open the list.","category":{"id":2,"name":"Lists"},"views":12,"status":"published","created_at":"2026-01-10T08:00:00Z"}"#;

    #[test]
    fn it_goes_both_ways_with_the_documented_keys_in_order() {
        let read: Article = serde_json::from_str(WHOLE).unwrap();
        assert_eq!(read.category.as_ref().unwrap().name, "Lists");
        assert_eq!(serde_json::to_string(&read).unwrap(), WHOLE);
    }

    #[test]
    fn what_is_null_or_absent_is_read_as_nothing() {
        let bare: Article = serde_json::from_str(r#"{"id":7,"title":"a"}"#).unwrap();
        let null: Article = serde_json::from_str(
            r#"{"id":7,"title":"a","slug":null,"excerpt":null,"content":null,"category":null,"views":null}"#,
        )
        .unwrap();
        assert_eq!(bare, null);
        assert_eq!((bare.views, bare.category), (0, None));
    }
}
