//! What is planned for a system in dry-run mode: written down in its chain as if it were to be sent, kept until a person
//! says what becomes of it, and with it everything that would follow if it had been sent.

use crate::model::{
    Command, Delivery, DeliveryId, DeliveryState, Happening, Link, LinkState, OperatorOrder, Ticket,
};

use super::chain;
use super::command::route;
use super::draft::Draft;
use super::facts::Missing;
use super::mirror::follow_there;
use super::operator::order;
use super::outcome::{Answer, Note, Refusal};
use super::pause;
use super::routes::Role;

/// Writes `delivery` down instead of having it sent.
pub(super) fn keep(draft: &mut Draft<'_>, mut delivery: Box<Delivery>) {
    delivery.recorded_at = Some(draft.now);
    delivery.state = DeliveryState::Recorded { at: draft.now };
    draft.put_delivery(delivery);
}

/// Whether what is told by way of `link` is kept for now, so that nothing of it will be seen there soon.
pub(super) fn is_kept(draft: &Draft<'_>, link: &Link) -> bool {
    draft.routes.is_dry_run(&link.system) || link.remote.is_none()
}

/// Whether this event discards what was recorded: that is no news to tell.
pub(super) fn is_discarding(draft: &Draft<'_>) -> bool {
    matches!(
        draft.event.what,
        Happening::Ordered(OperatorOrder::ReleaseRecorded { send: false, .. })
    )
}

/// A delivery was planned while its system was live, and is not to be sent now.
pub(super) fn withheld(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    begun: bool,
) -> Result<Answer, Missing> {
    let Some(delivery) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    let is_at_rest = match delivery.state {
        DeliveryState::Waiting | DeliveryState::Due { .. } => true,
        DeliveryState::Started { .. } => begun,
        DeliveryState::Recorded { .. }
        | DeliveryState::Held { .. }
        | DeliveryState::Delivered { .. }
        | DeliveryState::Dead { .. }
        | DeliveryState::Cancelled { .. } => false,
    };
    if !is_at_rest {
        return Ok(Answer::Refused(Refusal::Stale));
    }
    let lane = delivery.lane;
    if delivery.reply().is_none()
        && let Some(mut ticket) = draft.ticket(delivery.ticket)?
    {
        // Nothing of it will be seen there for now.
        if delivery.in_doubt_since.is_none() {
            for link in &mut ticket.links {
                link.said.retain(|said| said.delivery != id);
            }
        }
        // What would follow is written down, too.
        draft.put_ticket(ticket);
    }
    keep(draft, delivery);
    // Nobody calls the system now, so nobody would find out whether its trouble is over.
    if let Some(mut lane) = draft.lane(lane)? {
        pause::end(draft, &mut lane);
        draft.put_lane(lane);
    }
    chain::rest(draft, lane)?;
    Ok(Answer::Done(format!("delivery {id} is recorded")))
}

/// What would follow if the ticket that `by` is to make were made already; nothing while that is on its way.
pub(super) fn follow(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    before: Option<&Ticket>,
    by: DeliveryId,
) -> Result<(), Missing> {
    let making = draft.readable(by)?;
    let Some(making) =
        making.filter(|making| matches!(making.state, DeliveryState::Recorded { .. }))
    else {
        return Ok(());
    };
    let system = ticket.links[index].system.clone();
    // What shares the ticket and is live hears of it once it is there.
    if making.system != system && !draft.routes.is_dry_run(&system) {
        return Ok(());
    }
    let Some(route) = route(draft, &system) else {
        return Ok(());
    };
    let priority = ticket.priority;
    let link = &mut ticket.links[index];
    if link.status.is_empty() {
        link.status.clone_from(&route.new_status);
    }
    if matches!(route.role, Role::Helpdesk(_)) {
        link.priority.get_or_insert(priority);
    }
    link.state = LinkState::Waiting;
    follow_there(draft, ticket, index, before)?;
    ticket.links[index].state = LinkState::Wanted(by);
    Ok(())
}

/// A person decides about what was recorded: it takes its place in its chain again, or is never sent.
pub(super) fn release(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    send: bool,
) -> Result<Answer, Missing> {
    let Some(before) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    let DeliveryState::Recorded { at } = before.state else {
        return Ok(Answer::Refused(Refusal::Stale));
    };
    let mut delivery = before.clone();
    if !send {
        delivery.state = DeliveryState::Cancelled { at: draft.now };
        order(draft, &delivery, "discard what was recorded");
        forget_label(draft, &delivery)?;
        draft.put_delivery(delivery);
        chain::leave(draft, &before)?;
        return Ok(Answer::Done(format!("delivery {id} is discarded")));
    }
    let system = &before.system;
    match route(draft, system) {
        None => return Ok(Answer::Refused(Refusal::NotFound("system"))),
        Some(route) if route.is_dry_run => {
            let why = format!("system {system} is in dry-run mode: set `mode = \"live\"` first");
            return Ok(Answer::Refused(Refusal::NotNow(why)));
        }
        Some(_) => {}
    }
    delivery.age_from = draft.now;
    delivery.attempts = 0;
    order(draft, &delivery, "send what was recorded");
    // What was planned since, and waits behind it, was held as well.
    if let Some(mut lane) = draft.lane(delivery.lane)?
        && lane.resumed_at.is_none_or(|resumed| resumed < at)
    {
        lane.resumed_at = Some(draft.now);
        draft.put_lane(lane);
    }
    if is_next(draft, &delivery)? {
        let (lane, now) = (delivery.lane, draft.now);
        delivery.state = DeliveryState::Due { at: now };
        draft.put_delivery(delivery);
        chain::wake(draft, lane, now)?;
    } else {
        delivery.state = DeliveryState::Waiting;
        draft.put_delivery(delivery);
    }
    Ok(Answer::Done(format!("delivery {id} is to be sent")))
}

