//! What is done anew at a system, because a comparison found that it is not so there.

use crate::mapping::{Spoken, spoken};
use crate::model::{Command, LinkState, Mend, MessageId, Ticket, TicketId};

use super::command::{refresh, route, send};
use super::draft::Draft;
use super::facts::Missing;
use super::mirror::remember;
use super::outcome::{Answer, Note, Refusal};
use super::visit;

pub(super) fn ordered(
    draft: &mut Draft<'_>,
    id: TicketId,
    system: &str,
    what: &Mend,
) -> Result<Answer, Missing> {
    let Some(mut ticket) = draft.ticket(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    if route(draft, system).is_none() {
        return Ok(Answer::Refused(Refusal::NotFound("system")));
    }
    if ticket.loop_since.is_some() {
        return Ok(refused(format!(
            "ticket {id} changed implausibly often and is not mirrored; release it first"
        )));
    }
    let is_done = match what {
        Mend::Ticket => make(draft, &mut ticket, system)?,
        Mend::Record
        | Mend::State
        | Mend::Label(_)
        | Mend::Message { .. }
        | Mend::Surplus { .. } => at_link(draft, &mut ticket, system, what)?,
    };
    if !is_done {
        return Ok(refused(format!(
            "{what} of ticket {id} at {system} is not as it was found any more"
        )));
    }
    draft.put_ticket(ticket);
    let note = Note::Mended {
        system: system.to_owned(),
        what: what.clone(),
    };
    draft.note(id, note);
    Ok(Answer::Done(format!(
        "{what} of ticket {id} is mended at {system}"
    )))
}

/// A ticket there, where none was made, or where what was to make it was called off.
fn make(draft: &mut Draft<'_>, ticket: &mut Ticket, system: &str) -> Result<bool, Missing> {
    let Some(index) = ticket.links.iter().position(|link| link.system == system) else {
        let (links, opening) = (ticket.links.len(), ticket.opening);
        visit::make_at(draft, ticket, system, opening)?;
        return Ok(ticket.links.len() > links);
    };
    let (state, message) = (ticket.links[index].state, ticket.links[index].told);
    let LinkState::Wanted(by) = state else {
        return Ok(false);
    };
    let is_pending = draft
        .readable(by)?
        .is_some_and(|delivery| delivery.state.is_pending());
    let Some(role) = route(draft, system).map(|route| &route.role) else {
        return Ok(false);
    };
    if is_pending {
        return Ok(false);
    }
    let Some(command) = visit::making(draft, ticket, system, role, message)? else {
        return Ok(false);
    };
    let by = send(draft, ticket, system, command, message)?;
    for link in ticket.links.iter_mut().filter(|link| link.state == state) {
        link.state = LinkState::Wanted(by);
        link.since = draft.now;
    }
    Ok(true)
}

fn at_link(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    system: &str,
    what: &Mend,
) -> Result<bool, Missing> {
    let mut links = ticket.links.iter();
    let Some(index) = links.position(|link| link.system == system) else {
        return Ok(false);
    };
    let (state, opening) = (ticket.links[index].state, ticket.opening);
    let is_there = !matches!(state, LinkState::Wanted(_) | LinkState::Gone);
    match what {
        Mend::Surplus { remote } if ticket.links[index].remote.as_ref() == Some(remote) => {
            return Ok(false);
        }
        Mend::Surplus { remote } => {
            let remote = remote.clone();
            send(
                draft,
                ticket,
                system,
                Command::CancelTicket { remote },
                opening,
            )?;
            return Ok(true);
        }
        _ if !is_there => return Ok(false),
        Mend::Ticket => return Ok(false),
        Mend::Record => refresh(draft, ticket, index, Command::ReplaceRecord)?,
        Mend::State => refresh(draft, ticket, index, Command::UpdateTicket)?,
        Mend::Label(name) => {
            let command = Command::AddLabel(name.clone());
            send(draft, ticket, system, command, opening)?;
        }
        Mend::Message { message, edit } => return post(draft, ticket, index, *message, *edit),
    }
    Ok(true)
}

fn post(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    message: MessageId,
    edit: bool,
) -> Result<bool, Missing> {
    let Some(message) = draft.message(ticket.id, message)? else {
        return Ok(false);
    };
    let text = draft.text_of(&message)?;
    if text.trim().is_empty() {
        return Ok(false);
    }
    let command = match edit {
        true => Command::PostEdit,
        false => Command::PostMessage,
    };
    let system = ticket.links[index].system.clone();
    let Some(route) = route(draft, &system) else {
        return Ok(false);
    };
    let delivery = send(draft, ticket, &system, command, message.id)?;
    let text = spoken(&route.mapping, &message, &text, Spoken::edit(edit));
    remember(&mut ticket.links[index], delivery, &text, draft.now);
    Ok(true)
}

fn refused(why: String) -> Answer {
    Answer::Refused(Refusal::NotNow(why))
}
