//! The beginning and the end of links: what was made at a system, what is one too many there, what is there no more.

use std::time::Duration;

use crate::mapping::{Spoken, spoken};
use crate::model::{
    Command, DeadReason, Delivery, DeliveryState, Destination, Happening, Link, LinkState, Said,
    Status, Ticket, TicketId, Time,
};

use super::chain;
use super::command::{route, send, share_queue};
use super::draft::Draft;
use super::facts::Missing;
use super::mirror;
use super::outcome::Note;
use super::routes::Role;

/// So long after it was sent, our own text that is seen at a system is taken for an echo.
const ECHO_TIME: Duration = Duration::from_secs(10 * 60);

/// The ticket that `delivery` was to make at a system is there. Says whether it is the one that stands for ours from
/// now on; another one that does already leaves this one as one too many.
pub(super) fn made(
    draft: &mut Draft<'_>,
    delivery: &Delivery,
    remote: &str,
) -> Result<bool, Missing> {
    let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
        return Ok(false);
    };
    let Some(route) = route(draft, &delivery.system) else {
        return Ok(false);
    };
    let mut linked = false;
    for link in &mut ticket.links {
        if link.state == LinkState::Wanted(delivery.id) {
            link.state = LinkState::Waiting;
            link.remote = Some(remote.to_owned());
            link.since = draft.now;
            link.seen_at = draft.now;
            link.status.clone_from(&route.new_status);
            link.priority = matches!(route.role, Role::Helpdesk(_)).then_some(ticket.priority);
            linked = true;
        }
    }
    if linked {
        let (system, remote) = (delivery.system.clone(), remote.to_owned());
        draft.note(ticket.id, Note::Linked { system, remote });
        draft.put_ticket(ticket);
        return Ok(true);
    }
    one_too_many(draft, ticket, &delivery.system, remote)?;
    Ok(false)
}

/// A call whose answer was lost landed after all: of two tickets there that stand for one here, the one that is not
/// linked is taken out of the queue.
fn one_too_many(
    draft: &mut Draft<'_>,
    mut ticket: Box<Ticket>,
    system: &str,
    remote: &str,
) -> Result<(), Missing> {
    let Some(link) = ticket.links.iter_mut().find(|link| link.system == system) else {
        return Ok(());
    };
    let known =
        link.remote.as_deref() == Some(remote) || link.surplus.iter().any(|one| one == remote);
    if known {
        return Ok(());
    }
    link.surplus.push(remote.to_owned());
    let (of, remote) = (system.to_owned(), remote.to_owned());
    let note = Note::Surplus {
        system: of,
        remote: remote.clone(),
    };
    draft.note(ticket.id, note);
    let opening = ticket.opening;
    send(
        draft,
        &ticket,
        system,
        Command::CancelTicket { remote },
        opening,
    )?;
    draft.put_ticket(ticket);
    Ok(())
}

/// What ended with this event, in whichever way, will be seen there for a while if it may have arrived, and never else.
pub(super) fn end_said(draft: &mut Draft<'_>) -> Result<(), Missing> {
    let is_said = |delivery: &&Delivery| {
        let command = &delivery.command;
        let is_said = matches!(
            command,
            Command::SendSms | Command::PostMessage | Command::PostEdit
        );
        is_said && !delivery.state.is_pending()
    };
    let ended: Vec<Delivery> = draft.touched().filter(is_said).cloned().collect();
    for delivery in ended {
        let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
            continue;
        };
        let until = draft.now.plus(ECHO_TIME);
        let may_have_arrived = may_have_arrived(draft, &delivery);
        for link in &mut ticket.links {
            let is_it = |said: &Said| said.delivery == delivery.id && said.until.is_none();
            if may_have_arrived {
                let mut said = link.said.iter_mut();
                if let Some(said) = said.find(|said| is_it(said)) {
                    said.until = Some(until);
                }
            } else {
                link.said.retain(|said| !is_it(said));
            }
        }
        draft.put_ticket(ticket);
    }
    Ok(())
}

