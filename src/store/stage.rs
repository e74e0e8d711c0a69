//! What planning decided, as rows: each record, and the indexes and counters that follow from its change.

mod removal;

use std::collections::BTreeMap;

use crate::model::{Delivery, DeliveryState, Head, Lane, LaneId, Link, Ticket, Time};
use crate::plan::Write;

use super::keys;
use super::record::{self, RecordError};
use super::rows::{Batch, Read, Scan};
use super::shelf::{Item, Shelf, Shelving};
use super::traits::{self, NoticeTraits, TicketTraits};

/// The name of the counter of pending deliveries of a system.
pub(super) fn pending_counter(system: &str) -> Vec<u8> {
    keys::counter(&format!("pending/{system}"))
}

/// The name of the counter of a system's dead letters.
pub(super) fn dead_counter(system: &str) -> Vec<u8> {
    keys::counter(&format!("dead/{system}"))
}

/// The name of the counter of a system's deliveries that wait for a person.
pub(super) fn held_counter(system: &str) -> Vec<u8> {
    keys::counter(&format!("held/{system}"))
}

/// The name of the counter of a system's deliveries that are recorded instead of sent.
pub(super) fn recorded_counter(system: &str) -> Vec<u8> {
    keys::counter(&format!("recorded/{system}"))
}

/// The name of the counter of a system's deliveries that were ever recorded.
pub(super) fn ever_recorded_counter(system: &str) -> Vec<u8> {
    keys::counter(&format!("ever-recorded/{system}"))
}

/// The name of the counter of tickets that were mirrored no more.
pub(super) const LOOP_BREAKS: &str = "loop-breaks";

/// The name of the counter of what was set aside.
pub(super) fn aside_counter() -> Vec<u8> {
    keys::counter("set-aside")
}

/// Rows under construction.
#[derive(Debug, Default)]
pub(super) struct Stage {
    rows: Batch,
    counters: BTreeMap<Vec<u8>, i64>,
    shelving: Shelving,
    /// Lanes of which something went, and since when they must have been unused to go as well.
    idle_lanes: BTreeMap<LaneId, Time>,
    /// Whether a lane may have something to do earlier than before.
    pub(super) wakes: bool,
    /// Loop breaks that begin or end.
    pub(super) loops: LoopNews,
}

/// How many tickets ceased to be mirrored, and how many are mirrored again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct LoopNews {
    pub(super) broken: u64,
    pub(super) released: u64,
}

impl LoopNews {
    pub(super) fn add(&mut self, more: Self) {
        self.broken += more.broken;
        self.released += more.released;
    }
}

impl Stage {
    fn put<T: serde::Serialize>(&mut self, key: Vec<u8>, record: &T) {
        self.rows.extend(
            record::encode(key, record)
                .into_iter()
                .map(|(key, value)| (key, Some(value))),
        );
    }

    fn put_empty(&mut self, key: Vec<u8>) {
        self.rows.insert(key, Some(Vec::new()));
    }

    fn remove(&mut self, key: Vec<u8>) {
        self.rows.insert(key, None);
    }

    fn count(&mut self, counter: Vec<u8>, by: i64) {
        *self.counters.entry(counter).or_insert(0) += by;
    }

