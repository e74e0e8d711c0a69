//! The task that owns all lanes and gates in memory, and decides which call begins next.
//!
//! Every lane in memory is in exactly one [`Place`]. A lane leaves a place only by an event that is sure to come: its
//! turn, the end of a call, the answer of the store, or a timer of the gate where it waits.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::clock::instant_of;
use crate::live::Live;
use crate::model::{DeliveryId, Happening, Head, Kick, LaneId, Time};
use crate::plan::Answer;
use crate::store::{CommitError, DueLanes, LaneWork, Rank, ReadError};

use super::Delivering;
use super::call::{self, Ended};
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
    Discover,
    Lane(LaneId),
    Gate(u64),
    Prune,
}

/// What a task of ours found out.
enum Found {
    Lanes(Result<DueLanes, ReadError>),
    Work(LaneId, Result<Option<LaneWork>, ReadError>),
    Kicked(LaneId, Result<Answer, CommitError>),
    Ended(LaneId, Head, Ended),
}

pub(super) struct Dispatcher {
    with: Delivering,
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
    calls: HashMap<DeliveryId, bool>,
    failing_calls: usize,
    tasks: JoinSet<Found>,
    /// Since when the store is being asked which lanes have something to do.
    discovering: Option<Instant>,
    discover_again: bool,
    stopping: bool,
}

