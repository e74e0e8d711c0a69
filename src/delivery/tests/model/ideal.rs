//! What the model remembers. It shares the words of `crate::model` with the daemon, and no code of `plan` or `store`.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{DeliveryId, MessageId, Status, TicketId, Time};
use crate::systems::Report;

use super::step::Rules;

/// A uid in a brand.
pub(super) type Name = (String, String);

/// In which sense a uid names a message: its sender's, under a provider, or its receiver's.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sense {
    Sent(Option<String>),
    Reply,
}

#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) brand: String,
    pub(super) opening: MessageId,
    pub(super) author: (String, String),
    /// That author's first ticket.
    pub(super) customer: TicketId,
    /// `None`: everyone of the brand.
    pub(super) assigned: Option<u64>,
    pub(super) locked: bool,
    pub(super) status: Status,
    pub(super) awaits_agent: bool,
    pub(super) related: BTreeSet<TicketId>,
}

#[derive(Debug)]
pub(super) struct Message {
    pub(super) ticket: TicketId,
    pub(super) by: (String, String),
    pub(super) customers: bool,
    pub(super) internal: bool,
    /// Each revision; the last is what it says now.
    pub(super) texts: Vec<String>,
    pub(super) url: Option<String>,
    pub(super) late: bool,
    pub(super) answers: Option<MessageId>,
    pub(super) delivery: Option<DeliveryId>,
    pub(super) uid: Option<String>,
    /// Its receiver's name for it.
    pub(super) remote: Option<String>,
    pub(super) duplicates: u32,
}

/// A message whose parent is not known, or not which; in order of age.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Waiting {
    pub(super) ticket: TicketId,
    pub(super) message: MessageId,
    pub(super) name: Name,
    pub(super) provider: Option<String>,
}

#[derive(Debug)]
pub(super) struct Delivery {
    pub(super) ticket: TicketId,
    pub(super) message: MessageId,
    pub(super) answers: MessageId,
    pub(super) author: (String, String),
    /// The answered message's uid.
    pub(super) parent: String,
    pub(super) text: String,
    /// Its lane.
    pub(super) url: String,
    pub(super) state: State,
    /// Not before; only for the head of a chain.
    pub(super) due: Time,
    pub(super) age_from: Time,
    pub(super) attempts: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Pending,
    Held,
    Delivered { verified: bool },
    Dead,
    Cancelled,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Lane {
    pub(super) paused: Option<Time>,
    pub(super) gone: Option<Time>,
    pub(super) resumed: Option<Time>,
    pub(super) failures: u32,
    pub(super) open_until: Option<Time>,
    /// When it last asked to wait, if it has taken nothing since.
    pub(super) throttled: Option<Time>,
    /// When an answer last changed it.
    pub(super) changed_at: Option<Time>,
    /// When its last call ended.
    pub(super) free_since: Option<Time>,
}

impl Lane {
    /// Whether what expired then is not even tried: nobody answers, or only to ask for more time.
    pub(super) fn takes_nothing_of(&self, expires: Time) -> bool {
        self.open_until.is_some() || self.throttled.is_some_and(|at| at >= expires)
    }
}

/// A call under way, or one of which nobody knows what became.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) url: String,
    pub(super) ticket: TicketId,
    /// It was noted before it began, so that it stays where it is.
    pub(super) begun: bool,
    /// The daemon that made it is gone.
    pub(super) lost: bool,
    /// What the receiver answered.
    pub(super) report: Option<Report>,
}

/// The whole of it. Numbers count from 1, in order.
#[derive(Debug)]
pub(super) struct Ideal {
    pub(super) rules: Rules,
    pub(super) tickets: Vec<Ticket>,
    pub(super) messages: Vec<Message>,
    pub(super) deliveries: Vec<Delivery>,
    pub(super) names: BTreeMap<Name, BTreeMap<Sense, MessageId>>,
    pub(super) waiting: BTreeSet<Waiting>,
    pub(super) customers: BTreeMap<Name, TicketId>,
    pub(super) last_assigned: BTreeMap<String, u64>,
    pub(super) lanes: BTreeMap<String, Lane>,
    pub(super) heads: BTreeMap<(String, TicketId), DeliveryId>,
    pub(super) calls: BTreeMap<DeliveryId, Call>,
}

impl Ideal {
    pub(super) fn new(rules: Rules) -> Self {
        Self {
            rules,
            tickets: Vec::new(),
            messages: Vec::new(),
            deliveries: Vec::new(),
            names: BTreeMap::new(),
            waiting: BTreeSet::new(),
            customers: BTreeMap::new(),
            last_assigned: BTreeMap::new(),
            lanes: BTreeMap::new(),
            heads: BTreeMap::new(),
            calls: BTreeMap::new(),
        }
    }

    pub(super) fn ticket(&self, id: TicketId) -> &Ticket {
        &self.tickets[at(id.0)]
    }

    pub(super) fn ticket_mut(&mut self, id: TicketId) -> &mut Ticket {
        &mut self.tickets[at(id.0)]
    }

    pub(super) fn message(&self, id: MessageId) -> &Message {
        &self.messages[at(id.0)]
    }

    pub(super) fn message_mut(&mut self, id: MessageId) -> &mut Message {
        &mut self.messages[at(id.0)]
    }

    pub(super) fn delivery(&self, id: DeliveryId) -> &Delivery {
        &self.deliveries[at(id.0)]
    }

    pub(super) fn delivery_mut(&mut self, id: DeliveryId) -> &mut Delivery {
        &mut self.deliveries[at(id.0)]
    }

    pub(super) fn deliveries_that_answer(&self, message: MessageId) -> Vec<DeliveryId> {
        let ids = (1..=self.deliveries.len() as u64).map(DeliveryId);
        ids.filter(|id| self.delivery(*id).answers == message)
            .collect()
    }

    pub(super) fn lane(&self, url: &str) -> Lane {
        self.lanes.get(url).cloned().unwrap_or_default()
    }

    pub(super) fn all_named(&self, brand: &str, uid: &str) -> Vec<MessageId> {
        let name = (brand.to_owned(), uid.to_owned());
        let all = self.names.get(&name).into_iter();
        all.flat_map(BTreeMap::values).copied().collect()
    }

    pub(super) fn named(&self, brand: &str, uid: &str, sense: &Sense) -> Option<MessageId> {
        let name = (brand.to_owned(), uid.to_owned());
        self.names.get(&name)?.get(sense).copied()
    }
}

fn at(number: u64) -> usize {
    usize::try_from(number).unwrap() - 1
}
