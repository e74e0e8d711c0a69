//! What must hold of the rows after every event.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::de::DeserializeOwned;

use super::bench::Bench;
use crate::model::{
    Delivery, DeliveryId, DeliveryState, Head, Lane, LaneId, Message, MessageId, RESPONSE_URL,
    Ticket, TicketId, Time, WayOut,
};
use crate::plan::{Numbers, Slot};
use crate::store::Store;
use crate::store::check::check;
use crate::store::keys;
use crate::store::record;
use crate::store::rows::{Read, Row, Rows, Scan};
use crate::store::stage;

mod desk;
mod removal;

fn records<T: DeserializeOwned>(kept: &Kept, kind: u8) -> Vec<T> {
    let rows = kept.all(kind).into_iter();
    rows.map(|(key, value)| record::from_row(&kept.rows, &key, &value).unwrap())
        .collect()
}

/// Rows at a time.
pub(super) struct Kept {
    rows: Arc<dyn Rows>,
    now: Time,
    /// Whether nothing was ever removed.
    keeps_all: bool,
}

impl Kept {
    fn all(&self, kind: u8) -> Vec<Row> {
        self.rows.scan(&Scan::prefix(vec![kind])).unwrap()
    }

    /// Every row of shelves of this kind.
    fn shelved(&self, kind: u8) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let rows = [b'l', b'b', b's'].map(|level| Scan::prefix(vec![level, kind]));
        rows.iter()
            .flat_map(|rows| self.rows.scan(rows).unwrap())
            .collect()
    }

    /// Every due row, with its lane.
    fn heads(&self) -> Vec<(LaneId, Head)> {
        let rows = self.all(b'q').into_iter();
        rows.map(|(key, _)| {
            let lane = LaneId(keys::number_at(&key, 1).unwrap());
            (lane, keys::head_of(&key).unwrap())
        })
        .collect()
    }
}

impl From<&Bench> for Kept {
    fn from(bench: &Bench) -> Self {
        let rows = Arc::<super::bench::Watched>::clone(&bench.rows);
        Self {
            rows,
            now: bench.now,
            keeps_all: true,
        }
    }
}

impl Store {
    /// Panics at the first thing that does not hold of the rows.
    pub(crate) fn audit(&self, now: Time) {
        let rows = Arc::clone(&self.0.rows);
        let keeps_all = true;
        audit(Kept {
            rows: Arc::clone(&rows),
            now,
            keeps_all,
        });
        self.is_sound(now);
        audit_waiting(Kept {
            rows,
            now,
            keeps_all,
        });
    }

    /// `store check` finds nothing.
    pub(crate) fn is_sound(&self, now: Time) {
        nothing_is_found_in(&self.0.rows, now);
    }

    /// The same where things were removed: what is left of them belongs to something that is there.
    pub(crate) fn audit_after_removal(&self, now: Time) {
        let kept = Kept {
            rows: Arc::clone(&self.0.rows),
            now,
            keeps_all: false,
        };
        self.is_sound(now);
        removal::audit(&kept);
        audit(kept);
    }
}

/// `store check` finds nothing.
pub(super) fn nothing_is_found_in(rows: &Arc<dyn Rows>, now: Time) {
    let checked = check(rows, now, &(Arc::new(|_| {}) as _)).unwrap();
    let mut findings = checked.findings;
    // One in memory says nothing of itself.
    findings.retain(|finding| !finding.starts_with("the store's own"));
    assert_eq!(findings, Vec::<String>::new());
}

/// Panics at the first thing that does not hold.
pub(super) fn audit(kept: impl Into<Kept>) {
    let kept = &kept.into();
    let deliveries: Vec<Delivery> = records(kept, b'd');
    audit_chains(kept, &deliveries);
    audit_wakes(kept);
    audit_counters(kept, &deliveries);
    desk::audit_tickets(kept);
    desk::audit_notices(kept);
    audit_messages(kept, &deliveries);
    audit_numbers(kept, &deliveries);
}

