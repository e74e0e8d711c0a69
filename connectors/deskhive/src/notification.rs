//! What an agent is told: External API documentation, section *Notifications*.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::lenient::{flag_or_no, number, optional_number, or_default, text};
use crate::read_time;

/// One thing that an agent is told, with the documentation's keys in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Notification {
    /// Its number.
    #[serde(deserialize_with = "number")]
    pub id: u64,
    /// What it is about: `ticket_reply`, and words that the documentation does not list.
    #[serde(rename = "type", default, deserialize_with = "text")]
    pub kind: String,
    /// One line: `New reply on #1001`.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// A sentence.
    #[serde(default, deserialize_with = "or_default")]
    pub message: String,
    /// About which ticket.
    #[serde(default, deserialize_with = "optional_number")]
    pub ticket_id: Option<u64>,
    /// Who is behind it.
    #[serde(default)]
    pub sender_name: Option<String>,
    /// A picture of them.
    #[serde(default)]
    pub sender_avatar: Option<String>,
    /// Whether the agent has read it.
    #[serde(default, deserialize_with = "flag_or_no")]
    pub is_read: bool,
    /// When it happened.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: String,
}

impl Notification {
    /// When it happened, if that can be read.
    pub fn created(&self) -> Option<Timestamp> {
        read_time(&self.created_at)
    }
}

/// How many notifications an agent has not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnreadCount {
    /// That many.
    #[serde(deserialize_with = "number")]
    pub unread_count: u64,
}
