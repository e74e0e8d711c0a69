//! The task that owns all lanes and gates in memory, and decides which call begins next.
//!
//! Every lane in memory is in exactly one [`Place`]. A lane leaves a place only by an event that is sure to come: its
//! turn, the end of a call, the answer of the store, or a timer of the gate where it waits.

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::clock::instant_of;
use crate::live::Live;
use crate::model::{DeliveryId, Happening, Head, Kick, LaneId, Time};
use crate::plan::Answer;
use crate::store::{CommitError, DueLanes, LaneWork, Rank, ReadError};

use super::Delivering;
use super::call::{self, Ended, Terms};
use super::gate::{Closed, GateKey, Gates};
use super::lane::{LaneState, Place};
use super::rates::rates_of;
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
    Work(LaneId, u64, Result<Option<LaneWork>, ReadError>),
    Kicked(LaneId, Result<Answer, CommitError>),
    Ended(LaneId, Head, Ended),
}

pub(super) struct Dispatcher {
    with: Delivering,
    stop: CancellationToken,
    cut: CancellationToken,
    live: Arc<Live>,
    lanes: HashMap<LaneId, LaneState>,
    ready: VecDeque<LaneId>,
    /// Lanes with a free slot and nothing to send, while their calls are under way.
    hungry: HashSet<LaneId>,
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
            live,
            lanes: HashMap::new(),
            ready: VecDeque::new(),
            hungry: HashSet::new(),
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
            Found::Work(id, ended, answer)
        });
    }

    fn learn(&mut self, found: Found) {
        match found {
            Found::Lanes(due) => self.learn_lanes(due),
            Found::Work(lane, ended, work) => self.learn_work(lane, ended, work),
            Found::Kicked(lane, answer) => self.learn_kick(lane, answer),
            Found::Ended(lane, head, ended) => self.learn_end(lane, head, ended),
        }
    }

    fn learn_lanes(&mut self, due: Result<DueLanes, ReadError>) {
        let took = self
            .discovering
            .take()
            .map_or(Duration::ZERO, |began| began.elapsed());
        match due {
            Ok(due) => {
                for id in due.lanes {
                    if !self.lanes.contains_key(&id) {
                        self.lanes.insert(id, LaneState::new(id));
                        self.read(id);
                    }
                }
                if let Some(next) = due.next {
                    self.discover_by(instant_of(&self.with.clock, next));
                }
            }
            Err(error) => {
                tracing::error!(%error, "cannot read which lanes are due");
                self.discover_by(Instant::now() + PAUSE);
            }
        }
        if std::mem::take(&mut self.discover_again) {
            // At most half of the time goes into looking.
            self.discover_by(Instant::now() + took);
        }
    }

    fn learn_work(&mut self, id: LaneId, ended: u64, work: Result<Option<LaneWork>, ReadError>) {
        let now = Instant::now();
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        if lane.ended > ended {
            // A call of this lane ended since the store was asked; its pause or its next head would be overlooked.
            lane.place = Place::Waiting;
            self.read(id);
            return;
        }
        match work {
            Ok(Some(mut work)) => {
                lane.rates = rates_of(&work.lane, &self.live.settings.delivery);
                let host = std::mem::take(&mut work.host);
                self.gates.learn_host(&work.lane.host, host, ended, now);
                lane.learn(work, MOST_HEADS);
                lane.place = Place::Ready;
                self.ready.push_back(id);
            }
            Ok(None) => self.forget(id),
            Err(error) => {
                tracing::error!(lane = %id, %error, "cannot read a lane; it is tried again");
                lane.place = Place::Waiting;
                self.timers.set(now + STUCK_PAUSE, Timer::Lane(id));
            }
        }
    }

    fn learn_kick(&mut self, id: LaneId, answer: Result<Answer, CommitError>) {
        let now = self.now();
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        match answer {
            Ok(Answer::Lane(record)) if record.wake.is_some_and(|wake| wake <= now) => {
                lane.lane = *record;
                lane.idle_kicks += 1;
                if lane.idle_kicks == 1 {
                    self.read(id);
                } else {
                    lane.place = Place::Waiting;
                    self.wait_idle(id);
                }
            }
            Ok(Answer::Lane(record)) => {
                if let Some(wake) = record.wake {
                    self.discover_by(instant_of(&self.with.clock, wake));
                }
                self.forget(id);
            }
            Ok(_) => self.forget(id),
            Err(_) => {
                lane.place = Place::Waiting;
                self.timers.set(Instant::now() + PAUSE, Timer::Lane(id));
            }
        }
    }

    /// A lane whose due heads may not be called now is asked again when they may, or when something is new.
    fn wait_idle(&mut self, id: LaneId) {
        let held_back = self.held_back.values().filter(|(lane, _)| *lane == id);
        match held_back.map(|(_, until)| *until).min() {
            // The end of that delivery's time leads back here.
            Some(_) => {
                self.hungry.insert(id);
            }
            None => self
                .timers
                .set(Instant::now() + IDLE_PAUSE, Timer::Lane(id)),
        }
    }

    fn learn_end(&mut self, id: LaneId, head: Head, ended: Ended) {
        let now = Instant::now();
        self.ended += 1;
        if self.calls.remove(&head.delivery) == Some(true) {
            self.failing_calls = self.failing_calls.saturating_sub(1);
        }
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        lane.ended = self.ended;
        let (class, after) = match ended {
            Ended::Settled(after, class) => (Some(class), Some(*after)),
            Ended::Cleared => (None, None),
            Ended::MovedOn => {
                self.hold_back(id, head.delivery, now + PAUSE);
                (None, None)
            }
            Ended::Stuck => {
                self.hold_back(id, head.delivery, now + STUCK_PAUSE);
                (None, None)
            }
        };
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        lane.end(head, class, self.live.settings.delivery.lane_concurrency);
        let host = lane.lane.host.clone();
        let state = after.as_ref().and_then(|after| after.host.clone());
        self.gates.call_ends(&host, self.ended, state, now);
        match after {
            Some(after) => {
                lane.lane = after.lane;
                match lane.lane.wake {
                    // The next of the chain, or what became due meanwhile.
                    Some(wake) if wake <= self.with.clock.now() => lane.exhausted = false,
                    Some(wake) => self.discover_by(instant_of(&self.with.clock, wake)),
                    None => {}
                }
            }
            None => lane.exhausted = false,
        }
        self.make_ready(id);
        self.let_next_try(&GateKey::Host(host));
        if self.has_room_for_failing()
            && let Some(next) = self.behind_failing.pop_front()
        {
            self.make_ready(next);
        }
    }

    fn hold_back(&mut self, lane: LaneId, delivery: DeliveryId, until: Instant) {
        self.held_back.insert(delivery, (lane, until));
        self.timers.set(until, Timer::Delivery(delivery));
    }

    fn has_room_for_failing(&self) -> bool {
        let most = self.live.settings.delivery.max_in_flight as usize;
        self.failing_calls < (most / 2).max(1)
    }

    /// Lets a lane that waits for nothing else have its turn.
    fn make_ready(&mut self, id: LaneId) {
        if let Some(lane) = self.lanes.get_mut(&id)
            && matches!(lane.place, Place::Waiting | Place::BehindFailing)
        {
            lane.place = Place::Ready;
            self.hungry.remove(&id);
            self.ready.push_back(id);
        }
    }

    /// Lets the first of those who wait at a gate try.
    fn let_next_try(&mut self, gate: &GateKey) {
        while let Some(id) = self.gates.next_parked(gate) {
            if let Some(lane) = self.lanes.get_mut(&id)
                && lane.place == Place::Parked
            {
                lane.place = Place::Ready;
                lane.let_through_by = Some(gate.clone());
                self.ready.push_front(id);
                return;
            }
        }
    }

    /// Begins calls while there is room for any.
    fn begin_calls(&mut self) {
        let most = self.live.settings.delivery.max_in_flight as usize;
        while !self.stopping && self.calls.len() < most {
            match self.ready.pop_front() {
                Some(id) => self.take_turn(id),
                None if self.has_room_for_failing() => match self.behind_failing.pop_front() {
                    Some(id) => self.make_ready(id),
                    None => return,
                },
                None => return,
            }
        }
    }

    /// One lane's turn: begins at most one call, and puts the lane where it belongs afterwards.
    fn take_turn(&mut self, id: LaneId) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        if lane.place != Place::Ready {
            return;
        }
        let let_through_by = lane.let_through_by.take();
        let closed = self.step(id);
        if let Some(gate) = let_through_by
            && closed != Some(gate.clone())
        {
            self.let_next_try(&gate);
        }
    }

    /// Says which gate is closed, if one is; not so where the lane only waits for its turn there.
    fn step(&mut self, id: LaneId) -> Option<GateKey> {
        let (clock_now, now) = (self.now(), Instant::now());
        let settings = &self.live.settings.delivery;
        let lane = self.lanes.get_mut(&id)?;
        if lane.is_shut(clock_now) {
            lane.fresh.clear();
            lane.retried.clear();
            lane.waits_since = None;
            if lane.in_flight == 0 {
                if let Some(wake) = lane.lane.wake {
                    self.discover_by(instant_of(&self.with.clock, wake));
                }
                self.forget(id);
            } else {
                lane.place = Place::Waiting;
            }
            return None;
        }
        if lane.in_flight >= lane.slots(settings.lane_concurrency) {
            lane.place = Place::Waiting;
            return None;
        }
        let head = loop {
            if lane.is_lopsided(self.wake_ups) {
                self.read(id);
                return None;
            }
            let Some(retried) = lane.next_is_retried(settings.lane_concurrency) else {
                self.out_of_heads(id, clock_now);
                return None;
            };
            match lane.peek(retried) {
                Some(head)
                    if !self.calls.contains_key(&head.delivery)
                        && !self.held_back.contains_key(&head.delivery) =>
                {
                    break head;
                }
                // It moved here while its call is under way elsewhere; the end of that call leads back to it.
                _ => lane.skip(retried),
            }
        };
        if lane.failing && self.failing_calls >= (settings.max_in_flight as usize / 2).max(1) {
            lane.place = Place::BehindFailing;
            self.behind_failing.push_back(id);
            return None;
        }
        if let Err(closed) =
            self.gates
                .ask_host(&lane.lane.host, settings.host_concurrency, clock_now, now)
        {
            let gate = GateKey::Host(lane.lane.host.clone());
            return self.park(id, gate, closed);
        }
        while let Some((key, rate)) = lane.rates.get(lane.passed) {
            let since = lane.waits_since.unwrap_or(u64::MAX);
            match self.gates.pass_rate(key, *rate, since, now) {
                Ok(()) => lane.passed += 1,
                Err(closed) => {
                    let gate = GateKey::Rate(key.clone());
                    return self.park(id, gate, closed);
                }
            }
        }
        self.begin(id, head, now);
        None
    }

    fn begin(&mut self, id: LaneId, head: Head, now: Instant) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        lane.begin(head);
        lane.place = Place::Ready;
        self.calls.insert(head.delivery, lane.failing);
        self.failing_calls += usize::from(lane.failing);
        let host = lane.lane.host.clone();
        let terms = Terms {
            host_troubled: self.gates.call_begins(&host, now),
            stop: self.stop.clone(),
            cut: self.cut.clone(),
        };
        let with = self.with.clone();
        self.tasks
            .spawn(async move { Found::Ended(id, head, call::call(with, id, head, terms).await) });
        self.ready.push_back(id);
    }

    fn park(&mut self, id: LaneId, gate: GateKey, closed: Closed) -> Option<GateKey> {
        let now = Instant::now();
        let lane = self.lanes.get_mut(&id)?;
        lane.place = Place::Parked;
        let since = *lane.waits_since.get_or_insert_with(|| {
            self.last_in_line += 1;
            self.last_in_line
        });
        let opens = match closed {
            Closed::For(wait) => Some(now + wait),
            Closed::UntilACallEnds | Closed::UntilItsTurn => None,
        };
        if self.gates.park(&gate, id, since, opens.is_some())
            && let Some(opens) = opens
        {
            self.last_timed_gate += 1;
            self.timed_gates.insert(self.last_timed_gate, gate.clone());
            self.timers.set(opens, Timer::Gate(self.last_timed_gate));
        }
        (closed != Closed::UntilItsTurn).then_some(gate)
    }

    /// A lane with a free slot and nothing in memory to send.
    fn out_of_heads(&mut self, id: LaneId, now: Time) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        if !lane.exhausted {
            self.read(id);
            return;
        }
        lane.waits_since = None;
        if lane.in_flight > 0 {
            lane.place = Place::Waiting;
            self.hungry.insert(id);
        } else if lane.lane.wake.is_some_and(|wake| wake <= now) {
            lane.place = Place::Kicking;
            lane.asked_at_wake_up = self.wake_ups;
            let (store, event) = (
                self.with.store.clone(),
                self.with.clock.event(Happening::Kicked(Kick { lane: id })),
            );
            #[cfg(test)]
            self.look.asks();
            let asking =
                AssertUnwindSafe(async move { store.commit(event, Rank::Background).await });
            self.tasks.spawn(async move {
                let answer = asking.catch_unwind().await;
                Found::Kicked(
                    id,
                    answer.unwrap_or_else(|_| Err(CommitError::Failed(PANICKED.to_owned()))),
                )
            });
        } else {
            self.forget(id);
        }
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
            lane.rates = rates_of(&lane.lane, &self.live.settings.delivery);
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

#[cfg(test)]
mod look;
#[cfg(test)]
mod tests;
