//! What planning may ask for, and what it was told.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use crate::model::{
    AgentId, Assignee, Delivery, DeliveryId, Destination, Head, HostState, Lane, LaneId, Message,
    MessageId, Notice, NoticeId, NoticeLeaf, Profile, Ticket, TicketId, Time, Tombstone,
};

/// More namesakes than this are ambiguous all the same.
pub const MOST_NAMESAKES: usize = 16;

/// One question to the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Lookup {
    /// A ticket.
    Ticket(TicketId),
    /// A message of a ticket.
    Message(TicketId, MessageId),
    /// The first messages of a ticket after one, in order, as many as this.
    MessagesAfter(TicketId, MessageId, usize),
    /// Where answers may be sent, by the name that it is kept under.
    Address(String),
    /// The text of a revision that stands apart from its message.
    Text(MessageId, u32),
    /// The first [`MOST_NAMESAKES`] things in a brand that go by a uid.
    Uid(String, String),
    /// What goes by a uid in one sense.
    UidAs(String, String, Slot),
    /// Messages of a brand that wait for a parent of this uid, oldest first.
    Waiting(String, String),
    /// An author, by brand and uid.
    Author(String, String),
    /// A delivery.
    Delivery(DeliveryId),
    /// Whether a delivery is there and can be read.
    IsReadable(DeliveryId),
    /// A lane.
    Lane(LaneId),
    /// The lane to a destination.
    LaneTo(Destination),
    /// The first two of a chain.
    ChainFront(LaneId, TicketId),
    /// The chain, up to its first 64.
    Chain(LaneId, TicketId),
    /// The earliest three heads of a lane, of each kind.
    NextDue(LaneId),
    /// What a host's gate remembers.
    Host(String),
    /// Who was last given a ticket of a brand in turn.
    LastAssigned(String),
    /// How many open tickets each agent of a brand has alone.
    OpenCounts(String),
    /// What is kept of an agent.
    Profile(AgentId),
    /// The ticket that a system's ticket is or was linked to.
    Linked(String, String),
    /// A notice, in whichever of these lists of tickets it is, and whether the agent has read it.
    Notice(AgentId, NoticeId, Vec<(String, Assignee)>),
    /// The notices that stand together with one.
    NoticeLeaf(NoticeLeaf),
    /// A few of a ticket's deliveries that are pending; those that wait behind others come first, then the newest.
    Pending(TicketId),
    /// Whether anything of a ticket is pending, a dead letter, or ended after this moment.
    IsBusy(TicketId, Time),
    /// The first attempt records of a delivery, at most so many.
    Attempts(DeliveryId, usize),
    /// A few of the deliveries that carry a message or answer it, and of the messages that answer it in their own words
    /// still.
    Concerning(TicketId, MessageId),
    /// What is told of a ticket that was removed.
    Tombstone(TicketId),
    /// The brand and the opening message of a removed ticket of which something is left.
    Leftover(TicketId),
    /// What went by a uid in one brand, sent by one provider, and was removed.
    Departed(String, String, Option<String>),
}

/// The answer to a [`Lookup`].
#[derive(Debug, Clone)]
pub enum Fact {
    /// To [`Lookup::Ticket`].
    Ticket(Option<Box<Ticket>>),
    /// To [`Lookup::Message`].
    Message(Option<Box<Message>>),
    /// To [`Lookup::MessagesAfter`].
    Messages(Vec<Message>),
    /// To [`Lookup::Address`].
    Address(Option<Address>),
    /// To [`Lookup::Text`].
    Text(Option<String>),
    /// To [`Lookup::Uid`].
    Uid(Vec<UidEntry>),
    /// To [`Lookup::UidAs`].
    UidAs(Option<UidEntry>),
    /// To [`Lookup::Waiting`].
    Waiting(Vec<WaitingEntry>),
    /// To [`Lookup::Author`].
    Author(Option<AuthorRecord>),
    /// To [`Lookup::Delivery`].
    Delivery(Option<Box<Delivery>>),
    /// To [`Lookup::IsReadable`].
    IsReadable(bool),
    /// To [`Lookup::Lane`].
    Lane(Option<Box<Lane>>),
    /// To [`Lookup::LaneTo`].
    LaneTo(Option<LaneId>),
    /// To [`Lookup::ChainFront`] and [`Lookup::Chain`], in order.
    Chain(Vec<DeliveryId>),
    /// To [`Lookup::NextDue`].
    NextDue(Vec<Head>),
    /// To [`Lookup::Host`].
    Host(HostState),
    /// To [`Lookup::LastAssigned`].
    LastAssigned(Option<AgentId>),
    /// To [`Lookup::OpenCounts`].
    OpenCounts(BTreeMap<AgentId, u64>),
    /// To [`Lookup::Linked`].
    Linked(Option<TicketId>),
    /// To [`Lookup::Profile`].
    Profile(Option<Box<Profile>>),
    /// To [`Lookup::Notice`].
    Notice(Option<Box<FoundNotice>>),
    /// To [`Lookup::NoticeLeaf`].
    NoticeLeaf(Box<NoticesTogether>),
    /// To [`Lookup::Pending`].
    Pending(Vec<DeliveryId>),
    /// To [`Lookup::IsBusy`].
    IsBusy(bool),
    /// To [`Lookup::Attempts`].
    Attempts(Vec<u32>),
    /// To [`Lookup::Concerning`].
    Concerning(Concerning),
    /// To [`Lookup::Tombstone`].
    Tombstone(Option<Tombstone>),
    /// To [`Lookup::Leftover`].
    Leftover(Option<Leftover>),
    /// To [`Lookup::Departed`].
    Departed(Option<Departed>),
}

