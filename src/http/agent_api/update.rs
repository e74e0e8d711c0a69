//! Changes of a ticket: status, priority, labels.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use deskhive_client::{Envelope, Ticket, TicketUpdate};

use super::fault::Fault;
use super::gate::Caller;
use super::sent::Sent;
use super::{resource, tickets};
use crate::http::Bridge;
use crate::mapping::Tally;
use crate::model::{AgentOrder, Status, TicketId};
use crate::plan::Answer;

pub(super) async fn update(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Json<Envelope<Ticket>>, Fault> {
    let ticket = tickets::number(id)?;
    let sent = Sent::read(&caller, request).await?;
    let labels = &caller.live.settings.agent_api.labels;
    let is_label = |label| labels.contains_key(&label);
    let update = match TicketUpdate::from_body(sent.content_type(), &sent.body, is_label) {
        Ok(update) => update,
        Err(error) => {
            // That a ticket is not theirs is all that others learn.
            caller.ticket(&bridge, ticket).await?;
            return Err(Fault::invalid(error));
        }
    };
    let order = ordered(ticket, update, &mut Tally::off());
    change(&bridge, &caller, ticket, order, "Ticket updated").await
}

/// The change as it enters, with what became of each field of what was sent.
pub(in crate::http) fn ordered(
    ticket: TicketId,
    update: TicketUpdate,
    tally: &mut Tally,
) -> AgentOrder {
    tally.kept("/status", "status");
    tally.kept("/priority", "priority");
    tally.kept("/labels", "labels");
    AgentOrder::Update {
        ticket,
        status: update.status.as_ref().and_then(resource::status_from),
        priority: update.priority.as_ref().and_then(resource::priority_from),
        labels: update.labels,
    }
}

pub(super) async fn close(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
) -> Result<Json<Envelope<Ticket>>, Fault> {
    let ticket = tickets::number(id)?;
    let order = AgentOrder::Update {
        ticket,
        status: Some(Status::Closed),
        priority: None,
        labels: None,
    };
    change(&bridge, &caller, ticket, order, "Ticket closed").await
}

async fn change(
    bridge: &Bridge,
    caller: &Caller,
    id: TicketId,
    order: AgentOrder,
    said: &str,
) -> Result<Json<Envelope<Ticket>>, Fault> {
    let Answer::Changed(ticket) = caller.does(bridge, order).await? else {
        return Err(caller.unexpected());
    };
    tracing::info!(ticket = %id, agent = %caller.agent, status = %ticket.status, "an agent changed a ticket");
    let view = bridge.store.ticket(id).await?;
    let mut view = view.ok_or_else(Fault::not_found)?;
    view.ticket = *ticket;
    let ticket = resource::ticket(&view, &caller.live, &caller.people(bridge).await?);
    Ok(Json(Envelope::new(ticket).with_message(said)))
}
