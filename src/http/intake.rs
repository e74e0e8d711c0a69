//! Tickets from outside, in the external ticket format.
//!
//! A stranger learns nothing from a refusal but whether the request can be read at all: an unknown brand, a wrong
//! token and another brand's token look the same, and what is wrong with a ticket is told only to those who may send
//! one. Nothing is answered with success before it is synced.

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use respondo_client::inbound::{self, Inbound, InboundError, Parsed};
use tokio::time::Instant;

use super::ops::Unready;
use super::peer::{self, Peer};
use super::{Bridge, body};
use crate::live::Live;
use crate::mapping::Tally;
use crate::model::{Author, ExternalTicket, Happening, Time};
use crate::plan::{Answer, Refusal, Taken};
use crate::store::{CommitError, Rank};

mod answer;
mod credentials;
mod description;
mod refused;
mod violations;

use answer::TicketAnswer;
pub(super) use description::describe;
use refused::Refused;

const PATHS: [&str; 4] = [
    "/brands/{brand}/external_tickets",
    "/brands/{brand}/external_tickets.json",
    "/brands/{brand}/tickets/create_external",
    "/brands/{brand}/tickets/create_external.json",
];

pub(super) fn routes() -> Router<Bridge> {
    PATHS.into_iter().fold(Router::new(), |routes, path| {
        routes.route(path, post(receive))
    })
}

async fn receive(
    State(bridge): State<Bridge>,
    brand: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let began = Instant::now();
    let live = bridge.live.load_full();
    // What is no text is no brand's id either.
    let brand = brand.map(|Path(brand)| brand).unwrap_or_default();
    let (parts, body) = request.into_parts();
    let mut known_as = None;
    let result = take(&bridge, &live, &brand, &parts.headers, body, &mut known_as).await;
    let response = match result {
        Ok(accepted) => {
            if !accepted.taken.duplicate && !accepted.taken.updated {
                bridge.metrics.ticket_accepted(&brand);
            }
            tracing::info!(
                brand,
                ticket = %accepted.taken.ticket,
                // A field called `message` would be taken for the line itself.
                message_id = %accepted.taken.message,
                duplicate = accepted.taken.duplicate,
                updated = accepted.taken.updated,
                token = accepted.token,
                "took an external ticket"
            );
            let answer = TicketAnswer::new(accepted.sent, &accepted.taken);
            (answer.status_code(), Json(answer)).into_response()
        }
        Err(refused) => {
            if let Some(reason) = refused.rejection() {
                bridge.metrics.intake_rejected(reason);
            }
            let client = peer::client(
                parts.extensions.get::<Peer>(),
                &parts.headers,
                &live.settings.server.trusted_proxies,
            );
            tracing::info!(
                // An unknown brand is a stranger's text.
                brand = live.settings.brands.contains_key(&brand).then_some(&brand),
                external_uid = known_as,
                reason = refused.word(),
                faults = refused.faults(),
                status = refused.status().as_u16(),
                client = client.map(tracing::field::display),
                "refused an external ticket"
            );
            refused.into_problem().into_response()
        }
    };
    bridge.metrics.intake_answered(began.elapsed());
    response
}

struct Accepted {
    taken: Taken,
    sent: Inbound,
    /// Of the sender's token.
    token: String,
}

/// `known_as` becomes the ticket's uid as soon as its sender is known to be one of the brand's.
async fn take(
    bridge: &Bridge,
    live: &Live,
    brand: &str,
    headers: &HeaderMap,
    body: Body,
    known_as: &mut Option<String>,
) -> Result<Accepted, Refused> {
    bridge.ready().map_err(|unready| match unready {
        Unready::StoreFailed(_) | Unready::StoreStuck(_) => Refused::StoreFailed,
        Unready::DiskLow { .. } => Refused::DiskLow,
    })?;
    let body = body::read(headers, body, live.settings.server.max_body)
        .await
        .map_err(Refused::Body)?;
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let mut parsed = inbound::parse(content_type, &body).map_err(|error| match error {
        InboundError::UnsupportedContentType { .. } => Refused::ContentType,
        InboundError::Malformed { detail } => Refused::Malformed(detail),
    })?;
    let token = credentials::check(live, brand, headers, parsed.credentials.take())?;
    *known_as = parsed.external_uid.take();
    live.intake_limits
        .take(&(brand.to_owned(), token.name.clone()))
        .map_err(Refused::TooFast)?;
    let (sent, parent_named) = judge(live, parsed)?;
    let taken = store(bridge, brand, &sent, parent_named).await?;
    Ok(Accepted {
        taken,
        sent,
        token: token.name.clone(),
    })
}

