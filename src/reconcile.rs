//! Both sides of all links, compared: what is missing at a system, what is there and should not be, and what stands
//! otherwise than here.
//!
//! The tickets are walked in the order of their numbers, a few at a time, then what each system lists of its own; how
//! far a walk is stands in a cursor, which whoever asks keeps. Systems are only asked. What is healed is healed by
//! events: what was seen there is told as a poll tells it, and what is to be sent is planned as an operator's order.
//! What is still on its way is no difference, and nothing that people wrote is told here.

mod ask;
mod cursor;
mod desk;
mod drift;
mod heal;
mod helpdesk;
mod hub;
mod listing;
mod posts;
mod tally;
#[cfg(test)]
mod tests;
mod ticket;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::polling::Reporter;
use crate::store::{CommitError, ReadError, Store};
use crate::systems::Couriers;

pub use ask::{Again, Stopped};
pub use cursor::{BadCursor, Cursor};
pub use drift::{Drift, Finding, Outcome};
pub use tally::{Tallies, Tally};

/// So many tickets are looked at for one answer at most.
const MOST_TICKETS: usize = 200;
/// After this long an answer tells how far it came.
const LONGEST: Duration = Duration::from_secs(5);

/// Compares.
#[derive(Clone)]
pub struct Reconciling {
    /// What is known here.
    pub store: Store,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// The settings in force.
    pub live: Arc<ArcSwap<Live>>,
    /// What counts.
    pub metrics: Arc<Metrics>,
    /// The systems, as they can be asked.
    pub systems: Arc<Couriers>,
}

/// What to compare.
#[derive(Debug, Clone)]
pub struct Asked {
    /// These systems, by id; they are configured.
    pub systems: Vec<String>,
    /// From there on.
    pub from: Cursor,
    /// Whether to heal what is found.
    pub apply: bool,
}

/// How far a comparison came, and what it found on the way.
#[derive(Debug, Default)]
pub struct Compared {
    /// What differs.
    pub findings: Vec<Finding>,
    /// What was looked at, by system.
    pub tallies: Tallies,
    /// Where to go on; `None` at the end.
    pub next: Option<Cursor>,
    /// A system could not be asked, so it goes on from the very ticket at which that was.
    pub stopped: Option<Stopped>,
}

/// Why a comparison broke off.
#[derive(Debug, thiserror::Error)]
pub enum ReconcileError {
    /// The store does not tell.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store does not take.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl Reconciling {
    /// Compares what comes next, for a few seconds.
    ///
    /// # Errors
    ///
    /// See [`ReconcileError`].
    pub async fn compare(&self, asked: &Asked) -> Result<Compared, ReconcileError> {
        let until = Instant::now() + LONGEST;
        let mut compared = Compared::default();
        let mut at = asked.from.clone();
        loop {
            let step = match &at {
                Cursor::Tickets(after) => {
                    self.compare_tickets(asked, *after, until, &mut compared)
                        .await?
                }
                Cursor::Listing { system, page } => {
                    self.compare_listing(asked, system, *page, &mut compared)
                        .await?
                }
            };
            match step {
                Some(next) if compared.stopped.is_none() && Instant::now() < until => at = next,
                next => {
                    compared.next = next;
                    return Ok(compared);
                }
            }
        }
    }

    fn reporter(&self) -> Reporter {
        Reporter {
            store: self.store.clone(),
            clock: Arc::clone(&self.clock),
            metrics: Arc::clone(&self.metrics),
            trace: None,
        }
    }
}
