//! Answers to what planning asks.

use std::collections::BTreeMap;

use crate::model::{
    AgentId, Assignee, Delivery, DeliveryId, Head, LaneId, Message, MessageId, NoticeId, Status,
    TicketId,
};
use crate::plan::{Fact, FoundNotice, Lookup, MOST_NAMESAKES, Slot, UidEntry, WaitingEntry};

use super::keys;
use super::read::{links, removal};
use super::record::{self, RecordError};
use super::rows::{Read, Scan};
use super::shelf::{self, Shelf};
use super::traits::{self, TicketTraits};

/// More children than this are not told of their parent; they wait on.
const MOST_CHILDREN: usize = 16;
const MOST_OF_A_CHAIN: usize = 64;

pub(super) fn load(rows: &impl Read, lookup: &Lookup) -> Result<Fact, RecordError> {
    Ok(match lookup {
        Lookup::Ticket(id) => Fact::Ticket(record::get(rows, &keys::ticket(*id))?),
        Lookup::Message(ticket, id) => {
            Fact::Message(record::get(rows, &keys::message(*ticket, *id))?)
        }
        Lookup::MessagesAfter(ticket, after, most) => {
            Fact::Messages(messages_after(rows, *ticket, *after, *most)?)
        }
        Lookup::Address(name) => Fact::Address(record::get(rows, &keys::address(name))?),
        Lookup::Text(id, revision) => Fact::Text(text(rows, *id, *revision)?),
        Lookup::Uid(brand, uid) => Fact::Uid(uids(rows, brand, uid)?),
        Lookup::UidAs(brand, uid, slot) => Fact::UidAs(uid_as(rows, brand, uid, slot)?),
        Lookup::Waiting(brand, uid) => Fact::Waiting(waiting(rows, brand, uid)?),
        Lookup::Author(brand, uid) => Fact::Author(record::get(rows, &keys::author(brand, uid))?),
        Lookup::Delivery(id) => Fact::Delivery(record::get(rows, &keys::delivery(*id))?),
        Lookup::IsReadable(id) => Fact::IsReadable(is_readable(rows, *id)?),
        Lookup::Lane(id) => Fact::Lane(record::get(rows, &keys::lane(*id))?),
        Lookup::LaneTo(destination) => {
            Fact::LaneTo(record::get(rows, &keys::lane_to(destination))?)
        }
        Lookup::ChainFront(lane, ticket) => Fact::Chain(chain(rows, *lane, *ticket, 2)?),
        Lookup::Chain(lane, ticket) => Fact::Chain(chain(rows, *lane, *ticket, MOST_OF_A_CHAIN)?),
        Lookup::NextDue(lane) => Fact::NextDue(next_due(rows, *lane)?),
        Lookup::Host(host) => Fact::Host(record::get(rows, &keys::host(host))?.unwrap_or_default()),
        Lookup::LastAssigned(brand) => {
            Fact::LastAssigned(record::get(rows, &keys::last_assigned(brand))?)
        }
        Lookup::OpenCounts(brand) => Fact::OpenCounts(open_counts(rows, brand)?),
        Lookup::Profile(agent) => Fact::Profile(record::get(rows, &keys::profile(*agent))?),
        Lookup::Linked(system, remote) => Fact::Linked(links::linked(rows, system, remote)?),
        Lookup::NoticeLeaf(leaf) => Fact::NoticeLeaf(Box::new(removal::notices(rows, leaf)?)),
        Lookup::Pending(ticket) => Fact::Pending(removal::pending(rows, *ticket)?),
        Lookup::IsBusy(ticket, after) => Fact::IsBusy(removal::is_busy(rows, *ticket, *after)?),
        Lookup::Attempts(id, most) => Fact::Attempts(removal::attempts(rows, *id, *most)?),
        Lookup::Concerning(ticket, message) => {
            Fact::Concerning(removal::concerning(rows, *ticket, *message)?)
        }
        Lookup::Tombstone(ticket) => Fact::Tombstone(record::get(rows, &keys::tombstone(*ticket))?),
        Lookup::Leftover(ticket) => Fact::Leftover(record::get(rows, &keys::unswept(*ticket))?),
        Lookup::Departed(brand, uid, provider) => {
            let key = keys::departed(brand, uid, provider.as_deref());
            Fact::Departed(record::get(rows, &key)?)
        }
        Lookup::Notice(agent, id, lists) => {
            Fact::Notice(notice(rows, *agent, *id, lists)?.map(Box::new))
        }
    })
}

fn messages_after(
    rows: &impl Read,
    ticket: TicketId,
    after: MessageId,
    most: usize,
) -> Result<Vec<Message>, RecordError> {
    let mut scan = Scan::prefix(keys::messages(ticket)).limit(most);
    scan.from = keys::message(ticket, MessageId(after.0.saturating_add(1)));
    let found = rows.scan(&scan)?;
    let messages = found.iter();
    messages
        .map(|(key, value)| record::from_row(rows, key, value))
        .collect()
}

