//! What agents ask beside tickets: their figures, their notices, and what is kept of all of them.

use std::collections::BTreeMap;

use crate::model::{
    AgentId, Assignee, MappingVersion, Message, News, Notice, Profile, Status, Ticket,
};
use crate::store::keys;
use crate::store::record::{self, RecordError};
use crate::store::rows::{Read, Scan};
use crate::store::shelf::{self, Shelf, Walk};
use crate::store::traits::{self, NoticeTraits, TicketTraits};

use super::tickets::shelves;

/// Figures of tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeskFigures {
    /// With status open.
    pub open: u64,
    /// With status in progress.
    pub in_progress: u64,
    /// Not closed, and the last public message is the customer's.
    pub needs_response: u64,
    /// Closed on the day that was asked for, which counts from 1970 in UTC, and still.
    pub closed_on_day: u64,
}

/// A notice as an agent sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeView {
    /// The notice.
    pub notice: Notice,
    /// Who on the customer's side it is about.
    pub customer: String,
    /// Whether the agent has read it.
    pub is_read: bool,
}

/// An agent, and where what they are told stands.
#[derive(Debug, Clone)]
pub struct NoticeQuery {
    /// Who asks.
    pub agent: AgentId,
    /// Brands and assignees.
    pub of: Vec<(String, Assignee)>,
    /// Skipped, newest first.
    pub offset: u64,
    /// At most.
    pub limit: usize,
}

pub(in crate::store) fn figures(
    rows: &impl Read,
    of: &[(String, Assignee)],
    day: u64,
) -> Result<DeskFigures, RecordError> {
    let status = |wanted: Status| {
        let has = move |_, item: &[u8]| {
            TicketTraits::from_bytes(item).is_some_and(|traits| traits.status == wanted)
        };
        let shelves = shelves(of);
        let walk = Walk {
            rows,
            shelves: &shelves,
            wanted: &has,
            from: 0,
        };
        walk.count()
    };
    let mut found = DeskFigures {
        open: status(Status::Open)?,
        in_progress: status(Status::InProgress)?,
        ..DeskFigures::default()
    };
    for (brand, assignee) in of {
        let count = |key: Vec<u8>| record::get::<u64>(rows, &key);
        found.needs_response += count(keys::waiting_counter(brand, *assignee))?.unwrap_or(0);
        found.closed_on_day += count(keys::closed_counter(brand, *assignee, day))?.unwrap_or(0);
    }
    Ok(found)
}

/// What is kept of each agent.
pub(in crate::store) fn profiles(
    rows: &impl Read,
) -> Result<BTreeMap<AgentId, Profile>, RecordError> {
    let mut found = BTreeMap::new();
    for (key, value) in rows.scan(&Scan::prefix(vec![b'g']))? {
        if let Some(agent) = keys::number_at(&key, 1) {
            found.insert(AgentId(agent), record::from_row(rows, &key, &value)?);
        }
    }
    Ok(found)
}

/// What the operator decided about fields, now and before, in writing. What cannot be read is told and left out: the
/// others are needed all the same.
pub(in crate::store) fn mappings(
    rows: &impl Read,
) -> Result<Vec<(MappingVersion, String)>, RecordError> {
    let mut found = Vec::new();
    for (key, value) in rows.scan(&Scan::prefix(vec![b'v']))? {
        if let Some(version) = keys::number_at(&key, 1) {
            match record::from_row(rows, &key, &value) {
                Ok(mapping) => found.push((MappingVersion(version), mapping)),
                Err(RecordError::Rows(error)) => return Err(error.into()),
                Err(error @ RecordError::Unreadable { .. }) => tracing::error!(
                    %error,
                    "an earlier mapping cannot be read; what was planned by it goes by the present one"
                ),
            }
        }
    }
    Ok(found)
}

pub(in crate::store) fn profile(
    rows: &impl Read,
    agent: AgentId,
) -> Result<Option<Profile>, RecordError> {
    record::get(rows, &keys::profile(agent))
}

/// A page of what an agent is told, newest first, and how many there are in all.
pub(in crate::store) fn notices(
    rows: &impl Read,
    query: &NoticeQuery,
) -> Result<(Vec<NoticeView>, u64), RecordError> {
    let agent = query.agent;
    let profile = profile(rows, agent)?.unwrap_or_default();
    let shelves: Vec<Shelf> = query
        .of
        .iter()
        .map(|(brand, assignee)| Shelf::notices(brand, *assignee))
        .collect();
    let walk = Walk {
        rows,
        shelves: &shelves,
        wanted: &|_, item| is_told(&profile, agent, item),
        from: profile.first_notice.0,
    };
    let (found, total) = walk.page(query.offset, query.limit)?;
    let mut page = Vec::new();
    for found in found {
        let Some((brand, assignee)) = query.of.get(found.shelf) else {
            continue;
        };
        let read = Shelf::read(agent, brand, *assignee);
        let is_read = shelf::get(rows, &read, found.number)?.is_some();
        if let Some(notice) = traits::notice_from(found.number, &found.item) {
            page.push(view(rows, notice, is_read)?);
        }
    }
    Ok((page, total))
}

/// How many of what an agent is told they have not read.
pub(in crate::store) fn unread(
    rows: &impl Read,
    agent: AgentId,
    of: &[(String, Assignee)],
) -> Result<u64, RecordError> {
    let profile = profile(rows, agent)?.unwrap_or_default();
    let count = |shelf: &dyn Fn(&str, Assignee) -> Shelf| {
        let shelves: Vec<Shelf> = of.iter().map(|(brand, one)| shelf(brand, *one)).collect();
        let walk = Walk {
            rows,
            shelves: &shelves,
            wanted: &|_, item| is_told(&profile, agent, item),
            from: profile.first_notice.0,
        };
        walk.count()
    };
    let told = count(&Shelf::notices)?;
    let read = count(&|brand, one| Shelf::read(agent, brand, one))?;
    Ok(told.saturating_sub(read))
}

fn is_told(profile: &Profile, agent: AgentId, item: &[u8]) -> bool {
    NoticeTraits::from_bytes(item)
        .is_some_and(|traits| profile.is_told(agent, traits.kind, traits.by))
}

/// A notice with what it is about.
pub(in crate::store) fn view(
    rows: &impl Read,
    notice: Notice,
    is_read: bool,
) -> Result<NoticeView, RecordError> {
    let customer = match notice.news {
        News::Wrote { message } => {
            let message: Option<Message> =
                record::get(rows, &keys::message(notice.ticket, message))?;
            message.map(|message| message.from.name().to_owned())
        }
        News::Assigned | News::Status { .. } => {
            let ticket: Option<Ticket> = record::get(rows, &keys::ticket(notice.ticket))?;
            ticket.map(|ticket| ticket.author.username)
        }
    };
    Ok(NoticeView {
        notice,
        customer: customer.unwrap_or_default(),
        is_read,
    })
}
