//! `[retention]`: what is finished for long enough is removed, a pass now and then.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::live::Live;
use crate::model::{DeliveryId, Happening, TicketId, Tidying, Time};
use crate::plan::Retention;
use crate::room::Room;
use crate::store::{CommitError, Store};

use super::pace::{Pace, TOGETHER};
use super::{RemoveError, Step, step};

/// A store that was just opened has other things to do.
const FIRST_AFTER: Duration = Duration::from_secs(60);
/// Between two passes, at most and at least.
const PASS_EVERY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(600));

/// What removes.
#[derive(Clone)]
pub struct Retaining {
    /// From where.
    pub store: Store,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// The settings in force.
    pub live: Arc<ArcSwap<Live>>,
    /// On a disk that is low, nothing is written that can wait.
    pub room: Room,
}

/// What one pass has removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Removed {
    /// Tickets.
    pub tickets: u64,
    /// Records of deliveries whose tickets stay.
    pub deliveries: u64,
    /// What was remembered of earlier removals.
    pub forgotten: u64,
    /// What cannot be planned or read, and stays.
    pub set_aside: u64,
}

impl Retaining {
    /// Removes until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut wait = FIRST_AFTER.min(pause(&self.rule()));
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
            if !self.room.space().low {
                let ended = tokio::select! {
                    () = stop.cancelled() => return,
                    ended = self.pass() => ended,
                };
                match ended {
                    Ok(removed) => told(removed),
                    // A store that failed ends the daemon; any other trouble is met again.
                    Err(error) => {
                        tracing::warn!(%error, "what is old could not be removed for now")
                    }
                }
            }
            wait = pause(&self.rule());
        }
    }

    fn rule(&self) -> Retention {
        self.live.load().routes.retention
    }

    /// Removes all whose time is up.
    ///
    /// # Errors
    ///
    /// See [`RemoveError`].
    pub async fn pass(&self) -> Result<Removed, RemoveError> {
        let pass = Pass {
            store: &self.store,
            clock: &self.clock,
        };
        pass.go(self.rule()).await
    }
}

/// One pass.
pub(super) struct Pass<'a> {
    pub(super) store: &'a Store,
    pub(super) clock: &'a Arc<dyn Clock>,
}

