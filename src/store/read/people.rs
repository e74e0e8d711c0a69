//! All that one person sent, looked for in every record, a page at a time: nobody pays for an index of it with every
//! ticket.

use crate::model::{Message, MessageId, Sender, Ticket, TicketId};
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};

use super::deliveries::readable;
use super::removal::Page;

/// Records that are read for one page.
const STEP: usize = 512;

/// The person's name as records spell it.
fn spelled(author: &str) -> Vec<u8> {
    serde_json::to_vec(author).unwrap_or_default()
}

pub(in crate::store) fn tickets_by(
    rows: &impl Read,
    author: &str,
    brand: Option<&str>,
    from: TicketId,
) -> Result<Page<TicketId>, RecordError> {
    let mut scan = Scan::prefix(vec![b't']).limit(STEP);
    scan.from = keys::ticket(from);
    let spelled = spelled(author);
    let step = rows.scan(&scan)?;
    let last = step.last().filter(|_| step.len() == STEP);
    let last = last.and_then(|(key, _)| keys::number_at(key, 1));
    let mut found = Vec::new();
    for (key, value) in &step {
        let bytes = readable(record::bytes_from_row(rows, key, value))?.unwrap_or_default();
        if memchr::memmem::find(&bytes, &spelled).is_none() {
            continue;
        }
        let Some(ticket) = readable(record::from_row::<Ticket>(rows, key, value))? else {
            continue;
        };
        let is_brands = brand.is_none_or(|brand| brand == ticket.brand);
        if ticket.author.external_uid == author && is_brands {
            found.push(ticket.id);
        }
    }
    Ok(Page {
        found,
        next: last.map(|last| TicketId(last.saturating_add(1))),
    })
}

pub(in crate::store) fn messages_by(
    rows: &impl Read,
    author: &str,
    (ticket, message): (TicketId, MessageId),
) -> Result<Page<(TicketId, MessageId)>, RecordError> {
    let mut scan = Scan::prefix(vec![b'm']).limit(STEP);
    scan.from = keys::message(ticket, message);
    let spelled = spelled(author);
    let step = rows.scan(&scan)?;
    let place = |key: &[u8]| {
        let (ticket, message) = (keys::number_at(key, 1)?, keys::number_at(key, 9)?);
        Some((TicketId(ticket), MessageId(message)))
    };
    let last = step.last().filter(|_| step.len() == STEP);
    let last = last.and_then(|(key, _)| place(key));
    let mut found = Vec::new();
    for (key, value) in &step {
        let bytes = readable(record::bytes_from_row(rows, key, value))?.unwrap_or_default();
        if memchr::memmem::find(&bytes, &spelled).is_none() {
            continue;
        }
        let Some(message) = readable(record::from_row::<Message>(rows, key, value))? else {
            continue;
        };
        if matches!(&message.from, Sender::Customer(sender) if sender.external_uid == author) {
            found.push((message.ticket, message.id));
        }
    }
    Ok(Page {
        found,
        next: last.map(|(ticket, message)| (ticket, MessageId(message.0.saturating_add(1)))),
    })
}

pub(in crate::store) fn brands_of(
    rows: &impl Read,
    author: &str,
) -> Result<Vec<String>, RecordError> {
    let mut found = Vec::new();
    let mut scan = Scan::prefix(vec![b'a']).limit(1);
    while let Some((key, _)) = rows.scan(&scan)?.into_iter().next() {
        let length = key.get(1..3).and_then(|length| length.try_into().ok());
        let length = length.map_or(0, |length| usize::from(u16::from_be_bytes(length)));
        let brand = key.get(3..3 + length).unwrap_or_default();
        let brand = String::from_utf8_lossy(brand).into_owned();
        scan.from = keys::end_of(&keys::authors(&brand));
        if rows.get(&keys::author(&brand, author))?.is_some() {
            found.push(brand);
        }
    }
    Ok(found)
}
