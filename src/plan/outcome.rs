//! What planning decided: records to write, all or none, and what to answer once they are synced.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{
    AgentId, Assignee, Attempt, Delivery, DeliveryId, Head, HostState, Lane, LaneId,
    MappingVersion, Mend, Message, MessageId, Notice, Priority, Profile, Remembered, SpanId,
    Status, Ticket, TicketId, Time, Tombstone, TraceContext,
};

use super::facts::{Address, AuthorRecord, FoundNotice, Leftover, Numbers, Slot};

/// What an event leads to.
#[derive(Debug)]
pub struct Outcome {
    /// Written in one batch.
    pub writes: Vec<Write>,
    /// The next of each number, afterwards.
    pub numbers: Numbers,
    /// Given once the writes are synced, and everything that they rest on.
    pub answer: Answer,
    /// What is told of it in a trace, likewise.
    pub step: Option<Step>,
}

/// A step of a ticket's way, as part of a trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which ticket.
    pub ticket: TicketId,
    /// Whose it is.
    pub brand: String,
    /// Its place in the trace.
    pub context: TraceContext,
    /// What it followed from; `None` where the trace begins with it.
    pub after: Option<SpanId>,
    /// The message that is new with it, if one is.
    pub message: Option<MessageId>,
}

/// One record to write. Where indexes follow from the change, the old record comes along.
#[derive(Debug, Clone)]
pub enum Write {
    /// A ticket.
    Ticket {
        /// As it was, if it was.
        old: Option<Box<Ticket>>,
        /// As it is.
        new: Box<Ticket>,
    },
    /// A message.
    Message(Box<Message>),
    /// The text of a revision, apart from its message.
    Text(MessageId, u32, String),
    /// A uid's meaning.
    Uid {
        /// In which brand.
        brand: String,
        /// What is called so.
        uid: String,
        /// In which sense.
        slot: Slot,
        /// In which ticket it stands.
        ticket: TicketId,
        /// Which message.
        message: MessageId,
    },
    /// A message waits for its parent, or no longer.
    Waiting {
        /// In which brand.
        brand: String,
        /// The parent's uid.
        uid: String,
        /// Its ticket.
        ticket: TicketId,
        /// The message.
        message: MessageId,
        /// `Some(provider)` while it waits.
        waits: Option<Option<String>>,
    },
    /// Where answers to something may be sent, by the name that it is kept under.
    Address(String, Address),
    /// An author.
    Author {
        /// In which brand.
        brand: String,
        /// The sender's name for them.
        uid: String,
        /// What is known.
        record: AuthorRecord,
    },
    /// A delivery.
    Delivery {
        /// As it was, if it was.
        old: Option<Box<Delivery>>,
        /// As it is.
        new: Box<Delivery>,
    },
    /// A try that is no longer its delivery's last.
    Attempt(DeliveryId, Attempt),
    /// A lane.
    Lane {
        /// As it was, if it was.
        old: Option<Box<Lane>>,
        /// As it is.
        new: Box<Lane>,
    },
    /// What a host's gate remembers; nothing is kept of a sound one.
    Host(String, HostState),
    /// Who was last given a ticket of a brand in turn.
    LastAssigned(String, AgentId),
    /// Something that `trace` tells.
    Note(TicketId, Time, Note),
    /// Something that those who may work on a brand's tickets of this assignee are told.
    Notice(String, Assignee, Notice),
    /// An agent has read a notice, for the first time.
    Read(AgentId, Box<FoundNotice>),
    /// What is kept of an agent.
    Profile(AgentId, Box<Profile>),
    /// What the operator decided about fields, in writing.
    Mapping(MappingVersion, String),
    /// A head that cannot be read leaves its lane and stays where a person finds it.
    SetAside {
        /// From which lane.
        lane: LaneId,
        /// Which.
        head: Head,
        /// Why.
        reason: String,
    },
    /// A ticket that is kept no longer, with as much of what belongs to it as fits; nothing of it is pending.
    TicketRemoved {
        /// As it was.
        old: Box<Ticket>,
        /// What is told of it from now on.
        stone: Tombstone,
        /// Lanes to response URLs of its own are not kept either that were not used since.
        unused_since: Time,
    },
    /// More of what is left of a removed ticket.
    Swept {
        /// Which.
        ticket: TicketId,
        /// What it was.
        left: Leftover,
        /// What is told of it.
        stone: Tombstone,
        /// As above.
        unused_since: Time,
    },
    /// A delivery whose record is kept no longer; at most a few of its tries have records of their own.
    DeliveryRemoved {
        /// As it was.
        old: Box<Delivery>,
        /// As above.
        unused_since: Time,
    },
    /// Records of tries that are kept no longer.
    AttemptsRemoved(DeliveryId, Vec<u32>),
    /// Notices that are kept no longer, and that they were read.
    NoticesRemoved {
        /// Of which brand.
        brand: String,
        /// To whom.
        assignee: Assignee,
        /// Which.
        notices: Vec<Notice>,
        /// Who has read which of them, as far as that is removed, too.
        read: Vec<(AgentId, Vec<Notice>)>,
    },
    /// As many texts of a message as fit, all of its revisions.
    TextsRemoved {
        /// The message as it was.
        old: Box<Message>,
        /// As it is, with other words.
        new: Box<Message>,
    },
    /// A message whose words are forgotten, with its texts, which are few.
    MessageErased {
        /// Of which brand.
        brand: String,
        /// As it was.
        old: Box<Message>,
        /// As it is.
        new: Box<Message>,
    },
    /// An author who is kept no longer.
    AuthorRemoved {
        /// In which brand.
        brand: String,
        /// The sender's name for them.
        uid: String,
    },
    /// What was remembered of something removed is forgotten, too.
    Lapsed(Remembered),
}