    /// Adds what `write` takes, which was decided at `at`.
    pub(super) fn add(
        &mut self,
        rows: &impl Read,
        write: &Write,
        at: Time,
    ) -> Result<(), RecordError> {
        match write {
            Write::Ticket { old, new } => self.ticket(old.as_deref(), new),
            Write::Message(message) => self.put(keys::message(message.ticket, message.id), message),
            Write::Text(message, revision, text) => {
                let rows = record::encode_bytes(keys::text(*message, *revision), text.as_bytes());
                self.rows
                    .extend(rows.into_iter().map(|(key, value)| (key, Some(value))));
            }
            Write::Uid {
                brand,
                uid,
                slot,
                ticket,
                message,
            } => {
                self.put(keys::uid(brand, uid, slot), &(ticket, message));
            }
            Write::Waiting {
                brand,
                uid,
                ticket,
                message,
                waits,
            } => {
                let key = keys::waiting(brand, uid, *ticket, *message);
                match waits {
                    Some(provider) => self.put(key, provider),
                    None => self.remove(key),
                }
            }
            Write::Address(name, address) => self.put(keys::address(name), address),
            Write::Author { brand, uid, record } => self.put(keys::author(brand, uid), record),
            Write::Delivery { old, new } => self.delivery(old.as_deref(), new),
            Write::Attempt(delivery, attempt) => {
                self.put(keys::attempt(*delivery, attempt.number), attempt)
            }
            Write::Lane { old, new } => self.lane(old.as_deref(), new),
            Write::Host(host, state) => {
                if *state == crate::model::HostState::default() {
                    self.remove(keys::host(host));
                } else {
                    self.put(keys::host(host), state);
                }
            }
            Write::LastAssigned(brand, agent) => self.put(keys::last_assigned(brand), agent),
            Write::Note(ticket, at, note) => {
                let mut count = 0;
                while self.rows.contains_key(&keys::note(*ticket, *at, count))
                    || rows.get(&keys::note(*ticket, *at, count))?.is_some()
                {
                    count += 1;
                }
                self.put(keys::note(*ticket, *at, count), note);
            }
            Write::Notice(brand, assignee, notice) => self.shelving.shelve(
                &Shelf::notices(brand, *assignee),
                notice.id.0,
                None,
                Some(&traits::item_of(notice)),
            ),
            Write::Read(agent, found) => {
                let (brand, assignee) = &found.to;
                let item = Item {
                    traits: NoticeTraits::of(&found.notice).to_bytes(),
                    rest: Vec::new(),
                };
                let shelf = Shelf::read(*agent, brand, *assignee);
                self.shelving
                    .shelve(&shelf, found.notice.id.0, None, Some(&item));
            }
            Write::Profile(agent, profile) => self.put(keys::profile(*agent), profile),
            Write::Mapping(version, mapping) => self.put(keys::mapping(*version), mapping),
            Write::SetAside { lane, head, reason } => self.set_aside(rows, *lane, head, reason)?,
            Write::TicketRemoved {
                old,
                stone,
                unused_since,
            } => self.remove_ticket(rows, old, *stone, *unused_since)?,
            Write::Swept {
                ticket,
                left,
                stone,
                unused_since,
            } => self.sweep(rows, *ticket, left, *stone, *unused_since)?,
            Write::DeliveryRemoved { old, unused_since } => {
                self.remove_delivery(rows, old, *unused_since)?;
            }
            Write::AttemptsRemoved(delivery, attempts) => {
                self.remove_attempts(rows, *delivery, attempts)?;
            }
            Write::NoticesRemoved {
                brand,
                assignee,
                notices,
                read,
            } => self.remove_notices(brand, *assignee, notices, read),
            Write::TextsRemoved { old, new } => self.remove_some_texts(rows, old, new)?,
            Write::MessageErased { brand, old, new } => {
                self.erase_message(rows, brand, old, new, at)?;
            }
            Write::AuthorRemoved { brand, uid } => {
                self.remove_record(rows, keys::author(brand, uid))?;
            }
            Write::Lapsed(remembered) => self.lapse(rows, *remembered)?,
        }
        Ok(())
    }

    fn ticket(&mut self, old: Option<&Ticket>, new: &Ticket) {
        self.put(keys::ticket(new.id), new);
        self.list(old, new);
        let loop_since = |ticket: &Ticket| ticket.loop_since;
        match (old.and_then(loop_since), new.loop_since) {
            (None, Some(since)) => {
                self.put(keys::looping(new.id), &since);
                self.count(keys::counter(LOOP_BREAKS), 1);
                self.loops.broken += 1;
            }
            (Some(_), None) => {
                self.remove(keys::looping(new.id));
                self.loops.released += 1;
            }
            _ => {}
        }
        self.links(old.map(|old| old.links.as_slice()).unwrap_or_default(), new);
        let waiting = |ticket: &Ticket| {
            let key = || keys::waiting_counter(&ticket.brand, ticket.assignee);
            ticket.needs_response().then(key)
        };
        self.recount(old.and_then(waiting), waiting(new));
        let closed = |ticket: &Ticket| {
            let day = ticket.closed_at?.day();
            Some(keys::closed_counter(&ticket.brand, ticket.assignee, day))
        };
        self.recount(old.and_then(closed), closed(new));
    }

