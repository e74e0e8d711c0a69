//! What the peer knows at one time.

use std::collections::{BTreeMap, HashSet};
use std::net::SocketAddr;
use std::time::Duration;

use jiff::Timestamp;

use super::credentials::Token;
use super::fault::{Fault, ReplyFault};
use super::{Author, Era, Exchange, Seen, Ticket, Variation};
use crate::clock::wall_clock;
use crate::peer::{Hung, Orders, Request};

/// How long the real server waits for a connection, and for each read and write.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the peer knows: brands, tickets, and everything that was said on the wire.
#[derive(Debug)]
pub struct World {
    pub(crate) era: Era,
    pub(crate) variations: HashSet<Variation>,
    /// The names of the brands, by number.
    pub(crate) brands: BTreeMap<u64, String>,
    /// Personal access tokens, by name.
    pub(crate) tokens: BTreeMap<String, Token>,
    /// Authors of all brands, by what they are called outside.
    pub(crate) authors: BTreeMap<String, Author>,
    pub(crate) tickets: BTreeMap<u64, Ticket>,
    pub(crate) next_ticket: u64,
    pub(crate) next_author: u64,
    /// By the uid of the ticket that they are for.
    pub(crate) faults: Orders<String, Fault>,
    pub(crate) reply_faults: Orders<String, ReplyFault>,
    pub(crate) seen: Vec<Seen>,
    pub(crate) exchanges: Vec<Exchange>,
    pub(crate) complaints: Vec<String>,
    /// Requests whose work has not been done yet, with their places in `seen`.
    pub(crate) late: Vec<(usize, Request)>,
    pub(crate) hung: Hung,
    /// Answers everything with the page that says so.
    pub(crate) in_maintenance: bool,
    pub(crate) patience: Duration,
    /// Where replies go whatever their URL says.
    pub(crate) replies_to: Option<SocketAddr>,
    /// The certificates, in PEM, of whoever may be called under `https`.
    pub(crate) trusted: Vec<String>,
}

impl World {
    pub(crate) fn new() -> Self {
        let brand = |id: u64, name: &str| (id, name.to_owned());
        let token = Token {
            value: "hub-token".to_owned(),
            brand: Some(7),
        };
        Self {
            era: Era::default(),
            variations: HashSet::new(),
            brands: BTreeMap::from([brand(7, "acme"), brand(8, "globex")]),
            tokens: BTreeMap::from([("bridge".to_owned(), token)]),
            authors: BTreeMap::new(),
            tickets: BTreeMap::new(),
            next_ticket: 1,
            next_author: 1,
            faults: Orders::default(),
            reply_faults: Orders::default(),
            seen: Vec::new(),
            exchanges: Vec::new(),
            complaints: Vec::new(),
            late: Vec::new(),
            hung: Hung::default(),
            in_maintenance: false,
            patience: PATIENCE,
            replies_to: None,
            trusted: Vec::new(),
        }
    }

    /// All tickets and replies of all brands, in the order of their making.
    pub fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.tickets.values()
    }

    /// The ticket with this number.
    pub fn ticket(&self, id: u64) -> Option<&Ticket> {
        self.tickets.get(&id)
    }

    /// The ticket of a brand that is called so outside.
    pub fn ticket_called(&self, brand: u64, external_uid: &str) -> Option<&Ticket> {
        self.tickets()
            .find(|ticket| ticket.brand == brand && ticket.external_uid == external_uid)
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> &[Seen] {
        &self.seen
    }

    /// Every call that an agent's act led to so far, in the order of sending.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// What was wrong with requests and with answers to replies, refused or not, in the order of noticing.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    pub(crate) fn varies(&self, variation: Variation) -> bool {
        self.variations.contains(&variation)
    }

    /// Whether this is before July 2022, when a custom provider was only a label and a status spread in its thread.
    pub(crate) fn is_early(&self) -> bool {
        self.era == Era::B && !self.varies(Variation::LateB)
    }

    pub(crate) fn complain(&mut self, about: &str, what: impl std::fmt::Display) {
        self.complaints.push(format!("{about}: {what}"));
    }

    /// The peer's own time, in the milliseconds that its answers show.
    pub(crate) fn now(&self) -> Timestamp {
        let now = Timestamp::try_from(wall_clock()).unwrap_or(Timestamp::UNIX_EPOCH);
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}
