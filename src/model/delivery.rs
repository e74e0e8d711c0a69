//! One command on its way to one destination, and the tries of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    Author, DeliveryId, Fate, Incarnation, Lane, LaneId, MappingVersion, MessageId, SpanId,
    TicketId, Time, TraceContext,
};

/// One command on its way to one destination. It freezes what its request is made from, so that every try has
/// the same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Its number.
    pub id: DeliveryId,
    /// Where it goes.
    pub lane: LaneId,
    /// The configured system it goes to, or [`super::RESPONSE_URL`].
    pub system: String,
    /// Whose chain it stands in.
    pub ticket: TicketId,
    /// Who owns that ticket.
    pub brand: String,
    /// What is to be done there.
    pub command: Command,
    /// The message that it carries, or that brought it about.
    pub message: MessageId,
    /// At which revision; of what says how things stand ([`Command::is_of_now`]), how often that has changed since.
    pub revision: u32,
    /// By which decisions of the operator's its request is made.
    #[serde(default)]
    pub mapping: MappingVersion,
    /// Where it stands.
    pub state: DeliveryState,
    /// Tries that count against the schedule.
    pub attempts: u32,
    /// All tries, throttled ones too; the number of attempt records.
    pub tries: u32,
    /// The last try, if any; earlier ones are records of their own.
    pub last: Option<Attempt>,
    /// When it was planned.
    pub created_at: Time,
    /// When its age begins: planning, or a person's order to try again.
    pub age_from: Time,
    /// When the first call began of which nobody knows whether it arrived, where such a call must be looked up before
    /// another is made.
    #[serde(default)]
    pub in_doubt_since: Option<Time>,
    /// The highest number that a message there was known to have when the first call began, where what was posted is
    /// looked for among the later ones.
    #[serde(default)]
    pub mark: Option<u64>,
    /// When it was last recorded instead of sent, because its system was in dry-run mode.
    #[serde(default)]
    pub recorded_at: Option<Time>,
    /// What brought it about, in the trace that it is told in, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceContext>,
}

/// What is to be done at a destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Bring a reply to a response URL.
    Reply(Answering),
    /// Make a ticket there that stands for ours.
    CreateTicket {
        /// Whose it is, as they were called when it was planned.
        visitor: Author,
    },
    /// Replace what is shown beside that ticket by what ours says now.
    ReplaceRecord,
    /// Put a label on it.
    AddLabel(String),
    /// Take a label off it.
    RemoveLabel(String),
    /// Take it out of the queue there. Names it, since it may be one too many.
    CancelTicket {
        /// The system's id for it; empty for the one that a delivery before it in its chain is still to make.
        remote: String,
    },
    /// Send the message to the customer's telephone.
    SendSms,
    /// Make a ticket there of the message, to which there is an address for answers.
    PushTicket(Pushing),
    /// Add the message to that ticket's thread.
    PostMessage,
    /// Add a note to that ticket's thread: that the message says something else by now.
    PostEdit,
    /// Let that ticket stand where ours stands now, as urgent as ours.
    UpdateTicket,
}

/// What is said of a message that becomes a ticket elsewhere, beside its text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pushing {
    /// What it is called there: the same for every try, and for nothing else.
    pub uid: String,
    /// What the ticket is called there that it follows.
    pub parent_uid: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// The unguessable part of the address for answers; a secret.
    pub token: String,
}

impl fmt::Debug for Pushing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pushing")
            .field("uid", &self.uid)
            .field("parent_uid", &self.parent_uid)
            .field("author", &self.author)
            .finish_non_exhaustive()
    }
}

/// What a reply to a response URL says beside its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answering {
    /// The message it answers.
    pub answers: MessageId,
    /// The sender's name for that message.
    pub parent_uid: String,
    /// Who wrote it, as the outside knows them.
    pub author_uid: String,
    /// What people saw of them when it was written.
    pub author_name: String,
}

impl Command {
    /// Whether a call may be repeated without asking whether the one before arrived: a response URL cannot be asked,
    /// and everything else but these says the same however often it is said.
    pub fn is_looked_up(&self) -> bool {
        match self {
            Self::CreateTicket { .. }
            | Self::SendSms
            | Self::PushTicket(_)
            | Self::PostMessage
            | Self::PostEdit
            // It may be repeated, but what is seen there meanwhile may be our own doing.
            | Self::UpdateTicket => true,
            Self::Reply(_)
            | Self::ReplaceRecord
            | Self::AddLabel(_)
            | Self::RemoveLabel(_)
            | Self::CancelTicket { .. } => false,
        }
    }

    /// Whether it makes the ticket there by which the others are known; where each message is a ticket, the first is.
    pub fn is_making(&self) -> bool {
        match self {
            Self::CreateTicket { .. } => true,
            Self::PushTicket(pushing) => pushing.parent_uid.is_none(),
            _ => false,
        }
    }

    /// Whether it names the ticket there that it is about only through the link.
    pub fn goes_by_link(&self) -> bool {
        match self {
            Self::Reply(_) | Self::CreateTicket { .. } => false,
            Self::PushTicket(pushing) => pushing.parent_uid.is_some(),
            Self::CancelTicket { remote } => remote.is_empty(),
            Self::ReplaceRecord
            | Self::AddLabel(_)
            | Self::RemoveLabel(_)
            | Self::SendSms
            | Self::PostMessage
            | Self::PostEdit
            | Self::UpdateTicket => true,
        }
    }

    /// Whether it says how things stand when it is sent, so that only the newest of its kind is ever needed.
    pub fn is_of_now(&self) -> bool {
        matches!(self, Self::ReplaceRecord | Self::UpdateTicket)
    }

