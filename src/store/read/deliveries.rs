//! Long lists of deliveries, read in steps through the index that fits the question.

use crate::model::{Delivery, DeliveryId, DeliveryState, LaneId, Message, TicketId, WayOut};
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Row, Scan};

/// Rows read at a time.
const STEP: usize = 256;
/// Without an index that fits, the search ends after this many deliveries.
const MOST_SEARCHED: usize = 100_000;
/// Numbers of pending deliveries that are sorted to find the newest.
const MOST_SORTED: usize = 1_000_000;

/// Which deliveries.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// Only in this state (see [`crate::model::DeliveryState::word`]).
    pub state: Option<String>,
    /// Only of this system.
    pub system: Option<String>,
    /// Only of this ticket.
    pub ticket: Option<TicketId>,
    /// At most, newest first.
    pub limit: usize,
}

/// A part of what a lane has not begun to send.
#[derive(Debug, Clone, Default)]
pub struct Unsent {
    /// Which.
    pub deliveries: Vec<DeliveryId>,
    /// Behind which the next part begins.
    pub next: Option<(TicketId, DeliveryId)>,
}

/// Deliveries, newest first. Those whose records cannot be read are left out; what was set aside says so elsewhere.
pub(in crate::store) fn deliveries(
    rows: &impl Read,
    query: &DeliveryQuery,
) -> Result<Vec<Delivery>, RecordError> {
    let mut found = Found {
        query,
        deliveries: Vec::new(),
    };
    let ids = match (query.ticket, query.state.as_deref()) {
        (Some(ticket), _) => of_ticket(rows, ticket)?,
        (None, Some("dead")) => indexed(rows, b'D')?,
        (None, Some("held")) => indexed(rows, b'H')?,
        (None, Some("recorded")) => all_recorded(rows)?,
        (None, Some("waiting" | "due" | "started")) => pending(rows)?,
        (None, _) => {
            search(rows, &mut found)?;
            return Ok(found.deliveries);
        }
    };
    for id in ids {
        if found.is_full() {
            break;
        }
        if let Some(delivery) = readable(record::get(rows, &keys::delivery(id)))?.flatten() {
            found.consider(delivery);
        }
    }
    Ok(found.deliveries)
}

struct Found<'a> {
    query: &'a DeliveryQuery,
    deliveries: Vec<Delivery>,
}

impl Found<'_> {
    fn is_full(&self) -> bool {
        self.deliveries.len() >= self.query.limit
    }

    fn consider(&mut self, delivery: Delivery) {
        let query = self.query;
        let fits = query
            .state
            .as_ref()
            .is_none_or(|state| delivery.state.word() == state)
            && query
                .system
                .as_ref()
                .is_none_or(|system| *system == delivery.system)
            && query.ticket.is_none_or(|ticket| ticket == delivery.ticket);
        if fits && !self.is_full() {
            self.deliveries.push(delivery);
        }
    }
}

/// `None` for a record that cannot be read.
pub(in crate::store) fn readable<T>(
    record: Result<T, RecordError>,
) -> Result<Option<T>, RecordError> {
    match record {
        Ok(record) => Ok(Some(record)),
        Err(RecordError::Unreadable { .. }) => Ok(None),
        Err(error @ RecordError::Rows(_)) => Err(error),
    }
}

/// From the newest delivery backwards.
fn search(rows: &impl Read, found: &mut Found<'_>) -> Result<(), RecordError> {
    let mut scan = Scan::prefix(vec![b'd']).backwards().limit(STEP);
    let mut left = MOST_SEARCHED;
    while !found.is_full() && left > 0 {
        let step: Vec<Row> = rows.scan(&scan)?;
        let Some((last, _)) = step.last() else {
            break;
        };
        scan.to = last.clone();
        left = left.saturating_sub(step.len());
        for (key, value) in step {
            if let Some(delivery) = readable(record::from_row(rows, &key, &value))? {
                found.consider(delivery);
            }
        }
    }
    Ok(())
}

pub(super) fn of_ticket(
    rows: &impl Read,
    ticket: TicketId,
) -> Result<Vec<DeliveryId>, RecordError> {
    let mut ids = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(keys::messages(ticket)))? {
        if let Some(Message {
            way_out: WayOut::By(id),
            ..
        }) = readable(record::from_row(rows, &key, &value))?
        {
            ids.push(id);
        }
    }
    for (key, _) in rows.scan(&Scan::prefix(keys::errands(ticket)))? {
        ids.extend(keys::number_at(&key, 9).map(DeliveryId));
    }
    Ok(newest_first(ids))
}

