//! What answers of the store and ends of calls lead to.

use std::collections::hash_map::Entry;
use std::time::Duration;

use tokio::time::Instant;

use crate::clock::instant_of;
use crate::model::{DeliveryId, Head, LaneId};
use crate::plan::Answer;
use crate::store::{CommitError, DueLanes, LaneWork, ReadError};

use super::super::call::Ended;
use super::super::gate::GateKey;
use super::super::lane::{LaneState, Place};
use super::super::rates::paces_of;
use super::{Dispatcher, Found, IDLE_PAUSE, MOST_HEADS, PAUSE, STUCK_PAUSE, Timer};

impl Dispatcher {
    pub(super) fn learn(&mut self, found: Found) {
        match found {
            Found::Lanes(due) => self.learn_lanes(due),
            Found::Work(lane, ended, work) => {
                self.learn_work(lane, ended, work.map(|work| work.map(|work| *work)));
            }
            Found::Kicked(lane, answer) => self.learn_kick(lane, answer),
            Found::Ended(lane, head, ended) => self.learn_end(lane, head, ended),
        }
    }

    pub(super) fn learn_lanes(&mut self, due: Result<DueLanes, ReadError>) {
        let took = self
            .discovering
            .take()
            .map_or(Duration::ZERO, |began| began.elapsed());
        match due {
            Ok(due) => {
                for id in due.lanes {
                    if let Entry::Vacant(new) = self.lanes.entry(id) {
                        new.insert(LaneState::new(id));
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

    pub(super) fn learn_work(
        &mut self,
        id: LaneId,
        ended: u64,
        work: Result<Option<LaneWork>, ReadError>,
    ) {
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
                lane.paces = paces_of(&work.lane, &self.live);
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

    pub(super) fn learn_kick(&mut self, id: LaneId, answer: Result<Answer, CommitError>) {
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
    pub(super) fn wait_idle(&mut self, id: LaneId) {
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

    pub(super) fn learn_end(&mut self, id: LaneId, head: Head, ended: Ended) {
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
        // What was planned for the same ticket since the call was settled became due without its settle's word.
        if std::mem::take(&mut lane.passed_over) {
            lane.exhausted = false;
        }
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

    pub(super) fn hold_back(&mut self, lane: LaneId, delivery: DeliveryId, until: Instant) {
        self.held_back.insert(delivery, (lane, until));
        self.timers.set(until, Timer::Delivery(delivery));
    }
}
