//! Recording what was planned for a system before it went into dry-run mode: with each reload, and at the start, all
//! that waits or is due for such a system is written down. Calls in hand end by themselves.

use std::sync::Arc;

use arc_swap::ArcSwap;
use futures_util::{StreamExt as _, stream};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::live::Live;
use crate::model::{DeliveryId, Destination, Happening};
use crate::store::{CommitError, Rank, ReadError, Store};

/// Pending deliveries looked at with one question.
const STEP: usize = 256;
/// Events on their way to the store at a time.
const MOST_AT_ONCE: usize = 32;

/// What recording needs.
pub struct Withholding {
    /// What is pending.
    pub store: Store,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// The settings in force.
    pub live: Arc<ArcSwap<Live>>,
    /// Told when other settings are in force.
    pub reloaded: Arc<Notify>,
}

#[derive(Debug, thiserror::Error)]
enum Stopped {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl Withholding {
    /// Looks at once, and after each reload, until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.look() => {}
            }
            // A reload during the look is kept until then.
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.reloaded.notified() => {}
            }
        }
    }

    async fn look(&self) {
        let live = self.live.load_full();
        let routes = &live.routes;
        let systems = routes.systems.keys().filter(|id| routes.is_dry_run(id));
        for system in systems {
            match self.withhold(system).await {
                Ok(0) => {}
                Ok(recorded) => tracing::info!(
                    system,
                    recorded,
                    "what was pending is recorded: the system is in dry-run mode"
                ),
                // What comes up to be sent is recorded then.
                Err(error) => tracing::error!(system, %error, "cannot record what is pending"),
            }
        }
    }

    async fn withhold(&self, system: &str) -> Result<u64, Stopped> {
        let counts = self.store.counts(vec![system.to_owned()]).await?;
        let counts = counts.get(system).copied().unwrap_or_default();
        let to = Destination::System(system.to_owned());
        let lane = self.store.lane_to(to).await?;
        let Some(lane) = lane.filter(|_| counts.pending > counts.recorded) else {
            return Ok(0);
        };
        let (mut recorded, mut after) = (0, None);
        loop {
            let unsent = self.store.unsent(lane, after, STEP).await?;
            recorded += unsent.deliveries.len() as u64;
            let mut ends = stream::iter(unsent.deliveries)
                .map(|delivery| self.record(delivery))
                .buffered(MOST_AT_ONCE);
            while let Some(end) = ends.next().await {
                end?;
            }
            after = unsent.next;
            // Whoever turned it live again wants what is left sent.
            if after.is_none() || !self.live.load().routes.is_dry_run(system) {
                return Ok(recorded);
            }
        }
    }

    /// What has moved on since is as it should be.
    async fn record(&self, delivery: DeliveryId) -> Result<(), CommitError> {
        let begun = false;
        let event = self.clock.event(Happening::Withheld { delivery, begun });
        match self.store.commit(event, Rank::Outcome).await {
            // What cannot be read is set aside when its turn comes.
            Ok(_) | Err(CommitError::SetAside(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
