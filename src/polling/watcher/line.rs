//! A queue whose open tickets are had with one question: those first, then those of ours that were not among them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::{Observation, RemoteTicket, TicketId};
use crate::polling::memory::Fingerprint;
use crate::polling::window::{Unseen, Window};
use crate::polling::{Party, Polling};

use super::look::Looked;
use super::round::Round;
use super::{Trouble, Watcher};

/// Links read from the store at a time.
const PAGE: usize = 256;
/// Single looks in a turn; the next turn goes on where this one stopped.
const MOST_LOOKS: usize = 50;

/// Where a link stands among those of the queue: by system, in order, and by our ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place(usize, TicketId);

impl Place {
    /// Before all links.
    const START: Self = Self(0, TicketId(0));
}

/// What is remembered of such a queue.
#[derive(Debug)]
pub(in crate::polling) struct Line {
    /// Where the last turn stopped looking at single tickets.
    stopped_at: Place,
}

impl Default for Line {
    fn default() -> Self {
        Self {
            stopped_at: Place::START,
        }
    }
}

/// A link whose ticket was not among the open ones.
type Absent = (Place, String);

/// The open tickets that have not been told yet, in the order in which they came.
type Open = HashMap<String, (usize, RemoteTicket)>;

impl Round for Line {
    async fn turn(watcher: &mut Watcher<Self>) -> Result<(), Trouble> {
        watcher.ask_the_line().await
    }

    async fn find(
        with: &Polling,
        system: &str,
        remote: &str,
    ) -> Result<Option<RemoteTicket>, Unseen> {
        window(with, system)?.look(remote).await
    }

    async fn tell_found(
        watcher: &mut Watcher<Self>,
        found: &RemoteTicket,
        by: Observation,
    ) -> Result<Looked, Trouble> {
        watcher.see(found, by, None).await
    }
}

fn window(with: &Polling, system: &str) -> Result<Arc<dyn Window>, Unseen> {
    (with.windows)(system).ok_or_else(|| Unseen::Forbidden("it is configured no more".to_owned()))
}

impl Watcher<Line> {
    async fn ask_the_line(&mut self) -> Result<(), Trouble> {
        self.met_ours = false;
        self.look_where_asked().await?;
        if !self.queue.imports() && !self.has_links().await? {
            return self.tell_missing().await;
        }
        let by = Observation::Asked {
            at: self.with.clock.now(),
        };
        let tickets = window(&self.with, self.system())?.open_tickets().await?;
        self.hear();
        let mut open: Open = HashMap::with_capacity(tickets.len());
        for (index, ticket) in tickets.into_iter().enumerate() {
            open.entry(ticket.id.clone()).or_insert((index, ticket));
        }
        let absent = self.tell_linked(&mut open, by).await?;
        let mut others: Vec<(usize, RemoteTicket)> = open.into_values().collect();
        others.sort_unstable_by_key(|(index, _)| *index);
        for (_, ticket) in others {
            if self.see(&ticket, by, None).await? == Looked::InDoubt {
                self.asked.again(ticket.id, 0);
            }
        }
        for (place, remote) in absent {
            // Whoever waits for an answer goes before those whose turn it merely is.
            self.look_where_asked().await?;
            let looked = self.look(&remote).await;
            self.round.stopped_at = place;
            if looked? == Looked::InDoubt {
                self.asked.again(remote, 0);
            }
        }
        self.tell_missing().await
    }

    async fn has_links(&self) -> Result<bool, Trouble> {
        for party in &self.queue.parties {
            let system = party.system.clone();
            let links = self.with.store.open_links(system, TicketId(0), 1).await?;
            if !links.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Tells of the open tickets that are linked, and takes them out of `open`. Gives the links whose tickets are not
    /// among them, as many as are looked at in this turn, the longest waiting first.
    async fn tell_linked(
        &mut self,
        open: &mut Open,
        by: Observation,
    ) -> Result<Vec<Absent>, Trouble> {
        let here: HashSet<String> = open.keys().cloned().collect();
        let (mut after, mut before): (Vec<Absent>, Vec<Absent>) = (Vec::new(), Vec::new());
        let parties = self.queue.parties.clone();
        for (index, party) in parties.iter().enumerate() {
            let mut last = TicketId(0);
            loop {
                let system = party.system.clone();
                let page = self.with.store.open_links(system, last, PAGE).await?;
                let Some(newest) = page.last() else { break };
                last = newest.ticket;
                for link in page {
                    if let Some((_, ticket)) = open.remove(&link.remote) {
                        self.met_ours = true;
                        if self.see(&ticket, by, Some(party)).await? == Looked::InDoubt {
                            self.asked.again(ticket.id, 0);
                        }
                        continue;
                    }
                    let place = Place(index, link.ticket);
                    let turn = if place > self.round.stopped_at {
                        &mut after
                    } else {
                        &mut before
                    };
                    // Systems that share the queue may have links to the same ticket.
                    let is_next = turn.len() < MOST_LOOKS
                        && !here.contains(&link.remote)
                        && turn.iter().all(|(_, remote)| *remote != link.remote);
                    if is_next {
                        turn.push((place, link.remote));
                    }
                }
            }
        }
        before.retain(|(_, remote)| after.iter().all(|(_, other)| other != remote));
        after.append(&mut before);
        after.truncate(MOST_LOOKS);
        Ok(after)
    }

    /// Tells of what was seen, unless that is known to be no news.
    async fn see(
        &mut self,
        remote: &RemoteTicket,
        by: Observation,
        of: Option<&Party>,
    ) -> Result<Looked, Trouble> {
        let seen = Fingerprint::of(remote);
        if self.memory.knows(&remote.id, seen) {
            return Ok(Looked::Clear);
        }
        self.tell(remote, by, of, seen).await
    }
}
