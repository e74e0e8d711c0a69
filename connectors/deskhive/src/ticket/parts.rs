//! What a ticket refers to.

use serde::{Deserialize, Serialize};

/// A department, category, product or agent: `{"id": 1, "name": "Technical Support"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Named {
    /// Its number among its kind.
    pub id: u64,
    /// The name to show.
    pub name: String,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Customer {
    /// The customer's number.
    pub id: u64,
    /// The name to show.
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
    pub id: u64,
    /// The name to show.
    pub name: String,
    /// Its colour as `#` and six hexadecimal digits.
    pub color: String,
}

/// A field that an installation adds to its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CustomField {
    /// The field's number.
    pub id: u64,
    /// The name to show.
    pub label: String,
    /// The kind of input: `text`, `textarea`, `number`, `email`, `url`, `tel`, `date`, `time`, `datetime_local`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was entered, as text; `null` where nothing was.
    #[serde(default)]
    pub value: Option<String>,
}
