//! Loop breaks: counted, said in the log and raised, once each, wherever the commit came from.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::live::Live;
use crate::metrics::Metrics;
use crate::model::{TicketId, Time};
use crate::store::{ReadError, Store};

use super::{Alert, Alerts, Kind};

/// What a watch over loop breaks needs.
#[derive(Clone)]
pub struct Watched {
    /// Which knows the tickets.
    pub store: Store,
    /// The settings in force.
    pub live: Arc<ArcSwap<Live>>,
    /// What counts.
    pub metrics: Arc<Metrics>,
    /// Who tells people.
    pub alerts: Alerts,
}

/// Notices tickets that are mirrored no more, and those that are mirrored again.
pub struct LoopWatch {
    watched: Watched,
    breaks: watch::Receiver<u64>,
    counted: u64,
    known: BTreeMap<TicketId, Time>,
}

impl LoopWatch {
    /// Begins before anything happens, so that what it finds is from before the daemon started: it is said in the log,
    /// but nobody is alarmed again.
    pub async fn begin(watched: Watched) -> Self {
        let breaks = watched.store.loop_breaks();
        let found = tokio::select! {
            found = watched.store.looping() => found,
            // Whoever watches the store ends the process.
            reason = watched.store.fails() => Err(ReadError::Failed(reason)),
        };
        let known: BTreeMap<TicketId, Time> = found.unwrap_or_default().into_iter().collect();
        for ticket in known.keys() {
            watched.alerts.know(Kind::Loop, &ticket.to_string());
        }
        if !known.is_empty() {
            let tickets = known.len();
            tracing::warn!(
                tickets,
                "tickets are not mirrored any more, because they changed implausibly often; `ticketbridge status` names them"
            );
        }
        Self {
            watched,
            breaks,
            counted: 0,
            known,
        }
    }

    /// Watches until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                changed = self.breaks.changed() => {
                    if changed.is_err() {
                        // Not while there is a handle of the store, such as this one's.
                        return;
                    }
                }
            }
            self.look().await;
        }
    }

    async fn look(&mut self) {
        let breaks = *self.breaks.borrow_and_update();
        self.watched.metrics.loop_broken(breaks - self.counted);
        self.counted = breaks;
        let found = match self.watched.store.looping().await {
            Ok(found) => BTreeMap::from_iter(found),
            Err(error) => {
                tracing::error!(%error, "cannot see which tickets are not mirrored any more");
                return;
            }
        };
        let before = std::mem::replace(&mut self.known, found);
        for (ticket, since) in &self.known {
            if before.get(ticket) != Some(since) {
                self.broken(*ticket).await;
            }
        }
        for ticket in before.keys() {
            if !self.known.contains_key(ticket) {
                tracing::info!(%ticket, "the ticket is mirrored again");
                let alert = self.about(*ticket, "released").await;
                self.watched.alerts.end(&alert);
            }
        }
    }

    async fn broken(&self, ticket: TicketId) {
        let limit = self.watched.live.load().settings.mirror.loop_limit;
        let limit = format!(
            "more than {} changes within {} s",
            limit.changes,
            limit.within.as_secs_f64()
        );
        let alert = self.about(ticket, &limit).await;
        tracing::error!(
            %ticket,
            systems = alert.systems.join(", "),
            limit,
            "the ticket changed implausibly often and is not mirrored any more; find out which systems answer each other, then `ticketbridge tickets release {ticket}`"
        );
        self.watched.alerts.raise(&alert);
    }

    async fn about(&self, ticket: TicketId, detail: &str) -> Alert {
        let found = self.watched.store.ticket(ticket).await;
        let links = match found {
            Ok(Some(view)) => view.ticket.links,
            // What is told is true without them.
            Ok(None) | Err(_) => Vec::new(),
        };
        Alert {
            ticket: Some(ticket),
            systems: links.into_iter().map(|link| link.system).collect(),
            ..Alert::new(Kind::Loop, ticket.to_string(), detail)
        }
    }
}
