//! Whose call begins next: lanes take turns, and wait where they cannot go on.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tokio::time::Instant;

use crate::clock::instant_of;
use crate::model::{Happening, Head, Kick, LaneId, Time};
use crate::store::{CommitError, Rank};

use super::super::call::{self, Terms};
use super::super::gate::{Closed, GateKey};
use super::super::lane::Place;
use super::{Dispatcher, Found, PANICKED, Timer};

impl Dispatcher {
    pub(super) fn has_room_for_failing(&self) -> bool {
        let most = self.live.settings.delivery.max_in_flight as usize;
        self.failing_calls < (most / 2).max(1)
    }

    /// Lets a lane that waits for nothing else have its turn.
    pub(super) fn make_ready(&mut self, id: LaneId) {
        if let Some(lane) = self.lanes.get_mut(&id)
            && matches!(lane.place, Place::Waiting | Place::BehindFailing)
        {
            lane.place = Place::Ready;
            self.hungry.remove(&id);
            self.ready.push_back(id);
        }
    }

    /// Lets the first of those who wait at a gate try.
    pub(super) fn let_next_try(&mut self, gate: &GateKey) {
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
    pub(super) fn begin_calls(&mut self) {
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
                    if !lane.is_overtaking(&head)
                        && !self.calls.contains_key(&head.delivery)
                        && !self.held_back.contains_key(&head.delivery) =>
                {
                    break head;
                }
                // Its ticket's call is under way, or its own elsewhere, or it must wait; the end of that leads back
                // to it.
                _ => {
                    lane.skip(retried);
                    lane.passed_over = true;
                }
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
        while let Some((key, pace)) = lane.paces.get(lane.passed) {
            let since = lane.waits_since.unwrap_or(u64::MAX);
            match self.gates.pass_rate(key, pace, since, now) {
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
            lane: lane.lane.clone(),
            host_troubled: self.gates.call_begins(&host, now),
            stop: self.stop.clone(),
            cut: self.cut.clone(),
        };
        let with = self.with.clone();
        let calls = with.calls.clone();
        let call = async move { Found::Ended(id, head, call::call(with, id, head, terms).await) };
        self.tasks.spawn_on(call, &calls);
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
}
