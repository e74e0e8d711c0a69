//! Commands to systems.

use crate::model::{
    Command, Delivery, DeliveryId, DeliveryState, Destination, Message, MessageId, Ticket,
};

use super::chain;
use super::draft::Draft;
use super::facts::Missing;
use super::routes::SystemRoute;

/// Plans a command to a system that concerns `ticket`.
pub(super) fn send(
    draft: &mut Draft<'_>,
    ticket: &Ticket,
    system: &str,
    command: Command,
    message: MessageId,
) -> Result<DeliveryId, Missing> {
    let id = draft.new_delivery_id();
    let Some(lane) = draft.lane_of(system)? else {
        return Ok(id);
    };
    let revision = match command {
        _ if command.is_of_now() => 0,
        _ => draft
            .message(ticket.id, message)?
            .map_or(0, |message| message.revision),
    };
    let delivery = Delivery {
        id,
        lane: lane.id,
        system: system.to_owned(),
        ticket: ticket.id,
        brand: ticket.brand.clone(),
        command,
        message,
        revision,
        mapping: draft.routes.mappings.current(),
        state: DeliveryState::Waiting,
        attempts: 0,
        tries: 0,
        last: None,
        created_at: draft.now,
        age_from: draft.now,
        in_doubt_since: None,
        mark: None,
        recorded_at: None,
        trace: None,
    };
    chain::enqueue(draft, Box::new(delivery))?;
    Ok(id)
}

/// What is known of a system, if it is configured.
pub(super) fn route<'a>(draft: &Draft<'a>, system: &str) -> Option<&'a SystemRoute> {
    draft.routes.systems.get(system)
}

/// Whether two systems share their tickets.
pub(super) fn share_queue(draft: &Draft<'_>, one: &str, other: &str) -> bool {
    draft.routes.share_queue(one, other)
}

/// Whether `message` was said at a system, or at one that shares its tickets.
pub(super) fn came_from(draft: &Draft<'_>, message: &Message, system: &str) -> bool {
    let said_at = message.said_at();
    said_at.is_some_and(|said_at| share_queue(draft, said_at, system))
}

/// Whether `message` still waits to be brought to a system.
pub(super) fn is_on_its_way(
    draft: &Draft<'_>,
    message: &Message,
    system: &str,
) -> Result<bool, Missing> {
    let to = Destination::System(system.to_owned());
    let Some(lane) = draft.facts.lane_to(&to)? else {
        return Ok(false);
    };
    for id in draft.facts.chain(lane, message.ticket)? {
        let delivery = draft.readable(id)?;
        let is_it = |delivery: &Delivery| {
            delivery.message == message.id && delivery.command == Command::PostMessage
        };
        if delivery.is_some_and(|delivery| is_it(&delivery) && delivery.state.is_pending()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What concerns the system's ticket, and not the record beside it, is done once by those that share it.
pub(super) fn is_first_of_queue(draft: &Draft<'_>, ticket: &Ticket, index: usize) -> bool {
    let system = &ticket.links[index].system;
    let mut links = ticket.links.iter();
    links.position(|other| share_queue(draft, &other.system, system)) == Some(index)
}

/// Only the newest of what says how things stand is ever sent: one that still waits is told that there is more to say.
pub(super) fn refresh(
    draft: &mut Draft<'_>,
    ticket: &mut Ticket,
    index: usize,
    command: Command,
) -> Result<(), Missing> {
    let known = match ticket.links[index].record {
        Some(id) => draft.readable(id)?,
        None => None,
    };
    if let Some(mut pending) = known.filter(|delivery| delivery.state.is_pending()) {
        pending.revision = pending.revision.saturating_add(1);
        pending.mapping = draft.routes.mappings.current();
        draft.put_delivery(pending);
        return Ok(());
    }
    let (system, message) = (ticket.links[index].system.clone(), ticket.opening);
    let id = send(draft, ticket, &system, command, message)?;
    ticket.links[index].record = Some(id);
    Ok(())
}