/// Whether a call of `delivery`, which has ended, may have arrived.
fn may_have_arrived(draft: &Draft<'_>, delivery: &Delivery) -> bool {
    let before = draft.facts.delivery(delivery.id).ok().flatten();
    let was_under_way =
        before.is_some_and(|before| matches!(before.state, DeliveryState::Started { .. }));
    let is_known_to_have_ended = matches!(draft.event.what, Happening::Settled(_));
    matches!(delivery.state, DeliveryState::Delivered { .. })
        || delivery.in_doubt_since.is_some()
        || (was_under_way && !is_known_to_have_ended)
}

/// A call of `delivery` begins: what it says will be seen there, also where it was given up on once.
pub(super) fn will_be_seen(
    draft: &Draft<'_>,
    ticket: &mut Ticket,
    delivery: &Delivery,
) -> Result<bool, Missing> {
    let mut links = ticket.links.iter_mut();
    let Some(link) = links.find(|link| link.system == delivery.system) else {
        return Ok(false);
    };
    let mut said = link.said.iter_mut();
    if let Some(said) = said.find(|said| said.delivery == delivery.id) {
        return Ok(said.until.take().is_some());
    }
    let Some(message) = draft.message(ticket.id, delivery.message)? else {
        return Ok(false);
    };
    let text = if message.revision == delivery.revision {
        draft.text_of(&message)?
    } else {
        let text = draft.facts.text(message.id, delivery.revision)?;
        text.unwrap_or_default()
    };
    let Some(mapping) = draft.routes.mapping_of(delivery) else {
        return Ok(false);
    };
    let how = Spoken::edit(delivery.command == Command::PostEdit);
    let text = spoken(mapping, &message, &text, how);
    mirror::remember(link, delivery.id, &text, draft.now);
    Ok(true)
}

/// A message became a ticket at a hub. Where an earlier call made it, its number there is not known.
pub(super) fn pushed(
    draft: &mut Draft<'_>,
    delivery: &Delivery,
    remote: Option<&str>,
) -> Result<(), Missing> {
    let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
        return Ok(());
    };
    let wanted = |link: &&mut Link| link.state == LinkState::Wanted(delivery.id);
    if let Some(link) = ticket.links.iter_mut().find(wanted) {
        link.state = LinkState::Waiting;
        link.remote = remote.map(str::to_owned);
        link.since = draft.now;
        link.seen_at = draft.now;
        if let Some(route) = route(draft, &delivery.system) {
            link.status.clone_from(&route.new_status);
        }
        let (system, remote) = (link.system.clone(), remote.unwrap_or_default().to_owned());
        draft.note(ticket.id, Note::Linked { system, remote });
    }
    draft.put_ticket(ticket);
    Ok(())
}

/// What `delivery` added to a thread has this number there.
pub(super) fn posted(
    draft: &mut Draft<'_>,
    delivery: &Delivery,
    number: &str,
) -> Result<(), Missing> {
    let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
        return Ok(());
    };
    for link in &mut ticket.links {
        if share_queue(draft, &link.system, &delivery.system) {
            link.said.retain(|said| said.delivery != delivery.id);
            if !link.heard.iter().any(|heard| heard == number) {
                link.heard.push(number.to_owned());
            }
        }
    }
    draft.put_ticket(ticket);
    Ok(())
}

/// `delivery` let the system's ticket stand where ours stands.
pub(super) fn updated(draft: &mut Draft<'_>, delivery: &Delivery) -> Result<(), Missing> {
    let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
        return Ok(());
    };
    let Some(route) = route(draft, &delivery.system) else {
        return Ok(());
    };
    let mapping = draft.routes.mapping_of(delivery).unwrap_or(&route.mapping);
    let word = mapping.word(ticket.status);
    let priority = mapping.seen_priority(ticket.priority);
    let state = match ticket.status {
        Status::Open => LinkState::Waiting,
        Status::InProgress | Status::OnHold => LinkState::Attended,
        Status::Closed => LinkState::Ended,
    };
    for link in &mut ticket.links {
        let is_there = !matches!(link.state, LinkState::Wanted(_) | LinkState::Gone);
        if is_there && share_queue(draft, &link.system, &delivery.system) {
            if let Some(word) = word {
                word.clone_into(&mut link.status);
            }
            link.state = state;
            link.priority = Some(priority);
            link.seen_at = draft.now;
        }
    }
    draft.put_ticket(ticket);
    Ok(())
}

