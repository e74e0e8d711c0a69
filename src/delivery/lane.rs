//! A lane in memory: what of it is due, and whose turn it is.

use std::collections::VecDeque;

use crate::model::{Class, Head, Lane, LaneId, TicketId, Time};
use crate::store::LaneWork;

use super::gate::GateKey;
use super::rates::{Pace, RateKey};

/// So many calls begin before the store is asked again about a kind of which nothing was due.
const MOST_UNASKED: u32 = 16;

/// What a lane is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// Its turn comes.
    Ready,
    /// It waits at a gate.
    Parked,
    /// Too many calls of failing lanes are under way.
    BehindFailing,
    /// The store is being asked what is due.
    Reading,
    /// The store is setting its wake time.
    Kicking,
    /// It waits for its own calls, or for something to become due.
    Waiting,
}

#[derive(Debug)]
pub(super) struct LaneState {
    pub(super) lane: Lane,
    pub(super) place: Place,
    pub(super) fresh: VecDeque<Head>,
    pub(super) retried: VecDeque<Head>,
    /// The store had no more at the last reading, and nothing moved up since.
    pub(super) exhausted: bool,
    /// A head was passed over because of a call that is under way, whose settle may know nothing of it yet.
    pub(super) passed_over: bool,
    /// The store had more fresh ones, or more retried ones, than were taken.
    more: (bool, bool),
    /// The dispatcher's count of wake-ups when the store was last asked about this lane.
    pub(super) asked_at_wake_up: u64,
    /// The dispatcher's count of ended calls when one of this lane's last ended.
    pub(super) ended: u64,
    /// How many calls began since the store was last asked.
    begun_since_asked: u32,
    /// Since when it waits for its next call, as a number that rises.
    pub(super) waits_since: Option<u64>,
    /// Kicks since something was last found due.
    pub(super) idle_kicks: u32,
    pub(super) paces: Vec<(RateKey, Pace)>,
    /// How many of `paces` the next call has passed already.
    pub(super) passed: usize,
    /// The gate that let it try, and is owed another try by somebody else unless it closes.
    pub(super) let_through_by: Option<GateKey>,
    pub(super) in_flight: u32,
    /// Whose calls those are.
    tickets: Vec<TicketId>,
    retried_in_flight: u32,
    /// How many calls it may have under way: one at first, one more per success.
    slots: u32,
    pub(super) failing: bool,
    /// Calls begun since it came into memory.
    begun: u32,
    /// Fresh ones sent since a retried one was.
    fresh_in_a_row: u32,
}

impl LaneState {
    pub(super) fn new(id: LaneId) -> Self {
        let nowhere = crate::model::Destination::ResponseUrl(String::new());
        Self {
            lane: Lane::new(id, nowhere, String::new()),
            place: Place::Waiting,
            fresh: VecDeque::new(),
            retried: VecDeque::new(),
            exhausted: false,
            passed_over: false,
            more: (false, false),
            asked_at_wake_up: 0,
            ended: 0,
            begun_since_asked: 0,
            waits_since: None,
            idle_kicks: 0,
            paces: Vec::new(),
            passed: 0,
            let_through_by: None,
            in_flight: 0,
            tickets: Vec::new(),
            retried_in_flight: 0,
            slots: 1,
            failing: false,
            begun: 0,
            fresh_in_a_row: 0,
        }
    }

    /// The store is asked what is due.
    pub(super) fn ask(&mut self, wake_ups: u64) {
        self.place = Place::Reading;
        self.fresh.clear();
        self.retried.clear();
        self.exhausted = false;
        self.passed_over = false;
        self.asked_at_wake_up = wake_ups;
        self.begun_since_asked = 0;
    }

    /// The store answered; it gives at most so many heads of each kind.
    pub(super) fn learn(&mut self, work: LaneWork, most_heads: usize) {
        self.more = (
            work.fresh.len() >= most_heads,
            work.retried.len() >= most_heads,
        );
        self.exhausted = self.more == (false, false);
        // Trouble outlives the lane's stay in memory; what has only retries left is in trouble, too.
        let troubled =
            work.lane.breaker.failures > 0 || (work.fresh.is_empty() && !work.retried.is_empty());
        if self.begun == 0 {
            self.failing = troubled;
        }
        self.lane = work.lane;
        self.fresh = work.fresh.into();
        self.retried = work.retried.into();
    }

    /// Whether one kind has run out here and perhaps not in the store, while the other has not.
    pub(super) fn is_lopsided(&self, wake_ups: u64) -> bool {
        let woken = self.asked_at_wake_up != wake_ups && self.begun_since_asked > 0;
        match (self.fresh.is_empty(), self.retried.is_empty()) {
            (true, false) => self.more.0 || woken,
            // Retries become due by time alone, which nobody tells.
            (false, true) => self.more.1 || self.begun_since_asked >= MOST_UNASKED,
            (true, true) | (false, false) => false,
        }
    }

    /// How many calls it may have under way now: one while its breaker is half-open.
    pub(super) fn slots(&self, most: u32) -> u32 {
        if self.lane.breaker.open_until.is_some() || self.lane.pause.is_some() {
            1
        } else {
            self.slots.min(most)
        }
    }

