//! One configured Qminder system, ready to be called by all who have something to do with it: they share its key, and
//! so its gate.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use qminder_client::ticket::Message;
use qminder_client::tickets::{
    Filter, Found, Order, OrderKey, Scope, Search, get, messages, search,
};
use qminder_client::{Answer, Call, Error, Status, Ticket, TicketId};

use crate::clock::Clock;
use crate::gates::KeyGate;
use crate::model::{Class, DeliveryId, Incarnation, Maker, RemoteTicket, Time};
use crate::systems::label::made_by;
use crate::systems::{Trouble, Turn, carried};

use super::fault::{Purpose, is_gone, trouble};
use super::order::id;
use super::seen::seen;
use super::ways::{DeskWays, Terms};

/// A page of a search; what Qminder answers without being told.
const PAGE: u32 = 1000;
/// More pages than this are not turned for one question.
const MOST_PAGES: usize = 20;
/// Pages overlap by this: whether a search's bounds are part of it is not documented.
const OVERLAP: Duration = Duration::from_secs(1);

/// One Qminder system.
pub struct Desk {
    ways: DeskWays,
    gate: Arc<KeyGate>,
    clock: Arc<dyn Clock>,
    incarnation: Incarnation,
}

impl Desk {
    /// A desk whose calls pass `gate`, for the store of this incarnation.
    #[must_use]
    pub fn new(
        ways: DeskWays,
        gate: Arc<KeyGate>,
        clock: Arc<dyn Clock>,
        incarnation: Incarnation,
    ) -> Self {
        Self {
            ways,
            gate,
            clock,
            incarnation,
        }
    }

    /// The system's id.
    pub fn system(&self) -> &str {
        &self.ways.system
    }

    /// What a ticket says that came by other ways, such as a webhook.
    pub fn seen(&self, ticket: &Ticket, with_messages: bool) -> RemoteTicket {
        seen(ticket, &self.incarnation, with_messages)
    }

    /// The ticket as it is now, with its messages; `None` if Qminder says that there is none.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question: never unknown, never rejected.
    pub async fn look(&self, remote: &str) -> Result<Option<RemoteTicket>, Trouble> {
        let id = id(remote).map_err(|words| Trouble::new(Class::Retry, words))?;
        let call = get(&id, &[Scope::Messages, Scope::Interactions]);
        match self.ask(&call, Turn::Waits).await {
            Ok(answer) => Ok(Some(self.seen(&answer.value, true))),
            Err(error) if is_gone(&error) => Ok(None),
            Err(error) => Err(self.trouble(&error, Purpose::Question)),
        }
    }

    /// The tickets of the line that wait or are attended to, with their messages, newest last.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question.
    pub async fn open_tickets(&self) -> Result<Vec<RemoteTicket>, Trouble> {
        let mut pages = Pages::new(Search {
            filter: Filter {
                lines: vec![self.terms().line.clone()],
                statuses: vec![Status::New, Status::Called],
                ..Filter::default()
            },
            scopes: vec![Scope::Messages, Scope::Interactions],
            ..Search::default()
        });
        let mut known = HashSet::new();
        let mut open = Vec::new();
        while let Some(search) = pages.next() {
            let found = self.page(search, Turn::Waits).await?;
            pages.turn(&found)?;
            let new = found.tickets.iter();
            let new = new.filter(|ticket| known.insert(ticket.id.clone()));
            open.extend(new.map(|ticket| self.seen(ticket, true)));
        }
        if pages.unreadable > 0 {
            let (system, count) = (self.system(), pages.unreadable);
            tracing::warn!(
                system,
                count,
                "tickets of the line cannot be read and are left out"
            );
        }
        Ok(open)
    }

