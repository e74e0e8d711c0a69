//! What a system's ticket looks like there: where it stands, how urgent it is, its labels, whose it is, and whatever
//! else it has.

use std::time::Duration;

use crate::model::{
    Assignee, DeliveryState, Link, LinkState, Message, News, Observation, Observed, Phase,
    RemoteTicket, Status, Ticket,
};

use super::command;
use super::draft::Draft;
use super::facts::Missing;
use super::notify;
use super::outcome::Note;
use super::routes::AgentRoute;
use super::status::{self, Cause};
use super::status_reply;
use super::visit;

/// What a clock without fractions may leave out.
const WHOLE_SECOND: Duration = Duration::from_secs(1);

/// Whether a call is under way, or may still land, by which we change how the ticket stands there.
pub(super) fn is_being_updated(draft: &Draft<'_>, link: &Link) -> Result<bool, Missing> {
    let known = match link.record {
        Some(id) => draft.readable(id)?,
        None => None,
    };
    Ok(known.is_some_and(|delivery| {
        let is_begun = matches!(delivery.state, DeliveryState::Started { .. });
        is_begun || (delivery.state.is_pending() && delivery.in_doubt_since.is_some())
    }))
}

/// A status acts when it changes there, not when it differs from ours.
pub(super) fn see_status(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    observed: &Observed,
) -> Result<(), Missing> {
    let newest = visit::newest_of_customer(draft, ticket)?;
    let remote = &observed.remote;
    let link = &mut ticket.links[index];
    if link.changed_at < remote.changed_at {
        link.changed_at = remote.changed_at;
    }
    let state = match remote.phase {
        Some(Phase::Waiting) => LinkState::Waiting,
        Some(Phase::Attended) => LinkState::Attended,
        Some(Phase::Ended) => LinkState::Ended,
        None => link.state,
    };
    link.state = state;
    // Who is attended to did not leave.
    link.leaving &= state != LinkState::Attended;
    see_priority(draft, ticket, index, observed);
    see_labels(draft, ticket, index, observed);
    let link = &mut ticket.links[index];
    if link.status == remote.status {
        return Ok(());
    }
    let from = std::mem::replace(&mut link.status, remote.status.clone());
    let system = &observed.system;
    // One that begins here may be attended to there already.
    let is_change = !from.is_empty();
    if is_change {
        let note = Note::Elsewhere {
            system: system.clone(),
            from,
            to: remote.status.clone(),
        };
        draft.note(ticket.id, note);
    }
    let route = command::route(draft, system);
    let mapping = route.map(|route| &route.mapping);
    let agrees = mapping.is_some_and(|mapping| mapping.agrees(ticket.status, &remote.status));
    let meant = mapping.and_then(|mapping| mapping.meaning(&remote.status));
    let link = &ticket.links[index];
    match (meant.filter(|_| !agrees), newest) {
        // An agent closed it for that, and the customer may have written since.
        (Some(_), _) if link.leaving && state == LinkState::Ended => {}
        (Some(Status::Closed), Some(newest)) if is_unseen(draft, &newest, link, remote)? => {
            status::change(draft, ticket, Status::Open, Cause::Message(newest.id));
        }
        (Some(to), _) => match status::outranked(draft, ticket, system) {
            Some(by) => {
                let (system, status) = (system.clone(), remote.status.clone());
                draft.note(ticket.id, Note::Outranked { system, status, by });
            }
            None => status::change(draft, ticket, to, Cause::System(system)),
        },
        (None, _) => {}
    }
    if is_change {
        status_reply::of_system(draft, ticket, system, &remote.status)?;
    }
    Ok(())
}

/// Whether those who ended it cannot have seen the customer's newest message.
fn is_unseen(
    draft: &Draft<'_>,
    newest: &Message,
    link: &Link,
    remote: &RemoteTicket,
) -> Result<bool, Missing> {
    let is_visit = command::route(draft, &link.system).is_some_and(|route| route.desk().is_some());
    if is_visit {
        return Ok(visit::is_unseen(newest, link));
    }
    let said_there = newest.said_at() == Some(link.system.as_str());
    if said_there || newest.late || !newest.is_customers() {
        return Ok(false);
    }
    // Such clocks have whole seconds, so that within one nobody knows what came first.
    let after = remote
        .ended_at
        .is_some_and(|ended| ended.plus(WHOLE_SECOND) <= newest.arrived_at);
    Ok(after || command::is_on_its_way(draft, newest, &link.system)?)
}

