//! An agent's reply, or note.

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use deskhive_client::{Envelope, Message, ReplyRequest};

use super::fault::Fault;
use super::gate::Caller;
use super::{resource, tickets};
use crate::http::{Bridge, body};
use crate::model::{Happening, Replied, Visibility};
use crate::plan::Answer;
use crate::store::Rank;

pub(super) async fn create(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
    id: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<(StatusCode, Json<Envelope<Message>>), Fault> {
    let ticket = tickets::number(id)?;
    let (parts, body) = request.into_parts();
    let body = body::read(&parts.headers, body, caller.live.settings.server.max_body).await?;
    let content_type = parts
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let reply = match ReplyRequest::from_body(content_type, &body) {
        Ok(reply) => reply,
        Err(error) => {
            // That a ticket is not theirs is all that others learn.
            caller.ticket(&bridge, ticket).await?;
            return Err(Fault::invalid(error));
        }
    };
    let visibility = if reply.is_internal {
        Visibility::Internal
    } else {
        Visibility::Public
    };
    let event = bridge.clock.event(Happening::Replied(Replied {
        ticket,
        agent: Some(caller.agent),
        only_assigned: true,
        text: reply.content.clone(),
        visibility,
    }));
    let taken = match bridge.store.commit(event, Rank::Agent).await? {
        Answer::Replied(taken) => *taken,
        Answer::Refused(refusal) => return Err(refusal.into()),
        _ => {
            // The answer may hold text, so it is not logged.
            tracing::error!(%ticket, "a reply was not answered as one");
            return Err(Fault::internal());
        }
    };
    tracing::info!(
        %ticket,
        message_id = %taken.message.id,
        agent = %caller.agent,
        internal = reply.is_internal,
        "took an agent's message"
    );
    let message = resource::message(&taken.message, reply.content, &taken.ticket);
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