/// Chain rows are the pending deliveries, due rows are the heads, and each chain has exactly one head.
fn audit_chains(kept: &Kept, deliveries: &[Delivery]) {
    let pending: Vec<&Delivery> = deliveries
        .iter()
        .filter(|delivery| delivery.state.is_pending())
        .collect();
    let chained: BTreeSet<_> = kept
        .all(b'c')
        .iter()
        .map(|(key, _)| keys::chain_of(key).unwrap())
        .collect();
    let expected: BTreeSet<_> = pending
        .iter()
        .map(|delivery| (delivery.lane, delivery.ticket, delivery.id))
        .collect();
    assert_eq!(chained, expected);

    let due: BTreeSet<(LaneId, Head)> = kept.heads().into_iter().collect();
    let expected: BTreeSet<(LaneId, Head)> = pending
        .iter()
        .filter_map(|delivery| match delivery.state {
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
        })
        .collect();
    assert_eq!(due, expected);

    let mut heads: BTreeMap<(LaneId, TicketId), (Vec<DeliveryId>, bool)> = BTreeMap::new();
    for delivery in &pending {
        let (heads, is_recorded) = heads.entry((delivery.lane, delivery.ticket)).or_default();
        match delivery.state {
            DeliveryState::Waiting => {}
            DeliveryState::Recorded { .. } => *is_recorded = true,
            _ => heads.push(delivery.id),
        }
    }
    for (chain, (heads, is_recorded)) in heads {
        let is_held = heads.is_empty() && is_recorded;
        assert!(heads.len() == 1 || is_held, "heads of {chain:?}: {heads:?}");
    }
    audit_recorded(kept, &pending);
}

/// What is recorded is found by its lane, and counted by its system.
fn audit_recorded(kept: &Kept, pending: &[&Delivery]) {
    let is_recorded =
        |delivery: &&&Delivery| matches!(delivery.state, DeliveryState::Recorded { .. });
    let recorded: Vec<&&Delivery> = pending.iter().filter(is_recorded).collect();
    let listed: BTreeSet<Vec<u8>> = kept.all(b'S').into_iter().map(|(key, _)| key).collect();
    let of = |delivery: &&&Delivery| keys::recorded(delivery.lane, delivery.id);
    let expected: BTreeSet<Vec<u8>> = recorded.iter().map(of).collect();
    assert_eq!(listed, expected);
    for system in pending.iter().map(|delivery| &delivery.system) {
        let of_system = recorded.iter().filter(|one| one.system == *system);
        let key = stage::recorded_counter(system);
        assert_eq!(counter(kept, &key), of_system.count(), "{system}");
    }
}

/// A lane wakes no later than its earliest head can be sent, and not at all while it is held.
fn audit_wakes(kept: &Kept) {
    let lanes: Vec<Lane> = records(kept, b'n');
    let woken: BTreeSet<(Time, LaneId)> = kept
        .all(b'k')
        .iter()
        .map(|(key, _)| keys::wake_of(key).unwrap())
        .collect();
    let expected: BTreeSet<(Time, LaneId)> = lanes
        .iter()
        .filter_map(|lane| Some((lane.wake?, lane.id)))
        .collect();
    assert_eq!(woken, expected);
    let heads = kept.heads();
    for lane in lanes {
        let of_lane = heads.iter().filter(|(id, _)| *id == lane.id);
        let opens = of_lane
            .filter_map(|(_, head)| lane.opens_for(head.due))
            .min();
        match (lane.wake, opens) {
            // What has passed may stay as it is.
            (Some(wake), Some(opens)) => {
                assert!(wake <= opens.max(kept.now), "{lane:?} is late for {opens}")
            }
            (None, Some(opens)) => panic!("{lane:?} sleeps though something opens at {opens}"),
            (_, None) => {}
        }
        assert!(lane.gone_since.is_none() || lane.wake.is_none(), "{lane:?}");
        let found: Option<LaneId> = record::get(&kept.rows, &keys::lane_to(&lane.to)).unwrap();
        assert_eq!(found, Some(lane.id));
    }
}

fn counter(kept: &Kept, key: &[u8]) -> usize {
    record::get(&kept.rows, key).unwrap().unwrap_or(0)
}

type Holds<'a> = &'a dyn Fn(&DeliveryState) -> bool;

