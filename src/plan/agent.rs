//! What agents do beside answering.

use crate::model::{
    AgentId, AgentOrder, MessageId, NoticeId, Priority, Profile, ProfileChange, Status, Ticket,
    TicketId,
};

use super::draft::Draft;
use super::facts::Missing;
use super::outcome::{Answer, Note, Refusal, Write};
use super::status::{self, Cause};
use super::status_reply;

pub(super) fn did(
    draft: &mut Draft<'_>,
    agent: AgentId,
    order: &AgentOrder,
) -> Result<Answer, Missing> {
    match order {
        AgentOrder::Update {
            ticket,
            status,
            priority,
            labels,
        } => update(draft, agent, *ticket, *status, *priority, labels.as_ref()),
        AgentOrder::Like { ticket, message } => like(draft, agent, *ticket, *message),
        AgentOrder::Read { notice } => read(draft, agent, *notice),
        AgentOrder::Introduce(change) => introduce(draft, agent, change),
    }
}

/// A ticket that the agent may work on.
fn theirs(draft: &Draft<'_>, agent: AgentId, id: TicketId) -> Result<Option<Box<Ticket>>, Missing> {
    let ticket = draft.ticket(id)?;
    Ok(ticket.filter(|ticket| draft.routes.agents_of(ticket).contains(&agent)))
}

fn update(
    draft: &mut Draft<'_>,
    agent: AgentId,
    id: TicketId,
    status: Option<Status>,
    priority: Option<Priority>,
    labels: Option<&Vec<u64>>,
) -> Result<Answer, Missing> {
    let Some(mut ticket) = theirs(draft, agent, id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    if let Some(to) = priority.filter(|to| *to != ticket.priority) {
        let from = std::mem::replace(&mut ticket.priority, to);
        let by = agent;
        draft.note(id, Note::Priority { from, to, by });
        ticket.updated_at = draft.now;
    }
    if let Some(labels) = labels.filter(|labels| **labels != ticket.labels) {
        ticket.labels.clone_from(labels);
        let (labels, by) = (labels.clone(), agent);
        draft.note(id, Note::Labels { labels, by });
        ticket.updated_at = draft.now;
    }
    if let Some(to) = status {
        let from = ticket.status;
        status::change(draft, &mut ticket, to, Cause::Agent(agent));
        if from != to {
            status_reply::of_agent(draft, &mut ticket, agent)?;
        }
    }
    draft.put_ticket(ticket.clone());
    Ok(Answer::Changed(ticket))
}

fn like(
    draft: &mut Draft<'_>,
    agent: AgentId,
    ticket: TicketId,
    id: MessageId,
) -> Result<Answer, Missing> {
    let message = match theirs(draft, agent, ticket)? {
        Some(_) => draft.message(ticket, id)?,
        None => None,
    };
    let Some(mut message) = message else {
        return Ok(Answer::Refused(Refusal::NotFound("message")));
    };
    let before = message.likes.len();
    message.likes.retain(|other| *other != agent);
    let liked = message.likes.len() == before;
    if liked {
        message.likes.push(agent);
    }
    let count = message.likes.len();
    draft.put_message(message);
    Ok(Answer::Liked { liked, count })
}

fn read(draft: &mut Draft<'_>, agent: AgentId, id: NoticeId) -> Result<Answer, Missing> {
    let profile = draft.facts.profile(agent)?.unwrap_or_default();
    let lists = draft.routes.lists_of(agent);
    let found = draft.facts.notice(agent, id, &lists)?;
    let found = found.filter(|found| {
        let news = found.notice.news;
        id >= profile.first_notice && profile.is_told(agent, news.kind(), news.by())
    });
    let Some(found) = found else {
        return Ok(Answer::Refused(Refusal::NotFound("notice")));
    };
    let notice = found.notice.clone();
    if !found.is_read {
        draft.write(Write::Read(agent, found));
    }
    Ok(Answer::Read(Box::new(notice)))
}

fn introduce(
    draft: &mut Draft<'_>,
    agent: AgentId,
    change: &ProfileChange,
) -> Result<Answer, Missing> {
    let mut profile = match draft.facts.profile(agent)? {
        Some(profile) => profile,
        None => Box::new(newcomer(draft)),
    };
    profile.change(change);
    draft.write(Write::Profile(agent, profile.clone()));
    Ok(Answer::Profile(profile))
}

/// Remembers an agent who was not known before; what was before them is no news to them.
pub(super) fn joined(draft: &mut Draft<'_>, agent: AgentId) -> Result<Answer, Missing> {
    let profile = match draft.facts.profile(agent)? {
        Some(known) => known,
        None => {
            let new = Box::new(newcomer(draft));
            draft.write(Write::Profile(agent, new.clone()));
            new
        }
    };
    Ok(Answer::Profile(profile))
}

fn newcomer(draft: &Draft<'_>) -> Profile {
    Profile {
        since: draft.now,
        first_notice: NoticeId(draft.facts.numbers.notice),
        changed: ProfileChange::default(),
    }
}
