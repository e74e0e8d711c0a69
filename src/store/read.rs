//! Questions that the daemon and its operator ask of the store.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::model::{
    Assignee, Attempt, Delivery, DeliveryId, Destination, Head, HostState, Lane, LaneId, Message,
    MessageId, Priority, Status, Text, Ticket, TicketId, Time,
};
use crate::plan::Note;

use super::keys::{self, Traits};
use super::load;
use super::record::{self, RecordError};
use super::rows::{Read, Scan};
use super::stage;
use super::survey;

/// Lanes with something to do.
#[derive(Debug, Default)]
pub struct DueLanes {
    /// Those whose wake time has come.
    pub lanes: Vec<LaneId>,
    /// When the next one wakes, as far as is known; may be early.
    pub next: Option<Time>,
}

/// A lane and what of it is due.
#[derive(Debug, Clone)]
pub struct LaneWork {
    /// The lane.
    pub lane: Lane,
    /// What its host's gate remembers.
    pub host: HostState,
    /// Due heads that were never tried, earliest first.
    pub fresh: Vec<Head>,
    /// Due heads that were, earliest first.
    pub retried: Vec<Head>,
}

/// A delivery with all that sending needs.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// The delivery.
    pub delivery: Delivery,
    /// What it says, at the revision it freezes.
    pub text: String,
    /// Where its lane leads.
    pub to: Destination,
    /// Where the message that it answers wants answers to go now.
    pub wanted_url: Option<String>,
}

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

/// One ticket's whole story.
#[derive(Debug, Clone)]
pub struct Story {
    /// The ticket.
    pub ticket: Ticket,
    /// Its messages with their present text, in order of arrival.
    pub messages: Vec<MessageView>,
    /// What else happened.
    pub notes: Vec<(Time, Note)>,
    /// Its deliveries, each with all its attempts, but for those whose records are gone or cannot be read.
    pub deliveries: Vec<DeliveryStory>,
}

/// A delivery with all its attempts.
#[derive(Debug, Clone, Serialize)]
pub struct DeliveryStory {
    /// The delivery.
    pub delivery: Delivery,
    /// Where it goes or went, without secrets.
    pub to: String,
    /// In order.
    pub attempts: Vec<Attempt>,
}

/// A lane that has pending deliveries.
#[derive(Debug, Clone)]
pub struct LaneSummary {
    /// The lane.
    pub lane: Lane,
    /// How many are pending.
    pub pending: u64,
    /// When its earliest head is due, the past included.
    pub next_due: Option<Time>,
    /// When each of the pending ones was planned, for at most the first thousand.
    pub ages: Vec<Time>,
}

/// Figures of one system.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SystemCounts {
    /// Deliveries that are not finished.
    pub pending: u64,
    /// Deliveries given up on.
    pub dead_letters: u64,
    /// Deliveries whose outcome is unknown and that wait for a person; pending, too.
    pub held: u64,
}

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

pub(super) fn due_lanes(
    rows: &impl Read,
    now: Time,
    skip: &HashSet<LaneId>,
    most: usize,
) -> Result<DueLanes, RecordError> {
    let mut due = DueLanes::default();
    rows.each(&Scan::prefix(vec![b'k']), &mut |key, _| {
        let Some((wake, lane)) = keys::wake_of(key) else {
            return true;
        };
        if wake > now {
            due.next = Some(wake);
            return false;
        }
        if !skip.contains(&lane) {
            if due.lanes.len() == most {
                due.next = Some(now);
                return false;
            }
            due.lanes.push(lane);
        }
        true
    })?;
    Ok(due)
}

pub(super) fn lane_work(
    rows: &impl Read,
    lane: LaneId,
    now: Time,
    skip: &HashSet<DeliveryId>,
    most: usize,
) -> Result<Option<LaneWork>, RecordError> {
    let Some(lane) = record::get::<Lane>(rows, &keys::lane(lane))? else {
        return Ok(None);
    };
    let host = record::get(rows, &keys::host(&lane.host))?.unwrap_or_default();
    let heads = |retried| {
        let scan = Scan {
            from: keys::heads(lane.id, retried),
            to: keys::heads_after(lane.id, retried, now),
            backwards: false,
            limit: usize::MAX,
        };
        let mut heads = Vec::new();
        rows.each(&scan, &mut |key, _| {
            heads.extend(keys::head_of(key).filter(|head| !skip.contains(&head.delivery)));
            heads.len() < most
        })?;
        Ok::<_, RecordError>(heads)
    };
    let (fresh, retried) = (heads(false)?, heads(true)?);
    Ok(Some(LaneWork {
        lane,
        host,
        fresh,
        retried,
    }))
}

