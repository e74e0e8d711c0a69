//! What may be removed, looked for a page at a time, and what planning asks before it decides.

use std::collections::HashMap;

use crate::model::{
    AgentId, Assignee, Delivery, DeliveryId, DeliveryState, Message, MessageId, Notice, NoticeLeaf,
    Remembered, Ticket, TicketId, Time, Tombstone, WayOut,
};
use crate::plan::{Concerning, NoticesTogether, Numbers};
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};
use crate::store::shelf::{self, Shelf};
use crate::store::traits;

use super::deliveries::{of_ticket, readable};

/// Records that are read for one page.
const STEP: usize = 256;
/// Leaves of notices that are read for one page.
const LEAVES: usize = 32;
/// A few at a time are enough, since what is done about them changes the answer.
const A_FEW: usize = 8;

/// What a page of numbered records has to remove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// These.
    pub found: Vec<T>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<T>,
}

/// Tickets with numbers from `from` on that are at rest since `until` or longer. Whoever arrived later than that cannot
/// be, nor can those after them: the search ends there.
pub(in crate::store) fn resting_tickets(
    rows: &impl Read,
    from: TicketId,
    until: Time,
) -> Result<Page<TicketId>, RecordError> {
    page(rows, keys::ticket(from), b't', |ticket: &Ticket| {
        let is_old = ticket.at_rest_since().is_some_and(|since| since <= until);
        (ticket.arrived_at <= until).then_some(is_old)
    })
    .map(|page| page.of(TicketId))
}

/// The same of deliveries.
pub(in crate::store) fn resting_deliveries(
    rows: &impl Read,
    from: DeliveryId,
    until: Time,
) -> Result<Page<DeliveryId>, RecordError> {
    page(rows, keys::delivery(from), b'd', |delivery: &Delivery| {
        let rest = delivery.state.at_rest_since();
        let is_old = rest.is_some_and(|since| since <= until);
        (delivery.created_at <= until).then_some(is_old)
    })
    .map(|page| page.of(DeliveryId))
}

impl Page<u64> {
    fn of<T>(self, number: impl Fn(u64) -> T) -> Page<T> {
        Page {
            found: self.found.into_iter().map(&number).collect(),
            next: self.next.map(number),
        }
    }
}

/// One page of records of a kind. `judge` says whether a record is wanted, or that neither it nor any after it can be. A
/// record that cannot be read is nobody's to remove.
fn page<T: serde::de::DeserializeOwned>(
    rows: &impl Read,
    from: Vec<u8>,
    kind: u8,
    judge: impl Fn(&T) -> Option<bool>,
) -> Result<Page<u64>, RecordError> {
    let mut scan = Scan::prefix(vec![kind]).limit(STEP);
    scan.from = from;
    let step = rows.scan(&scan)?;
    let is_last = step.len() < STEP;
    let mut found = Vec::new();
    let mut last = 0;
    for (key, value) in step {
        let Some(number) = keys::number_at(&key, 1) else {
            continue;
        };
        last = number;
        if let Some(record) = readable(record::from_row::<T>(rows, &key, &value))? {
            match judge(&record) {
                Some(true) => found.push(number),
                Some(false) => {}
                None => return Ok(Page { found, next: None }),
            }
        }
    }
    Ok(Page {
        found,
        next: (!is_last).then(|| last.saturating_add(1)),
    })
}

/// Removed tickets of which something is left.
pub(in crate::store) fn unswept(rows: &impl Read) -> Result<Vec<TicketId>, RecordError> {
    let found = rows.scan(&Scan::prefix(keys::all_unswept()).limit(STEP))?;
    let numbers = found.iter().filter_map(|(key, _)| keys::number_at(key, 1));
    Ok(numbers.map(TicketId).collect())
}

/// What is remembered since `until` or longer, oldest first.
pub(in crate::store) fn lapsed(
    rows: &impl Read,
    until: Time,
) -> Result<Vec<Remembered>, RecordError> {
    let mut found = Vec::new();
    rows.each(
        &Scan::prefix(keys::all_remembered()).limit(STEP),
        &mut |key, _| match keys::remembered_of(key) {
            Some(remembered) if remembered.at <= until => {
                found.push(remembered);
                true
            }
            _ => false,
        },
    )?;
    Ok(found)
}

/// Leaves that tell of tickets which are not there, and where to look on: at most a page. With `until`, only what was
/// told up to then is looked at.
pub(in crate::store) fn stale_notices(
    rows: &impl Read,
    from: Option<Vec<u8>>,
    until: Option<Time>,
) -> Result<(Vec<NoticeLeaf>, Option<Vec<u8>>), RecordError> {
    let mut found = Vec::new();
    let mut known: HashMap<TicketId, bool> = HashMap::new();
    let mut from = from;
    for _ in 0..LEAVES {
        let Some(leaf) = shelf::next_notices(rows, from)? else {
            return Ok((found, None));
        };
        let notices = leaf.items.iter();
        let notices: Vec<Notice> = notices
            .filter_map(|(number, item)| traits::notice_from(*number, item))
            .collect();
        let first = notices.first();
        let is_young = until.is_some_and(|until| first.is_some_and(|first| first.at > until));
        if is_young {
            from = Some(shelf::leaves_end(&Shelf::notices(
                &leaf.brand,
                leaf.assignee,
            )));
            continue;
        }
        for notice in &notices {
            let is_there = match known.get(&notice.ticket) {
                Some(known) => *known,
                None => rows.get(&keys::ticket(notice.ticket))?.is_some(),
            };
            known.insert(notice.ticket, is_there);
            if !is_there {
                found.push(NoticeLeaf {
                    brand: leaf.brand.clone(),
                    assignee: leaf.assignee,
                    notice: notice.id,
                });
                break;
            }
        }
        from = Some(leaf.key.into_iter().chain([0]).collect());
    }
    Ok((found, from))
}

