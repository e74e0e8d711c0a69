//! A list of tickets that are threads, in an order that nobody knows: one page of it in a turn, the threads of those
//! tickets that changed, then those of ours that no page has.

mod backlog;
mod hints;
mod pace;
mod pages;
mod read;
mod sort;
mod unlisted;

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Observation, RemoteTicket, TicketId};
use crate::polling::memory::Fingerprint;
use crate::polling::{Polling, Threads, Unseen};

use super::look::Looked;
use super::round::Round;
use super::{Trouble, Watcher};

use backlog::Backlog;
use hints::Hints;
use pace::Pace;
use pages::Pages;
use unlisted::Unlisted;

/// Links read from the store at a time.
const LINKS: usize = 256;

/// What is remembered of a list. All of it can be had again from the list and the links, so it is never stored.
#[derive(Debug, Default)]
pub(in crate::polling) struct List {
    pages: Pages,
    backlog: Backlog,
    hints: Hints,
    unlisted: Unlisted,
    pace: Pace,
}

impl Round for List {
    async fn turn(watcher: &mut Watcher<Self>) -> Result<(), Trouble> {
        watcher.turn_a_page().await
    }

    async fn find(
        with: &Polling,
        system: &str,
        remote: &str,
    ) -> Result<Option<RemoteTicket>, Unseen> {
        threads(with, system)?.look(remote).await
    }

    async fn tell_found(
        watcher: &mut Watcher<Self>,
        found: &RemoteTicket,
        by: Observation,
    ) -> Result<Looked, Trouble> {
        let seen = Fingerprint::of_listed(found);
        let looked = watcher.tell(found, by, None, seen).await?;
        watcher.round.hints.told(&found.id);
        Ok(looked)
    }

    fn pause(&mut self, interval: Duration, news: bool) -> Duration {
        // What was not seen yet, or waits to be read, is not to wait longer.
        let is_quiet = !news && self.backlog.is_empty() && self.pages.all_were_read();
        self.pace.after(interval, is_quiet)
    }
}

fn threads(with: &Polling, system: &str) -> Result<Arc<dyn Threads>, Unseen> {
    (with.threads)(system).ok_or_else(|| Unseen::Forbidden("it is configured no more".to_owned()))
}

impl Watcher<List> {
    async fn turn_a_page(&mut self) -> Result<(), Trouble> {
        self.met_ours = false;
        self.look_where_asked().await?;
        let at = self.with.clock.now();
        let number = self.round.pages.next();
        let page = threads(&self.with, self.system())?.page(number).await?;
        self.hear();
        let open = self.open_links().await?;
        let listed = page.tickets.iter().map(|ticket| ticket.id.as_str());
        self.met_ours |= self.round.unlisted.see(listed, &open);
        // Whatever the list says of its length, behind an empty page there is nothing.
        let is_empty = page.tickets.is_empty();
        let last = if is_empty { number - 1 } else { page.last };
        self.sort(page.tickets, at).await?;
        if self.round.pages.was_read(number, last) {
            self.round.unlisted.end_round(&open);
        }
        self.ask_for_hints().await?;
        self.read_some().await?;
        self.look_at_unlisted().await
    }

    /// The system's tickets that are linked and from which there may be something to learn, the oldest of ours first.
    async fn open_links(&self) -> Result<Vec<String>, Trouble> {
        let mut open: Vec<String> = Vec::new();
        for party in &self.queue.parties {
            let mut last = TicketId(0);
            loop {
                let system = party.system.clone();
                let page = self.with.store.open_links(system, last, LINKS).await?;
                let Some(newest) = page.last() else { break };
                last = newest.ticket;
                open.extend(page.into_iter().map(|link| link.remote));
            }
        }
        Ok(open)
    }
}
