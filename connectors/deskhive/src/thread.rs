//! A ticket's thread as it is read from a server whose messages have no documented shape.
//!
//! [`Message`](crate::Message) is the shape that this crate chose for those who serve the API. What is read from others
//! is taken from any of the shapes that a DeskHive may have, and judged with suspicion: a note that is taken for a
//! reply would reach a customer.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::lenient::{number, number_of, optional_number, text};
use crate::read_time;

#[cfg(test)]
mod tests;

/// One message of a thread, read from any shape that has an `id` and a `content`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ThreadMessage {
    /// Its number.
    pub id: u64,
    /// The ticket it belongs to, if it says so.
    pub ticket_id: Option<u64>,
    /// The text as it came: HTML from DeskHive's editor, plain text from others.
    pub content: String,
    /// Who wrote it.
    pub author: Author,
    /// What the message itself says about being a note. [`is_internal`](Self::is_internal) is what counts.
    pub stated_internal: Option<bool>,
    /// How many like it, if it says so.
    pub likes: Option<u64>,
    /// Whether the agent who asks likes it, if it says so.
    pub is_liked: Option<bool>,
    /// What is attached, as it came: the API never mentions it.
    pub attachments: Vec<Value>,
    /// When it was written, if that can be read.
    pub created: Option<Timestamp>,
    /// When it was last edited, if that can be read.
    pub updated: Option<Timestamp>,
}

/// Who wrote a message.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Author {
    /// What they are.
    pub role: Role,
    /// Their number among those of the same role.
    pub id: Option<u64>,
    /// The name to show.
    pub name: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// The word or PHP class that the role was read from.
    pub stated_type: Option<String>,
}

/// What the author of a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Who asks.
    Customer,
    /// An agent, whose number is that of a [`Profile`](crate::Profile).
    Agent,
    /// A user of the administration, which includes whoever posts with an internal key. Their numbers are not those of
    /// agents.
    User,
    /// An agent or a user.
    Staff,
    /// Nobody: something happened.
    System,
    /// It does not say, or in a word that is not known.
    Unknown,
}

impl Role {
    /// Whether they answer customers.
    pub fn is_staff(self) -> bool {
        match self {
            Self::Agent | Self::User | Self::Staff => true,
            Self::Customer | Self::System | Self::Unknown => false,
        }
    }

    /// The role that a word or the last part of a PHP class's name stands for.
    fn of_type(stated: &str) -> Self {
        let last = stated.rsplit(['\\', '/', '.']).next().unwrap_or_default();
        match last.trim().to_ascii_lowercase().as_str() {
            "customer" => Self::Customer,
            "agent" => Self::Agent,
            "user" | "admin" => Self::User,
            "staff" => Self::Staff,
            "system" => Self::System,
            _ => Self::Unknown,
        }
    }
}

impl ThreadMessage {
    /// Whether the message may not reach the customer.
    ///
    /// Certain not to be a note is only what a customer wrote and does not call one, and what a known other author
    /// wrote and expressly calls none. Whatever an author of unknown kind wrote is a note.
    pub fn is_internal(&self) -> bool {
        match self.author.role {
            Role::Unknown => true,
            Role::Customer => self.stated_internal.unwrap_or(false),
            Role::Agent | Role::User | Role::Staff | Role::System => {
                self.stated_internal.unwrap_or(true)
            }
        }
    }
}

/// Every key that has been seen or may be guessed. Only `id` and `content` are required.
#[derive(Deserialize)]
struct Wire {
    #[serde(deserialize_with = "number")]
    id: u64,
    #[serde(deserialize_with = "text")]
    content: String,
    #[serde(default)]
    ticket_id: Value,
    #[serde(default)]
    is_internal: Value,
    #[serde(default)]
    sender_type: Value,
    #[serde(default)]
    author_type: Value,
    #[serde(default)]
    is_staff: Value,
    #[serde(default)]
    sender_id: Value,
    #[serde(default)]
    sender: Value,
    #[serde(default)]
    author: Value,
    #[serde(default)]
    likes_count: Value,
    #[serde(default)]
    like_count: Value,
    #[serde(default)]
    is_liked: Value,
    #[serde(default)]
    liked: Value,
    #[serde(default)]
    attachments: Value,
    #[serde(default)]
    created_at: Value,
    #[serde(default)]
    updated_at: Value,
}