/// A ticket was deleted at its system: nothing is sent there any more, and none is made anew by itself.
pub(super) fn vanished(
    draft: &mut Draft<'_>,
    ticket: TicketId,
    system: &str,
    remote: &str,
) -> Result<bool, Missing> {
    let Some(mut ticket) = draft.ticket(ticket)? else {
        return Ok(false);
    };
    let (mut gone, mut is_earlier) = (false, false);
    for link in &mut ticket.links {
        if link.system == system && link.earlier.as_deref() == Some(remote) {
            link.earlier = None;
            link.earlier_unheard = false;
            (gone, is_earlier) = (true, true);
            continue;
        }
        let is_it =
            link.remote.as_deref() == Some(remote) && share_queue(draft, &link.system, system);
        if is_it && link.state != LinkState::Gone {
            link.state = LinkState::Gone;
            gone = true;
        }
    }
    if gone {
        // What waits is for the visit after an earlier one.
        if !is_earlier {
            for delivery in call_off(draft, ticket.id, system)? {
                keep_untold(draft, &mut ticket, &delivery);
            }
        }
        let (system, remote) = (system.to_owned(), remote.to_owned());
        draft.note(ticket.id, Note::Vanished { system, remote });
        draft.put_ticket(ticket);
    }
    Ok(gone)
}

/// What becomes of a delivery to a ticket that is out of sight. A message that may have been added before is a dead
/// letter: when it is tried again, it is looked for first.
pub(super) fn out_of_sight(delivery: &Delivery, at: Time) -> DeliveryState {
    let is_message = matches!(delivery.command, Command::PostMessage | Command::PostEdit);
    if !is_message || delivery.in_doubt_since.is_none() {
        return DeliveryState::Cancelled { at };
    }
    let reason = "the ticket there is out of sight, and nobody knows whether it has this: retry once it is seen again";
    DeliveryState::Dead {
        at,
        reason: DeadReason::Rejected(reason.to_owned()),
    }
}

/// What was not brought to a ticket that is out of sight is brought there once that is seen again.
pub(super) fn keep_untold(draft: &Draft<'_>, ticket: &mut Ticket, delivery: &Delivery) {
    if delivery.in_doubt_since.is_some() {
        return;
    }
    for link in &mut ticket.links {
        if !share_queue(draft, &link.system, &delivery.system) {
            continue;
        }
        let kept = match delivery.command {
            Command::PostMessage => &mut link.untold,
            Command::PostEdit => &mut link.unedited,
            _ => continue,
        };
        if let Err(place) = kept.binary_search(&delivery.message) {
            kept.insert(place, delivery.message);
        }
    }
}

/// What still waits for a ticket that is not there any more is not sent. Gives that.
fn call_off(
    draft: &mut Draft<'_>,
    ticket: TicketId,
    system: &str,
) -> Result<Vec<Delivery>, Missing> {
    let to = Destination::System(system.to_owned());
    let mut called_off = Vec::new();
    let Some(lane) = draft.facts.lane_to(&to)? else {
        return Ok(called_off);
    };
    for id in draft.facts.chain(lane, ticket)? {
        let waiting = draft.readable(id)?.filter(|delivery| {
            let is_at_rest = matches!(
                delivery.state,
                DeliveryState::Waiting | DeliveryState::Due { .. }
            );
            let makes = matches!(
                delivery.command,
                Command::CreateTicket { .. } | Command::PushTicket(_)
            );
            is_at_rest && !makes
        });
        if let Some(mut delivery) = waiting {
            delivery.state = out_of_sight(&delivery, draft.now);
            called_off.push(delivery.as_ref().clone());
            draft.put_delivery(delivery);
        }
    }
    chain::rest(draft, lane)?;
    Ok(called_off)
}
