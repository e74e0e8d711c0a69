//! What happens to tickets, as it enters: parsed, checked, and carrying its own time and chance.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    AgentId, AgentOrder, Attempt, Author, DeliveryId, Erasing, LaneId, MappingVersion, Mend,
    Observed, TicketId, Tidying, Time, TraceContext, Visibility,
};

/// Something that happened, to one ticket at most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Time,
    /// The only chance that planning may use.
    pub random: [u8; 16],
    /// Where in a trace it happened, as whoever brought it about said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceContext>,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// A webhook brought a ticket or a follow-up.
    Arrived(Box<ExternalTicket>),
    /// Somebody on our side answered.
    Replied(Replied),
    /// A call that must not be repeated by itself is about to begin.
    Started {
        /// Of what.
        delivery: DeliveryId,
    },
    /// A call ended.
    Settled(Box<Settled>),
    /// A lane was found to have nothing due when it said so.
    Kicked(Kick),
    /// A delivery's record cannot be read.
    SetAside(SetAside),
    /// A delivery's answered message has another response URL than its lane.
    Misplaced {
        /// Which.
        delivery: DeliveryId,
    },
    /// A delivery's time was up while its destination was left alone.
    Expired {
        /// Which.
        delivery: DeliveryId,
    },
    /// A delivery's system is in dry-run mode, so it is written down instead of sent.
    Withheld {
        /// Which.
        delivery: DeliveryId,
        /// Whether it was begun, and ended before a call was made.
        begun: bool,
    },
    /// What was to make the ticket at a system that a delivery goes by has not made it.
    Unlinked {
        /// Which delivery.
        delivery: DeliveryId,
    },
    /// Something was seen of a ticket at a system.
    Observed(Box<Observed>),
    /// Somebody answered at an address that was given with a ticket.
    Returned(Box<Returned>),
    /// What stood for an answer was removed where it was given.
    Removed {
        /// The unguessable part of its address.
        token: String,
    },
    /// A linked ticket is not at its system any more.
    Vanished {
        /// Which system.
        system: String,
        /// Its id for the ticket.
        remote: String,
    },
    /// A person's order.
    Ordered(OperatorOrder),
    /// An agent does something beside answering.
    Did(AgentId, AgentOrder),
    /// An agent is configured who may be new here.
    Joined(AgentId),
    /// The operator decides what becomes of fields from now on.
    Decided {
        /// The decisions' name.
        version: MappingVersion,
        /// All of them, in writing.
        mapping: String,
    },
    /// What is finished may be kept no longer.
    Tidied(Tidying),
    /// A person wants to be forgotten.
    Erased(Erasing),
}

/// An external ticket that was checked against the document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExternalTicket {
    /// Whose it is.
    pub brand: String,
    /// The sender's name for it.
    pub external_uid: String,
    /// What it says.
    pub content: String,
    /// Where answers go; judged already.
    pub response_url: Option<String>,
    /// The sender's word for where it comes from.
    pub provider: Option<String>,
    /// The sender's name for what it follows.
    pub parent_uid: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// The sender's time.
    pub created_at: Time,
}

/// An answer from our side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replied {
    /// In which ticket.
    pub ticket: TicketId,
    /// Who; `None`: whoever the ticket is assigned to.
    pub agent: Option<AgentId>,
    /// Whether only those who may work on the ticket may answer (agents) or anyone (the operator).
    pub only_assigned: bool,
    /// What.
    pub text: String,
    /// Whether the customer may see it.
    pub visibility: Visibility,
}

/// An answer that came to an address which was given with a ticket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The unguessable part of the address; a secret.
    pub token: String,
    /// What it says.
    pub text: String,
}

impl fmt::Debug for Returned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Returned").finish_non_exhaustive()
    }
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// Of what.
    pub delivery: DeliveryId,
    /// In which lane the call was made; the delivery may have moved since.
    pub lane: LaneId,
    /// Which revision was sent.
    pub revision: u32,
    /// The result. Its number, next try and repetition are the plan's to fill in.
    pub attempt: Attempt,
    /// For a throttled call: until when, where the receiver said so.
    pub until: Option<Time>,
    /// The receiver said that it is gone for good.
    pub gone: bool,
    /// The receiver's name for what it took: the message, from a valid reply response; the ticket that was made.
    pub remote_uid: Option<String>,
    /// What the command is about is not there any more.
    pub vanished: bool,
    /// What it says about the lane's and host's health.
    pub failure: Option<LaneFailure>,
    /// Whether the host's gate remembers trouble, so that an answer must clear it.
    pub host_troubled: bool,
}

/// A result that counts against a breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneFailure {
    /// No answer at all.
    Silence,
    /// A 5xx.
    ServerError,
}

/// A lane whose wake time is to be set anew from what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kick {
    /// Which.
    pub lane: LaneId,
}

/// A head whose record, or that of what it carries, cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetAside {
    /// In which lane.
    pub lane: LaneId,
    /// As its due row says.
    pub head: Head,
    /// What is wrong.
    pub reason: String,
}

/// What a due row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Head {
    /// Not before.
    pub due: Time,
    /// Whether it was tried before.
    pub retried: bool,
    /// Whose chain it heads.
    pub ticket: TicketId,
    /// Which.
    pub delivery: DeliveryId,
}

/// What a person orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperatorOrder {
    /// Give the ticket to one agent.
    Assign {
        /// Which.
        ticket: TicketId,
        /// To whom.
        agent: AgentId,
    },
    /// Mirror the ticket again that changed implausibly often.
    Release {
        /// Which.
        ticket: TicketId,
    },
    /// Refuse replies, or take them again.
    Lock {
        /// Which.
        ticket: TicketId,
        /// Whether to refuse.
        locked: bool,
    },
    /// Send answers elsewhere from now on.
    SetResponseUrl {
        /// Which.
        ticket: TicketId,
        /// Judged already.
        url: String,
    },
    /// Try a pending delivery now, or a dead or held one again.
    Retry {
        /// Which.
        delivery: DeliveryId,
    },
    /// Decide about what was recorded instead of sent.
    ReleaseRecorded {
        /// Which delivery.
        delivery: DeliveryId,
        /// Whether it is sent after all, or never.
        send: bool,
    },
    /// Never send it.
    Cancel {
        /// Which.
        delivery: DeliveryId,
    },
    /// Change what a dead letter says.
    Edit(Edited),
    /// Make so again at a system what was found not to be so there.
    Mend {
        /// Which ticket's.
        ticket: TicketId,
        /// The system's id.
        system: String,
        /// What.
        what: Mend,
    },
    /// Send nothing to a system until it is resumed.
    Pause {
        /// Its id.
        system: String,
    },
    /// See at once whether the trouble is over for which a system paused by itself.
    Probe {
        /// Its id.
        system: String,
    },
    /// Let a system go on that was paused, also by itself.
    ResumeSystem {
        /// Its id.
        system: String,
    },
    /// Let a lane go on that was held, paused or broken.
    Resume {
        /// Which.
        lane: LaneId,
    },
}

/// A dead letter's new text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edited {
    /// Which.
    pub delivery: DeliveryId,
    /// What it says from now on.
    pub text: String,
}
