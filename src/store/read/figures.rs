//! Figures by system, and what else the operator's overview shows.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{DeliveryId, HostState, Lane, LaneId};
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};
use crate::store::stage;

use super::deliveries::readable;

/// Figures of one system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SystemCounts {
    /// Deliveries that are not finished.
    pub pending: u64,
    /// Deliveries given up on.
    pub dead_letters: u64,
    /// Deliveries whose outcome is unknown and that wait for a person; pending, too.
    pub held: u64,
    /// Deliveries that are recorded instead of sent; pending, too.
    pub recorded: u64,
    /// Deliveries that ever were.
    pub ever_recorded: u64,
}

pub(in crate::store) fn counts(
    rows: &impl Read,
    systems: &[String],
) -> Result<BTreeMap<String, SystemCounts>, RecordError> {
    let mut found = BTreeMap::new();
    for system in systems {
        let pending = record::get(rows, &stage::pending_counter(system))?.unwrap_or(0);
        let dead_letters = record::get(rows, &stage::dead_counter(system))?.unwrap_or(0);
        let held = record::get(rows, &stage::held_counter(system))?.unwrap_or(0);
        let recorded = record::get(rows, &stage::recorded_counter(system))?.unwrap_or(0);
        let ever_recorded = stage::ever_recorded_counter(system);
        let ever_recorded = record::get(rows, &ever_recorded)?.unwrap_or(0);
        found.insert(
            system.clone(),
            SystemCounts {
                pending,
                dead_letters,
                held,
                recorded,
                ever_recorded,
            },
        );
    }
    Ok(found)
}

/// How many heads were set aside because they cannot be read.
pub(in crate::store) fn set_aside_count(rows: &impl Read) -> Result<u64, RecordError> {
    Ok(record::get(rows, &stage::aside_counter())?.unwrap_or(0))
}

pub(in crate::store) fn destinations(
    rows: &impl Read,
    lanes: &[LaneId],
) -> Result<BTreeMap<LaneId, String>, RecordError> {
    let mut found = BTreeMap::new();
    for id in lanes {
        if !found.contains_key(id)
            && let Some(lane) = readable(record::get::<Lane>(rows, &keys::lane(*id)))?.flatten()
        {
            found.insert(*id, lane.to.shown());
        }
    }
    Ok(found)
}

pub(in crate::store) fn hosts(
    rows: &impl Read,
) -> Result<BTreeMap<String, HostState>, RecordError> {
    let mut found = BTreeMap::new();
    for (key, value) in rows.scan(&Scan::prefix(vec![b'h']))? {
        if let Some(host) = keys::host_of(&key) {
            found.insert(host, record::from_row(rows, &key, &value)?);
        }
    }
    Ok(found)
}

pub(in crate::store) fn first_set_aside(
    rows: &impl Read,
    most: usize,
) -> Result<Vec<(DeliveryId, String)>, RecordError> {
    let mut found = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(vec![b'z']).limit(most))? {
        if let Some(id) = keys::number_at(&key, 1) {
            found.push((DeliveryId(id), record::from_row(rows, &key, &value)?));
        }
    }
    Ok(found)
}
