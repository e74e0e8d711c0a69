//! What systems are told of our tickets: one look at each ticket that an event may have changed, whatever it was.

use crate::mapping::{Spoken, spoken};
use crate::model::{
    Command, Happening, Link, LinkState, Message, Said, Status, Ticket, Time, Visibility,
};

use super::command::{is_first_of_queue, refresh, route, send};
use super::draft::Draft;
use super::facts::Missing;
use super::fingerprint;
use super::hub;
use super::looping;
use super::recorded;
use super::routes::{DeskRoute, Role};
use super::thread;
use super::visit::{make_everywhere, visit_again};

/// How many of our own words a link remembers.
const MOST_SAID: usize = 32;

/// Sees to it that the systems which have a ticket, or should have it, hear what is new with it.
pub(super) fn follow(draft: &mut Draft<'_>) -> Result<(), Missing> {
    if draft.routes.systems.is_empty() || recorded::is_discarding(draft) {
        return Ok(());
    }
    for id in draft.drafted_tickets() {
        let Some(mut ticket) = draft.ticket(id)? else {
            continue;
        };
        let links = ticket.links.clone();
        thread::note_edits(draft, &mut ticket);
        if ticket.loop_since.is_some() {
            if ticket.links != links {
                draft.put_ticket(ticket);
            }
            continue;
        }
        let before = draft.facts.ticket(id).ok().flatten();
        let orders = draft.orders();
        if before.is_none() {
            let opening = ticket.opening;
            make_everywhere(draft, &mut ticket, opening)?;
        } else {
            visit_again(draft, &mut ticket, before.as_deref())?;
        }
        for index in 0..ticket.links.len() {
            follow_link(draft, &mut ticket, index, before.as_deref())?;
        }
        let was_told = draft.orders() != orders;
        if was_told && !is_catching_up(draft)? {
            looping::count(draft, &mut ticket);
        }
        if was_told || ticket.links != links {
            draft.put_ticket(ticket);
        }
    }
    Ok(())
}

/// Whether only the end of a call that brought something there makes room for more of what is said here already: nobody
/// has said anything new.
fn is_catching_up(draft: &Draft<'_>) -> Result<bool, Missing> {
    let settled = match &draft.event.what {
        Happening::Settled(settled) => settled,
        // What was to be said is written down.
        Happening::Withheld { .. } => return Ok(true),
        _ => return Ok(false),
    };
    let delivery = draft.readable(settled.delivery)?;
    Ok(delivery.is_some_and(|delivery| match delivery.command {
        Command::CreateTicket { .. }
        | Command::PushTicket(_)
        | Command::PostMessage
        | Command::PostEdit => true,
        // What stands there may be changed back and forth.
        Command::Reply(_)
        | Command::ReplaceRecord
        | Command::AddLabel(_)
        | Command::RemoveLabel(_)
        | Command::CancelTicket { .. }
        | Command::SendSms
        | Command::UpdateTicket => false,
    }))
}

fn follow_link(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    before: Option<&Ticket>,
) -> Result<(), Missing> {
    let link = &ticket.links[index];
    match link.state {
        LinkState::Wanted(by) => recorded::follow(draft, ticket, index, before, by),
        LinkState::Gone => Ok(()),
        LinkState::Waiting | LinkState::Attended | LinkState::Ended => {
            follow_there(draft, ticket, index, before)
        }
    }
}

/// What is new is told where the ticket is.
pub(super) fn follow_there(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    before: Option<&Ticket>,
) -> Result<(), Missing> {
    let Some(route) = route(draft, &ticket.links[index].system) else {
        return Ok(());
    };
    match &route.role {
        Role::Desk(desk) => follow_visit(draft, ticket, index, before, desk),
        Role::Helpdesk(_) => thread::follow(draft, ticket, index, before),
        Role::Hub => hub::follow(draft, ticket, index),
    }
}