impl Dispatcher {
    pub(super) fn new(with: Delivering, cut: CancellationToken) -> Self {
        let live = with.live.load_full();
        Self {
            with,
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
            tasks: JoinSet::new(),
            discovering: None,
            discover_again: false,
            stopping: false,
        }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
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
            let next_timer = self
                .timers
                .next_at()
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

    fn now(&self) -> Time {
        self.with.clock.now()
    }

    fn woken(&mut self) {
        self.discover();
        for lane in std::mem::take(&mut self.hungry) {
            self.read(lane);
        }
    }

    fn timers_due(&mut self) {
        let now = Instant::now();
        while let Some(timer) = self.timers.pop_due(now) {
            match timer {
                Timer::Discover => self.discover(),
                Timer::Lane(lane) => {
                    if self
                        .lanes
                        .get(&lane)
                        .is_some_and(|state| state.place == Place::Waiting && state.in_flight == 0)
                    {
                        self.read(lane);
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
        self.tasks
            .spawn(async move { Found::Lanes(store.due_lanes(now, here, MOST_FOUND).await) });
    }

    /// Asks the store what of a lane is due.
    fn read(&mut self, id: LaneId) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        if self.stopping || lane.place == Place::Reading {
            return;
        }
        lane.place = Place::Reading;
        lane.fresh.clear();
        lane.retried.clear();
        let (store, now) = (self.with.store.clone(), self.with.clock.now());
        let under_way: HashSet<DeliveryId> = self.calls.keys().copied().collect();
        self.tasks.spawn(async move {
            Found::Work(id, store.lane_work(id, now, under_way, MOST_HEADS).await)
        });
    }

    fn learn(&mut self, found: Found) {
        match found {
            Found::Lanes(due) => self.learn_lanes(due),
            Found::Work(lane, work) => self.learn_work(lane, work),
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
                    self.timers
                        .set(instant_of(&self.with.clock, next), Timer::Discover);
                }
            }
            Err(error) => {
                tracing::error!(%error, "cannot read which lanes are due");
                self.timers.set(Instant::now() + PAUSE, Timer::Discover);
            }
        }
        if std::mem::take(&mut self.discover_again) {
            // At most half of the time goes into looking.
            self.timers.set(Instant::now() + took, Timer::Discover);
        }
    }

    fn learn_work(&mut self, id: LaneId, work: Result<Option<LaneWork>, ReadError>) {
        let now = Instant::now();
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        match work {
            Ok(Some(work)) => {
                lane.rates = rates_of(&work.lane, &self.live.settings.delivery);
                lane.exhausted = work.fresh.len() < MOST_HEADS && work.retried.len() < MOST_HEADS;
                self.gates.learn_host(&work.lane.host, work.host, now);
                lane.lane = work.lane;
                lane.fresh = work.fresh.into();
                lane.retried = work.retried.into();
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
                    self.timers
                        .set(Instant::now() + IDLE_PAUSE, Timer::Lane(id));
                }
            }
            Ok(Answer::Lane(record)) => {
                if let Some(wake) = record.wake {
                    self.timers
                        .set(instant_of(&self.with.clock, wake), Timer::Discover);
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

    fn learn_end(&mut self, id: LaneId, head: Head, ended: Ended) {
        let now = Instant::now();
        if self.calls.remove(&head.delivery) == Some(true) {
            self.failing_calls = self.failing_calls.saturating_sub(1);
        }
        let most = self.live.settings.delivery.lane_concurrency;
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        let host = lane.lane.host.clone();
        self.gates.call_ends(&host, now);
        match ended {
            Ended::Settled(after, class) => {
                lane.end(head, Some(class), most);
                if let Some(state) = after.host {
                    self.gates.learn_host(&host, state, now);
                }
                lane.lane = after.lane;
                match lane.lane.wake {
                    // The next of the chain, or what became due meanwhile.
                    Some(wake) if wake <= self.with.clock.now() => lane.exhausted = false,
                    Some(wake) => self
                        .timers
                        .set(instant_of(&self.with.clock, wake), Timer::Discover),
                    None => {}
                }
            }
            Ended::NoCall => {
                lane.end(head, None, most);
                lane.exhausted = false;
            }
            Ended::Stuck => {
                lane.end(head, None, most);
                lane.fresh.clear();
                lane.retried.clear();
                lane.place = Place::Waiting;
                self.timers.set(now + STUCK_PAUSE, Timer::Lane(id));
                self.let_next_try(&GateKey::Host(host));
                return;
            }
        }
        self.make_ready(id);
        self.let_next_try(&GateKey::Host(host));
        if let Some(next) = self.behind_failing.pop_front() {
            self.make_ready(next);
        }
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
            if let Some(lane) = self.lanes.get_mut(&id) {
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
            let Some(id) = self.ready.pop_front() else {
                return;
            };
            self.take_turn(id);
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
        let parked_at = self.step(id, let_through_by.as_ref());
        if let Some(gate) = let_through_by
            && parked_at.as_ref() != Some(&gate)
        {
            self.let_next_try(&gate);
        }
    }

    /// Says at which gate the lane waits now, if at one.
    fn step(&mut self, id: LaneId, let_through_by: Option<&GateKey>) -> Option<GateKey> {
        let (clock_now, now) = (self.now(), Instant::now());
        let settings = &self.live.settings.delivery;
        let lane = self.lanes.get_mut(&id)?;
        if lane.is_shut(clock_now) {
            lane.fresh.clear();
            lane.retried.clear();
            if lane.in_flight == 0 {
                if let Some(wake) = lane.lane.wake {
                    self.timers
                        .set(instant_of(&self.with.clock, wake), Timer::Discover);
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
            let Some(retried) = lane.next_is_retried(settings.lane_concurrency) else {
                self.out_of_heads(id, clock_now);
                return None;
            };
            match lane.peek(retried) {
                Some(head) if !self.calls.contains_key(&head.delivery) => break head,
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
            return Some(self.park(id, gate, closed, let_through_by));
        }
        while let Some((key, rate)) = lane.rates.get(lane.passed) {
            match self.gates.pass_rate(key, *rate, now) {
                Ok(()) => lane.passed += 1,
                Err(wait) => {
                    let gate = GateKey::Rate(key.clone());
                    return Some(self.park(id, gate, Closed::For(wait), let_through_by));
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
        lane.idle_kicks = 0;
        lane.place = Place::Ready;
        self.calls.insert(head.delivery, lane.failing);
        self.failing_calls += usize::from(lane.failing);
        let host = lane.lane.host.clone();
        self.gates.call_begins(&host, now);
        let troubled = self.gates.is_troubled(&host, now);
        let (with, cut) = (self.with.clone(), self.cut.clone());
        self.tasks.spawn(async move {
            Found::Ended(id, head, call::call(with, id, head, troubled, cut).await)
        });
        self.ready.push_back(id);
    }

    fn park(
        &mut self,
        id: LaneId,
        gate: GateKey,
        closed: Closed,
        let_through_by: Option<&GateKey>,
    ) -> GateKey {
        let in_front = let_through_by == Some(&gate);
        let wait = match closed {
            Closed::For(wait) => Some(wait),
            Closed::UntilACallEnds => None,
        };
        if let Some(lane) = self.lanes.get_mut(&id) {
            lane.place = Place::Parked;
        }
        if self.gates.park(&gate, id, in_front, wait.is_some()) {
            self.last_timed_gate += 1;
            self.timed_gates.insert(self.last_timed_gate, gate.clone());
            let at = Instant::now() + wait.unwrap_or_default();
            self.timers.set(at, Timer::Gate(self.last_timed_gate));
        }
        gate
    }

    /// A lane with a free slot and nothing in memory to send.
    fn out_of_heads(&mut self, id: LaneId, now: Time) {
        let Some(lane) = self.lanes.get_mut(&id) else {
            return;
        };
        if !lane.exhausted {
            self.read(id);
        } else if lane.in_flight > 0 {
            lane.place = Place::Waiting;
            self.hungry.insert(id);
        } else if lane.lane.wake.is_some_and(|wake| wake <= now) {
            lane.place = Place::Kicking;
            let (store, event) = (
                self.with.store.clone(),
                self.with.clock.event(Happening::Kicked(Kick { lane: id })),
            );
            self.tasks.spawn(async move {
                Found::Kicked(id, store.commit(event, Rank::Background).await)
            });
        } else {
            self.forget(id);
        }
    }

    /// Drops a lane from memory; the store knows when it wakes.
    fn forget(&mut self, id: LaneId) {
        self.lanes.remove(&id);
        self.hungry.remove(&id);
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
    }
}
