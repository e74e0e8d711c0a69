//! What counters must say.

use std::collections::BTreeMap;

use super::Checking;
use crate::model::{Delivery, DeliveryState, Ticket};
use crate::store::keys;
use crate::store::rows::RowsError;
use crate::store::stage;

#[derive(Debug, Default)]
pub(super) struct Expected {
    counts: BTreeMap<Vec<u8>, u64>,
    /// Tickets that are not mirrored now; the counter says how often that happened.
    pub(super) loop_breaks: u64,
    /// Deliveries that were set aside: whose they were cannot be told.
    pub(super) set_aside: u64,
    /// Censuses that must be there and were not seen yet.
    pub(super) censuses: u64,
}

impl Expected {
    fn one_more(&mut self, counter: Vec<u8>) {
        *self.counts.entry(counter).or_default() += 1;
    }

    pub(super) fn ticket(&mut self, ticket: &Ticket) {
        let (brand, assignee) = (&ticket.brand, ticket.assignee);
        if ticket.needs_response() {
            self.one_more(keys::waiting_counter(brand, assignee));
        }
        if let Some(at) = ticket.closed_at {
            self.one_more(keys::closed_counter(brand, assignee, at.day()));
        }
    }

    pub(super) fn delivery(&mut self, delivery: &Delivery, is_pending: bool) {
        let system = &delivery.system;
        if is_pending {
            self.one_more(stage::pending_counter(system));
        }
        match delivery.state {
            DeliveryState::Dead { .. } => self.one_more(stage::dead_counter(system)),
            DeliveryState::Held { .. } => self.one_more(stage::held_counter(system)),
            DeliveryState::Recorded { .. } => {
                self.one_more(stage::recorded_counter(system));
                self.one_more(stage::ever_recorded_counter(system));
            }
            _ => {}
        }
    }
}

impl Checking {
    pub(super) fn counters(&mut self) -> Result<(), RowsError> {
        self.each_record(b"C", |checking, key, says: u64| {
            let is = checking.expected.counts.remove(key).unwrap_or(0);
            let holds = if key == keys::counter(stage::LOOP_BREAKS) {
                says >= checking.expected.loop_breaks
            } else if key == stage::aside_counter() {
                says == checking.expected.set_aside
            } else if keys::is_ever_recorded_counter(key) {
                // It says how often that happened.
                says >= is
            } else if keys::is_pending_counter(key) {
                says.abs_diff(is) <= checking.expected.set_aside
            } else {
                says == is
            };
            checking.must(holds, || {
                format!(
                    "the counter at {} says {says}, but there are {is}",
                    key.escape_ascii()
                )
            });
            Ok(())
        })?;
        for (key, is) in std::mem::take(&mut self.expected.counts) {
            self.find(format!(
                "the counter at {} is missing, but there are {is}",
                key.escape_ascii()
            ));
        }
        Ok(())
    }
}
