//! What the dispatcher asks: which lanes have something to do, and what.

use std::collections::{BTreeMap, HashSet};

use crate::model::{
    Command, Delivery, DeliveryId, Destination, Head, HostState, Lane, LaneId, Message, Ticket,
    TicketId, Time,
};
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};
use crate::store::stage;

use super::tickets::{MessageView, text_at, text_now};

/// More of a conversation than this is shown nowhere.
const MOST_MESSAGES: usize = 64;

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
    /// The message that it carries, or that brought it about, as it is now.
    pub message: Message,
    /// What the message says that it carries, at the revision it freezes; empty where it carries none.
    pub text: String,
    /// Where its lane leads.
    pub to: Destination,
    /// Where the message that it answers wants answers to go now.
    pub wanted_url: Option<String>,
    /// For a system: what the ticket says by now.
    pub conversation: Option<Box<Conversation>>,
}

/// A ticket and the newest of what was said in it.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// The ticket.
    pub ticket: Ticket,
    /// The newest messages in order, for [`Command::ReplaceRecord`] only; internal ones too.
    pub messages: Vec<MessageView>,
    /// How many there are before these.
    pub omitted: u64,
}

/// What waits although it is due.
#[derive(Debug, Clone, Copy, Default)]
pub struct Overdue {
    /// Since when the oldest head is owed; see [`Lane::owed_from`].
    pub oldest: Option<Time>,
    /// Lanes that are left alone because of failures.
    pub breakers_open: u64,
}

/// A lane that has pending deliveries.
#[derive(Debug, Clone)]
pub struct LaneSummary {
    /// The lane.
    pub lane: Lane,
    /// How many are pending.
    pub pending: u64,
    /// How many of these are recorded instead of sent.
    pub recorded: u64,
    /// When its earliest head is due, the past included.
    pub next_due: Option<Time>,
    /// When each of the pending ones was planned, for at most the first thousand.
    pub ages: Vec<Time>,
}