impl Pass<'_> {
    pub(super) async fn go(&self, rule: Retention) -> Result<Removed, RemoveError> {
        let now = self.clock.now();
        let mut removed = Removed::default();
        self.sweep(&mut removed).await?;
        if let Some(kept_for) = rule.deliveries {
            self.prune(now.minus(kept_for), &mut removed).await?;
        }
        if let Some(kept_for) = rule.closed_tickets {
            let until = now.minus(kept_for);
            self.retire(until, &mut removed).await?;
            self.sweep(&mut removed).await?;
            self.unnotice(until, &mut removed).await?;
        }
        self.lapse(now.minus(rule.dedup_window), &mut removed)
            .await?;
        Ok(removed)
    }

    async fn retire(&self, until: Time, removed: &mut Removed) -> Result<(), RemoveError> {
        let mut from = TicketId(0);
        loop {
            let page = self.store.resting_tickets(from, until).await?;
            let steps = page.found.iter();
            let steps = steps.map(|ticket| Tidying::Retire { ticket: *ticket });
            removed.tickets += self.take_all(steps, removed).await?;
            match page.next {
                Some(next) => from = next,
                None => return Ok(()),
            }
        }
    }

    async fn prune(&self, until: Time, removed: &mut Removed) -> Result<(), RemoveError> {
        let mut from = DeliveryId(0);
        loop {
            let page = self.store.resting_deliveries(from, until).await?;
            let steps = page.found.iter();
            let steps = steps.map(|delivery| Tidying::Prune {
                delivery: *delivery,
            });
            removed.deliveries += self.take_all(steps, removed).await?;
            match page.next {
                Some(next) => from = next,
                None => return Ok(()),
            }
        }
    }

    /// What an earlier pass, or an order, left because it was too much for one event.
    async fn sweep(&self, removed: &mut Removed) -> Result<(), RemoveError> {
        // What cannot be removed is found again each time, and tried once.
        let mut tried = BTreeSet::new();
        loop {
            let left = self.store.unswept().await?.into_iter();
            let left: Vec<TicketId> = left.filter(|ticket| tried.insert(*ticket)).collect();
            if left.is_empty() {
                return Ok(());
            }
            let steps = left.iter().map(|ticket| Tidying::Sweep { ticket: *ticket });
            self.take_all(steps, removed).await?;
        }
    }

    async fn unnotice(&self, until: Time, removed: &mut Removed) -> Result<(), RemoveError> {
        let mut from = None;
        loop {
            let (found, next) = self.store.stale_notices(from, Some(until)).await?;
            let steps = found.into_iter().map(Tidying::Unnotice);
            self.take_all(steps, removed).await?;
            match next {
                Some(next) => from = Some(next),
                None => return Ok(()),
            }
        }
    }

    async fn lapse(&self, until: Time, removed: &mut Removed) -> Result<(), RemoveError> {
        loop {
            let lapsed = self.store.lapsed(until).await?;
            let steps = lapsed.into_iter().map(Tidying::Lapse);
            let done = self.take_all(steps, removed).await?;
            removed.forgotten += done;
            if done == 0 {
                return Ok(());
            }
        }
    }

    /// Takes these steps, each as often as it has more to do. Says how many were done.
    async fn take_all(
        &self,
        steps: impl Iterator<Item = Tidying>,
        removed: &mut Removed,
    ) -> Result<u64, RemoveError> {
        let mut pace = Pace::begin();
        let mut left: Vec<Tidying> = steps.collect();
        let mut done = 0;
        while !left.is_empty() {
            let rest = left.split_off(left.len().min(TOGETHER));
            let now = std::mem::replace(&mut left, rest);
            let committed = now
                .iter()
                .map(|tidying| step(self.store, self.clock, Happening::Tidied(tidying.clone())));
            let ended = futures_util::future::join_all(committed).await;
            for (tidying, ended) in now.into_iter().zip(ended) {
                match ended {
                    Ok(Step::Done) => done += 1,
                    Ok(Step::More) => left.insert(0, tidying),
                    Ok(Step::Nothing) => {}
                    // It was said in the log, and stays; the next one is not affected.
                    Err(CommitError::SetAside(_)) => removed.set_aside += 1,
                    Err(error) => return Err(error.into()),
                }
            }
            pace.rest().await;
        }
        Ok(done)
    }
}

/// The shorter things are kept, the more often it is looked for what is old.
fn pause(rule: &Retention) -> Duration {
    let ages = [
        rule.closed_tickets,
        rule.deliveries,
        Some(rule.dedup_window),
    ];
    let shortest = ages.into_iter().flatten().min().unwrap_or(PASS_EVERY.1);
    (shortest / 16).clamp(PASS_EVERY.0, PASS_EVERY.1)
}

fn told(removed: Removed) {
    if removed == Removed::default() {
        return;
    }
    let Removed {
        tickets,
        deliveries,
        forgotten,
        set_aside,
    } = removed;
    tracing::info!(
        tickets,
        deliveries,
        forgotten,
        set_aside,
        "removed what is kept no longer"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_for_a_short_time_is_looked_for_more_often() {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        for (closed_tickets, every) in [
            (None, PASS_EVERY.1),
            (Some(hours(24 * 365)), PASS_EVERY.1),
            (Some(hours(1)), Duration::from_secs(225)),
            (Some(Duration::from_secs(2)), PASS_EVERY.0),
        ] {
            let rule = Retention {
                closed_tickets,
                deliveries: Some(hours(24 * 90)),
                dedup_window: hours(24 * 60),
            };
            assert_eq!(pause(&rule), every);
        }
    }
}