/// Something that `trace` tells beside messages and deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// A message was edited by its sender.
    Edited {
        /// Which.
        message: MessageId,
        /// The revision it became.
        revision: u32,
    },
    /// A message's answers go elsewhere from now on.
    ResponseUrl {
        /// Which.
        message: MessageId,
        /// Deliveries that moved along.
        moved: usize,
    },
    /// It turned out to belong together with others.
    Related {
        /// Those.
        tickets: Vec<TicketId>,
    },
    /// Given to an agent.
    Assigned {
        /// To whom.
        agent: AgentId,
        /// At this system; `None`: by the operator.
        #[serde(default)]
        by: Option<String>,
    },
    /// Locked or unlocked by the operator.
    Locked {
        /// Which of the two.
        locked: bool,
    },
    /// A customer's message reopened it.
    Reopened {
        /// Which message.
        message: MessageId,
    },
    /// An agent changed where it stands.
    Status {
        /// From there.
        from: Status,
        /// To there.
        to: Status,
        /// Who.
        by: AgentId,
    },
    /// An agent changed how urgent it is.
    Priority {
        /// From that.
        from: Priority,
        /// To that.
        to: Priority,
        /// Who.
        by: AgentId,
    },
    /// An agent gave it other labels.
    Labels {
        /// Those it has now.
        labels: Vec<u64>,
        /// Who.
        by: AgentId,
    },
    /// It stands for a ticket at a system from now on.
    Linked {
        /// Which system.
        system: String,
        /// The system's id for its ticket.
        remote: String,
    },
    /// The operator had something made so again at a system.
    Mended {
        /// Which system.
        system: String,
        /// What.
        what: Mend,
    },
    /// Its ticket at a system was deleted there.
    Vanished {
        /// Which system.
        system: String,
        /// The system's id for that ticket.
        remote: String,
    },
    /// One ticket too many was found at a system, made by a call whose answer was lost.
    Surplus {
        /// Which system.
        system: String,
        /// The system's id for it.
        remote: String,
    },
    /// Its status changed at a system.
    Elsewhere {
        /// Which system.
        system: String,
        /// From that, as it is spelled there.
        from: String,
        /// To that.
        to: String,
    },
    /// Its status changed at a system whose word counts less than another's, so that it stands where it stood.
    Outranked {
        /// Which system.
        system: String,
        /// What it says.
        status: String,
        /// Whose word counts.
        by: String,
    },
    /// A system changed where it stands here.
    Followed {
        /// Which system.
        system: String,
        /// From there.
        from: Status,
        /// To there.
        to: Status,
    },
    /// It was mirrored so often that it is not mirrored any more.
    LoopBroken {
        /// How often, within the time that the operator set.
        changes: u32,
    },
    /// A person wants it mirrored again.
    Released,
    /// What stood for a message at a system was removed there.
    Removed {
        /// Which system.
        system: String,
        /// Which message.
        message: MessageId,
    },
    /// A message says nothing that a system would take.
    Unsaid {
        /// Which system.
        system: String,
        /// Which message.
        message: MessageId,
    },
    /// What goes by its ticket at a system was not sent, because there is none.
    Unlinked {
        /// Which system.
        system: String,
        /// Which delivery.
        delivery: DeliveryId,
    },
    /// A system gave it other labels.
    Relabelled {
        /// Which system.
        system: String,
        /// Those it has now.
        labels: Vec<u64>,
    },
    /// A system changed how urgent it is here.
    Urgency {
        /// Which system.
        system: String,
        /// From that.
        from: Priority,
        /// To that.
        to: Priority,
    },
    /// A person is forgotten who wrote here.
    Erased {
        /// Which message.
        message: MessageId,
    },
    /// A person's order about a delivery.
    Ordered {
        /// Which delivery.
        delivery: DeliveryId,
        /// What was ordered.
        order: String,
    },
}

