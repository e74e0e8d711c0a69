//! The task that owns all lanes and gates in memory, and decides which call begins next.
//!
//! Every lane in memory is in exactly one [`Place`]. A lane leaves a place only by an event that is sure to come: its
//! turn, the end of a call, the answer of the store, or a timer of the gate where it waits.

mod learn;
#[cfg(test)]
mod look;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::live::Live;
use crate::model::{DeliveryId, Head, LaneId, Time};
use crate::plan::Answer;
use crate::store::{CommitError, DueLanes, LaneWork, ReadError};

use super::Delivering;
use super::call::Ended;
use super::gate::{GateKey, Gates};
use super::lane::{LaneState, Place};
use super::pulse::{PulseTaker, Standing, pulse};
use super::rates::paces_of;
use super::timers::Timers;

/// Heads of each kind that a lane holds in memory.
const MOST_HEADS: usize = 64;
/// Lanes taken from the store at a time.
const MOST_FOUND: usize = 256;
/// A lane that says it has work and has none is asked again after this.
const IDLE_PAUSE: Duration = Duration::from_millis(250);
/// After a reading that failed, and between cleanings of the gates.
const PAUSE: Duration = Duration::from_secs(1);
/// What cannot be read or stored is tried again after this.
const STUCK_PAUSE: Duration = Duration::from_secs(60);
const PRUNE_EVERY: Duration = Duration::from_secs(30);

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Lane(LaneId),
    /// A delivery that was held back may be called again.
    Delivery(DeliveryId),
    Gate(u64),
    Prune,
}

/// What a task of ours found out.
enum Found {
    Lanes(Result<DueLanes, ReadError>),
    /// With the count of ended calls when the question was asked.
    Work(LaneId, u64, Result<Option<Box<LaneWork>>, ReadError>),
    Kicked(LaneId, Result<Answer, CommitError>),
    Ended(LaneId, Head, Ended),
}

pub(super) struct Dispatcher {
    with: Delivering,
    stop: CancellationToken,
    cut: CancellationToken,
    pulse: PulseTaker,
    live: Arc<Live>,
    lanes: HashMap<LaneId, LaneState>,
    ready: VecDeque<LaneId>,
    /// Lanes with a free slot and nothing to send, while their calls are under way.
    hungry: BTreeSet<LaneId>,
    behind_failing: VecDeque<LaneId>,
    gates: Gates,
    timers: Timers<Timer>,
    /// The gates that timers stand for.
    timed_gates: HashMap<u64, GateKey>,
    last_timed_gate: u64,
    /// What is under way, and whether in a failing lane.
    calls: HashMap<DeliveryId, bool>,
    failing_calls: usize,
    /// What must not be called before then, and in which lane it was found: its record or the store is not in order.
    held_back: HashMap<DeliveryId, (LaneId, Instant)>,
    tasks: JoinSet<Found>,
    /// Since when the store is being asked which lanes have something to do.
    discovering: Option<Instant>,
    discover_again: bool,
    /// When to ask again, if nothing happens before; the store says then what comes next.
    discover_at: Option<Instant>,
    /// How often the store has said that a lane may have something to do.
    wake_ups: u64,
    /// Calls that ended.
    ended: u64,
    /// The last number given to a lane that waits at a gate.
    last_in_line: u64,
    stopping: bool,
    #[cfg(test)]
    look: Arc<look::Look>,
}

impl Dispatcher {
    pub(super) fn new(with: Delivering, stop: CancellationToken, cut: CancellationToken) -> Self {
        let live = with.live.load_full();
        Self {
            with,
            stop,
            cut,
            pulse: pulse().1,
            live,
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            hungry: BTreeSet::new(),
            behind_failing: VecDeque::new(),
            gates: Gates::default(),
            timers: Timers::new(),
            timed_gates: HashMap::new(),
            last_timed_gate: 0,
            calls: HashMap::new(),
            failing_calls: 0,
            held_back: HashMap::new(),
            tasks: JoinSet::new(),
            discovering: None,
            discover_again: false,
            discover_at: None,
            wake_ups: 0,
            ended: 0,
            last_in_line: 0,
            stopping: false,
            #[cfg(test)]
            look: Arc::default(),
        }
    }

    /// Answers these questions while it runs.
    pub(super) fn answering(mut self, pulse: PulseTaker) -> Self {
        self.pulse = pulse;
        self
    }

    pub(super) async fn run(mut self) {
        let stop = self.stop.clone();
        // Registered before the first reading, so that nothing falls between the two.
        let mut wake_ups = self.with.store.wake_ups();
        self.timers.set(Instant::now() + PRUNE_EVERY, Timer::Prune);
        self.discover();
        loop {
            if self.stopping && self.calls.is_empty() {
                return;
            }
            self.use_new_settings();
            self.begin_calls();
            #[cfg(test)]
            self.look.see(self.lanes.len(), self.calls.len());
            let next_timer = [self.timers.next_at(), self.discover_at]
                .into_iter()
                .flatten()
                .min()
                .unwrap_or_else(|| Instant::now() + PRUNE_EVERY);
            tokio::select! {
                biased;
                () = stop.cancelled(), if !self.stopping => self.stopping = true,
                question = self.pulse.asked() => drop(question.send(self.standing())),
                Some(found) = self.tasks.join_next() => match found {
                    Ok(found) => self.learn(found),
                    Err(error) => tracing::error!(%error, "a delivery task ended unexpectedly"),
                },
                changed = wake_ups.changed() => match changed {
                    Ok(()) => self.woken(),
                    // The store is gone; so is everything to do.
                    Err(_) => return,
                },
                () = sleep_until(next_timer) => self.timers_due(),
            }
        }
    }