    /// One or two words for people and scripts.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Reply(_) => "reply",
            Self::CreateTicket { .. } => "create ticket",
            Self::ReplaceRecord => "replace record",
            Self::AddLabel(_) => "add label",
            Self::RemoveLabel(_) => "remove label",
            Self::CancelTicket { .. } => "cancel ticket",
            Self::SendSms => "send SMS",
            Self::PushTicket(_) => "push ticket",
            Self::PostMessage => "post message",
            Self::PostEdit => "post edit",
            Self::UpdateTicket => "update ticket",
        }
    }
}

/// Where a delivery stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Behind another of its chain.
    Waiting,
    /// At the head of its chain.
    Due {
        /// Not before.
        at: Time,
    },
    /// A call may be under way; written before it begins where a second arrival must not happen by itself.
    Started {
        /// Since when.
        at: Time,
    },
    /// Written down instead of sent, because its system is, or was, in dry-run mode; a person decides.
    Recorded {
        /// Since when.
        at: Time,
    },
    /// Its outcome is unknown and a person decides.
    Held {
        /// Since when.
        at: Time,
    },
    /// Taken by the receiver.
    Delivered {
        /// When.
        at: Time,
        /// Whether the answer was a valid reply response.
        verified: bool,
    },
    /// Given up on.
    Dead {
        /// When.
        at: Time,
        /// Why.
        reason: DeadReason,
    },
    /// Called off by a person.
    Cancelled {
        /// When.
        at: Time,
    },
}

impl DeliveryState {
    /// When it ended and needs nobody's attention; a dead letter does.
    pub fn at_rest_since(&self) -> Option<Time> {
        match self {
            Self::Delivered { at, .. } | Self::Cancelled { at } => Some(*at),
            Self::Waiting
            | Self::Due { .. }
            | Self::Started { .. }
            | Self::Held { .. }
            | Self::Recorded { .. }
            | Self::Dead { .. } => None,
        }
    }

    /// Whether it still stands in its chain.
    pub fn is_pending(&self) -> bool {
        match self {
            Self::Waiting
            | Self::Due { .. }
            | Self::Started { .. }
            | Self::Recorded { .. }
            | Self::Held { .. } => true,
            Self::Delivered { .. } | Self::Dead { .. } | Self::Cancelled { .. } => false,
        }
    }

    /// One word for people and scripts.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Due { .. } => "due",
            Self::Started { .. } => "started",
            Self::Recorded { .. } => "recorded",
            Self::Held { .. } => "held",
            Self::Delivered { verified: true, .. } => "delivered",
            Self::Delivered {
                verified: false, ..
            } => "unverified",
            Self::Dead { .. } => "dead",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

/// Why a delivery was given up on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum DeadReason {
    /// This request can never work.
    #[error("rejected: {0}")]
    Rejected(String),
    /// It never worked within `delivery.max_age`.
    #[error("too old after {attempts} attempts: {last}")]
    TooOld {
        /// How often it was tried.
        attempts: u32,
        /// What the last try said.
        last: String,
    },
    /// A record that it needs cannot be read, or its outcome cannot be stored.
    #[error("set aside: {0}")]
    SetAside(String),
}

/// One try of a delivery, with its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// When the call began.
    pub at: Time,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
    /// What it means.
    pub class: Class,
    /// The answer's status, if there was one.
    pub status: Option<u16>,
    /// In words, without secrets.
    pub detail: String,
    /// When the next try is due, where there will be one.
    pub next: Option<Time>,
    /// A call before this one may have arrived: the daemon had ended without settling it, or its outcome was
    /// unknown.
    #[serde(default)]
    pub may_repeat: bool,
    /// What became of the ticket's fields in the request that was sent, but for those that were kept as they are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fates: Vec<Fate>,
}

/// What the result of a try means. The connector decides it, the schedule acts on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Taken.
    Ok,
    /// Not taken, for certain; later may be better.
    Retry,
    /// Not now; the whole lane waits.
    Throttled,
    /// Never.
    Rejected,
    /// The system is held until a person or a probe says otherwise.
    Paused,
    /// It may or may not have arrived.
    Unknown,
}

impl Class {
    /// All, in the order of the metrics' documentation.
    pub const ALL: [Self; 6] = [
        Self::Ok,
        Self::Retry,
        Self::Throttled,
        Self::Rejected,
        Self::Paused,
        Self::Unknown,
    ];

    /// As in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Retry => "retry",
            Self::Throttled => "throttled",
            Self::Rejected => "rejected",
            Self::Paused => "paused",
            Self::Unknown => "unknown",
        }
    }
}

impl Delivery {
    /// What it says as a reply, if it is one.
    pub fn reply(&self) -> Option<&Answering> {
        match &self.command {
            Command::Reply(answering) => Some(answering),
            _ => None,
        }
    }

    /// What the outside sees as its id: the same for every try, unique over restored stores.
    pub fn webhook_id(&self, incarnation: &Incarnation) -> String {
        format!("msg_{}_{}", incarnation.of(self.id), self.id)
    }

    /// The place of the call that is made next in the trace that it is told in, if it is.
    pub fn call_context(&self) -> Option<TraceContext> {
        let planned = self.trace.as_ref()?;
        // Its own number says little: a bridge at the other end may number alike.
        let mut chance = planned.trace.to_bytes().to_vec();
        chance.extend(planned.span.to_bytes());
        chance.extend(self.id.0.to_be_bytes());
        chance.extend(self.tries.to_be_bytes());
        Some(planned.at(SpanId::drawn(&chance)))
    }

    /// When it becomes too old: time that its lane was held does not count.
    pub fn expires_at(&self, lane: &Lane, max_age: std::time::Duration) -> Time {
        if lane.pause.is_some() {
            return Time::MAX;
        }
        self.age_from
            .max(lane.resumed_at.unwrap_or(self.age_from))
            .plus(max_age)
    }
}
