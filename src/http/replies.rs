//! Answers from Respondo servers, at the addresses that were given with the tickets pushed to them.

mod description;
mod refused;
#[cfg(test)]
mod tests;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use respondo_client::Author;
use respondo_client::replies_in::{self, DELETED, IncomingReply, ReplyTicket};

use crate::live::Live;
use crate::mapping::Tally;
use crate::metrics::WebhookOutcome;
use crate::model::{Event, Happening, Returned};
use crate::plan::{Answer, Refusal, ReturnTaken};
use crate::settings::{RespondoPath, SystemKind};
use crate::store::{CommitError, Rank};
use crate::systems::respondo::{address, path};

use super::ops::Unready;
use super::peer::{self, Peer};
use super::{Bridge, body};

pub(super) use description::describe;
use refused::Refused;

const PATH: &str = "/replies/{token}";

pub(super) fn routes() -> Router<Bridge> {
    Router::new().route(PATH, post(receive).delete(remove))
}

async fn receive(
    State(bridge): State<Bridge>,
    token: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let live = bridge.live.load_full();
    // What is no text is no address either.
    let token = token.map(|Path(token)| token).unwrap_or_default();
    let (parts, body) = request.into_parts();
    match take(&bridge, &live, token, &parts.headers, body).await {
        Ok((reply, taken)) => {
            let message = &taken.taken.message;
            let system = message.provider.as_deref().unwrap_or_default();
            bridge.metrics.webhook(system, WebhookOutcome::Taken);
            tracing::info!(
                system,
                ticket = %taken.taken.ticket.id,
                message_id = %message.id,
                duplicate = taken.duplicate,
                "took an answer"
            );
            json(answer(&live, system, &reply, &taken))
        }
        Err(refused) => refuse(&live, &parts, refused),
    }
}

async fn remove(
    State(bridge): State<Bridge>,
    token: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let live = bridge.live.load_full();
    let token = token.map(|Path(token)| token).unwrap_or_default();
    let (parts, _) = request.into_parts();
    let removed = match ready(&bridge) {
        Ok(()) => {
            let event = bridge.event(Happening::Removed { token });
            commit(&bridge, event).await
        }
        Err(refused) => Err(refused),
    };
    match removed {
        Ok(Answer::Done(_)) => {
            tracing::info!("took the removal of an answer");
            json(DELETED.to_vec())
        }
        Ok(_) => refuse(&live, &parts, Refused::SetAside),
        Err(refused) => refuse(&live, &parts, refused),
    }
}

fn ready(bridge: &Bridge) -> Result<(), Refused> {
    bridge.ready().map_err(|unready| match unready {
        Unready::StoreFailed(_) | Unready::StoreStuck(_) => Refused::StoreFailed,
        Unready::DiskLow { .. } => Refused::DiskLow,
    })
}

async fn take(
    bridge: &Bridge,
    live: &Live,
    token: String,
    headers: &HeaderMap,
    body: Body,
) -> Result<(IncomingReply, ReturnTaken), Refused> {
    ready(bridge)?;
    let body = body::read(headers, body, live.settings.server.max_body)
        .await
        .map_err(Refused::Body)?;
    let content_type = headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let reply = replies_in::parse(content_type, &body)?;
    let returned = returned(token, &reply, &mut Tally::off());
    let returned = Happening::Returned(Box::new(returned));
    match commit(bridge, bridge.event(returned)).await? {
        Answer::Returned(taken) => Ok((reply, *taken)),
        _ => {
            // The answer may hold text, so it is not logged.
            tracing::error!("an answer was not stored as one");
            Err(Refused::SetAside)
        }
    }
}

/// The answer as it enters, with what became of each field of what was sent.
pub(super) fn returned(token: String, reply: &IncomingReply, tally: &mut Tally) -> Returned {
    tally.kept("/response_text", "message.text");
    let address = "the address that it is sent to says what it answers";
    tally.dropped("/parent_id", address);
    let nobody = "a Respondo server names whom it answers, and never its agent";
    tally.dropped("/author", nobody);
    let system = "the system's id and the brand's name, since nobody is named";
    tally.defaulted("", "message.author", system);
    Returned {
        token,
        text: reply.response_text.clone(),
    }
}

/// Returns once what the event leads to is synced.
async fn commit(bridge: &Bridge, event: Event) -> Result<Answer, Refused> {
    match bridge.store.commit(event, Rank::Intake).await {
        Ok(Answer::Refused(Refusal::NotFound(_))) => Err(Refused::Unknown),
        Ok(answer) => Ok(answer),
        Err(CommitError::Full) => Err(Refused::QueueFull),
        // Why, the store has logged.
        Err(CommitError::Failed(_)) => Err(Refused::StoreFailed),
        Err(CommitError::SetAside(_)) => Err(Refused::SetAside),
    }
}

/// What the server makes its own ticket of, in the shape that it takes.
fn answer(live: &Live, system: &str, reply: &IncomingReply, taken: &ReturnTaken) -> Vec<u8> {
    let configured = live.settings.systems.get(system).map(|system| &system.kind);
    let spelling = match configured {
        Some(SystemKind::Respondo(respondo)) => respondo.path,
        _ => RespondoPath::Brands,
    };
    let message = &taken.taken.message;
    let ticket = ReplyTicket {
        external_uid: taken.uid.clone(),
        content: reply.response_text.trim().to_owned(),
        author: Author {
            external_uid: system.to_owned(),
            username: message.from.name().to_owned(),
        },
        // Whatever it calls what it answers, it threads by that.
        parent_uid: match &reply.parent_id {
            Some(parent) => parent.clone(),
            None => taken.parent_uid.clone(),
        },
        created_at: message.created_at.to_timestamp(),
        response_url: address(&live.settings.server.public_url, &taken.token),
        custom_provider: None,
    };
    ticket.to_wire(path(spelling))
}

fn json(body: Vec<u8>) -> Response {
    (StatusCode::OK, [(CONTENT_TYPE, "application/json")], body).into_response()
}

fn refuse(live: &Live, parts: &axum::http::request::Parts, refused: Refused) -> Response {
    let client = peer::client(
        parts.extensions.get::<Peer>(),
        &parts.headers,
        &live.settings.server.trusted_proxies,
    );
    tracing::info!(
        reason = refused.word(),
        status = refused.status().as_u16(),
        client = client.map(tracing::field::display),
        "refused an answer"
    );
    refused.into_problem().into_response()
}