    #[cfg(test)]
    pub(super) fn look(&self) -> Arc<Look> {
        Arc::clone(&self.look)
    }

    fn standing(&self) -> Standing {
        Standing {
            ended: self.ended,
            under_way: self.calls.len(),
            asking_for: self.discovering.map(|since| since.elapsed()),
        }
    }

    fn now(&self) -> Time {
        self.with.clock.now()
    }

    fn woken(&mut self) {
        self.wake_ups += 1;
        self.discover();
        for lane in std::mem::take(&mut self.hungry) {
            self.read(lane);
        }
    }

    fn timers_due(&mut self) {
        let now = Instant::now();
        if self.discover_at.is_some_and(|at| at <= now) {
            self.discover_at = None;
            self.discover();
        }
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Lane(lane) => self.read_idle(lane),
                Timer::Delivery(delivery) => {
                    if let Some((lane, _)) = self.held_back.remove(&delivery) {
                        if let Some(lane) = self.lanes.get_mut(&lane) {
                            lane.exhausted = false;
                        }
                        self.read_idle(lane);
                        self.discover();
                    }
                }
                Timer::Gate(number) => {
                    if let Some(gate) = self.timed_gates.remove(&number) {
                        self.gates.timer_went_off(&gate);
                        self.let_next_try(&gate);
                    }
                }
                Timer::Prune => {
                    self.gates.prune(now);
                    self.timers.set(now + PRUNE_EVERY, Timer::Prune);
                }
            }
        }
    }

    /// Asks about a lane that waits for something to become due, not for its own calls.
    fn read_idle(&mut self, lane: LaneId) {
        let is_idle = |lane: &LaneState| lane.place == Place::Waiting && lane.in_flight == 0;
        if self.lanes.get(&lane).is_some_and(is_idle) {
            self.read(lane);
        }
    }

    /// Asks the store at `time` at the latest which lanes have something to do.
    fn discover_by(&mut self, time: Instant) {
        if self.discover_at.is_none_or(|at| time < at) {
            self.discover_at = Some(time);
        }
    }

    /// Asks the store which lanes have something to do.
    fn discover(&mut self) {
        if self.stopping {
            return;
        }
        if self.discovering.is_some() {
            self.discover_again = true;
            return;
        }
        self.discovering = Some(Instant::now());
        let (store, now) = (self.with.store.clone(), self.now());
        let here: HashSet<LaneId> = self.lanes.keys().copied().collect();
        #[cfg(test)]
        self.look.asks();
        let asking = AssertUnwindSafe(async move { store.due_lanes(now, here, MOST_FOUND).await });
        self.tasks.spawn(async move {
            Found::Lanes(asking.catch_unwind().await.unwrap_or_else(|_| panicked()))
        });
    }

    /// Asks the store what of a lane is due.
    fn read(&mut self, id: LaneId) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        if self.stopping || lane.place == Place::Reading {
            return;
        }
        self.hungry.remove(&id);
        lane.ask(self.wake_ups);
        let (store, now) = (self.with.store.clone(), self.with.clock.now());
        let skip: HashSet<DeliveryId> = self
            .calls
            .keys()
            .chain(self.held_back.keys())
            .copied()
            .collect();
        #[cfg(test)]
        self.look.asks();
        let asking =
            AssertUnwindSafe(async move { store.lane_work(id, now, skip, MOST_HEADS).await });
        let ended = self.ended;
        self.tasks.spawn(async move {
            let answer = asking.catch_unwind().await.unwrap_or_else(|_| panicked());
            Found::Work(id, ended, answer.map(|work| work.map(Box::new)))
        });
    }

    /// Drops a lane from memory; the store knows when it wakes.
    fn forget(&mut self, id: LaneId) {
        self.hungry.remove(&id);
        let Some(lane) = self.lanes.remove(&id) else {
            return;
        };
        if let Some(gate) = lane.let_through_by {
            self.let_next_try(&gate);
        }
        if lane.asked_at_wake_up != self.wake_ups {
            // A wake-up since then may have been for this lane, which was not looked for while it was here.
            self.discover();
        }
    }

    fn use_new_settings(&mut self) {
        let live = self.with.live.load();
        if Arc::ptr_eq(&live, &self.live) {
            return;
        }
        self.live = Arc::clone(&live);
        drop(live);
        let waiting = self.gates.forget_rates();
        self.timed_gates
            .retain(|_, gate| matches!(gate, GateKey::Host(_)));
        for lane in self.lanes.values_mut() {
            lane.paces = paces_of(&lane.lane, &self.live);
            lane.passed = 0;
        }
        for id in waiting {
            if let Some(lane) = self.lanes.get_mut(&id) {
                lane.place = Place::Ready;
                self.ready.push_back(id);
            }
        }
        for id in std::mem::take(&mut self.behind_failing) {
            self.make_ready(id);
        }
    }
}

const PANICKED: &str = "a question to the store panicked; please report this";

fn panicked<T>() -> Result<T, ReadError> {
    Err(ReadError::Failed(PANICKED.to_owned()))
}

#[cfg(test)]
pub(super) use look::Look;