    /// The ticket that `delivery` made at `since` or later by Qminder's clock, if it did.
    ///
    /// # Errors
    ///
    /// [`Trouble`] of a question, also where something was found that may or may not be that ticket.
    pub async fn find_made(
        &self,
        delivery: DeliveryId,
        since: Time,
        turn: Turn,
    ) -> Result<Option<String>, Trouble> {
        let mut pages = Pages::new(Search {
            filter: Filter {
                lines: vec![self.terms().line.clone()],
                min_created: Some(since.to_timestamp()),
                ..Filter::default()
            },
            ..Search::default()
        });
        let mut turn = turn;
        while let Some(search) = pages.next() {
            let found = self.page(search, turn).await?;
            turn = Turn::Waits;
            let made = found.tickets.iter().find(|ticket| {
                let labels = ticket.labels.iter().map(|label| label.value.as_str());
                made_by(labels, &self.incarnation) == Maker::Us(delivery)
            });
            if let Some(made) = made {
                return Ok(Some(made.id.to_string()));
            }
            pages.turn(&found)?;
        }
        match pages.unreadable {
            0 => Ok(None),
            count => Err(Trouble::new(
                Class::Retry,
                format!(
                    "{count} tickets of the line cannot be read, and one may be the one looked for"
                ),
            )),
        }
    }

    /// What was said to and by the visitor.
    pub(super) async fn messages(
        &self,
        remote: &TicketId,
        turn: Turn,
    ) -> Result<Vec<Message>, Error> {
        let answer = self.ask(&messages(remote), turn).await;
        answer.map(|answer| answer.value)
    }

    async fn page(&self, search_for: &Search, turn: Turn) -> Result<Found, Trouble> {
        match self.ask(&search(search_for), turn).await {
            Ok(answer) => Ok(answer.value),
            Err(error) => Err(self.trouble(&error, Purpose::Question)),
        }
    }

    /// Makes a call, once, when it is its turn.
    pub(super) async fn ask<T>(&self, call: &Call<T>, turn: Turn) -> Result<Answer<T>, Error> {
        match turn {
            Turn::Waits => self.gate.pass().await,
            Turn::Has => {}
        }
        let client = self.ways.client.clone().with_headers(carried::headers());
        let answer = client.send(call).await;
        let remaining = match &answer {
            Ok(answer) => answer.rate_limit_remaining,
            Err(error) => error.rate_limit_remaining(),
        };
        if let Some(remaining) = remaining {
            self.gate.heed(remaining);
        }
        answer
    }

    pub(super) async fn wait_for_turn(&self) {
        self.gate.pass().await;
    }

    pub(super) fn client(&self) -> &qminder_client::Client {
        &self.ways.client
    }

    pub(super) fn trouble(&self, error: &Error, purpose: Purpose) -> Trouble {
        trouble(error, purpose, self.clock.now(), &[])
    }

    pub(super) fn now(&self) -> Time {
        self.clock.now()
    }

    /// Whether anything may be sent: else it is only looked at.
    pub(super) fn is_live(&self) -> bool {
        self.ways.is_live
    }

    pub(super) fn terms(&self) -> &Terms {
        &self.ways.terms
    }

    pub(super) fn incarnation(&self) -> &Incarnation {
        &self.incarnation
    }
}

/// A search of which each page begins where the one before ended: Qminder knows no other way.
struct Pages {
    next: Option<Search>,
    turned: usize,
    unreadable: usize,
}

impl Pages {
    fn new(search: Search) -> Self {
        let created = Order {
            key: OrderKey::Created,
            descending: false,
        };
        let next = Some(Search {
            limit: Some(PAGE),
            order: Some(created),
            ..search
        });
        Self {
            next,
            turned: 0,
            unreadable: 0,
        }
    }

    /// The page to ask for.
    fn next(&self) -> Option<&Search> {
        self.next.as_ref()
    }

    /// `found` is what was on it.
    fn turn(&mut self, found: &Found) -> Result<(), Trouble> {
        self.turned += 1;
        self.unreadable += found.unreadable;
        let is_full = found.tickets.len() + found.unreadable >= PAGE as usize;
        let Some(mut search) = self.next.take().filter(|_| is_full) else {
            return Ok(());
        };
        let from = search.filter.min_created;
        search.filter.min_created = end_of(found).filter(|end| from.is_none_or(|from| *end > from));
        if search.filter.min_created.is_none() || self.turned == MOST_PAGES {
            let words = "the line has more tickets than can be looked through";
            return Err(Trouble::new(Class::Retry, words));
        }
        self.next = Some(search);
        Ok(())
    }
}

/// Where the page after `found` begins.
fn end_of(found: &Found) -> Option<Timestamp> {
    let created = found.tickets.iter().filter_map(|ticket| ticket.created);
    let newest = created.map(|created| created.date).max()?;
    newest.checked_sub(OVERLAP).ok()
}
