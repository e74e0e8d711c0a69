//! Tickets and their messages, as the peer keeps them.

use std::collections::BTreeSet;

use jiff::Timestamp;

/// What is done about a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the documents")]
pub enum Status {
    Open,
    InProgress,
    OnHold,
    Closed,
}

impl Status {
    /// As the documents write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::OnHold => "on_hold",
            Self::Closed => "closed",
        }
    }

    /// The status that the documents write so.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Open, Self::InProgress, Self::OnHold, Self::Closed]
            .into_iter()
            .find(|each| each.as_str() == word)
    }
}

/// How urgent a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the documents")]
pub enum Priority {
    Low,
    Medium,
    High,
    Critical,
}

impl Priority {
    /// As the documents write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The priority that the documents write so.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|each| each.as_str() == word)
    }
}

/// Who wrote a message; each kind has ids of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the documents")]
pub enum Author {
    Customer(u64),
    Agent(u64),
    User(u64),
}

/// A message of a ticket, or an internal note.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// Rises over all tickets.
    pub id: u64,
    /// Who wrote it.
    pub author: Author,
    /// As it was written, without the space around it.
    pub content: String,
    /// Whether it is a note that customers do not see.
    pub is_internal: bool,
    /// The agents who like it.
    pub liked_by: BTreeSet<u64>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The value of a custom field.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the names are those of the documents")]
pub struct CustomField {
    pub id: u64,
    pub label: String,
    /// One of the documented types, such as `text`.
    pub kind: String,
    pub value: Option<String>,
}

/// A ticket.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    /// Rises, and is what the API's paths have.
    pub id: u64,
    /// What people call it.
    pub reference_id: String,
    /// Its subject.
    pub title: String,
    /// What it was opened with.
    pub content: String,
    /// What is done about it.
    pub status: Status,
    /// How urgent it is.
    pub priority: Priority,
    /// The id of its department.
    pub department: Option<u64>,
    /// The id of its category.
    pub category: Option<u64>,
    /// The id of its product.
    pub product: Option<u64>,
    /// The id of its customer, unless that one was deleted.
    pub customer: Option<u64>,
    /// The ids of its labels.
    pub labels: Vec<u64>,
    /// The administrator whom the Internal API assigned.
    pub assigned_to: Option<u64>,
    /// The agents who are assigned to it, and see it by the External API.
    pub agents: Vec<u64>,
    /// The values of its custom fields.
    pub custom_fields: Vec<CustomField>,
    /// Whether its question is answered, whatever its status.
    pub is_resolved: bool,
    /// Whether it takes no more replies.
    pub is_locked: bool,
    /// When there was last a message; none if never.
    pub last_reply_at: Option<Timestamp>,
    /// Whether its last message is the customer's; none if there is none.
    pub last_reply_by_customer: Option<bool>,
    /// When it was closed, while it is.
    pub closed_at: Option<Timestamp>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Its messages and notes, in the order of their ids.
    pub messages: Vec<Message>,
}

impl Ticket {
    /// The message with this id.
    pub fn message(&self, id: u64) -> Option<&Message> {
        self.messages.iter().find(|message| message.id == id)
    }
}