impl<'de> Deserialize<'de> for ThreadMessage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Wire::deserialize(deserializer).map(Self::from_wire)
    }
}

impl ThreadMessage {
    fn from_wire(wire: Wire) -> Self {
        let author = Author::from_wire(&wire);
        let time = |value: &Value| value.as_str().and_then(read_time);
        Self {
            id: wire.id,
            ticket_id: number_of(&wire.ticket_id),
            author,
            stated_internal: match &wire.is_internal {
                Value::Null => None,
                // What cannot be understood is not taken for a no.
                stated => Some(flag_of(stated).unwrap_or(true)),
            },
            likes: number_of(&wire.likes_count).or_else(|| number_of(&wire.like_count)),
            is_liked: flag_of(&wire.is_liked).or_else(|| flag_of(&wire.liked)),
            created: time(&wire.created_at),
            updated: time(&wire.updated_at),
            attachments: match wire.attachments {
                Value::Array(attachments) => attachments,
                _ => Vec::new(),
            },
            content: wire.content,
        }
    }
}

impl Author {
    fn from_wire(wire: &Wire) -> Self {
        let person = match &wire.sender {
            Value::Null => &wire.author,
            sender => sender,
        };
        let of_person = |key: &str| person.get(key);
        let of_text = |value: Option<&Value>| {
            let text = value?.as_str()?.trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        // The first that is there counts: what it says is not outvoted by another key.
        let stated_type = [
            Some(&wire.sender_type),
            Some(&wire.author_type),
            of_person("type"),
        ]
        .into_iter()
        .flatten()
        .find(|value| !value.is_null());
        let role = match stated_type {
            Some(stated) => Role::of_type(stated.as_str().unwrap_or_default()),
            None if flag_of(&wire.is_staff) == Some(true) => Role::Staff,
            None => Role::Unknown,
        };
        Self {
            role,
            id: number_of(&wire.sender_id).or_else(|| of_person("id").and_then(number_of)),
            name: of_text(of_person("name")).or_else(|| of_text(Some(person))),
            email: of_text(of_person("email")),
            stated_type: of_text(stated_type),
        }
    }
}

fn flag_of(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::Number(_) | Value::String(_) => match number_of(value) {
            Some(0) => Some(false),
            Some(1) => Some(true),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What a server says of a message that was posted. The documents do not show it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Posted {
    /// The message's number. `None` where the answer does not tell: it has to be looked for in the thread.
    pub id: Option<u64>,
    /// The message itself, if the answer has it.
    pub message: Option<ThreadMessage>,
}

/// Reads what is answered to a message that was posted.
pub(crate) fn posted(body: &[u8]) -> Result<Posted, crate::error::Misread> {
    #[derive(Deserialize)]
    struct Numbered {
        #[serde(default, deserialize_with = "optional_number")]
        message_id: Option<u64>,
        #[serde(default, deserialize_with = "optional_number")]
        id: Option<u64>,
    }

    // A whole ticket has an id and a content too.
    fn is_no_ticket(value: &Value) -> bool {
        value.get("reference_id").is_none() && value.get("title").is_none()
    }

    fn has_number(value: &Value) -> bool {
        is_no_ticket(value) && (value.get("id").is_some() || value.get("message_id").is_some())
    }

    let message: Option<ThreadMessage> = crate::answer::possible(body, "message", is_no_ticket)?;
    let id = match &message {
        Some(message) => Some(message.id),
        None => crate::answer::possible(body, "message", has_number)?
            .and_then(|numbered: Numbered| numbered.message_id.or(numbered.id)),
    };
    Ok(Posted { id, message })
}