fn indexed(rows: &impl Read, kind: u8) -> Result<Vec<DeliveryId>, RecordError> {
    let mut ids = Vec::new();
    let scan = Scan::prefix(vec![kind]).backwards().limit(MOST_SORTED);
    rows.each(&scan, &mut |key, _| {
        ids.extend(keys::number_at(key, 1).map(DeliveryId));
        true
    })?;
    Ok(ids)
}

fn pending(rows: &impl Read) -> Result<Vec<DeliveryId>, RecordError> {
    let mut ids = Vec::new();
    let scan = Scan::prefix(vec![b'c']).limit(MOST_SORTED);
    rows.each(&scan, &mut |key, _| {
        ids.extend(keys::chain_of(key).map(|(_, _, id)| id));
        true
    })?;
    Ok(newest_first(ids))
}

fn all_recorded(rows: &impl Read) -> Result<Vec<DeliveryId>, RecordError> {
    let mut ids = Vec::new();
    let scan = Scan::prefix(vec![b'S']).limit(MOST_SORTED);
    rows.each(&scan, &mut |key, _| {
        ids.extend(keys::recorded_of(key));
        true
    })?;
    Ok(newest_first(ids))
}

/// What is recorded in a lane instead of sent, after one of them, in the order in which it was planned.
pub(in crate::store) fn recorded(
    rows: &impl Read,
    lane: LaneId,
    after: DeliveryId,
    most: usize,
) -> Result<Vec<DeliveryId>, RecordError> {
    let mut scan = Scan::prefix(keys::all_recorded(lane)).limit(most);
    scan.from = keys::recorded(lane, DeliveryId(after.0.saturating_add(1)));
    let mut ids = Vec::new();
    rows.each(&scan, &mut |key, _| {
        ids.extend(keys::recorded_of(key));
        ids.len() < most
    })?;
    Ok(ids)
}

/// Of the next so many pending deliveries of a lane those that wait or are due; and the place to go on from, where there
/// may be more.
pub(in crate::store) fn unsent(
    rows: &impl Read,
    lane: LaneId,
    after: Option<(TicketId, DeliveryId)>,
    most: usize,
) -> Result<Unsent, RecordError> {
    let mut scan = Scan::prefix(keys::lane_chains(lane)).limit(most);
    if let Some((ticket, DeliveryId(delivery))) = after {
        scan.from = keys::chain_entry(lane, ticket, DeliveryId(delivery.saturating_add(1)));
    }
    let chained = rows.scan(&scan)?;
    let mut unsent = Unsent::default();
    for (key, _) in &chained {
        let Some((_, ticket, id)) = keys::chain_of(key) else {
            continue;
        };
        if chained.len() == most {
            unsent.next = Some((ticket, id));
        }
        let delivery: Option<Option<Delivery>> = readable(record::get(rows, &keys::delivery(id)))?;
        let is_unsent = |delivery: &Delivery| {
            let state = &delivery.state;
            matches!(state, DeliveryState::Waiting | DeliveryState::Due { .. })
        };
        if delivery.flatten().as_ref().is_some_and(is_unsent) {
            unsent.deliveries.push(id);
        }
    }
    Ok(unsent)
}

fn newest_first(mut ids: Vec<DeliveryId>) -> Vec<DeliveryId> {
    ids.sort_unstable_by(|a, b| b.cmp(a));
    ids
}

pub(in crate::store) fn dead_letters(
    rows: &impl Read,
    after: DeliveryId,
    most: usize,
) -> Result<Vec<Delivery>, RecordError> {
    let mut found = Vec::new();
    let mut scan = Scan::prefix(vec![b'D']).limit(STEP);
    scan.from = keys::dead(DeliveryId(after.0.saturating_add(1)));
    while found.len() < most {
        let step = rows.scan(&scan)?;
        let Some((last, _)) = step.last() else {
            break;
        };
        scan.from = last.iter().copied().chain([0]).collect();
        for (key, _) in step {
            let id = keys::number_at(&key, 1).map(DeliveryId);
            if let Some(id) = id
                && let Some(dead) = readable(record::get(rows, &keys::delivery(id)))?.flatten()
                && found.len() < most
            {
                found.push(dead);
            }
        }
    }
    Ok(found)
}