/// The notices that stand together with one, and who has read which of them.
pub(in crate::store) fn notices(
    rows: &impl Read,
    leaf: &NoticeLeaf,
) -> Result<NoticesTogether, RecordError> {
    let (brand, assignee): (&str, Assignee) = (&leaf.brand, leaf.assignee);
    let items = shelf::leaf_of(rows, &Shelf::notices(brand, assignee), leaf.notice.0)?;
    let notices: Vec<Notice> = items
        .iter()
        .filter_map(|(number, item)| traits::notice_from(*number, item))
        .collect();
    let mut read: Vec<(AgentId, Vec<Notice>)> = Vec::new();
    for agent in shelf::readers(rows)? {
        let items = shelf::leaf_of(rows, &Shelf::read(agent, brand, assignee), leaf.notice.0)?;
        let is_read = |notice: &&Notice| items.iter().any(|(number, _)| *number == notice.id.0);
        let of_agent: Vec<Notice> = notices.iter().filter(is_read).cloned().collect();
        if !of_agent.is_empty() {
            read.push((agent, of_agent));
        }
    }
    Ok(NoticesTogether { notices, read })
}

fn deliveries_of(rows: &impl Read, ticket: TicketId) -> Result<Vec<Delivery>, RecordError> {
    let mut found = Vec::new();
    for id in of_ticket(rows, ticket)? {
        found.extend(readable(record::get(rows, &keys::delivery(id)))?.flatten());
    }
    Ok(found)
}

pub(in crate::store) fn pending(
    rows: &impl Read,
    ticket: TicketId,
) -> Result<Vec<DeliveryId>, RecordError> {
    let mut pending = deliveries_of(rows, ticket)?;
    pending.retain(|delivery| delivery.state.is_pending());
    pending.sort_by_key(|delivery| delivery.state != DeliveryState::Waiting);
    Ok(pending
        .iter()
        .map(|delivery| delivery.id)
        .take(A_FEW)
        .collect())
}

pub(in crate::store) fn is_busy(
    rows: &impl Read,
    ticket: TicketId,
    after: Time,
) -> Result<bool, RecordError> {
    for id in of_ticket(rows, ticket)? {
        if rows.get(&keys::set_aside(id))?.is_some() {
            return Ok(true);
        }
        let Some(delivery) = record::get::<Delivery>(rows, &keys::delivery(id))? else {
            continue;
        };
        if delivery
            .state
            .at_rest_since()
            .is_none_or(|since| since > after)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(in crate::store) fn attempts(
    rows: &impl Read,
    id: DeliveryId,
    most: usize,
) -> Result<Vec<u32>, RecordError> {
    let found = rows.scan(&Scan::prefix(keys::attempts(id)).limit(most))?;
    let number = |key: &[u8]| Some(u32::from_be_bytes(key.get(9..13)?.try_into().ok()?));
    Ok(found.iter().filter_map(|(key, _)| number(key)).collect())
}

pub(in crate::store) fn concerning(
    rows: &impl Read,
    ticket: TicketId,
    id: MessageId,
) -> Result<Concerning, RecordError> {
    let deliveries = deliveries_of(rows, ticket)?.into_iter().filter(|delivery| {
        let answers = delivery.reply().map(|reply| reply.answers);
        delivery.message == id || answers == Some(id)
    });
    let mut found = Concerning {
        deliveries: deliveries.map(|delivery| delivery.id).take(A_FEW).collect(),
        ..Concerning::default()
    };
    for (key, value) in rows.scan(&Scan::prefix(keys::messages(ticket)))? {
        let Some(message) = readable(record::from_row::<Message>(rows, &key, &value))? else {
            continue;
        };
        let is_answer = message.answers == Some(id) && !message.is_customers();
        let is_erased = matches!(
            (&message.text, message.way_out),
            (crate::model::Text::Inline(text), WayOut::None) if text == Message::ERASED
        );
        if !is_answer || found.answers.len() == A_FEW {
            continue;
        }
        // Its texts may go in parts.
        let texts = rows.scan(&Scan::prefix(keys::texts(message.id)).limit(1))?;
        if !is_erased || !texts.is_empty() {
            found.answers.push(message.id);
        }
    }
    for (key, value) in rows.scan(&Scan::prefix(keys::texts(id)))? {
        found.text_rows += record::keys_of(&key, &value).len();
    }
    Ok(found)
}

/// What became of a ticket that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absence {
    /// It was removed.
    Removed(Tombstone),
    /// Its number was given out, and what was remembered of it is forgotten.
    Forgotten,
    /// There never was one of that number.
    Never,
}

pub(in crate::store) fn absence(rows: &impl Read, id: TicketId) -> Result<Absence, RecordError> {
    if let Some(stone) = record::get(rows, &keys::tombstone(id))? {
        return Ok(Absence::Removed(stone));
    }
    let numbers: Numbers = record::get(rows, &keys::meta("numbers"))?.unwrap_or_default();
    Ok(match id.0 > 0 && id.0 < numbers.ticket {
        true => Absence::Forgotten,
        false => Absence::Never,
    })
}

/// Tickets in which something went by `uid` before they, or it, were removed.
pub(in crate::store) fn departed(
    rows: &impl Read,
    brands: &[String],
    uid: &str,
) -> Result<Vec<TicketId>, RecordError> {
    let mut found = Vec::new();
    for brand in brands {
        for (key, value) in rows.scan(&Scan::prefix(keys::all_departed(brand, uid)).limit(STEP))? {
            let departed: crate::plan::Departed = record::from_row(rows, &key, &value)?;
            found.push(departed.ticket);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}