    fn list(&mut self, old: Option<&Ticket>, new: &Ticket) {
        let shelf = |ticket: &Ticket| Shelf::tickets(&ticket.brand, ticket.assignee);
        let traits = |ticket: &Ticket| TicketTraits::of(ticket).to_bytes();
        let item = Item {
            traits: traits(new),
            rest: Vec::new(),
        };
        let before = old.map(|old| (shelf(old), traits(old)));
        let (shelf, number) = (shelf(new), new.id.0);
        match before {
            Some((same, traits)) if same == shelf => {
                if traits != item.traits {
                    self.shelving
                        .shelve(&shelf, number, Some(&traits), Some(&item));
                }
            }
            Some((other, traits)) => {
                self.shelving.shelve(&other, number, Some(&traits), None);
                self.shelving.shelve(&shelf, number, None, Some(&item));
            }
            None => self.shelving.shelve(&shelf, number, None, Some(&item)),
        }
    }

    /// What a system's ticket was once linked to is known for good.
    fn links(&mut self, old: &[Link], new: &Ticket) {
        for link in &new.links {
            let before = old.iter().find(|old| old.system == link.system);
            let known = before.and_then(|before| before.remote.as_ref());
            if let Some(remote) = link.remote.as_ref().filter(|remote| known != Some(remote)) {
                self.put(keys::linked(&link.system, remote), &new.id);
            }
            let key = keys::open_link(&link.system, new.id);
            match (before.and_then(Link::followed), link.followed()) {
                (before, Some(now)) if before != Some(now) => self.put(key, &now),
                (Some(_), None) => self.remove(key),
                _ => {}
            }
        }
    }

    /// What was counted there is counted here.
    fn recount(&mut self, old: Option<Vec<u8>>, new: Option<Vec<u8>>) {
        if old != new {
            old.into_iter().for_each(|counter| self.count(counter, -1));
            new.into_iter().for_each(|counter| self.count(counter, 1));
        }
    }

    fn delivery(&mut self, old: Option<&Delivery>, new: &Delivery) {
        self.put(keys::delivery(new.id), new);
        if old.is_none() && new.reply().is_none() {
            self.put_empty(keys::errand(new.ticket, new.id));
        }
        let (old_head, new_head) = (old.and_then(head_of), head_of(new));
        if old_head != new_head {
            if let Some((lane, head)) = old_head {
                self.remove(keys::head(lane, &head));
            }
            if let Some((lane, head)) = new_head {
                self.put_empty(keys::head(lane, &head));
                self.wakes = true;
            }
        }
        let chained = |delivery: &Delivery| delivery.state.is_pending().then_some(delivery.lane);
        let (old_lane, new_lane) = (old.and_then(chained), chained(new));
        if old_lane != new_lane {
            if let Some(lane) = old_lane {
                self.remove(keys::chain_entry(lane, new.ticket, new.id));
            }
            if let Some(lane) = new_lane {
                self.put_empty(keys::chain_entry(lane, new.ticket, new.id));
            }
        }
        let pending = |delivery: &Delivery| i64::from(delivery.state.is_pending());
        let by = pending(new) - old.map_or(0, pending);
        if by != 0 {
            self.count(pending_counter(&new.system), by);
        }
        let dead =
            |delivery: &Delivery| i64::from(matches!(delivery.state, DeliveryState::Dead { .. }));
        match dead(new) - old.map_or(0, dead) {
            0 => {}
            by => {
                self.count(dead_counter(&new.system), by);
                if by > 0 {
                    self.put_empty(keys::dead(new.id))
                } else {
                    self.remove(keys::dead(new.id))
                }
            }
        }
        self.recorded(old, new);
        let held =
            |delivery: &Delivery| i64::from(matches!(delivery.state, DeliveryState::Held { .. }));
        match held(new) - old.map_or(0, held) {
            0 => {}
            by => {
                self.count(held_counter(&new.system), by);
                if by > 0 {
                    self.put_empty(keys::held(new.id))
                } else {
                    self.remove(keys::held(new.id))
                }
            }
        }
    }

