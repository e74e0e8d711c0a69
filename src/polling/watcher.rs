//! The task that watches one queue: when to ask, and what to do when there is no answer.

mod asked;
mod line;
mod list;
mod look;
mod outage;
mod round;
mod tell;

use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::{Instant, sleep, sleep_until};

use crate::live::Live;
use crate::store::ReadError;

use super::Polling;
use super::memory::Memory;
use super::queue::Queue;
use super::report::Reporter;
use super::window::Unseen;

use asked::Asked;
use outage::Outage;
use round::Round;

pub(super) use line::Line;
pub(super) use list::List;

/// A poller that panicked begins anew after this.
const AFTER_PANIC: Duration = Duration::from_secs(60);

/// Why a turn or a look was broken off.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    #[error(transparent)]
    Unseen(#[from] Unseen),
    /// The store does not answer or cannot take anything: it says why by itself.
    #[error("the store is in trouble: {0}")]
    Store(String),
    #[error("the disk is low")]
    DiskLow,
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        Self::Store(error.to_string())
    }
}

pub(super) struct Watcher<R> {
    with: Polling,
    queue: Queue,
    /// The settings that what is remembered was told under.
    live: Arc<Live>,
    reporter: Reporter,
    memory: Memory,
    asked: Asked,
    outage: Outage,
    /// Tickets that gave no clear answer when they were last looked at.
    unclear: BTreeSet<String>,
    /// Those since the last clear answer.
    unclear_in_a_row: BTreeSet<String>,
    /// Tickets that are not there, which nobody has been told yet.
    missing: BTreeSet<String>,
    /// Whether any ticket of ours was there in this turn.
    met_ours: bool,
    /// Whether anything happened since the last turn that ended well.
    news: bool,
    next_turn: Instant,
    /// What the turns of this kind of queue need.
    round: R,
}

impl<R: Round> Watcher<R> {
    pub(super) fn new(with: Polling, queue: Queue) -> Self {
        Self {
            live: with.live.load_full(),
            reporter: Reporter {
                store: with.store.clone(),
                clock: Arc::clone(&with.clock),
                metrics: Arc::clone(&with.metrics),
                trace: None,
            },
            with,
            queue,
            memory: Memory::default(),
            asked: Asked::default(),
            outage: Outage::default(),
            unclear: BTreeSet::new(),
            unclear_in_a_row: BTreeSet::new(),
            missing: BTreeSet::new(),
            met_ours: false,
            news: false,
            next_turn: Instant::now(),
            round: R::default(),
        }
    }

    /// Watches until it is dropped.
    pub(super) async fn run(mut self) {
        while AssertUnwindSafe(self.watch()).catch_unwind().await.is_err() {
            tracing::error!(
                system = self.system(),
                "a poller panicked and begins anew; please report this"
            );
            self = Self::new(self.with, self.queue);
            sleep(AFTER_PANIC).await;
        }
    }

    async fn watch(&mut self) {
        // Registered before the first look at what was left, so that nothing falls between the two.
        let mut wake_ups = self.with.questions.wake_ups();
        loop {
            wake_ups.mark_unchanged();
            self.hear();
            let now = Instant::now();
            if self.news {
                self.next_turn = self.next_turn.min(now + self.queue.interval);
            }
            let not_before = self.outage.not_before();
            if not_before.is_none_or(|then| then <= now) {
                if self.next_turn <= now {
                    self.take_turn().await;
                    continue;
                }
                if self.asked.next_at().is_some_and(|at| at <= now) {
                    if let Err(trouble) = self.look_where_asked().await {
                        self.begin_outage(&trouble);
                    }
                    continue;
                }
            }
            let next = self.asked.next_at().into_iter().chain([self.next_turn]);
            let next = next.min().max(not_before).unwrap_or(self.next_turn);
            tokio::select! {
                _ = wake_ups.changed() => {}
                () = sleep_until(next) => {}
            }
        }
    }

    /// The system in whose name the queue is asked.
    fn system(&self) -> &str {
        let first = self.queue.parties.first();
        first.map_or("", |party| party.system.as_str())
    }

    async fn take_turn(&mut self) {
        let turn = if self.with.room.space().low {
            Err(Trouble::DiskLow)
        } else {
            R::turn(self).await
        };
        match turn {
            Ok(()) => {
                let news = std::mem::take(&mut self.news);
                let pause = self.round.pause(self.queue.interval, news);
                self.next_turn = Instant::now() + jittered(pause);
                for party in &self.queue.parties {
                    self.with.metrics.polled(&party.system);
                }
                if let Some(lasted) = self.outage.end() {
                    tracing::info!(
                        system = self.system(),
                        lasted_s = lasted.as_secs(),
                        "polling works again"
                    );
                }
            }
            Err(trouble) => self.begin_outage(&trouble),
        }
    }

    /// Whatever is wrong is logged when it begins and when it has ended.
    fn begin_outage(&mut self, trouble: &Trouble) {
        let until = match trouble {
            Trouble::Unseen(Unseen::Throttled { until, .. }) => *until,
            Trouble::Unseen(Unseen::Forbidden(_) | Unseen::Away(_) | Unseen::Unclear(_))
            | Trouble::Store(_)
            | Trouble::DiskLow => None,
        };
        let wait = until.map(|until| until.since(self.with.clock.now()));
        let (is_first, delay) = self.outage.goes_on(wait, jittered);
        if !is_first {
            tracing::debug!(system = self.system(), %trouble, "polling still fails");
            return;
        }
        let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        let system = self.system();
        match trouble {
            Trouble::Unseen(Unseen::Forbidden(_) | Unseen::Unclear(_)) => {
                tracing::error!(system, %trouble, delay_ms, "polling fails; somebody must see to it");
            }
            Trouble::Unseen(Unseen::Throttled { .. } | Unseen::Away(_))
            | Trouble::Store(_)
            | Trouble::DiskLow => {
                tracing::warn!(system, %trouble, delay_ms, "polling fails; it is tried again");
            }
        }
    }

    /// Takes in what webhooks left, and forgets what was told under other settings.
    fn hear(&mut self) {
        let live = self.with.live.load();
        if !Arc::ptr_eq(&live, &self.live) {
            self.live = Arc::clone(&live);
            self.memory.clear();
        }
        drop(live);
        for party in &self.queue.parties {
            let left = self.with.questions.take(&party.system);
            self.news |= left.overflown || !left.tickets.is_empty();
            if left.overflown {
                self.memory.clear();
            }
            for (remote, look) in left.tickets {
                self.memory.forget(&remote);
                if look {
                    self.asked.ask(remote, Instant::now());
                }
            }
        }
    }
}

/// A tenth more or less, so that those who began together do not go on together.
fn jittered(duration: Duration) -> Duration {
    let mut random = [0; 4];
    if getrandom::fill(&mut random).is_err() {
        return duration;
    }
    let chance = f64::from(u32::from_be_bytes(random)) / f64::from(u32::MAX);
    duration.mul_f64(0.9 + 0.2 * chance)
}