/// The ticket if nothing is wrong with it, and whether it names a parent.
fn judge(live: &Live, parsed: Parsed) -> Result<(Inbound, bool), Refused> {
    let parent_named = parsed.way_back.parent_uid.is_some();
    let fault = parsed
        .way_back
        .response_url
        .as_deref()
        .and_then(|url| live.guard.judge(url).err());
    match (parsed.ticket, fault) {
        (Ok(sent), None) => Ok((sent, parent_named)),
        (Ok(_), Some(fault)) => Err(Refused::Violations(vec![violations::response_url(&fault)])),
        (Err(mut found), fault) => {
            found.extend(fault.as_ref().map(violations::response_url));
            let needed = live.settings.intake.require_response_url && !parent_named;
            if needed && parsed.way_back.response_url.is_none() {
                violations::name_missing_way_back(&mut found);
            }
            Err(Refused::Violations(found))
        }
    }
}

/// The ticket as it enters, with what became of each field of what was sent.
pub(super) fn arrived(brand: &str, sent: &Inbound, tally: &mut Tally) -> ExternalTicket {
    let who = "says who sends it, and is neither kept nor passed on";
    tally.dropped("/personal_access_token", who);
    tally.dropped("/token", who);
    tally.kept("/external_uid", "external_uid");
    tally.kept("/content", "content");
    tally.kept("/response_url", "response_url");
    tally.kept("/custom_provider", "provider");
    tally.kept("/parent_uid", "parent_uid");
    tally.kept("/author/external_uid", "author.external_uid");
    tally.kept("/author/username", "author.username");
    let moment = "the same moment in UTC, to the microsecond";
    tally.converted("/created_at", "created_at", moment);
    ExternalTicket {
        brand: brand.to_owned(),
        external_uid: sent.external_uid.clone(),
        content: sent.content.clone(),
        response_url: sent.response_url.clone(),
        provider: sent.custom_provider.clone(),
        parent_uid: sent.parent_uid.clone(),
        author: Author {
            external_uid: sent.author.external_uid.clone(),
            username: sent.author.username.clone(),
        },
        created_at: Time::from_timestamp(sent.created_at),
    }
}

/// Returns once the ticket is synced.
async fn store(
    bridge: &Bridge,
    brand: &str,
    sent: &Inbound,
    parent_named: bool,
) -> Result<Taken, Refused> {
    let arrived = arrived(brand, sent, &mut Tally::off());
    let arrived = Happening::Arrived(Box::new(arrived));
    let event = bridge.event(arrived);
    match bridge.store.commit(event, Rank::Intake).await {
        Ok(Answer::Taken(taken)) => Ok(*taken),
        Ok(Answer::Refused(Refusal::NoWayBack { parent_known })) => {
            let violation = violations::no_way_back(parent_named, parent_known);
            Err(Refused::Violations(vec![violation]))
        }
        Ok(_) => {
            // The answer may hold text, so it is not logged.
            tracing::error!(brand, "an external ticket was not answered as one");
            Err(Refused::SetAside)
        }
        Err(CommitError::Full) => Err(Refused::QueueFull),
        // Why, the store has logged.
        Err(CommitError::Failed(_)) => Err(Refused::StoreFailed),
        Err(CommitError::SetAside(_)) => Err(Refused::SetAside),
    }
}

#[cfg(test)]
mod tests;