/// A label that is not put there, or not taken off, is there or not as it was before.
fn forget_label(draft: &mut Draft<'_>, delivery: &Delivery) -> Result<(), Missing> {
    let (name, is_there) = match &delivery.command {
        Command::AddLabel(name) => (name, false),
        Command::RemoveLabel(name) => (name, true),
        _ => return Ok(()),
    };
    let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
        return Ok(());
    };
    let mut links = ticket.links.iter_mut();
    if let Some(link) = links.find(|link| link.system == delivery.system) {
        link.labels.retain(|label| label != name);
        if is_there {
            link.labels.push(name.clone());
        }
    }
    draft.put_ticket(ticket);
    Ok(())
}

/// Whether nothing of its chain goes before `delivery`.
fn is_next(draft: &Draft<'_>, delivery: &Delivery) -> Result<bool, Missing> {
    let chain = draft.facts.chain(delivery.lane, delivery.ticket)?;
    for id in chain.into_iter().filter(|id| *id != delivery.id) {
        let Some(other) = draft.readable(id)? else {
            continue;
        };
        let goes_before = match other.state {
            DeliveryState::Due { .. }
            | DeliveryState::Started { .. }
            | DeliveryState::Held { .. } => true,
            DeliveryState::Recorded { .. } => id < delivery.id,
            DeliveryState::Waiting
            | DeliveryState::Delivered { .. }
            | DeliveryState::Dead { .. }
            | DeliveryState::Cancelled { .. } => false,
        };
        if goes_before {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Where what was to make a ticket is given up, everything that was recorded as if it were there is as if it had not
/// been: it is told anew if the ticket is made after all.
pub(super) fn end_unmade(draft: &mut Draft<'_>) -> Result<(), Missing> {
    let is_unmade = |delivery: &&Delivery| {
        let is_over = match delivery.state {
            DeliveryState::Dead { .. } | DeliveryState::Cancelled { .. } => true,
            DeliveryState::Waiting
            | DeliveryState::Due { .. }
            | DeliveryState::Started { .. }
            | DeliveryState::Recorded { .. }
            | DeliveryState::Held { .. }
            | DeliveryState::Delivered { .. } => false,
        };
        is_over && delivery.command.is_making()
    };
    let unmade: Vec<Delivery> = draft.touched().filter(is_unmade).cloned().collect();
    for delivery in unmade {
        let Some(mut ticket) = draft.ticket(delivery.ticket)? else {
            continue;
        };
        let links = ticket.links.iter_mut();
        let wanted = links.filter(|link| link.state == LinkState::Wanted(delivery.id));
        for link in wanted {
            link.told = delivery.message;
            link.untold.clear();
            link.unedited.retain(|message| *message <= delivery.message);
            link.record = None;
            link.labels.clear();
            link.status.clear();
            link.priority = None;
            link.leaving = false;
            link.given_up = matches!(delivery.state, DeliveryState::Cancelled { .. });
        }
        draft.put_ticket(ticket);
    }
    Ok(())
}

/// What goes by a ticket there that was not made is not sent; the link knows what is to be told if it is made yet.
pub(super) fn unlinked(draft: &mut Draft<'_>, id: DeliveryId) -> Result<Answer, Missing> {
    let Some(before) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    let Some(mut ticket) = draft.ticket(before.ticket)? else {
        return Ok(Answer::Refused(Refusal::NotFound("ticket")));
    };
    let mut links = ticket.links.iter_mut();
    let link = links.find(|link| link.is_unmade_for(&before));
    let (Some(link), DeliveryState::Due { .. }) = (link, &before.state) else {
        return Ok(Answer::Refused(Refusal::Stale));
    };
    if before.command == Command::PostEdit
        && before.message <= link.told
        && !link.unedited.contains(&before.message)
    {
        link.unedited.push(before.message);
    }
    let system = link.system.clone();
    let mut delivery = before.clone();
    delivery.state = DeliveryState::Cancelled { at: draft.now };
    draft.note(
        ticket.id,
        Note::Unlinked {
            system,
            delivery: id,
        },
    );
    draft.put_ticket(ticket);
    draft.put_delivery(delivery);
    chain::leave(draft, &before)?;
    chain::rest(draft, before.lane)?;
    Ok(Answer::Done(format!("delivery {id} has no ticket there")))
}

/// The ticket that `making` has made is `remote`, and a delivery that was recorded behind it is to take it out of the
/// queue.
pub(super) fn name_cancelled(
    draft: &mut Draft<'_>,
    making: &Delivery,
    remote: &str,
) -> Result<(), Missing> {
    for id in draft.facts.chain(making.lane, making.ticket)? {
        let Some(mut delivery) = draft.readable(id)? else {
            continue;
        };
        let Command::CancelTicket { remote: of } = &mut delivery.command else {
            continue;
        };
        if of.is_empty() && delivery.state.is_pending() && delivery.id > making.id {
            remote.clone_into(of);
            draft.put_delivery(delivery);
            return Ok(());
        }
    }
    Ok(())
}