pub(super) fn parcel(rows: &impl Read, id: DeliveryId) -> Result<Option<Parcel>, RecordError> {
    let Some(delivery) = record::get::<Delivery>(rows, &keys::delivery(id))? else {
        return Ok(None);
    };
    let missing = |what: &str| RecordError::Unreadable {
        key: format!("delivery {id}"),
        what: format!("lacks its {what}"),
    };
    let message: Message = record::get(rows, &keys::message(delivery.ticket, delivery.message))?
        .ok_or_else(|| missing("message"))?;
    let text = text_at(rows, &message, delivery.revision)?.ok_or_else(|| missing("text"))?;
    let lane: Lane =
        record::get(rows, &keys::lane(delivery.lane))?.ok_or_else(|| missing("lane"))?;
    let answered: Option<Message> =
        record::get(rows, &keys::message(delivery.ticket, delivery.answers))?;
    Ok(Some(Parcel {
        delivery,
        text,
        to: lane.to,
        wanted_url: answered.and_then(|answered| answered.response_url),
    }))
}

/// What `message` said at `revision`.
pub(super) fn text_at(
    rows: &impl Read,
    message: &Message,
    revision: u32,
) -> Result<Option<String>, RecordError> {
    match &message.text {
        Text::Inline(text) if message.revision == revision => Ok(Some(text.clone())),
        Text::Inline(_) | Text::Apart => load::text(rows, message.id, revision),
    }
}

fn text_now(rows: &impl Read, message: &Message) -> Result<String, RecordError> {
    Ok(text_at(rows, message, message.revision)?.unwrap_or_default())
}