/// What to answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// To an external ticket.
    Taken(Box<Taken>),
    /// To a reply.
    Replied(Box<ReplyTaken>),
    /// To an answer that came to an address given with a ticket.
    Returned(Box<ReturnTaken>),
    /// To a call that is about to begin: it may.
    Started,
    /// To a settle.
    Settled(Box<AfterSettle>),
    /// The lane as it now is.
    Lane(Box<Lane>),
    /// To an order: what was done.
    Done(String),
    /// To an agent's change of a ticket: the ticket as it now is.
    Changed(Box<Ticket>),
    /// To a like.
    Liked {
        /// Whether the agent likes the message now.
        liked: bool,
        /// How many agents do.
        count: usize,
    },
    /// To what an agent changes about themselves.
    Profile(Box<Profile>),
    /// To a notice that was read.
    Read(Box<Notice>),
    /// To what was seen at a system.
    Seen(Sighting),
    /// To a step of tidying or erasing.
    Tidied {
        /// Whether the same step has more to do.
        more: bool,
    },
    /// Nothing was changed.
    Refused(Refusal),
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What it concerns is not there, or not for the one who asks.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// There is no way back to the customer.
    #[error("response_url is required: no known parent has one")]
    NoWayBack {
        /// Whether the parent is known at all.
        parent_known: bool,
    },
    /// The ticket is locked.
    #[error("the ticket is locked")]
    Locked,
    /// The delivery moved on since.
    #[error("the delivery has moved on since")]
    Stale,
    /// The order does not fit the state.
    #[error("{0}")]
    NotNow(String),
}

impl Refusal {
    /// Only those who work for its brand may have to do with a ticket.
    pub(super) fn not_of_brand(agent: AgentId, ticket: &Ticket) -> Self {
        let brand = &ticket.brand;
        Self::NotNow(format!(
            "agent {agent} does not work for brand {brand}, whose ticket {} is",
            ticket.id
        ))
    }
}

/// An external ticket was stored, or was there already.
#[derive(Debug, Clone)]
pub struct Taken {
    /// In whose thread the text now stands.
    pub ticket: TicketId,
    /// As which message.
    pub message: MessageId,
    /// Whether it joined a thread rather than opening it.
    pub joined: bool,
    /// The same was there already.
    pub duplicate: bool,
    /// It was there already and was changed.
    pub updated: bool,
    /// Where the ticket stands.
    pub status: Status,
    /// Whether answers have a way back.
    pub response_url_known: bool,
    /// The sender's time of the message.
    pub created_at: Time,
}

/// A reply was stored.
#[derive(Debug, Clone)]
pub struct ReplyTaken {
    /// It.
    pub message: Message,
    /// In which ticket.
    pub ticket: Ticket,
}

/// An answer was stored, or was there already, that came to an address given with a ticket.
#[derive(Clone)]
pub struct ReturnTaken {
    /// What was stored.
    pub taken: ReplyTaken,
    /// What the answer is called there from now on.
    pub uid: String,
    /// What the message is called there that it answers.
    pub parent_uid: String,
    /// The unguessable part of the answer's own address; a secret.
    pub token: String,
    /// The same was there already.
    pub duplicate: bool,
}

impl fmt::Debug for ReturnTaken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReturnTaken")
            .field("taken", &self.taken)
            .field("uid", &self.uid)
            .field("duplicate", &self.duplicate)
            .finish_non_exhaustive()
    }
}

/// What came of what was seen at a system.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sighting {
    /// Ours that it concerns, if any does.
    pub ticket: Option<TicketId>,
    /// Whether anything changed here.
    pub news: bool,
    /// What was seen may be older than what is known: somebody must ask how it is now.
    pub ask_again: bool,
    /// How many of our own doings were met.
    pub echoes: u64,
}

/// What the one who made a call needs to know after its settle.
#[derive(Debug, Clone)]
pub struct AfterSettle {
    /// The lane of the call as it now is.
    pub lane: Lane,
    /// The host's gate, where it changed.
    pub host: Option<HostState>,
    /// The delivery as it now is.
    pub delivery: Delivery,
    /// Whether this settle opened the lane's or the host's breaker.
    pub breaker_opened: bool,
}