    fn recorded(&mut self, old: Option<&Delivery>, new: &Delivery) {
        let recorded = |delivery: &Delivery| match delivery.state {
            DeliveryState::Recorded { .. } => Some(delivery.lane),
            _ => None,
        };
        let (was, is) = (old.and_then(recorded), recorded(new));
        if was == is {
            return;
        }
        if let Some(lane) = was {
            self.remove(keys::recorded(lane, new.id));
            self.count(recorded_counter(&new.system), -1);
        }
        if let Some(lane) = is {
            self.put_empty(keys::recorded(lane, new.id));
            self.count(recorded_counter(&new.system), 1);
            self.count(ever_recorded_counter(&new.system), 1);
        }
    }

    fn lane(&mut self, old: Option<&Lane>, new: &Lane) {
        self.put(keys::lane(new.id), new);
        if old.is_none() {
            self.put(keys::lane_to(&new.to), &new.id);
        }
        let old_wake = old.and_then(|lane| lane.wake);
        if old_wake != new.wake {
            if let Some(wake) = old_wake {
                self.remove(keys::wake(wake, new.id));
            }
            if let Some(wake) = new.wake {
                self.put_empty(keys::wake(wake, new.id));
                self.wakes = true;
            }
        }
    }

    fn set_aside(
        &mut self,
        rows: &impl Read,
        lane: LaneId,
        head: &Head,
        reason: &str,
    ) -> Result<(), RecordError> {
        self.remove(keys::head(lane, head));
        self.remove(keys::chain_entry(lane, head.ticket, head.delivery));
        self.put(keys::set_aside(head.delivery), &reason);
        if rows.get(&keys::set_aside(head.delivery))?.is_none() {
            self.count(aside_counter(), 1);
            self.count(pending_counter(crate::model::RESPONSE_URL), -1);
        }
        Ok(())
    }

    /// The rows, with the counters and shelves as they will then be.
    pub(super) fn finish(mut self, rows: &impl Read) -> Result<Batch, RecordError> {
        self.remove_idle_lanes(rows)?;
        std::mem::take(&mut self.shelving).finish(rows, &mut self.rows)?;
        for (key, by) in std::mem::take(&mut self.counters) {
            if by != 0 {
                let before: u64 = record::get(rows, &key)?.unwrap_or(0);
                match before.saturating_add_signed(by) {
                    // A day's counter would stay for ever.
                    0 if keys::is_of_a_day(&key) => self.remove(key),
                    count => self.put(key, &count),
                }
            }
        }
        Ok(self.rows)
    }
}

/// Where it stands among what is due, if it does.
pub(super) fn head_of(delivery: &Delivery) -> Option<(LaneId, Head)> {
    match delivery.state {
        // What was started stays due: a restart finds it there and knows that its outcome is unknown.
        DeliveryState::Due { at } | DeliveryState::Started { at } => Some((
            delivery.lane,
            Head {
                due: at,
                retried: delivery.attempts > 0,
                ticket: delivery.ticket,
                delivery: delivery.id,
            },
        )),
        _ => None,
    }
}

/// Everything that begins with `prefix`, counted without being loaded.
pub(super) fn count_rows(rows: &impl Read, prefix: Vec<u8>) -> Result<u64, RecordError> {
    let mut count = 0;
    rows.each(&Scan::prefix(prefix), &mut |_, _| {
        count += 1;
        true
    })?;
    Ok(count)
}
