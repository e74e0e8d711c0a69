//! What systems have of our tickets.

use std::collections::BTreeSet;

use crate::model::{Destination, Link, Ticket, TicketId, Time};
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};

use super::deliveries::readable;
use super::lanes::lane_to;

/// A link from whose ticket at its system there may be something to learn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLink {
    /// Ours.
    pub ticket: TicketId,
    /// The system's id for its own.
    pub remote: String,
}

/// Up to `most` open links of a system with tickets after `after`, in order.
pub(in crate::store) fn open_links(
    rows: &impl Read,
    system: &str,
    after: TicketId,
    most: usize,
) -> Result<Vec<OpenLink>, RecordError> {
    let mut scan = Scan::prefix(keys::open_links(system)).limit(most);
    scan.from = keys::open_link(system, TicketId(after.0.saturating_add(1)));
    let mut found = Vec::new();
    for (key, value) in rows.scan(&scan)? {
        if let Some(ticket) = keys::ticket_of_open_link(&key) {
            let remote = record::from_row(rows, &key, &value)?;
            found.push(OpenLink { ticket, remote });
        }
    }
    Ok(found)
}

/// A ticket, and at which of some systems something of it is still to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirrored {
    /// The ticket.
    pub ticket: Ticket,
    /// Those systems.
    pub pending: BTreeSet<String>,
}

/// Up to `most` numbers of tickets above `after`, in order.
pub(in crate::store) fn tickets_after(
    rows: &impl Read,
    after: TicketId,
    most: usize,
) -> Result<Vec<TicketId>, RecordError> {
    let scan = Scan {
        from: keys::ticket(TicketId(after.0.saturating_add(1))),
        to: keys::end_of(&keys::ticket(TicketId(u64::MAX))),
        backwards: false,
        limit: most,
    };
    let mut found = Vec::new();
    for (key, _) in rows.scan(&scan)? {
        found.extend(keys::number_at(&key, 1).map(TicketId));
    }
    Ok(found)
}

/// A ticket and what is pending of it at `systems`; `None` where it is not there or cannot be read.
pub(in crate::store) fn mirrored(
    rows: &impl Read,
    id: TicketId,
    systems: &[String],
) -> Result<Option<Mirrored>, RecordError> {
    let Some(ticket) = readable(record::get::<Ticket>(rows, &keys::ticket(id)))?.flatten() else {
        return Ok(None);
    };
    let mut pending = BTreeSet::new();
    for system in systems {
        let Some(lane) = lane_to(rows, &Destination::System(system.clone()))? else {
            continue;
        };
        let first = rows.scan(&Scan::prefix(keys::chain(lane, id)).limit(1))?;
        if !first.is_empty() {
            pending.insert(system.clone());
        }
    }
    Ok(Some(Mirrored { ticket, pending }))
}

/// Our ticket that a system's ticket is or was linked to.
pub(in crate::store) fn linked(
    rows: &impl Read,
    system: &str,
    remote: &str,
) -> Result<Option<TicketId>, RecordError> {
    record::get(rows, &keys::linked(system, remote))
}

/// What is known of a system's ticket that is linked to ours.
pub(in crate::store) fn link(
    rows: &impl Read,
    system: &str,
    remote: &str,
) -> Result<Option<(TicketId, Link)>, RecordError> {
    let Some(id) = linked(rows, system, remote)? else {
        return Ok(None);
    };
    let ticket: Option<Ticket> = record::get(rows, &keys::ticket(id))?;
    let links = ticket.map(|ticket| ticket.links).unwrap_or_default();
    let found = links
        .into_iter()
        .find(|link| link.system == system && link.remote.as_deref() == Some(remote));
    Ok(found.map(|link| (id, link)))
}

/// The tickets that are not mirrored any more, and since when.
pub(in crate::store) fn looping(rows: &impl Read) -> Result<Vec<(TicketId, Time)>, RecordError> {
    let mut found = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(keys::all_looping()))? {
        if let Some(ticket) = keys::number_at(&key, 1) {
            found.push((TicketId(ticket), record::from_row(rows, &key, &value)?));
        }
    }
    Ok(found)
}
