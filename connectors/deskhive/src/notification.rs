//! What an agent is told: External API documentation, section *Notifications*.

use serde::{Deserialize, Serialize};

use crate::lenient::{flag, or_default};

/// One thing that an agent is told, with the documentation's keys in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Notification {
    /// Its number.
    pub id: u64,
    /// What it is about: `ticket_reply`, and words that the documentation does not list.
    #[serde(rename = "type")]
    pub kind: String,
    /// One line: `New reply on #1001`.
    #[serde(default, deserialize_with = "or_default")]
    pub title: String,
    /// A sentence.
    #[serde(default, deserialize_with = "or_default")]
    pub message: String,
    /// About which ticket.
    #[serde(default)]
    pub ticket_id: Option<u64>,
    /// Who is behind it.
    #[serde(default)]
    pub sender_name: Option<String>,
    /// A picture of them.
    #[serde(default)]
    pub sender_avatar: Option<String>,
    /// Whether the agent has read it.
    #[serde(default, deserialize_with = "flag")]
    pub is_read: bool,
    /// When it happened.
    #[serde(default, deserialize_with = "or_default")]
    pub created_at: String,
}

/// How many notifications an agent has not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UnreadCount {
    /// That many.
    pub unread_count: u64,
}