fn audit_counters(kept: &Kept, deliveries: &[Delivery]) {
    let mut systems: BTreeSet<&str> = deliveries.iter().map(|it| it.system.as_str()).collect();
    systems.insert(RESPONSE_URL);
    for system in &systems {
        let of_system = deliveries.iter().filter(|it| it.system == *system);
        let pending = of_system.filter(|it| it.state.is_pending()).count();
        assert_eq!(counter(kept, &stage::pending_counter(system)), pending);
    }
    let is_dead = |state: &DeliveryState| matches!(state, DeliveryState::Dead { .. });
    let is_held = |state: &DeliveryState| matches!(state, DeliveryState::Held { .. });
    let counted = |counter_of: fn(&str) -> Vec<u8>| {
        let counters = systems
            .iter()
            .map(|system| counter(kept, &counter_of(system)));
        counters.sum::<usize>()
    };
    let indexes: [(u8, usize, Holds<'_>); 2] = [
        (b'D', counted(stage::dead_counter), &is_dead),
        (b'H', counted(stage::held_counter), &is_held),
    ];
    for (index, counted, belongs) in indexes {
        let expected: Vec<DeliveryId> = deliveries
            .iter()
            .filter(|delivery| belongs(&delivery.state))
            .map(|delivery| delivery.id)
            .collect();
        assert_eq!(counted, expected.len());
        let rows = kept.all(index).into_iter();
        let listed: Vec<DeliveryId> = rows
            .map(|(key, _)| DeliveryId(keys::number_at(&key, 1).unwrap()))
            .collect();
        assert_eq!(listed, expected);
    }
}

/// Every uid leads to its message, every reply that goes out to its delivery with all its attempts.
fn audit_messages(kept: &Kept, deliveries: &[Delivery]) {
    let messages: Vec<Message> = records(kept, b'm');
    let planned: BTreeSet<(MessageId, DeliveryId)> = messages
        .iter()
        .filter_map(|message| match message.way_out {
            WayOut::By(delivery) => Some((message.id, delivery)),
            WayOut::None | WayOut::Nowhere => None,
        })
        .collect();
    let replies = deliveries.iter().filter(|it| it.reply().is_some());
    let stored: BTreeSet<(MessageId, DeliveryId)> = replies
        .map(|delivery| (delivery.message, delivery.id))
        .collect();
    if kept.keeps_all {
        assert_eq!(planned, stored);
    }
    assert!(stored.is_subset(&planned), "{stored:?} {planned:?}");
    for delivery in deliveries {
        let earlier = Scan::prefix(keys::attempts(delivery.id));
        let told = kept.rows.scan(&earlier).unwrap().len() + usize::from(delivery.last.is_some());
        assert_eq!(told, delivery.tries as usize, "{delivery:?}");
    }
    for message in &messages {
        let key = keys::ticket(message.ticket);
        let ticket: Option<Ticket> = record::get(&kept.rows, &key).unwrap();
        let brand = ticket.unwrap().brand;
        let own = Slot::Sent(message.provider.clone());
        if let Some(uid) = &message.external_uid {
            let found = record::get(&kept.rows, &keys::uid(&brand, uid, &own)).unwrap();
            assert_eq!(found, Some((message.ticket, message.id)));
        }
    }
}

/// Nobody waits for what is there.
pub(super) fn audit_waiting(kept: impl Into<Kept>) {
    let kept = &kept.into();
    for message in records::<Message>(kept, b'm') {
        let key = keys::ticket(message.ticket);
        let ticket: Option<Ticket> = record::get(&kept.rows, &key).unwrap();
        let brand = ticket.unwrap().brand;
        let own = Slot::Sent(message.provider.clone());
        if let Some(parent) = &message.parent_uid {
            let key = keys::waiting(&brand, parent, message.ticket, message.id);
            let waits = kept.rows.get(&key).unwrap().is_some();
            let key = keys::uid(&brand, parent, &own);
            let is_known = kept.rows.get(&key).unwrap().is_some();
            let names_itself = message.external_uid.as_ref() == Some(parent);
            assert!(
                !waits || !is_known || names_itself,
                "{message:?} waits for what is there"
            );
        }
    }
}

fn audit_numbers(kept: &Kept, deliveries: &[Delivery]) {
    let numbers: Option<Numbers> = record::get(&kept.rows, &keys::meta("numbers")).unwrap();
    let numbers = numbers.unwrap_or_default();
    let newest = |kind| {
        let last = kept.all(kind).pop();
        last.and_then(|(key, _)| keys::number_at(&key, 1))
            .unwrap_or(0)
    };
    if !kept.keeps_all {
        assert!(newest(b't') < numbers.ticket && newest(b'd') < numbers.delivery);
        assert!(newest(b'n') < numbers.lane);
        return;
    }
    assert_eq!(newest(b't'), numbers.ticket - 1);
    assert_eq!(newest(b'd'), numbers.delivery - 1);
    assert_eq!(newest(b'n'), numbers.lane - 1);
    // Nothing is deleted, so a number given twice would leave fewer records than numbers.
    assert_eq!(kept.all(b't').len() as u64, numbers.ticket - 1);
    assert_eq!(deliveries.len() as u64, numbers.delivery - 1);
    assert_eq!(kept.all(b'm').len() as u64, numbers.message - 1);
}
