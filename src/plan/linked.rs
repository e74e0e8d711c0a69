//! The beginning and the end of links: what was made at a system, what is one too many there, what is there no more.

use std::time::Duration;

use crate::model::{Command, Delivery, DeliveryState, Destination, LinkState, Ticket, TicketId};

use super::chain;
use super::command::{desk, send};
use super::draft::Draft;
use super::facts::Missing;
use super::outcome::Note;

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
    let Some(desk) = desk(draft, &delivery.system).cloned() else {
        return Ok(false);
    };
    let mut linked = false;
    for link in &mut ticket.links {
        if link.state == LinkState::Wanted(delivery.id) {
            link.state = LinkState::Waiting;
            link.remote = Some(remote.to_owned());
            link.since = draft.now;
            link.seen_at = draft.now;
            link.status.clone_from(&desk.new_status);
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

/// What was sent to the customer will be seen there for a while.
pub(super) fn said(draft: &mut Draft<'_>, delivery: &Delivery) -> Result<(), Missing> {
    if delivery.state.is_pending() {
        return Ok(());
    }
    let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
        return Ok(());
    };
    let until = draft.now.plus(ECHO_TIME);
    for said in ticket.links.iter_mut().flat_map(|link| &mut link.said) {
        if said.delivery == delivery.id {
            said.until = Some(until);
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
    let queue = desk(draft, system).map(|desk| desk.queue.clone());
    let routes = draft.routes;
    let (mut gone, mut is_earlier) = (false, false);
    for link in &mut ticket.links {
        if link.system == system && link.earlier.as_deref() == Some(remote) {
            link.earlier = None;
            link.earlier_unheard = false;
            (gone, is_earlier) = (true, true);
            continue;
        }
        let same_queue = routes
            .systems
            .get(&link.system)
            .and_then(|route| route.desk.as_ref())
            .map(|desk| &desk.queue)
            == queue.as_ref();
        let is_it = link.remote.as_deref() == Some(remote) && (link.system == system || same_queue);
        if is_it && link.state != LinkState::Gone {
            link.state = LinkState::Gone;
            gone = true;
        }
    }
    if gone {
        // What waits is for the visit after an earlier one.
        if !is_earlier {
            call_off(draft, ticket.id, system)?;
        }
        let (system, remote) = (system.to_owned(), remote.to_owned());
        draft.note(ticket.id, Note::Vanished { system, remote });
        draft.put_ticket(ticket);
    }
    Ok(gone)
}

/// What still waits for a ticket that is not there any more is never sent.
fn call_off(draft: &mut Draft<'_>, ticket: TicketId, system: &str) -> Result<(), Missing> {
    let to = Destination::System(system.to_owned());
    let Some(lane) = draft.facts.lane_to(&to)? else {
        return Ok(());
    };
    for id in draft.facts.chain(lane, ticket)? {
        let waiting = draft.readable(id)?.filter(|delivery| {
            let is_at_rest = matches!(
                delivery.state,
                DeliveryState::Waiting | DeliveryState::Due { .. }
            );
            is_at_rest && !matches!(delivery.command, Command::CreateTicket { .. })
        });
        if let Some(mut delivery) = waiting {
            delivery.state = DeliveryState::Cancelled { at: draft.now };
            draft.put_delivery(delivery);
        }
    }
    chain::rest(draft, lane)
}