/// A priority acts like a status.
fn see_priority(draft: &mut Draft<'_>, ticket: &mut Ticket, index: usize, observed: &Observed) {
    let Some(to) = observed.remote.priority else {
        return;
    };
    let known = ticket.links[index].priority.replace(to);
    if known == Some(to) {
        return;
    }
    let route = command::route(draft, &observed.system);
    // It may be what ours is called there.
    let agrees = |ours| route.is_some_and(|route| route.mapping.seen_priority(ours) == to);
    if agrees(ticket.priority) {
        return;
    }
    let from = std::mem::replace(&mut ticket.priority, to);
    if from != to {
        ticket.updated_at = draft.now;
        let system = observed.system.clone();
        draft.note(ticket.id, Note::Urgency { system, from, to });
    }
}

/// Labels that are put there or taken off there are so here, as far as the operator knows them.
fn see_labels(draft: &mut Draft<'_>, ticket: &mut Ticket, index: usize, observed: &Observed) {
    let Some(now) = &observed.remote.labels else {
        return;
    };
    let before = std::mem::replace(&mut ticket.links[index].labels, now.clone());
    let mapping = command::route(draft, &observed.system).map(|route| &route.mapping);
    // Several labels there may be one here.
    let stands = |names: &[String], ours: &str| {
        let mut names = names.iter();
        names.any(|name| mapping.and_then(|mapping| mapping.label_here(name)) == Some(ours))
    };
    let mut labels = ticket.labels.clone();
    for (id, name) in &draft.routes.labels {
        match (stands(&before, name), stands(now, name)) {
            (false, true) if !labels.contains(id) => labels.push(*id),
            (true, false) => labels.retain(|label| label != id),
            _ => {}
        }
    }
    if labels != ticket.labels {
        ticket.labels.clone_from(&labels);
        ticket.updated_at = draft.now;
        let system = observed.system.clone();
        draft.note(ticket.id, Note::Relabelled { system, labels });
    }
}

pub(super) fn see_details(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    observed: &Observed,
) {
    let remote = &observed.remote;
    let link = &mut ticket.links[index];
    link.reachable = remote.person.phone.is_some();
    let route = draft.routes.systems.get(&observed.system);
    let is_desk = route.is_some_and(|route| route.desk().is_some());
    let mut details = remote.details.clone();
    if observed.by == Observation::Told {
        // Who is told is told less than who asks.
        let untold = |(name, _): &&(String, String)| {
            let mut told = remote.details.iter();
            !told.any(|(other, _)| other == name)
        };
        details.extend(link.details.iter().filter(untold).cloned());
    }
    if link.details != details {
        link.details = details;
    }
    if link.fates != remote.fates {
        link.fates.clone_from(&remote.fates);
    }
    if link.assignee == remote.assignee {
        return;
    }
    link.assignee.clone_from(&remote.assignee);
    let Some(user) = &remote.assignee else {
        return;
    };
    let mut known = draft.routes.agents.iter();
    let is_them = |agent: &AgentRoute| is_desk && agent.qminder_user.as_ref() == Some(user);
    let agent = known.find(|(_, agent)| agent.active && is_them(agent));
    let Some((agent, _)) = agent else {
        return;
    };
    let (agent, assignee) = (*agent, Assignee::One(*agent));
    if draft.routes.works_for(agent, &ticket.brand) && ticket.assignee != assignee {
        ticket.assignee = assignee;
        ticket.updated_at = draft.now;
        let by = Some(ticket.links[index].system.clone());
        draft.note(ticket.id, Note::Assigned { agent, by });
        notify::tell(draft, ticket, News::Assigned);
    }
}
