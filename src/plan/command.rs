//! Commands to systems.

use crate::model::{Command, Delivery, DeliveryId, DeliveryState, MessageId, Ticket};

use super::chain;
use super::draft::Draft;
use super::facts::Missing;
use super::routes::DeskRoute;

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
        Command::ReplaceRecord => 0,
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
        state: DeliveryState::Waiting,
        attempts: 0,
        tries: 0,
        last: None,
        created_at: draft.now,
        age_from: draft.now,
        in_doubt_since: None,
    };
    chain::enqueue(draft, Box::new(delivery))?;
    Ok(id)
}

/// What is known of a system as a desk, if it is one.
pub(super) fn desk<'a>(draft: &Draft<'a>, system: &str) -> Option<&'a DeskRoute> {
    draft.routes.systems.get(system)?.desk.as_ref()
}
