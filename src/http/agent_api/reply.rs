//! An agent's reply, or note.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::http::StatusCode;
use deskhive_client::{Envelope, Message, ReplyRequest};

use super::fault::Fault;
use super::gate::Caller;
use super::sent::Sent;
use super::{resource, tickets};
use crate::http::Bridge;
use crate::mapping::Tally;
use crate::model::{AgentId, Happening, Replied, TicketId, Visibility};
use crate::plan::Answer;

/// The reply as it enters, with what became of each field of what was sent.
pub(in crate::http) fn replied(
    ticket: TicketId,
    agent: AgentId,
    reply: &ReplyRequest,
    tally: &mut Tally,
) -> Replied {
    // What becomes of notes is another question than what becomes of messages.
    let text = if reply.is_internal {
        "note.text"
    } else {
        "message.text"
    };
    tally.kept("/content", text);
    tally.kept("/is_internal", "message.visibility");
    let key = "whoever holds the key";
    tally.defaulted("", "message.author", key);
    Replied {
        ticket,
        agent: Some(agent),
        only_assigned: true,
        text: reply.content.clone(),
        visibility: match reply.is_internal {
            true => Visibility::Internal,
            false => Visibility::Public,
        },
    }
}

pub(super) async fn create(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<(StatusCode, Json<Envelope<Message>>), Fault> {
    let ticket = tickets::number(id)?;
    let sent = Sent::read(&caller, request).await?;
    let reply = match ReplyRequest::from_body(sent.content_type(), &sent.body) {
        Ok(reply) => reply,
        Err(error) => {
            // That a ticket is not theirs is all that others learn.
            caller.ticket(&bridge, ticket).await?;
            return Err(Fault::invalid(error));
        }
    };
    let replied = replied(ticket, caller.agent, &reply, &mut Tally::off());
    let replied = Happening::Replied(replied);
    let Answer::Replied(taken) = caller.commit(&bridge, replied).await? else {
        return Err(caller.unexpected());
    };
    tracing::info!(
        %ticket,
        message_id = %taken.message.id,
        agent = %caller.agent,
        internal = reply.is_internal,
        "took an agent's message"
    );
    let message = resource::message(&taken.message, reply.content, &taken.ticket, caller.agent);
    let said = if reply.is_internal {
        "Note added"
    } else {
        "Reply sent"
    };
    Ok((
        StatusCode::CREATED,
        Json(Envelope::new(message).with_message(said)),
    ))
}
