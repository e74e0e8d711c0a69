//! The ticket resource: External API documentation, section *Ticket Resource Structure*.

use serde::{Deserialize, Serialize};

use crate::lenient::{flag, or_default};
use crate::{Priority, Status};

mod parts;

pub use parts::{CustomField, Customer, Label, Named};

/// A ticket as an agent sees it, with the documentation's keys in its order.
///
/// Everything is always written, `null` where there is nothing. When it is read, relations and lists may be `null` or
/// absent, booleans may be 0 and 1, and unknown keys are ignored. Times are text as [`crate::wire_time`] writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ticket {
    /// The number that names it in URLs.
    pub id: u64,
    /// The name that people use: `#1001`.
    pub reference_id: String,
    /// The subject.
    pub title: String,
    /// The opening text.
    pub content: String,
    /// Where it stands.
    pub status: Status,
    /// How much it presses.
    pub priority: Priority,
    /// The department it belongs to.
    #[serde(default)]
    pub department: Option<Named>,
    /// Its category.
    #[serde(default)]
    pub category: Option<Named>,
    /// The product it is about.
    #[serde(default)]
    pub product: Option<Named>,
    /// Who asks; a deleted customer leaves tickets behind.
    #[serde(default)]
    pub customer: Option<Customer>,
    /// Its labels.
    #[serde(default, deserialize_with = "or_default")]
    pub labels: Vec<Label>,
    /// Who is responsible.
    #[serde(default)]
    pub assigned_to: Option<Named>,
    /// All who may work on it.
    #[serde(default, deserialize_with = "or_default")]
    pub agents: Vec<Named>,
    /// What else is known about it.
    #[serde(default, deserialize_with = "or_default")]
    pub custom_fields: Vec<CustomField>,
    /// Whether the question is answered, apart from the status.
    #[serde(default, deserialize_with = "flag")]
    pub is_resolved: bool,
    /// Whether replies are refused.
    #[serde(default, deserialize_with = "flag")]
    pub is_locked: bool,
    /// When the last message was written.
    #[serde(default)]
    pub last_reply_at: Option<String>,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<String>,
    /// When it was opened.
    pub created_at: String,
    /// When anything about it last changed.
    pub updated_at: String,
}

#[cfg(test)]
mod tests;
