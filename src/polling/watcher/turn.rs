//! One turn: the open tickets of the queue, then those of ours that were not among them.

use std::collections::{HashMap, HashSet};

use crate::model::{Observation, RemoteTicket, TicketId};

use super::{MOST_UNCLEAR, Trouble, UNCLEAR_IN_A_ROW, Watcher};
use crate::polling::window::Unseen;

/// Links read from the store at a time.
const PAGE: usize = 256;
/// Single looks in a turn; the next turn goes on where this one stopped.
const MOST_LOOKS: usize = 50;
/// So many may be gone at once without one that is there.
const MOST_MISSING: usize = 3;

/// Where a link stands among those of the queue: by system, in order, and by our ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(usize, TicketId);

impl Place {
    /// Before all links.
    pub(super) const START: Self = Self(0, TicketId(0));
}

/// What came of looking at one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Looked {
    /// What was seen is told.
    Clear,
    /// What was seen may be older than what is known.
    InDoubt,
    /// There was no answer about this ticket.
    Unclear,
}

/// A link whose ticket was not among the open ones.
type Absent = (Place, String);

/// The open tickets that have not been told yet, in the order in which they came.
type Open = HashMap<String, (usize, RemoteTicket)>;

impl Watcher {
    pub(super) async fn turn(&mut self) -> Result<(), Trouble> {
        if self.with.room.space().low {
            return Err(Trouble::DiskLow);
        }
        self.met_ours = false;
        self.look_where_asked().await?;
        if !self.queue.imports() && !self.has_links().await? {
            return self.tell_missing().await;
        }
        let by = Observation::Asked {
            at: self.with.clock.now(),
        };
        let tickets = self.window()?.open_tickets().await?;
        self.hear();
        let mut open: Open = HashMap::with_capacity(tickets.len());
        for (index, ticket) in tickets.into_iter().enumerate() {
            open.entry(ticket.id.clone()).or_insert((index, ticket));
        }
        let absent = self.tell_linked(&mut open, by).await?;
        let mut others: Vec<(usize, RemoteTicket)> = open.into_values().collect();
        others.sort_unstable_by_key(|(index, _)| *index);
        for (_, ticket) in others {
            if self.see(&ticket, by, None).await? {
                self.asked.again(ticket.id, 0);
            }
        }
        for (place, remote) in absent {
            // Whoever waits for an answer goes before those whose turn it merely is.
            self.look_where_asked().await?;
            let looked = self.look(&remote).await;
            self.stopped_at = place;
            if looked? == Looked::InDoubt {
                self.asked.again(remote, 0);
            }
        }
        self.tell_missing().await
    }

    /// Many that are gone at once, and none that is there, are not ours gone but somebody else's answers: of another
    /// account's key, or another server. Their links stay.
    async fn tell_missing(&mut self) -> Result<(), Trouble> {
        let missing = std::mem::take(&mut self.missing);
        if missing.len() > MOST_MISSING && !self.met_ours {
            let words = format!(
                "none of {} linked tickets is there: is the key of the same account, and the address right?",
                missing.len()
            );
            return Err(Unseen::Forbidden(words).into());
        }
        for remote in missing {
            self.miss(&remote).await?;
        }
        Ok(())
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
                        if self.see(&ticket, by, Some(party)).await? {
                            self.asked.again(ticket.id, 0);
                        }
                        continue;
                    }
                    let place = Place(index, link.ticket);
                    let turn = if place > self.stopped_at {
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

    /// Looks at one ticket and tells what is seen.
    pub(super) async fn look(&mut self, remote: &str) -> Result<Looked, Trouble> {
        let by = Observation::Asked {
            at: self.with.clock.now(),
        };
        let found = match self.window()?.look(remote).await {
            Ok(found) => found,
            // One broken ticket is not yet an outage.
            Err(Unseen::Unclear(detail) | Unseen::Away(detail)) => {
                return self.saw_nothing(remote, detail);
            }
            Err(unseen) => return Err(unseen.into()),
        };
        self.unclear.remove(remote);
        self.unclear_in_a_row.clear();
        let Some(ticket) = found else {
            self.missing.insert(remote.to_owned());
            return Ok(Looked::Clear);
        };
        self.met_ours = true;
        self.hear();
        let in_doubt = self.see(&ticket, by, None).await?;
        Ok(if in_doubt {
            Looked::InDoubt
        } else {
            Looked::Clear
        })
    }

    fn saw_nothing(&mut self, remote: &str, detail: String) -> Result<Looked, Trouble> {
        self.unclear_in_a_row.insert(remote.to_owned());
        if self.unclear_in_a_row.len() >= UNCLEAR_IN_A_ROW {
            self.unclear_in_a_row.clear();
            return Err(Unseen::Away(detail).into());
        }
        let room = self.unclear.len() < MOST_UNCLEAR;
        if room && self.unclear.insert(remote.to_owned()) {
            let system = self.system();
            tracing::warn!(system, remote, detail, "a ticket cannot be looked at");
        }
        Ok(Looked::Unclear)
    }
}
