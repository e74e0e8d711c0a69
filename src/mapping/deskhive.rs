//! What becomes of tickets at a DeskHive, and of its tickets here.

use serde::{Deserialize, Serialize};

use crate::model::{Priority, Status};

use super::{Meaning, Naming, Table, Template};

/// The operator's decisions about a DeskHive system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskHiveMapping {
    /// Whether internal notes are brought there, where they stand as such.
    pub internal_notes: bool,
    /// Whether notifications that were acted upon are marked as read, for the person whose key it is, too.
    pub mark_read: bool,
    /// What a status there means here; nothing, where it changes nothing.
    pub status: Table<Meaning<Status>>,
    /// What a status here is called there.
    pub status_out: ByStatus<Status>,
    /// What a priority there means here; nothing, where it changes nothing.
    pub priority: Table<Meaning<Priority>>,
    /// What a priority here is called there.
    pub priority_out: ByPriority<Priority>,
    /// What the customer is told by itself when the status there changes; an empty one: nothing.
    pub status_replies: Table<Template>,
    /// Which of our labels a label there is.
    pub labels: Table<Naming>,
    /// What a customer without a name is called.
    pub nameless: String,
    /// What people there read.
    pub texts: DeskHiveTexts,
}

/// What people there read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeskHiveTexts {
    /// A ticket's title.
    pub title: Template,
    /// How a customer's further message is brought there.
    pub follow_up: Template,
    /// How an agent's public message is brought there.
    pub reply: Template,
    /// How an internal note is brought there.
    pub note: Template,
    /// How it is told there that a message says something else by now.
    pub edit: Template,
}

/// Something for each status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByStatus<V> {
    /// `open`
    pub open: V,
    /// `in_progress`
    pub in_progress: V,
    /// `on_hold`
    pub on_hold: V,
    /// `closed`
    pub closed: V,
}

/// Something for each priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByPriority<V> {
    /// `low`
    pub low: V,
    /// `medium`
    pub medium: V,
    /// `high`
    pub high: V,
    /// `critical`
    pub critical: V,
}

impl<V> ByStatus<V> {
    /// That of a status.
    pub fn of(&self, status: Status) -> &V {
        match status {
            Status::Open => &self.open,
            Status::InProgress => &self.in_progress,
            Status::OnHold => &self.on_hold,
            Status::Closed => &self.closed,
        }
    }
}

impl<V> ByPriority<V> {
    /// That of a priority.
    pub fn of(&self, priority: Priority) -> &V {
        match priority {
            Priority::Low => &self.low,
            Priority::Medium => &self.medium,
            Priority::High => &self.high,
            Priority::Critical => &self.critical,
        }
    }
}