/// The text of a revision that stands apart.
pub(super) fn text(
    rows: &impl Read,
    id: MessageId,
    revision: u32,
) -> Result<Option<String>, RecordError> {
    let Some(bytes) = record::get_bytes(rows, &keys::text(id, revision))? else {
        return Ok(None);
    };
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

/// Everything in the brand that goes by `uid`.
pub(super) fn uids(rows: &impl Read, brand: &str, uid: &str) -> Result<Vec<UidEntry>, RecordError> {
    let prefix = keys::uids(brand, uid);
    let mut found = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(prefix.clone()).limit(MOST_NAMESAKES))? {
        let (ticket, message): (TicketId, MessageId) = record::from_row(rows, &key, &value)?;
        if let Some(slot) = keys::slot_after(&key, prefix.len()) {
            found.push(UidEntry {
                slot,
                ticket,
                message,
            });
        }
    }
    Ok(found)
}

fn uid_as(
    rows: &impl Read,
    brand: &str,
    uid: &str,
    slot: &Slot,
) -> Result<Option<UidEntry>, RecordError> {
    let found: Option<(TicketId, MessageId)> = record::get(rows, &keys::uid(brand, uid, slot))?;
    Ok(found.map(|(ticket, message)| UidEntry {
        slot: slot.clone(),
        ticket,
        message,
    }))
}

fn waiting(rows: &impl Read, brand: &str, uid: &str) -> Result<Vec<WaitingEntry>, RecordError> {
    let prefix = keys::waiting_for(brand, uid);
    let mut found = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(prefix.clone()).limit(MOST_CHILDREN))? {
        let provider = record::from_row(rows, &key, &value)?;
        if let (Some(ticket), Some(message)) = (
            keys::number_at(&key, prefix.len()),
            keys::number_at(&key, prefix.len() + 8),
        ) {
            found.push(WaitingEntry {
                ticket: TicketId(ticket),
                message: MessageId(message),
                provider,
            });
        }
    }
    Ok(found)
}

fn is_readable(rows: &impl Read, id: DeliveryId) -> Result<bool, RecordError> {
    match record::get::<Delivery>(rows, &keys::delivery(id)) {
        Ok(found) => Ok(found.is_some()),
        Err(RecordError::Unreadable { .. }) => Ok(false),
        Err(error @ RecordError::Rows(_)) => Err(error),
    }
}

fn chain(
    rows: &impl Read,
    lane: LaneId,
    ticket: TicketId,
    most: usize,
) -> Result<Vec<DeliveryId>, RecordError> {
    let found = rows.scan(&Scan::prefix(keys::chain(lane, ticket)).limit(most))?;
    Ok(found
        .iter()
        .filter_map(|(key, _)| keys::chain_of(key))
        .map(|(_, _, delivery)| delivery)
        .collect())
}

fn next_due(rows: &impl Read, lane: LaneId) -> Result<Vec<Head>, RecordError> {
    let mut found = Vec::new();
    for retried in [false, true] {
        let heads = rows.scan(&Scan::prefix(keys::heads(lane, retried)).limit(3))?;
        found.extend(heads.iter().filter_map(|(key, _)| keys::head_of(key)));
    }
    Ok(found)
}

fn open_counts(rows: &impl Read, brand: &str) -> Result<BTreeMap<AgentId, u64>, RecordError> {
    let mut counts = BTreeMap::new();
    for (key, value) in rows.scan(&Scan::prefix(shelf::ticket_spans_of(brand)))? {
        let Some((_, Assignee::One(agent))) = shelf::ticket_span_of(&key) else {
            continue;
        };
        let bytes = record::bytes_from_row(rows, &key, &value)?;
        for (traits, count) in shelf::counts_in(&key, &bytes)? {
            let traits = TicketTraits::from_bytes(&traits);
            if traits.is_some_and(|traits| traits.status != Status::Closed) {
                *counts.entry(agent).or_insert(0) += count;
            }
        }
    }
    Ok(counts)
}

/// A notice, in whichever of these lists it is.
fn notice(
    rows: &impl Read,
    agent: AgentId,
    id: NoticeId,
    lists: &[(String, Assignee)],
) -> Result<Option<FoundNotice>, RecordError> {
    for (brand, assignee) in lists {
        let found = shelf::get(rows, &Shelf::notices(brand, *assignee), id.0)?;
        if let Some(notice) = found.and_then(|item| traits::notice_from(id.0, &item)) {
            let read = Shelf::read(agent, brand, *assignee);
            return Ok(Some(FoundNotice {
                notice,
                to: (brand.clone(), *assignee),
                is_read: shelf::get(rows, &read, id.0)?.is_some(),
            }));
        }
    }
    Ok(None)
}