    /// Whether the lane itself lets nothing through at `now`.
    pub(super) fn is_shut(&self, now: Time) -> bool {
        self.lane.opens_for(now).is_none_or(|opens| opens > now)
    }

    /// Whose turn it is. While both kinds wait, retried ones get every fourth call and at most half of the slots; with
    /// one slot they take turns.
    pub(super) fn next_is_retried(&self, most: u32) -> Option<bool> {
        match (self.fresh.is_empty(), self.retried.is_empty()) {
            (true, true) => None,
            (false, true) => Some(false),
            (true, false) => Some(true),
            (false, false) => {
                let slots = self.slots(most);
                let fresh_between = if slots == 1 { 1 } else { 3 };
                let room = self.retried_in_flight < (slots / 2).max(1);
                Some(room && self.fresh_in_a_row >= fresh_between)
            }
        }
    }

    pub(super) fn peek(&self, retried: bool) -> Option<Head> {
        if retried {
            self.retried.front()
        } else {
            self.fresh.front()
        }
        .copied()
    }

    /// Whether another of the head's ticket is under way: its chain moved on by a person's order meanwhile.
    pub(super) fn is_overtaking(&self, head: &Head) -> bool {
        self.tickets.contains(&head.ticket)
    }

    pub(super) fn skip(&mut self, retried: bool) {
        if retried {
            self.retried.pop_front()
        } else {
            self.fresh.pop_front()
        };
    }

    /// Takes the head whose call begins.
    pub(super) fn begin(&mut self, head: Head) {
        self.skip(head.retried);
        self.passed = 0;
        self.waits_since = None;
        self.idle_kicks = 0;
        self.begun = self.begun.saturating_add(1);
        self.begun_since_asked = self.begun_since_asked.saturating_add(1);
        self.in_flight += 1;
        self.tickets.push(head.ticket);
        if head.retried {
            self.retried_in_flight += 1;
            self.fresh_in_a_row = 0;
        } else {
            self.fresh_in_a_row = self.fresh_in_a_row.saturating_add(1);
        }
    }

    /// A call ended; `class` is missing where none was made after all.
    pub(super) fn end(&mut self, head: Head, class: Option<Class>, most: u32) {
        self.in_flight = self.in_flight.saturating_sub(1);
        if let Some(index) = self.tickets.iter().position(|id| *id == head.ticket) {
            self.tickets.swap_remove(index);
        }
        if head.retried {
            self.retried_in_flight = self.retried_in_flight.saturating_sub(1);
        }
        match class {
            Some(Class::Ok) => {
                self.failing = false;
                self.slots = self.slots.saturating_add(1).min(most);
            }
            Some(Class::Retry | Class::Throttled | Class::Paused | Class::Unknown) => {
                self.failing = true;
                self.slots = 1;
            }
            Some(Class::Rejected) | None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::DeliveryId;

    fn head(number: u64, retried: bool) -> Head {
        Head {
            due: Time::EPOCH,
            retried,
            ticket: TicketId(number),
            delivery: DeliveryId(number),
        }
    }

    fn lane(slots: u32) -> LaneState {
        let mut lane = LaneState::new(LaneId(1));
        lane.slots = slots;
        lane.fresh = (0..100).map(|n| head(n, false)).collect();
        lane.retried = (100..200).map(|n| head(n, true)).collect();
        lane
    }

    fn sequence(lane: &mut LaneState, most: u32, calls: usize) -> String {
        let mut order = String::new();
        for _ in 0..calls {
            let retried = lane.next_is_retried(most).unwrap();
            let next = lane.peek(retried).unwrap();
            lane.begin(next);
            lane.end(next, None, most);
            order.push(if retried { 'r' } else { 'f' });
        }
        order
    }

    #[test]
    fn with_one_slot_fresh_and_retried_take_turns() {
        assert_eq!(sequence(&mut lane(1), 4, 8), "frfrfrfr");
    }

    #[test]
    fn with_more_slots_every_fourth_call_is_a_retried_one() {
        assert_eq!(sequence(&mut lane(4), 4, 12), "fffrfffrfffr");
    }

    #[test]
    fn retried_calls_take_at_most_half_of_the_slots_while_fresh_ones_wait() {
        let mut lane = lane(4);
        lane.fresh_in_a_row = 99;
        for _ in 0..2 {
            assert_eq!(lane.next_is_retried(4), Some(true));
            lane.begin(lane.peek(true).unwrap());
            lane.fresh_in_a_row = 99;
        }
        assert_eq!(lane.next_is_retried(4), Some(false));
        lane.fresh.clear();
        assert_eq!(lane.next_is_retried(4), Some(true));
    }

    #[test]
    fn a_lane_starts_with_one_slot_gains_one_per_success_and_falls_back_at_a_failure() {
        let mut lane = lane(1);
        for expected in [2, 3, 4, 4] {
            lane.end(head(0, false), Some(Class::Ok), 4);
            assert_eq!(lane.slots(4), expected);
        }
        lane.end(head(0, false), Some(Class::Retry), 4);
        assert_eq!((lane.slots(4), lane.failing), (1, true));
    }
}
