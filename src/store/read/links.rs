//! What systems have of our tickets.

use crate::model::{Link, Ticket, TicketId, Time};
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};

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