pub(super) fn ticket(rows: &impl Read, id: TicketId) -> Result<Option<TicketView>, RecordError> {
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

pub(super) fn message(
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
pub(super) fn messages(
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
pub(super) fn tickets(
    rows: &impl Read,
    query: &TicketQuery,
) -> Result<(Vec<TicketView>, u64), RecordError> {
    let wanted = |traits: Traits| {
        query.status.is_none_or(|status| status == traits.status)
            && query
                .priority
                .is_none_or(|priority| priority == traits.priority)
            && query
                .department
                .is_none_or(|department| Some(department) == traits.department)
    };
    let mut total = 0;
    for (brand, assignee) in &query.of {
        let prefix = keys::ticket_counters(brand, *assignee);
        for (key, value) in rows.scan(&Scan::prefix(prefix.clone()))? {
            if key
                .get(prefix.len()..)
                .and_then(Traits::from_bytes)
                .is_some_and(wanted)
            {
                total += record::from_row::<u64>(rows, &key, &value)?;
            }
        }
    }
    if query.offset >= total {
        return Ok((Vec::new(), total));
    }
    let last = query.offset.saturating_add(query.limit as u64);
    let mut ids: Vec<TicketId> = Vec::new();
    for (brand, assignee) in &query.of {
        let prefix = keys::list(brand, *assignee);
        let mut left = last;
        rows.each(
            &Scan::prefix(prefix.clone()).backwards(),
            &mut |key, value| {
                if left == 0 {
                    return false;
                }
                if Traits::from_bytes(value).is_some_and(wanted) {
                    ids.extend(keys::number_at(key, prefix.len()).map(TicketId));
                    left -= 1;
                }
                true
            },
        )?;
    }
    ids.sort_unstable_by(|a, b| b.cmp(a));
    let offset = usize::try_from(query.offset).unwrap_or(usize::MAX);
    let mut page = Vec::new();
    for id in ids.into_iter().skip(offset).take(query.limit) {
        page.extend(ticket(rows, id)?);
    }
    Ok((page, total))
}

/// The tickets of any brand in which something goes by `uid`.
pub(super) fn find(
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
pub(super) fn brands(rows: &impl Read) -> Result<Vec<String>, RecordError> {
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

pub(super) fn story(rows: &impl Read, id: TicketId) -> Result<Option<Story>, RecordError> {
    let Some(ticket) = record::get::<Ticket>(rows, &keys::ticket(id))? else {
        return Ok(None);
    };
    let mut messages = Vec::new();
    let mut deliveries = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(keys::messages(id)))? {
        let message: Message = record::from_row(rows, &key, &value)?;
        if let crate::model::WayOut::By(delivery) = message.way_out {
            deliveries.extend(survey::readable(delivery_story(rows, delivery))?.flatten());
        }
        messages.push(MessageView {
            content: text_now(rows, &message)?,
            message,
        });
    }
    let mut notes = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(keys::notes(id)))? {
        if let Some(at) = keys::note_time(&key) {
            notes.push((at, record::from_row(rows, &key, &value)?));
        }
    }
    Ok(Some(Story {
        ticket,
        messages,
        notes,
        deliveries,
    }))
}

pub(super) fn delivery_story(
    rows: &impl Read,
    id: DeliveryId,
) -> Result<Option<DeliveryStory>, RecordError> {
    let Some(delivery) = record::get::<Delivery>(rows, &keys::delivery(id))? else {
        return Ok(None);
    };
    let lane: Option<Lane> = record::get(rows, &keys::lane(delivery.lane))?;
    let mut attempts = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(keys::attempts(id)))? {
        attempts.push(record::from_row(rows, &key, &value)?);
    }
    attempts.extend(delivery.last.clone());
    Ok(Some(DeliveryStory {
        delivery,
        to: lane.map(|lane| lane.to.shown()).unwrap_or_default(),
        attempts,
    }))
}

/// Lanes that have pending deliveries.
pub(super) fn lanes(rows: &impl Read) -> Result<Vec<LaneSummary>, RecordError> {
    const MOST_AGES: usize = 1000;
    let mut found = Vec::new();
    let mut from = vec![b'c'];
    loop {
        let scan = Scan {
            from,
            to: keys::end_of(b"c"),
            backwards: false,
            limit: 1,
        };
        let first = rows.scan(&scan)?.into_iter().next();
        let Some((lane, _, _)) = first.and_then(|(key, _)| keys::chain_of(&key)) else {
            return Ok(found);
        };
        let prefix = keys::lane_chains(lane);
        let pending = stage::count_rows(rows, prefix.clone())?;
        let mut ages = Vec::new();
        for (key, _) in rows.scan(&Scan::prefix(prefix.clone()).limit(MOST_AGES))? {
            if let Some((_, _, delivery)) = keys::chain_of(&key)
                && let Some(delivery) = record::get::<Delivery>(rows, &keys::delivery(delivery))?
            {
                ages.push(delivery.created_at);
            }
        }
        let mut next_due = None;
        for retried in [false, true] {
            let first = rows.scan(&Scan::prefix(keys::heads(lane, retried)).limit(1))?;
            let due = first.first().and_then(|(key, _)| keys::head_of(key));
            next_due = next_due.into_iter().chain(due.map(|head| head.due)).min();
        }
        if let Some(lane) = record::get(rows, &keys::lane(lane))? {
            found.push(LaneSummary {
                lane,
                pending,
                next_due,
                ages,
            });
        }
        from = keys::end_of(&prefix);
    }
}

/// The lane to a destination.
pub(super) fn lane_to(rows: &impl Read, to: &Destination) -> Result<Option<LaneId>, RecordError> {
    record::get(rows, &keys::lane_to(to))
}

pub(super) fn counts(
    rows: &impl Read,
    systems: &[String],
) -> Result<BTreeMap<String, SystemCounts>, RecordError> {
    let mut found = BTreeMap::new();
    for system in systems {
        let pending = record::get(rows, &stage::pending_counter(system))?.unwrap_or(0);
        let dead_letters = record::get(rows, &stage::dead_counter(system))?.unwrap_or(0);
        let held = record::get(rows, &stage::held_counter(system))?.unwrap_or(0);
        found.insert(
            system.clone(),
            SystemCounts {
                pending,
                dead_letters,
                held,
            },
        );
    }
    Ok(found)
}

/// How many heads were set aside because they cannot be read.
pub(super) fn set_aside(rows: &impl Read) -> Result<u64, RecordError> {
    Ok(record::get(rows, &stage::aside_counter())?.unwrap_or(0))
}

/// The earliest due head of any lane that is not held back by its own pause, breaker or end.
pub(super) fn oldest_due(rows: &impl Read, now: Time) -> Result<Option<Time>, RecordError> {
    const MOST_LANES: usize = 256;
    let mut oldest: Option<Time> = None;
    for (key, _) in rows.scan(&Scan::prefix(vec![b'k']).limit(MOST_LANES))? {
        let Some((wake, lane)) = keys::wake_of(&key) else {
            continue;
        };
        if wake > now || oldest.is_some_and(|oldest| wake >= oldest) {
            break;
        }
        for retried in [false, true] {
            let first = rows.scan(&Scan::prefix(keys::heads(lane, retried)).limit(1))?;
            let due = first
                .first()
                .and_then(|(key, _)| keys::head_of(key))
                .map(|head| head.due.max(wake));
            oldest = match (oldest, due) {
                (Some(oldest), Some(due)) => Some(oldest.min(due)),
                (oldest, due) => oldest.or(due),
            };
        }
    }
    Ok(oldest.filter(|oldest| *oldest <= now))
}