fn follow_visit(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    before: Option<&Ticket>,
    desk: &DeskRoute,
) -> Result<(), Missing> {
    let link = ticket.links[index].clone();
    let was = before.and_then(|before| before.links.iter().find(|was| was.system == link.system));
    let is_new = match link.remote {
        Some(_) => before.is_some() && was.is_none_or(|was| was.remote != link.remote),
        // One that is only recorded has nothing beside it yet.
        None => link.record.is_none(),
    };
    let changed = before.is_some_and(|before| before.updated_at != ticket.updated_at);
    if is_new || changed {
        refresh(draft, ticket, index, Command::ReplaceRecord)?;
    }
    if !link.is_open() {
        return Ok(());
    }
    relabel(draft, ticket, index)?;
    if desk.sends_sms {
        for message in draft.new_messages(ticket.id) {
            send_sms(draft, ticket, index, &message)?;
        }
    }
    let closed_now =
        ticket.closed_by.is_some() && before.is_some_and(|before| before.status != Status::Closed);
    if desk.cancels_closed
        && closed_now
        && link.state == LinkState::Waiting
        && is_first_of_queue(draft, ticket, index)
    {
        let remote = link.remote.clone().unwrap_or_default();
        ticket.links[index].leaving = true;
        let message = ticket.opening;
        send(
            draft,
            ticket,
            &link.system,
            Command::CancelTicket { remote },
            message,
        )?;
    }
    Ok(())
}

/// Where a record stands beside the ticket, it is told anew, whether or not anything else of the ticket may be told now.
pub(super) fn renew_records(draft: &mut Draft<'_>, ticket: &mut Ticket) -> Result<(), Missing> {
    for index in 0..ticket.links.len() {
        let link = &ticket.links[index];
        let has_record = match link.state {
            LinkState::Waiting | LinkState::Attended | LinkState::Ended => link.record.is_some(),
            LinkState::Wanted(_) | LinkState::Gone => false,
        };
        let is_desk =
            route(draft, &link.system).is_some_and(|route| matches!(route.role, Role::Desk(_)));
        if has_record && is_desk {
            refresh(draft, ticket, index, Command::ReplaceRecord)?;
        }
    }
    Ok(())
}

/// Labels that clerks put there are theirs: only what we put there is taken off again.
fn relabel(draft: &mut Draft<'_>, ticket: &mut Ticket, index: usize) -> Result<(), Missing> {
    if !is_first_of_queue(draft, ticket, index) {
        return Ok(());
    }
    let Some(route) = route(draft, &ticket.links[index].system) else {
        return Ok(());
    };
    let names = ticket
        .labels
        .iter()
        .filter_map(|id| draft.routes.labels.get(id));
    let mut wanted: Vec<String> = Vec::new();
    for name in names.filter_map(|name| route.mapping.label_there(name)) {
        if !wanted.iter().any(|other| other == name) {
            wanted.push(name.to_owned());
        }
    }
    let there = std::mem::replace(&mut ticket.links[index].labels, wanted.clone());
    let (system, message) = (ticket.links[index].system.clone(), ticket.opening);
    for name in wanted.iter().filter(|name| !there.contains(name)) {
        let command = Command::AddLabel(name.clone());
        send(draft, ticket, &system, command, message)?;
    }
    for name in there.iter().filter(|name| !wanted.contains(name)) {
        let command = Command::RemoveLabel(name.clone());
        send(draft, ticket, &system, command, message)?;
    }
    Ok(())
}

fn send_sms(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    message: &Message,
) -> Result<(), Missing> {
    // What was said there is known there.
    let said_there = message.said_at() == Some(ticket.links[index].system.as_str());
    if message.is_customers()
        || said_there
        || !ticket.links[index].reachable
        || message.visibility != Visibility::Public
        || !is_first_of_queue(draft, ticket, index)
    {
        return Ok(());
    }
    let text = draft.text_of(message)?;
    let system = ticket.links[index].system.clone();
    let Some(route) = route(draft, &system) else {
        return Ok(());
    };
    let text = spoken(&route.mapping, message, &text, Spoken::New);
    let delivery = send(draft, ticket, &system, Command::SendSms, message.id)?;
    if recorded::is_kept(draft, &ticket.links[index]) {
        return Ok(());
    }
    remember(&mut ticket.links[index], delivery, &text, draft.now);
    Ok(())
}

/// What `delivery` says will be seen there.
pub(super) fn remember(link: &mut Link, delivery: crate::model::DeliveryId, text: &str, now: Time) {
    link.said.push(Said {
        delivery,
        text: fingerprint::of_text(text),
        until: None,
    });
    while link.said.len() > MOST_SAID {
        // What may still come is forgotten last.
        let is_over = |said: &Said| said.until.is_some_and(|until| until <= now);
        let is_known = |said: &Said| said.until.is_some();
        let over = link.said.iter().position(is_over);
        let oldest = over.or_else(|| link.said.iter().position(is_known));
        link.said.remove(oldest.unwrap_or(0));
    }
}
