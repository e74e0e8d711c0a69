//! What the peer knows at one time, and how one request changes it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::account::Account;
use super::hooks::Hooks;
use super::keys::Limiter;
use super::ticket::{External, Status, Ticket};
use super::wire::Show;
use super::{Operation, Refusal, Seen, Variation};
use crate::clock::wall_clock;
use crate::peer::Front;

/// How long new tickets are missing in searches.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum IndexLag {
    /// Not at all.
    #[default]
    None,
    /// For this time.
    For(Duration),
    /// Until the test releases them.
    UntilReleased,
}

/// What the peer knows: tickets, requests and webhooks.
#[derive(Debug)]
pub struct World {
    pub(crate) account: Account,
    pub(crate) tickets: BTreeMap<u64, Ticket>,
    pub(crate) next_ticket: u64,
    /// The tickets that legacy creates made, by key and `Idempotency-Key`.
    pub(crate) idempotent: HashMap<(String, String), u64>,
    pub(crate) hooks: Hooks,
    pub(crate) limiter: Limiter,
    pub(crate) variations: HashSet<Variation>,
    /// The status for a key that is not known.
    pub(crate) bad_key: u16,
    /// The status for an act that the status of a ticket forbids.
    pub(crate) illegal: u16,
    pub(crate) clock_ahead: SignedDuration,
    pub(crate) index_lag: IndexLag,
    /// Tickets that searches do not find until then, or until they are released.
    pub(crate) not_indexed: HashMap<u64, Option<Instant>>,
    pub(crate) front: Front<Operation>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            account: Account::small(),
            tickets: BTreeMap::new(),
            next_ticket: 226_859,
            idempotent: HashMap::new(),
            hooks: Hooks::default(),
            limiter: Limiter::new(),
            variations: HashSet::new(),
            bad_key: 401,
            illegal: 400,
            clock_ahead: SignedDuration::ZERO,
            index_lag: IndexLag::None,
            not_indexed: HashMap::new(),
            front: Front::default(),
        }
    }

    /// All tickets, in the order of their ids.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values()
    }

    /// The ticket with this id.
    pub fn ticket(&self, id: &str) -> Option<&Ticket> {
        self.tickets.get(&super::form::number(id)?)
    }

    /// What is attached to a ticket; nothing if there is no such ticket.
    pub fn external(&self, id: &str) -> &[External] {
        self.ticket(id).map_or(&[], |ticket| &ticket.external)
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> &[Seen] {
        &self.front.seen
    }

    /// Every request for an operation so far.
    pub fn requests_for(&self, operation: Operation) -> impl Iterator<Item = &Seen> {
        self.front
            .seen
            .iter()
            .filter(move |seen| seen.operation == Some(operation))
    }

    /// Every delivery of a webhook so far, in the order of firing.
    pub fn deliveries(&self) -> &[super::Delivery] {
        self.hooks.deliveries()
    }

    pub(crate) fn varies(&self, variation: Variation) -> bool {
        self.variations.contains(&variation)
    }

    /// The peer's own time, in milliseconds, as its answers show it.
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::try_from(wall_clock()).unwrap_or(Timestamp::UNIX_EPOCH);
        let now = now.saturating_add(self.clock_ahead).unwrap_or(now);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }

    pub(crate) fn show(&self) -> Show<'_> {
        Show {
            account: &self.account,
            variations: &self.variations,
        }
    }

    pub(crate) fn found(&self, number: u64) -> Result<&Ticket, Refusal> {
        self.tickets
            .get(&number)
            .ok_or_else(|| Refusal::not_found("Ticket", number))
    }

    pub(crate) fn found_mut(&mut self, number: u64) -> Result<&mut Ticket, Refusal> {
        self.tickets
            .get_mut(&number)
            .ok_or_else(|| Refusal::not_found("Ticket", number))
    }

    /// A ticket that an act may be done to only while it has this status.
    pub(crate) fn found_in(&mut self, number: u64, status: Status) -> Result<&mut Ticket, Refusal> {
        let illegal = self.illegal;
        let ticket = self.found_mut(number)?;
        if ticket.status != status {
            let message = format!("Ticket is not in {} status", status.as_str());
            let reason = format!("{message}: it is {}", ticket.status.as_str());
            return Err(Refusal::new(illegal, message).because(reason));
        }
        Ok(ticket)
    }

    /// Keeps a new ticket, and tells of it.
    pub(crate) fn add(&mut self, ticket: Ticket) -> u64 {
        let number = ticket.number();
        self.tickets.insert(number, ticket);
        match self.index_lag {
            IndexLag::None => {}
            IndexLag::For(lag) => {
                self.not_indexed.insert(number, Some(Instant::now() + lag));
            }
            IndexLag::UntilReleased => {
                self.not_indexed.insert(number, None);
            }
        }
        self.fire("ticket_created", number);
        number
    }

    pub(crate) fn number_ticket(&mut self) -> u64 {
        self.next_ticket += 1;
        self.next_ticket
    }

    pub(crate) fn is_indexed(&self, number: u64) -> bool {
        match self.not_indexed.get(&number) {
            None => true,
            Some(until) => until.is_some_and(|until| until <= Instant::now()),
        }
    }

    /// Tells the registered webhooks what has become of a ticket.
    pub(crate) fn fire(&mut self, event: &str, number: u64) {
        let Some(ticket) = self.tickets.get(&number) else {
            return;
        };
        let shown = self.show().in_webhook(ticket);
        let capital = self.varies(Variation::CapitalSignatures);
        self.hooks.fire(event, shown, capital);
    }

    /// Tells of a change for which the documents name no event, where the variation says so.
    pub(crate) fn fire_undocumented(&mut self, number: u64) {
        if self.varies(Variation::ChangedForEverything) {
            self.fire("ticket_changed", number);
        }
    }
}
