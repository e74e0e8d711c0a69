//! The ticket resource: External API documentation, section *Ticket Resource Structure*.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::lenient::{flag_or_no, number, or_default, text};
use crate::{Priority, Status, read_time};

mod parts;

pub use parts::{CustomField, Customer, Label, Named};

/// A ticket as an agent sees it, with the documentation's keys in its order.
///
/// Everything is always written, `null` where there is nothing. When it is read, all but `id` and `status` may be `null` or
/// absent, booleans may be 0 and 1, numbers may be text, and unknown keys are ignored. Times are text as
/// [`crate::wire_time`] writes it; where another server wrote them, [`created`](Self::created) and its like read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Ticket {
    /// The number that names it in URLs.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// The name that people use: `#1001`.
    #[serde(default, deserialize_with = "text")]
    pub reference_id: String,
    /// The subject.
    #[serde(default, deserialize_with = "text")]
    pub title: String,
    /// The opening text.
    #[serde(default, deserialize_with = "text")]
    pub content: String,
    /// Where it stands.
    pub status: Status,
    /// How much it presses.
    #[serde(default, deserialize_with = "or_default")]
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
    #[serde(default, deserialize_with = "flag_or_no")]
    pub is_resolved: bool,
    /// Whether replies are refused.
    #[serde(default, deserialize_with = "flag_or_no")]
    pub is_locked: bool,
    /// When the last message was written.
    #[serde(default)]
    pub last_reply_at: Option<String>,
    /// When it was closed.
    #[serde(default)]
    pub closed_at: Option<String>,
    /// When it was opened.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: String,
    /// When anything about it last changed.
    #[serde(default, deserialize_with = "or_default")]
    pub updated_at: String,
}

impl Ticket {
    /// When it was opened, if that can be read.
    pub fn created(&self) -> Option<Timestamp> {
        read_time(&self.created_at)
    }

    /// When anything about it last changed, if that can be read.
    pub fn updated(&self) -> Option<Timestamp> {
        read_time(&self.updated_at)
    }

    /// When the last message was written, if there is one and that can be read.
    pub fn last_reply(&self) -> Option<Timestamp> {
        self.last_reply_at.as_deref().and_then(read_time)
    }

    /// When it was closed, if it is and that can be read.
    pub fn closed(&self) -> Option<Timestamp> {
        self.closed_at.as_deref().and_then(read_time)
    }
}

#[cfg(test)]
mod tests;
