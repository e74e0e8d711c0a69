//! What is done anew where a comparison of both sides found that it is not so at a system.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::MessageId;

/// What is to be so again at a system that has a ticket of ours, or should have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    /// A ticket there, where none was made.
    Ticket,
    /// The record beside it.
    Record,
    /// Where it stands and how urgent it is.
    State,
    /// This label.
    Label(String),
    /// A message of ours.
    Message {
        /// Which.
        message: MessageId,
        /// What it says since it was edited, not itself.
        edit: bool,
    },
    /// That this one of several that were made for ours is out of the queue.
    Surplus {
        /// The system's id for it.
        remote: String,
    },
}

impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket => f.write_str("the ticket"),
            Self::Record => f.write_str("the record"),
            Self::State => f.write_str("status and priority"),
            Self::Label(_) => f.write_str("a label"),
            Self::Message {
                message,
                edit: false,
            } => write!(f, "message {message}"),
            Self::Message {
                message,
                edit: true,
            } => write!(f, "the edit of message {message}"),
            Self::Surplus { remote } => write!(f, "ticket {remote}, one too many"),
        }
    }
}