pub(in crate::store) fn due_lanes(
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

pub(in crate::store) fn lane_work(
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

pub(in crate::store) fn parcel(
    rows: &impl Read,
    id: DeliveryId,
) -> Result<Option<Parcel>, RecordError> {
    let Some(delivery) = record::get::<Delivery>(rows, &keys::delivery(id))? else {
        return Ok(None);
    };
    let missing = |what: &str| RecordError::Unreadable {
        key: format!("delivery {id}"),
        what: format!("lacks its {what}"),
    };
    let message: Message = record::get(rows, &keys::message(delivery.ticket, delivery.message))?
        .ok_or_else(|| missing("message"))?;
    let text = match delivery.command {
        Command::Reply(_)
        | Command::CreateTicket { .. }
        | Command::SendSms
        | Command::PushTicket(_)
        | Command::PostMessage
        | Command::PostEdit => {
            text_at(rows, &message, delivery.revision)?.ok_or_else(|| missing("text"))?
        }
        Command::ReplaceRecord
        | Command::UpdateTicket
        | Command::AddLabel(_)
        | Command::RemoveLabel(_)
        | Command::CancelTicket { .. } => String::new(),
    };
    let lane: Lane =
        record::get(rows, &keys::lane(delivery.lane))?.ok_or_else(|| missing("lane"))?;
    let answered: Option<Message> = match delivery.reply() {
        Some(reply) => record::get(rows, &keys::message(delivery.ticket, reply.answers))?,
        None => None,
    };
    let conversation = match &lane.to {
        Destination::System(_) => {
            let with_messages = delivery.command == Command::ReplaceRecord;
            let found = conversation(rows, delivery.ticket, with_messages)?;
            Some(Box::new(found.ok_or_else(|| missing("ticket"))?))
        }
        Destination::ResponseUrl(_) => None,
    };
    Ok(Some(Parcel {
        delivery,
        message,
        text,
        to: lane.to,
        wanted_url: answered.and_then(|answered| answered.response_url),
        conversation,
    }))
}

/// A ticket, and the newest of what was said in it.
pub(in crate::store) fn conversation(
    rows: &impl Read,
    id: TicketId,
    with_messages: bool,
) -> Result<Option<Conversation>, RecordError> {
    let Some(ticket) = record::get::<Ticket>(rows, &keys::ticket(id))? else {
        return Ok(None);
    };
    let (mut messages, mut omitted) = (Vec::new(), 0);
    if with_messages {
        let mut all = 0_u64;
        rows.each(&Scan::prefix(keys::messages(id)), &mut |_, _| {
            all += 1;
            true
        })?;
        let newest = Scan::prefix(keys::messages(id))
            .backwards()
            .limit(MOST_MESSAGES);
        for (key, value) in rows.scan(&newest)? {
            let message: Message = record::from_row(rows, &key, &value)?;
            messages.push(MessageView {
                content: text_now(rows, &message)?,
                message,
            });
        }
        messages.reverse();
        omitted = all.saturating_sub(messages.len() as u64);
    }
    Ok(Some(Conversation {
        ticket,
        messages,
        omitted,
    }))
}

/// By system: what is owed by now, and how many lanes with pending deliveries are left alone because of failures,
/// half-open ones included.
pub(in crate::store) fn overdue(
    rows: &impl Read,
    now: Time,
) -> Result<BTreeMap<String, Overdue>, RecordError> {
    let mut systems: BTreeMap<String, Overdue> = BTreeMap::new();
    let mut next = next_lane(rows, vec![b'c'])?;
    while let Some(id) = next {
        if let Some(lane) = record::get::<Lane>(rows, &keys::lane(id))? {
            let owed = next_due(rows, id)?
                .and_then(|due| lane.owed_from(due))
                .filter(|owed| *owed <= now);
            let overdue = systems.entry(lane.to.system().to_owned()).or_default();
            overdue.oldest = overdue.oldest.into_iter().chain(owed).min();
            overdue.breakers_open += u64::from(lane.breaker.open_until.is_some());
        }
        next = next_lane(rows, keys::end_of(&keys::lane_chains(id)))?;
    }
    Ok(systems)
}

/// The lanes of systems, as far as they have one yet.
pub(in crate::store) fn system_lanes(
    rows: &impl Read,
    systems: &[String],
) -> Result<BTreeMap<String, Lane>, RecordError> {
    let mut lanes = BTreeMap::new();
    for system in systems {
        let to = Destination::System(system.clone());
        let Some(id) = lane_to(rows, &to)? else {
            continue;
        };
        if let Some(lane) = record::get::<Lane>(rows, &keys::lane(id))? {
            lanes.insert(system.clone(), lane);
        }
    }
    Ok(lanes)
}

/// When the earliest head of a lane is due.
fn next_due(rows: &impl Read, lane: LaneId) -> Result<Option<Time>, RecordError> {
    let mut earliest = None;
    for retried in [false, true] {
        let first = rows.scan(&Scan::prefix(keys::heads(lane, retried)).limit(1))?;
        let due = first.first().and_then(|(key, _)| keys::head_of(key));
        earliest = earliest.into_iter().chain(due.map(|head| head.due)).min();
    }
    Ok(earliest)
}

/// The first lane with pending deliveries from this key on.
fn next_lane(rows: &impl Read, from: Vec<u8>) -> Result<Option<LaneId>, RecordError> {
    let scan = Scan {
        from,
        to: keys::end_of(b"c"),
        backwards: false,
        limit: 1,
    };
    let first = rows.scan(&scan)?.into_iter().next();
    Ok(first
        .and_then(|(key, _)| keys::chain_of(&key))
        .map(|(lane, _, _)| lane))
}

/// Lanes that have pending deliveries.
pub(in crate::store) fn lanes(rows: &impl Read) -> Result<Vec<LaneSummary>, RecordError> {
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
        let recorded = stage::count_rows(rows, keys::all_recorded(lane))?;
        let mut ages = Vec::new();
        for (key, _) in rows.scan(&Scan::prefix(prefix.clone()).limit(MOST_AGES))? {
            if let Some((_, _, delivery)) = keys::chain_of(&key)
                && let Some(delivery) = record::get::<Delivery>(rows, &keys::delivery(delivery))?
            {
                ages.push(delivery.created_at);
            }
        }
        let next_due = next_due(rows, lane)?;
        if let Some(lane) = record::get(rows, &keys::lane(lane))? {
            found.push(LaneSummary {
                lane,
                pending,
                recorded,
                next_due,
                ages,
            });
        }
        from = keys::end_of(&prefix);
    }
}

/// The lane to a destination.
pub(in crate::store) fn lane_to(
    rows: &impl Read,
    to: &Destination,
) -> Result<Option<LaneId>, RecordError> {
    record::get(rows, &keys::lane_to(to))
}
