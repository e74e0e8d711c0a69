//! Tickets and messages: one, a page, or by the sender's name for it.

use serde::Serialize;

use crate::model::{Assignee, Message, MessageId, Priority, Status, Text, Ticket, TicketId};
use crate::store::keys;
use crate::store::load;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};
use crate::store::shelf::{self, Shelf, Walk};
use crate::store::traits::TicketTraits;

/// Which tickets.
#[derive(Debug, Clone, Default)]
pub struct TicketQuery {
    /// Of these brands and assignees; none: no ticket.
    pub of: Vec<(String, Assignee)>,
    /// Only with this status.
    pub status: Option<Status>,
    /// Only with this priority.
    pub priority: Option<Priority>,
    /// Only of this department.
    pub department: Option<u64>,
    /// Skipped, newest first.
    pub offset: u64,
    /// At most.
    pub limit: usize,
}

/// A ticket with its opening text.
#[derive(Debug, Clone)]
pub struct TicketView {
    /// The ticket.
    pub ticket: Ticket,
    /// What it was opened with, edits included.
    pub content: String,
}

/// A message with its text.
#[derive(Debug, Clone, Serialize)]
pub struct MessageView {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// What it says.
    pub content: String,
}

pub(in crate::store) fn ticket(
    rows: &impl Read,
    id: TicketId,
) -> Result<Option<TicketView>, RecordError> {
    match record::get::<Ticket>(rows, &keys::ticket(id))? {
        Some(ticket) => view(rows, ticket).map(Some),
        None => Ok(None),
    }
}

fn view(rows: &impl Read, ticket: Ticket) -> Result<TicketView, RecordError> {
    let opening = message(rows, ticket.id, ticket.opening)?;
    Ok(TicketView {
        content: opening.map(|opening| opening.content).unwrap_or_default(),
        ticket,
    })
}

/// What `message` said at `revision`.
pub(in crate::store) fn text_at(
    rows: &impl Read,
    message: &Message,
    revision: u32,
) -> Result<Option<String>, RecordError> {
    match &message.text {
        Text::Inline(text) if message.revision == revision => Ok(Some(text.clone())),
        Text::Inline(_) | Text::Apart => load::text(rows, message.id, revision),
    }
}

pub(super) fn text_now(rows: &impl Read, message: &Message) -> Result<String, RecordError> {
    Ok(text_at(rows, message, message.revision)?.unwrap_or_default())
}

pub(in crate::store) fn message(
    rows: &impl Read,
    ticket: TicketId,
    id: MessageId,
) -> Result<Option<MessageView>, RecordError> {
    match record::get::<Message>(rows, &keys::message(ticket, id))? {
        Some(message) => Ok(Some(MessageView {
            content: text_now(rows, &message)?,
            message,
        })),
        None => Ok(None),
    }
}

/// A page of a ticket's messages in order of arrival, without the opening one, and how many there are.
pub(in crate::store) fn messages(
    rows: &impl Read,
    ticket: &Ticket,
    offset: u64,
    limit: usize,
) -> Result<(Vec<MessageView>, u64), RecordError> {
    let opening = keys::message(ticket.id, ticket.opening);
    let mut total = 0_u64;
    let mut page = Vec::new();
    rows.each(
        &Scan::prefix(keys::messages(ticket.id)),
        &mut |key, value| {
            if key != opening {
                if total >= offset && page.len() < limit {
                    page.push((key.to_vec(), value.to_vec()));
                }
                total += 1;
            }
            true
        },
    )?;
    let mut found = Vec::with_capacity(page.len());
    for (key, value) in page {
        let message: Message = record::from_row(rows, &key, &value)?;
        found.push(MessageView {
            content: text_now(rows, &message)?,
            message,
        });
    }
    Ok((found, total))
}

/// A page of tickets, newest first, and how many there are in all.
pub(in crate::store) fn tickets(
    rows: &impl Read,
    query: &TicketQuery,
) -> Result<(Vec<TicketView>, u64), RecordError> {
    let shelves = shelves(&query.of);
    let walk = Walk {
        rows,
        shelves: &shelves,
        wanted: &|_, item| TicketTraits::from_bytes(item).is_some_and(|traits| query.wants(traits)),
        from: 0,
    };
    let (found, total) = walk.page(query.offset, query.limit)?;
    let mut page = Vec::new();
    for found in found {
        page.extend(ticket(rows, TicketId(found.number))?);
    }
    Ok((page, total))
}

pub(super) fn shelves(of: &[(String, Assignee)]) -> Vec<Shelf> {
    of.iter()
        .map(|(brand, assignee)| Shelf::tickets(brand, *assignee))
        .collect()
}

impl TicketQuery {
    fn wants(&self, traits: TicketTraits) -> bool {
        self.status.is_none_or(|status| status == traits.status)
            && self
                .priority
                .is_none_or(|priority| priority == traits.priority)
            && self
                .department
                .is_none_or(|department| Some(department) == traits.department)
    }
}

/// The tickets of any brand in which something goes by `uid`.
pub(in crate::store) fn find(
    rows: &impl Read,
    brands: &[String],
    uid: &str,
) -> Result<Vec<TicketId>, RecordError> {
    let mut found = Vec::new();
    for brand in brands {
        found.extend(
            load::uids(rows, brand, uid)?
                .into_iter()
                .map(|entry| entry.ticket),
        );
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The brands that have tickets, also those no longer configured.
pub(in crate::store) fn brands(rows: &impl Read) -> Result<Vec<String>, RecordError> {
    let mut found: Vec<String> = Vec::new();
    let mut from = vec![b'u'];
    loop {
        let scan = Scan {
            from: from.clone(),
            to: keys::end_of(b"u"),
            backwards: false,
            limit: 1,
        };
        let Some((key, _)) = rows.scan(&scan)?.into_iter().next() else {
            return Ok(found);
        };
        let length = key.get(1..3).map_or(0, |length| {
            usize::from(u16::from_be_bytes([length[0], length[1]]))
        });
        let brand = key
            .get(3..3 + length)
            .map(|brand| String::from_utf8_lossy(brand).into_owned());
        let Some(brand) = brand else {
            return Ok(found);
        };
        from = keys::end_of(&keys::all_uids(&brand));
        found.push(brand);
    }
}

pub(in crate::store) fn ticket_lists(
    rows: &impl Read,
) -> Result<Vec<(String, Assignee)>, RecordError> {
    let mut found = Vec::new();
    let mut scan = Scan::prefix(shelf::ticket_spans()).limit(1);
    while let Some((key, _)) = rows.scan(&scan)?.into_iter().next() {
        let Some((brand, assignee)) = shelf::ticket_span_of(&key) else {
            break;
        };
        scan.from = shelf::spans_end(&Shelf::tickets(&brand, assignee));
        found.push((brand, assignee));
    }
    Ok(found)
}
