//! What becomes of tickets at a Qminder, and of visits here.

use serde::{Deserialize, Serialize};

use crate::model::{Priority, Status};

use super::{Meaning, Naming, Table, Template};

/// The operator's decisions about a Qminder system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QminderMapping {
    /// Whether agents' public replies go out as SMS.
    pub sms_replies: bool,
    /// Whether a ticket that is closed here while it waits there is taken out of the queue there.
    pub cancel_closed: bool,
    /// Whether the external data record shows internal notes.
    pub internal_notes: bool,
    /// What a visit's status means here; nothing, where it changes nothing.
    pub status: Table<Meaning<Status>>,
    /// What the customer is told by itself when a visit's status changes; an empty one: nothing.
    pub status_replies: Table<Template>,
    /// How urgent a record looks.
    pub importance: Importances,
    /// What our labels are called there.
    pub labels: Table<Naming>,
    /// What the customer's language is called there.
    pub languages: Table<Naming>,
    /// What a visitor without a name is called.
    pub nameless: String,
    /// What clerks and visitors read.
    pub texts: QminderTexts,
    /// The record's fields, in order; one that becomes empty is left out.
    pub fields: Vec<Field>,
}

/// What clerks and visitors read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QminderTexts {
    /// The record's message.
    pub banner: Template,
    /// What stands above the record's list.
    pub conversation: String,
    /// What stands under a message in the list.
    pub footer: Template,
    /// What an SMS says.
    pub sms: Template,
}

/// How urgent a record looks, by the ticket's priority, or because it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Importances {
    /// Of a ticket that is not closed.
    pub low: Shade,
    /// Of a ticket that is not closed.
    pub medium: Shade,
    /// Of a ticket that is not closed.
    pub high: Shade,
    /// Of a ticket that is not closed.
    pub critical: Shade,
    /// Of any that is.
    pub closed: Shade,
}

/// One of the three kinds of message that a record has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shade {
    /// `info`
    Info,
    /// `warning`
    Warning,
    /// `error`
    Error,
}

/// One field of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it is.
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// What stands beside it.
    pub title: String,
    /// What it says.
    pub value: Template,
}

/// What a field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// Any line.
    Text,
    /// An address.
    Email,
    /// A telephone number.
    PhoneNumber,
}

impl Importances {
    /// How urgent a ticket looks.
    #[must_use]
    pub fn of(&self, status: Status, priority: Priority) -> Shade {
        match (status, priority) {
            (Status::Closed, _) => self.closed,
            (_, Priority::Low) => self.low,
            (_, Priority::Medium) => self.medium,
            (_, Priority::High) => self.high,
            (_, Priority::Critical) => self.critical,
        }
    }
}
