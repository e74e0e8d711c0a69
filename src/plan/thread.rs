//! Systems where a ticket is a thread: each message of ours is added there once, in order, and the ticket stands where
//! ours stands.

use crate::mapping::{Spoken, spoken};
use crate::model::{Command, Link, Message, Ticket, Visibility};

use super::backlog::{Brought, catch_up};
use super::command::{came_from, is_first_of_queue, refresh, route, send, share_queue};
use super::draft::Draft;
use super::facts::Missing;
use super::mirror::remember;
use super::outcome::Note;
use super::recorded;
use super::routes::Role;

/// So many of our messages are on their way to a thread at a time: each is remembered until it is known which one of
/// those there it became.
const MOST_ON_THEIR_WAY: usize = 16;

pub(super) fn follow(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    before: Option<&Ticket>,
) -> Result<(), Missing> {
    if !is_first_of_queue(draft, ticket, index) {
        return Ok(());
    }
    tell_late(draft, ticket, index)?;
    catch_up(draft, ticket, index, |draft, ticket, message| {
        tell(draft, ticket, index, message, Command::PostMessage)
    })?;
    // Where the first of them is configured no more, the next goes on from there.
    let link = ticket.links[index].clone();
    for other in ticket.links.iter_mut().skip(index + 1) {
        if other.remote == link.remote && share_queue(draft, &other.system, &link.system) {
            other.told = link.told;
            other.untold.clone_from(&link.untold);
            other.unedited.clone_from(&link.unedited);
        }
    }
    stand(draft, ticket, index, before)
}

/// Remembers of messages that were brought there and say something else since. Whether it can be told now is another
/// question: the ticket there may not be made yet, or be mirrored no more for now.
pub(super) fn note_edits(draft: &Draft<'_>, ticket: &mut Ticket) {
    let revised = draft.revised_messages(ticket.id);
    for link in &mut ticket.links {
        let route = route(draft, &link.system);
        if !route.is_some_and(|route| matches!(route.role, Role::Helpdesk(_))) {
            continue;
        }
        for message in revised.iter().filter(|message| message.id <= link.told) {
            if !link.unedited.contains(&message.id) {
                link.unedited.push(message.id);
            }
        }
    }
}

/// What should have been told before.
fn tell_late(draft: &mut Draft<'_>, ticket: &mut Ticket, index: usize) -> Result<(), Missing> {
    while let Some(id) = ticket.links[index].untold.first().copied() {
        if let Some(message) = draft.message(ticket.id, id)?
            && tell(draft, ticket, index, &message, Command::PostMessage)? == Brought::NoRoom
        {
            return Ok(());
        }
        let link = &mut ticket.links[index];
        link.untold.retain(|other| *other != id);
        // It says what it says now.
        link.unedited.retain(|other| *other != id);
    }
    while let Some(id) = ticket.links[index].unedited.first().copied() {
        if let Some(message) = draft.message(ticket.id, id)?
            && tell(draft, ticket, index, &message, Command::PostEdit)? == Brought::NoRoom
        {
            return Ok(());
        }
        ticket.links[index].unedited.retain(|other| *other != id);
    }
    Ok(())
}

/// Whether people at the link's system are to read `message`, and it is not there already.
fn is_for(draft: &Draft<'_>, link: &Link, message: &Message) -> bool {
    let shows_internal = route(draft, &link.system).is_some_and(|route| route.shows_internal);
    let is_shown = message.visibility == Visibility::Public || shows_internal;
    is_shown && !message.is_forgotten() && !came_from(draft, message, &link.system)
}

/// Whether one more message may be on its way.
fn has_room(draft: &Draft<'_>, link: &mut Link) -> Result<bool, Missing> {
    let on_their_way = |link: &Link| {
        let open = link.said.iter().filter(|said| said.until.is_none());
        open.count()
    };
    if on_their_way(link) < MOST_ON_THEIR_WAY {
        return Ok(true);
    }
    // One whose record could not be read has left without a word.
    let mut pending = Vec::new();
    for said in &link.said {
        let delivery = draft.readable(said.delivery)?;
        if said.until.is_some() || delivery.is_some_and(|delivery| delivery.state.is_pending()) {
            pending.push(said.clone());
        }
    }
    link.said = pending;
    Ok(on_their_way(link) < MOST_ON_THEIR_WAY)
}

/// `how`: as a message, or as an edit of one that is there.
fn tell(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    message: &Message,
    how: Command,
) -> Result<Brought, Missing> {
    if !is_for(draft, &ticket.links[index], message) {
        return Ok(Brought::NotForIt);
    }
    let text = draft.text_of(message)?;
    let system = ticket.links[index].system.clone();
    if text.trim().is_empty() {
        let message = message.id;
        draft.note(ticket.id, Note::Unsaid { system, message });
        return Ok(Brought::NotForIt);
    }
    // What is not sent yet is remembered once it is.
    if recorded::is_kept(draft, &ticket.links[index]) {
        send(draft, ticket, &system, how, message.id)?;
        return Ok(Brought::Sent);
    }
    if !has_room(draft, &mut ticket.links[index])? {
        return Ok(Brought::NoRoom);
    }
    let Some(route) = route(draft, &system) else {
        return Ok(Brought::NotForIt);
    };
    let text = spoken(
        &route.mapping,
        message,
        &text,
        Spoken::edit(how == Command::PostEdit),
    );
    let delivery = send(draft, ticket, &system, how, message.id)?;
    remember(&mut ticket.links[index], delivery, &text, draft.now);
    Ok(Brought::Sent)
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
    let mapping = &route.mapping;
    let is_known = mapping.meaning(&link.status).is_some();
    let agrees = mapping.agrees(ticket.status, &link.status);
    // In a word that is not known, it stands where somebody there wants it, until somebody here wants something else.
    let is_moved = before.is_some_and(|before| before.status != ticket.status)
        && !is_known
        && !agrees
        && !link.status.is_empty();
    let priority = mapping.seen_priority(ticket.priority);
    let differs =
        (is_known && !agrees) || link.priority.is_some_and(|there| there != priority) || is_moved;
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
