//! What became of our tickets at the systems that have them, asked in turns: webhooks are lost without a word, so they
//! only make it faster.
//!
//! One task for each queue, however many systems share it. A turn asks for the open tickets of the queue, or for a page
//! of the list where tickets are threads, then for those of ours that were not among them; what webhooks left in doubt
//! is asked for at once. Nothing is decided here: what was seen becomes an event, and planning knows what is news. Where
//! a turn stopped and what it told are kept in memory only; forgetting them costs questions, never a change.

mod memory;
mod questions;
mod queue;
mod report;
#[cfg(test)]
mod tests;
mod threads;
mod watcher;
mod window;

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::room::Room;
use crate::store::Store;

use queue::{Holds, Queue, queues};
use watcher::{Line, List, Watcher};

pub use questions::Questions;
pub use report::{Heard, Party, Reporter, Untold};
pub use threads::{AllThreads, Hint, ListPage, Threads};
pub use window::{Looking, Unseen, Window, Windows};

/// What polling needs.
#[derive(Clone)]
pub struct Polling {
    /// What is linked, and where events go.
    pub store: Store,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// The settings in force.
    pub live: Arc<ArcSwap<Live>>,
    /// What counts.
    pub metrics: Arc<Metrics>,
    /// Whether the disk has room for news.
    pub room: Room,
    /// What webhooks leave to be asked.
    pub questions: Questions,
    /// How to look at each system with visits.
    pub windows: Windows,
    /// How to look at each system with threads.
    pub threads: AllThreads,
}

impl Polling {
    /// Polls until `stop`. A reload starts what is new, ends what is gone, and begins anew what changed. What is under
    /// way at `stop` is dropped: a question costs nothing, and an event is stored or comes again.
    pub async fn run(self, stop: CancellationToken) {
        // Nobody nudges the store before the new settings are in force.
        let mut wake_ups = self.store.wake_ups();
        let mut watched = Watched::default();
        let mut live = self.live.load_full();
        watched.follow(&self, &live);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Some(ended) = watched.tasks.join_next() => {
                    if let Err(error) = ended
                        && !error.is_cancelled()
                    {
                        tracing::error!(%error, "a poller ended unexpectedly");
                    }
                }
                changed = wake_ups.changed() => {
                    if changed.is_err() {
                        // The store is gone; so is everything to do.
                        stop.cancelled().await;
                        break;
                    }
                    let now = self.live.load_full();
                    if !Arc::ptr_eq(&now, &live) {
                        live = now;
                        watched.follow(&self, &live);
                    }
                }
            }
        }
        watched.tasks.shutdown().await;
    }
}

/// The queues that are watched, each by a task.
#[derive(Default)]
struct Watched {
    tasks: JoinSet<()>,
    each: BTreeMap<String, (Queue, AbortHandle)>,
}

impl Watched {
    /// Watches what `live` has, and nothing else.
    fn follow(&mut self, polling: &Polling, live: &Arc<Live>) {
        let wanted = queues(live);
        let parties = wanted.values().flat_map(|queue| &queue.parties);
        let polled: Vec<String> = parties.map(|party| party.system.clone()).collect();
        polling.metrics.polls(&polled);
        self.each.retain(|name, (queue, task)| {
            let stays = wanted.get(name) == Some(queue);
            if !stays {
                task.abort();
            }
            stays
        });
        for (name, queue) in wanted {
            if self.each.contains_key(&name) {
                continue;
            }
            let (with, watched) = (polling.clone(), queue.clone());
            let task = match queue.holds {
                Holds::Visits => self.tasks.spawn(Watcher::<Line>::new(with, watched).run()),
                Holds::Threads => self.tasks.spawn(Watcher::<List>::new(with, watched).run()),
            };
            self.each.insert(name, (queue, task));
        }
    }
}