/// Neighbouring notices to the same agents, and who has read which of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticesTogether {
    /// They.
    pub notices: Vec<Notice>,
    /// By agent.
    pub read: Vec<(AgentId, Vec<Notice>)>,
}

/// What a message brought about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Concerning {
    /// Deliveries that carry it or answer it.
    pub deliveries: Vec<DeliveryId>,
    /// Messages that answer it.
    pub answers: Vec<MessageId>,
    /// Rows that its texts take which stand apart.
    pub text_rows: usize,
}

/// A removed ticket of which something is left.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Leftover {
    /// Who owned it.
    pub brand: String,
    /// The message that opened it.
    pub opening: MessageId,
}

/// What went by a uid before it was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Departed {
    /// In which ticket it stood.
    pub ticket: TicketId,
    /// Which message it was.
    pub message: MessageId,
    /// Whether it had joined a thread rather than opening it.
    pub joined: bool,
    /// When it was removed.
    pub at: Time,
}

/// A notice, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundNotice {
    /// It.
    pub notice: Notice,
    /// To whom it was given: a brand, and the agents of it.
    pub to: (String, Assignee),
    /// Whether the agent who asks has read it.
    pub is_read: bool,
}

/// One thing that goes by a uid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UidEntry {
    /// In which sense.
    pub slot: Slot,
    /// In which ticket it stands.
    pub ticket: TicketId,
    /// Which message.
    pub message: MessageId,
}

/// In which sense a uid names a message.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// Its sender called it so, under this provider.
    Sent(Option<String>),
    /// It is a reply, and its receiver called it so.
    Reply,
}

/// A message that waits for its parent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct WaitingEntry {
    /// Its ticket.
    pub ticket: TicketId,
    /// The message.
    pub message: MessageId,
    /// Its sender's provider.
    pub provider: Option<String>,
}

/// Where answers to something may be sent.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Address {
    /// The system that it was given to.
    pub system: String,
    /// In which ticket it stands.
    pub ticket: TicketId,
    /// What is answered.
    pub message: MessageId,
    /// The last answer that came.
    pub last: Option<LastReturned>,
}

/// The last answer that came to an address.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LastReturned {
    /// The fingerprint of its text.
    pub text: String,
    /// When it came.
    pub at: Time,
    /// As which message it was stored.
    pub message: MessageId,
    /// The unguessable part of its own address; a secret.
    pub token: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Address")
            .field("system", &self.system)
            .field("ticket", &self.ticket)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

/// What is known of an author in a brand.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AuthorRecord {
    /// What people see.
    pub username: String,
    /// Their first ticket in the brand.
    pub customer: TicketId,
}

/// The next of each number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Numbers {
    /// The next ticket's.
    pub ticket: u64,
    /// The next message's.
    pub message: u64,
    /// The next delivery's.
    pub delivery: u64,
    /// The next lane's.
    pub lane: u64,
    /// The next notice's.
    pub notice: u64,
}

impl Numbers {
    /// The same, with so many of each left out.
    pub fn skip(self, count: u64) -> Self {
        let later = |next: u64| next.saturating_add(count);
        Self {
            ticket: later(self.ticket),
            message: later(self.message),
            delivery: later(self.delivery),
            lane: later(self.lane),
            notice: later(self.notice),
        }
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Self {
            ticket: 1,
            message: 1,
            delivery: 1,
            lane: 1,
            notice: 1,
        }
    }
}

/// The fact that planning lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing(pub Lookup);

/// What planning was told so far.
#[derive(Debug, Default)]
pub struct Facts {
    /// The next of each number.
    pub numbers: Numbers,
    known: HashMap<Lookup, Fact>,
}

macro_rules! getter {
    ($name:ident ( $($arg:ident : $ty:ty),* ) -> $out:ty, $lookup:expr, $fact:ident) => {
        pub(super) fn $name(&self, $($arg: $ty),*) -> Result<$out, Missing> {
            let lookup = $lookup;
            match self.known.get(&lookup) {
                Some(Fact::$fact(found)) => Ok(found.clone()),
                _ => Err(Missing(lookup)),
            }
        }
    };
}

impl Facts {
    /// Nothing known but the numbers.
    pub fn new(numbers: Numbers) -> Self {
        Self {
            numbers,
            known: HashMap::new(),
        }
    }

