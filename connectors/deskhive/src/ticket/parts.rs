//! What a ticket refers to.

use serde::{Deserialize, Serialize};

use crate::lenient::{number, optional_text, text};

/// A department, category, product or agent: `{"id": 1, "name": "Technical Support"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Named {
    /// Its number among its kind.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// The name to show.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Customer {
    /// The customer's number.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// The name to show.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// The address, where one is known; written as `null` otherwise.
    #[serde(default)]
    pub email: Option<String>,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Label {
    /// The number that names it in updates.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// The name to show.
    #[serde(default, deserialize_with = "text")]
    pub name: String,
    /// Its colour as `#` and six hexadecimal digits.
    #[serde(default, deserialize_with = "text")]
    pub color: String,
}

/// A field that an installation adds to its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomField {
    /// The field's number.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// The name to show.
    #[serde(default, deserialize_with = "text")]
    pub label: String,
    /// The kind of input: `text`, `textarea`, `number`, `email`, `url`, `tel`, `date`, `time`, `datetime_local`.
    #[serde(rename = "type", default, deserialize_with = "text")]
    pub kind: String,
    /// What was entered, as text; `null` where nothing was.
    #[serde(default, deserialize_with = "optional_text")]
    pub value: Option<String>,
}
