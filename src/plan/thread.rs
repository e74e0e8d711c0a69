//! Systems where a ticket is a thread: each message of ours is added there once, in order, and the ticket stands where
//! ours stands.

use crate::model::{Command, Link, Message, Ticket, Visibility, relayed_text};

use super::command::{is_first_of_queue, refresh, route, send, share_queue};
use super::draft::Draft;
use super::facts::Missing;
use super::mirror::remember;
use super::outcome::Note;

pub(super) fn follow(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    before: Option<&Ticket>,
) -> Result<(), Missing> {
    if !is_first_of_queue(draft, ticket, index) {
        return Ok(());
    }
    let told = ticket.links[index].told;
    for message in draft.revised_messages(ticket.id) {
        if message.id <= told {
            tell_edit(draft, ticket, index, &message)?;
        }
    }
    for message in draft.messages_after(ticket.id, told)? {
        tell(draft, ticket, index, &message)?;
        ticket.links[index].told = message.id;
    }
    stand(draft, ticket, index, before)
}

/// Whether people at the link's system are to read `message`, and it is not there already.
fn is_for(draft: &Draft<'_>, link: &Link, message: &Message) -> bool {
    let came_from_there = message
        .provider
        .as_ref()
        .is_some_and(|provider| share_queue(draft, provider, &link.system));
    let shows_internal = route(draft, &link.system).is_some_and(|route| route.shows_internal);
    !came_from_there && (message.visibility == Visibility::Public || shows_internal)
}

fn tell(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    message: &Message,
) -> Result<(), Missing> {
    if !is_for(draft, &ticket.links[index], message) {
        return Ok(());
    }
    let text = draft.text_of(message)?;
    let system = ticket.links[index].system.clone();
    if text.trim().is_empty() {
        let message = message.id;
        draft.note(ticket.id, Note::Unsaid { system, message });
        return Ok(());
    }
    let delivery = send(draft, ticket, &system, Command::PostMessage, message.id)?;
    let text = relayed_text(message, &text, false);
    remember(&mut ticket.links[index], delivery, &text);
    Ok(())
}

fn tell_edit(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    message: &Message,
) -> Result<(), Missing> {
    if !is_for(draft, &ticket.links[index], message) {
        return Ok(());
    }
    let text = draft.text_of(message)?;
    let system = ticket.links[index].system.clone();
    let delivery = send(draft, ticket, &system, Command::PostEdit, message.id)?;
    let text = relayed_text(message, &text, true);
    remember(&mut ticket.links[index], delivery, &text);
    Ok(())
}

/// Where ours stands and how urgent it is, where that changed or is not known to be so there.
fn stand(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    before: Option<&Ticket>,
) -> Result<(), Missing> {
    let link = &ticket.links[index];
    let Some(route) = route(draft, &link.system) else {
        return Ok(());
    };
    let there = route.statuses.get(&link.status).copied();
    // In a word that is not known, it stands where somebody there wants it.
    let differs = there.is_some_and(|there| there != ticket.status)
        || link.priority.is_some_and(|there| there != ticket.priority);
    let was = before.map(|before| (before.status, before.priority));
    let changed = was != Some((ticket.status, ticket.priority));
    let known = link.record;
    let is_pending = match known {
        Some(id) => draft
            .readable(id)?
            .is_some_and(|delivery| delivery.state.is_pending()),
        None => false,
    };
    if (differs && !is_pending) || (changed && is_pending) {
        refresh(draft, ticket, index, Command::UpdateTicket)?;
    }
    Ok(())
}