    /// Adds what the store answered.
    pub fn learn(&mut self, lookup: Lookup, fact: Fact) {
        self.known.insert(lookup, fact);
    }

    /// What goes by a uid in this sense, among those `known` to go by it.
    pub(super) fn named(
        &self,
        brand: &str,
        uid: &str,
        slot: &Slot,
        known: &[UidEntry],
    ) -> Result<Option<UidEntry>, Missing> {
        match known.iter().find(|entry| entry.slot == *slot) {
            Some(found) => Ok(Some(found.clone())),
            None if known.len() < MOST_NAMESAKES => Ok(None),
            None => self.uid_as(brand, uid, slot),
        }
    }

    getter!(ticket(id: TicketId) -> Option<Box<Ticket>>, Lookup::Ticket(id), Ticket);
    getter!(message(ticket: TicketId, id: MessageId) -> Option<Box<Message>>, Lookup::Message(ticket, id), Message);
    getter!(messages_after(ticket: TicketId, after: MessageId, most: usize) -> Vec<Message>,
        Lookup::MessagesAfter(ticket, after, most), Messages);
    getter!(address(name: &str) -> Option<Address>, Lookup::Address(name.to_owned()), Address);
    getter!(text(id: MessageId, revision: u32) -> Option<String>, Lookup::Text(id, revision), Text);
    getter!(uid(brand: &str, uid: &str) -> Vec<UidEntry>, Lookup::Uid(brand.to_owned(), uid.to_owned()), Uid);
    getter!(uid_as(brand: &str, uid: &str, slot: &Slot) -> Option<UidEntry>,
        Lookup::UidAs(brand.to_owned(), uid.to_owned(), slot.clone()), UidAs);
    getter!(waiting(brand: &str, uid: &str) -> Vec<WaitingEntry>,
        Lookup::Waiting(brand.to_owned(), uid.to_owned()), Waiting);
    getter!(author(brand: &str, uid: &str) -> Option<AuthorRecord>,
        Lookup::Author(brand.to_owned(), uid.to_owned()), Author);
    getter!(delivery(id: DeliveryId) -> Option<Box<Delivery>>, Lookup::Delivery(id), Delivery);
    getter!(is_readable(id: DeliveryId) -> bool, Lookup::IsReadable(id), IsReadable);
    getter!(lane(id: LaneId) -> Option<Box<Lane>>, Lookup::Lane(id), Lane);
    getter!(lane_to(to: &Destination) -> Option<LaneId>, Lookup::LaneTo(to.clone()), LaneTo);
    getter!(chain_front(lane: LaneId, ticket: TicketId) -> Vec<DeliveryId>, Lookup::ChainFront(lane, ticket), Chain);
    getter!(chain(lane: LaneId, ticket: TicketId) -> Vec<DeliveryId>, Lookup::Chain(lane, ticket), Chain);
    getter!(next_due(lane: LaneId) -> Vec<Head>, Lookup::NextDue(lane), NextDue);
    getter!(host(host: &str) -> HostState, Lookup::Host(host.to_owned()), Host);
    getter!(last_assigned(brand: &str) -> Option<AgentId>, Lookup::LastAssigned(brand.to_owned()), LastAssigned);
    getter!(profile(agent: AgentId) -> Option<Box<Profile>>, Lookup::Profile(agent), Profile);
    getter!(linked(system: &str, remote: &str) -> Option<TicketId>,
        Lookup::Linked(system.to_owned(), remote.to_owned()), Linked);
    getter!(notice(agent: AgentId, id: NoticeId, lists: &[(String, Assignee)]) -> Option<Box<FoundNotice>>,
        Lookup::Notice(agent, id, lists.to_vec()), Notice);
    getter!(notice_leaf(leaf: &NoticeLeaf) -> Box<NoticesTogether>, Lookup::NoticeLeaf(leaf.clone()), NoticeLeaf);
    getter!(pending(ticket: TicketId) -> Vec<DeliveryId>, Lookup::Pending(ticket), Pending);
    getter!(is_busy(ticket: TicketId, after: Time) -> bool, Lookup::IsBusy(ticket, after), IsBusy);
    getter!(attempts(id: DeliveryId, most: usize) -> Vec<u32>, Lookup::Attempts(id, most), Attempts);
    getter!(concerning(ticket: TicketId, message: MessageId) -> Concerning, Lookup::Concerning(ticket, message), Concerning);
    getter!(tombstone(ticket: TicketId) -> Option<Tombstone>, Lookup::Tombstone(ticket), Tombstone);
    getter!(leftover(ticket: TicketId) -> Option<Leftover>, Lookup::Leftover(ticket), Leftover);
    getter!(departed(brand: &str, uid: &str, provider: Option<&str>) -> Option<Departed>,
        Lookup::Departed(brand.to_owned(), uid.to_owned(), provider.map(str::to_owned)), Departed);
    getter!(open_counts(brand: &str) -> BTreeMap<AgentId, u64>, Lookup::OpenCounts(brand.to_owned()), OpenCounts);
}
