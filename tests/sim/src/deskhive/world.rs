//! What the peer knows at one time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::account::{Account, Agent, Customer};
use super::clock::Clock;
use super::throttle::Throttle;
use super::variation::NotThere;
use super::{Message, Notification, Operation, Refusal, Seen, Ticket, Variations};
use crate::peer::Front;

/// What the peer knows: tickets, people and requests.
#[derive(Debug)]
pub struct World {
    pub(crate) account: Account,
    pub(crate) customers: BTreeMap<u64, Customer>,
    pub(crate) tickets: BTreeMap<u64, Ticket>,
    pub(crate) notifications: Vec<Notification>,
    /// The agents who chose to be told of nothing.
    pub(crate) muted: BTreeSet<u64>,
    /// The ids that were given last; none is given twice.
    pub(crate) last_customer: u64,
    pub(crate) last_ticket: u64,
    pub(crate) last_message: u64,
    pub(crate) variations: Variations,
    pub(crate) clock: Clock,
    pub(crate) throttle: Throttle,
    pub(crate) complaints: Vec<String>,
    pub(crate) front: Front<Operation>,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Clock::default();
        Self {
            account: Account::small(clock.now()),
            customers: BTreeMap::new(),
            tickets: BTreeMap::new(),
            notifications: Vec::new(),
            muted: BTreeSet::new(),
            last_customer: 4,
            last_ticket: 0,
            last_message: 100,
            variations: Variations::default(),
            clock,
            throttle: Throttle::new(),
            complaints: Vec::new(),
            front: Front::default(),
        }
    }

    /// All tickets, in the order of their ids.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values()
    }

    /// The ticket with this id.
    pub fn ticket(&self, id: u64) -> Option<&Ticket> {
        self.tickets.get(&id)
    }

    /// The messages and notes of a ticket, in the order of their ids; nothing if there is no such ticket.
    pub fn messages(&self, ticket: u64) -> &[Message] {
        self.ticket(ticket)
            .map_or(&[], |ticket| ticket.messages.as_slice())
    }

    /// All customers, in the order of their ids.
    pub fn customers(&self) -> impl Iterator<Item = &Customer> {
        self.customers.values()
    }

    /// The agent with this id.
    pub fn agent(&self, id: u64) -> Option<&Agent> {
        self.account.agents.get(&id)
    }

    /// All notifications of all agents, in the order of their ids.
    pub fn notifications(&self) -> &[Notification] {
        &self.notifications
    }

    /// Every request so far, in the order of arrival.
    pub fn seen(&self) -> &[Seen] {
        &self.front.seen
    }

    /// Every request for an operation so far.
    pub fn seen_for(&self, operation: Operation) -> impl Iterator<Item = &Seen> {
        self.front
            .seen
            .iter()
            .filter(move |seen| seen.operation == Some(operation))
    }

    /// What was asked so far that the documents do not speak of, in words.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// The peer's own time, in whole seconds, as its answers show it.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn found(&self, ticket: u64) -> Result<&Ticket, Refusal> {
        self.tickets.get(&ticket).ok_or_else(|| no_ticket(ticket))
    }

    pub(crate) fn found_mut(&mut self, ticket: u64) -> Result<&mut Ticket, Refusal> {
        self.tickets
            .get_mut(&ticket)
            .ok_or_else(|| no_ticket(ticket))
    }

    /// Something that is not there, in the words of this reading.
    pub(crate) fn not_there(&self, class: &str, id: &str) -> Refusal {
        let reason = format!("there is no {class} {id}");
        match self.variations.not_there {
            NotThere::Documented => Refusal::thrown(404, "Not found"),
            NotThere::ClassName => Refusal::thrown(
                404,
                format!("No query results for model [Botble\\SupportDesk\\Models\\{class}] {id}"),
            ),
            NotThere::Success => Refusal::own(200, "Not found"),
        }
        .because(reason)
    }
}

fn no_ticket(id: u64) -> Refusal {
    Refusal::thrown(404, "Not found").because(format!("there is no Ticket {id}"))
}
