//! What is kept no longer: finished work whose time is up, and what is known of a person who wants to be forgotten.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DeliveryId, MessageId, TicketId, Time};

/// One step of the background's tidying. Each may be repeated: what is not there any more, or not old enough, is left as
/// it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tidying {
    /// The time of a closed ticket may be up.
    Retire {
        /// Which.
        ticket: TicketId,
    },
    /// Something of a removed ticket is left, because it was too much for one event.
    Sweep {
        /// Which.
        ticket: TicketId,
    },
    /// The time of a delivery's record may be up.
    Prune {
        /// Which.
        delivery: DeliveryId,
    },
    /// Agents may be told of what is not there any more.
    Unnotice(NoticeLeaf),
    /// What is known only to tell repetitions may be too old for that.
    Lapse(Remembered),
}

/// Neighbouring notices to those who may work on the same tickets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NoticeLeaf {
    /// Of which brand.
    pub brand: String,
    /// To whom.
    pub assignee: super::Assignee,
    /// One of them; the others stand together with it.
    pub notice: super::NoticeId,
}

/// What is remembered of something that was removed, so that repetitions of it are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Remembered {
    /// Since when.
    pub at: Time,
    /// Of which ticket.
    pub ticket: TicketId,
    /// Which part.
    pub part: u16,
}

/// One step of forgetting a person. Each may be repeated.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Erasing {
    /// A ticket of theirs; as long as something of it is pending, that is called off first, a part at a time.
    Ticket {
        /// Which.
        ticket: TicketId,
        /// What the person goes by.
        author: String,
    },
    /// A message of theirs in another's ticket, and what was answered to it, a part at a time.
    Message {
        /// In which ticket.
        ticket: TicketId,
        /// Which.
        message: MessageId,
        /// What the person goes by.
        author: String,
    },
    /// What is known of them in a brand beside tickets.
    Author {
        /// Which brand.
        brand: String,
        /// What the person goes by.
        author: String,
    },
}

impl fmt::Debug for Erasing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ticket { ticket, .. } => write!(f, "Ticket({ticket})"),
            Self::Message {
                ticket, message, ..
            } => write!(f, "Message({ticket}, {message})"),
            Self::Author { brand, .. } => write!(f, "Author({brand})"),
        }
    }
}

/// What is told of a ticket that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tombstone {
    /// When it was removed.
    pub at: Time,
    /// Whether that was because its author is to be forgotten; else its time was up.
    pub erased: bool,
}
