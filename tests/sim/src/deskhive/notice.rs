//! What an agent is told of.

use jiff::Timestamp;

use super::Author;

/// Something that an agent is told of.
#[derive(Clone, Debug, PartialEq)]
pub struct Notification {
    /// Rises over all agents.
    pub id: u64,
    /// Whom it is for.
    pub agent: u64,
    /// `ticket_reply`, which the documents name; or `ticket_assigned` or `ticket_status`, which they only describe.
    pub kind: &'static str,
    /// Its title.
    pub title: String,
    /// Its text.
    pub message: String,
    /// The ticket that it is about.
    pub ticket: u64,
    /// Who caused it; none for DeskHive itself.
    pub sender: Option<Author>,
    /// Whether the agent has read it.
    pub is_read: bool,
    /// When it was raised.
    pub created_at: Timestamp,
}
