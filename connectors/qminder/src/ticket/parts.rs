//! What a ticket is made of.

use jiff::Timestamp;
use serde::Deserialize;

use crate::lenient::{optional_text, optional_time, time};
use crate::{DeskId, LineId, MessageStatus, MessageType, UserId};

/// When something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Moment {
    /// The time.
    #[serde(deserialize_with = "time")]
    pub date: Timestamp,
}

/// A call of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Calling {
    /// When.
    #[serde(deserialize_with = "time")]
    pub date: Timestamp,
    /// Who called.
    #[serde(default)]
    pub caller: Option<UserId>,
    /// The desk that the visitor was called to, if to one.
    #[serde(default)]
    pub desk: Option<DeskId>,
}

/// A removal from the queue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Cancelling {
    /// When.
    #[serde(deserialize_with = "time")]
    pub date: Timestamp,
    /// Who removed it.
    #[serde(default)]
    pub canceller: Option<UserId>,
}

/// Who is to serve a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Assignment {
    /// Who said so.
    #[serde(default)]
    pub assigner: Option<UserId>,
    /// Who is to serve it.
    #[serde(default)]
    pub assignee: Option<UserId>,
}

/// What a visitor filled in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Extra {
    /// The field's title.
    pub title: String,
    /// What was filled in, or the text of a link. Old clients wrote numbers, which are here as their digits.
    #[serde(default, deserialize_with = "optional_text")]
    pub value: Option<String>,
    /// Where a link leads.
    #[serde(default)]
    pub url: Option<String>,
    /// The colour of a chosen option.
    #[serde(default)]
    pub color: Option<String>,
}

/// A label.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Label {
    /// Its text.
    pub value: String,
    /// Its colour: six hexadecimal digits without `#`.
    #[serde(default)]
    pub color: Option<String>,
}

/// The time from a call to its end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Interaction {
    /// When the visitor was called.
    #[serde(deserialize_with = "time")]
    pub start: Timestamp,
    /// When it ended; nothing while it goes on.
    #[serde(default, deserialize_with = "optional_time")]
    pub end: Option<Timestamp>,
    /// The line that the visitor was called from.
    #[serde(default)]
    pub line: Option<LineId>,
    /// Who served the visitor.
    #[serde(default)]
    pub user: Option<UserId>,
    /// The desk that the visitor was called to, if to one.
    #[serde(default)]
    pub desk: Option<DeskId>,
}

/// An SMS. The REST API gives them no id.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Message {
    /// When it was sent or received.
    pub created: Moment,
    /// Its text.
    #[serde(default)]
    pub body: String,
    /// Which way it went.
    #[serde(rename = "type")]
    pub message_type: MessageType,
    /// How far it has come.
    #[serde(default)]
    pub status: Option<MessageStatus>,
    /// Who wrote an outgoing one.
    #[serde(default)]
    pub user_id: Option<UserId>,
}
