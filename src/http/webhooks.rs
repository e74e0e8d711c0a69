//! What Qminder tells of its tickets, `POST /webhooks/qminder/{system}`.
//!
//! Only who holds the webhook's secret learns anything: an unknown system, one without a webhook and a wrong signature
//! look the same. A secret belongs to an account, whose every event comes to the one address that was registered, so an
//! event may concern any system with the same key. Nothing is answered with success before it is synced, and nothing is
//! believed to come in order or at all: what is in doubt is asked for by the poller.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use qminder_client::webhooks::{Event, EventType, SIGNATURE_HEADER, Subject, verify};
use qminder_client::{Secret, Ticket};

use super::ops::Unready;
use super::peer::{self, Peer};
use super::{Bridge, body, traced};
use crate::live::Live;
use crate::metrics::WebhookOutcome;
use crate::model::{Maker, Observation, Person, RemoteTicket};
use crate::polling::{Party, Questions, Reporter, Untold};
use crate::settings::{Qminder, QminderWebhook, SystemKind};
use crate::store::{CommitError, Rank};

mod description;
mod refused;

pub(super) use description::describe;
use refused::Refused;

const PATH: &str = "/webhooks/qminder/{system}";

/// What webhooks need beside the bridge; clones are the same.
#[derive(Clone)]
pub struct Hearing {
    /// Puts a ticket of Qminder into words that are no system's own.
    pub qminder: Arc<dyn Fn(&Ticket) -> RemoteTicket + Send + Sync>,
    /// Where it is left what the poller must ask.
    pub questions: Questions,
}

impl Hearing {
    /// Takes every ticket for somebody else's: for a daemon without systems.
    #[must_use]
    pub fn deaf() -> Self {
        let strange = |ticket: &Ticket| RemoteTicket {
            id: ticket.id.to_string(),
            status: String::new(),
            phase: None,
            made_by: Maker::OtherBridge,
            changed_at: None,
            created_at: None,
            assignee: None,
            person: Person::default(),
            opening: String::new(),
            details: Vec::new(),
            fates: Vec::new(),
            messages: None,
            priority: None,
            labels: None,
            unsettled: false,
            ended_at: None,
        };
        Self {
            qminder: Arc::new(strange),
            questions: Questions::default(),
        }
    }
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Stored,
    Ignored,
}

pub(super) fn routes(hearing: Hearing) -> Router<Bridge> {
    let receive = move |bridge, system, request| receive(bridge, hearing.clone(), system, request);
    Router::new().route(PATH, post(receive))
}

async fn receive(
    State(bridge): State<Bridge>,
    hearing: Hearing,
    system: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let live = bridge.live.load_full();
    // What is no text is no system's id either.
    let system = system.map(|Path(system)| system).unwrap_or_default();
    let (parts, body) = request.into_parts();
    let taken = take(&bridge, &hearing, &live, &system, &parts.headers, body).await;
    // An unknown system is a stranger's text.
    let system = webhook(&live, &system).map(|_| system.as_str());
    let outcome = match &taken {
        Ok(Taken::Stored) => Some(WebhookOutcome::Taken),
        Ok(Taken::Ignored) => Some(WebhookOutcome::Ignored),
        Err(refused) => refused.outcome(),
    };
    if let (Some(system), Some(outcome)) = (system, outcome) {
        bridge.metrics.webhook(system, outcome);
    }
    match taken {
        Ok(_) => StatusCode::OK.into_response(),
        Err(refused) => {
            let client = peer::client(
                parts.extensions.get::<Peer>(),
                &parts.headers,
                &live.settings.server.trusted_proxies,
            );
            tracing::info!(
                system,
                reason = refused.word(),
                status = refused.status().as_u16(),
                client = client.map(tracing::field::display),
                "refused a webhook"
            );
            refused.into_problem().into_response()
        }
    }
}

async fn take(
    bridge: &Bridge,
    hearing: &Hearing,
    live: &Live,
    system: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<Taken, Refused> {
    bridge.ready().map_err(|unready| match unready {
        Unready::StoreFailed(_) | Unready::StoreStuck(_) => Refused::StoreFailed,
        Unready::DiskLow { .. } => Refused::DiskLow,
    })?;
    let body = body::read(headers, body, live.settings.server.max_body)
        .await
        .map_err(Refused::Body)?;
    check(webhook(live, system), headers, &body)?;
    let event = Event::parse(&body).map_err(|unreadable| {
        // Of the body only a type that is known by name.
        let event = unreadable.event_type.as_deref();
        tracing::warn!(system, event, "a signed webhook makes no sense");
        Refused::NoEvent
    })?;
    let Subject::Ticket(ticket) = &event.subject else {
        tracing::debug!(system, "took a webhook that is about no ticket");
        return Ok(Taken::Ignored);
    };
    store(bridge, hearing, live, system, &event.event_type, ticket).await
}

/// Whether the webhook's owner signed this; as slow where there is no webhook.
fn check(
    webhook: Option<(&Qminder, &QminderWebhook)>,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(), Refused> {
    let signature = headers.get(SIGNATURE_HEADER);
    let signature = signature.and_then(|value| value.to_str().ok());
    let signature = signature.unwrap_or_default();
    let (url, secret) = match webhook {
        Some((_, webhook)) => (
            webhook.registered_url.as_str(),
            webhook.secret.reveal().as_str(),
        ),
        None => ("https://bridge.example.com/webhooks/qminder/nobody", "none"),
    };
    let verified = verify(url, &Secret::from(secret), body, signature);
    match (verified, webhook) {
        (Ok(()), Some(_)) => Ok(()),
        _ => Err(Refused::Unsigned),
    }
}

/// Returns once what the event says is synced.
async fn store(
    bridge: &Bridge,
    hearing: &Hearing,
    live: &Live,
    system: &str,
    event: &EventType,
    ticket: &Ticket,
) -> Result<Taken, Refused> {
    let remote = (hearing.qminder)(ticket);
    let reporter = Reporter {
        store: bridge.store.clone(),
        clock: Arc::clone(&bridge.clock),
        metrics: Arc::clone(&bridge.metrics),
        trace: traced::current(),
    };
    let parties = parties(live, system, ticket);
    let heard = reporter
        .tell(&parties, Observation::Told, &remote, Rank::Intake)
        .await
        .map_err(|untold| match untold {
            Untold::Commit(CommitError::Full) => Refused::QueueFull,
            // Why, the store has logged.
            Untold::Commit(CommitError::Failed(_)) => Refused::StoreFailed,
            Untold::Commit(CommitError::SetAside(_)) => Refused::SetAside,
            Untold::Read(error) => {
                tracing::error!(system, %error, "cannot find out whose a ticket is");
                Refused::StoreFailed
            }
        })?;
    let event = event.as_str();
    let Some(heard) = heard else {
        tracing::debug!(system, event, "took a webhook that concerns nothing here");
        return Ok(Taken::Ignored);
    };
    let sighting = &heard.sighting;
    let Some(number) = sighting.ticket else {
        tracing::debug!(system, event, "took a webhook that concerns nothing here");
        return Ok(Taken::Ignored);
    };
    // What was said is not in webhooks.
    let has_messages = remote.messages.as_ref().is_some_and(|all| !all.is_empty());
    let may_be_message = event == EventType::TicketChanged.as_str() && !has_messages;
    let route = live.routes.systems.get(&heard.system);
    let desk = route.and_then(|route| route.desk());
    let sends_sms = desk.is_some_and(|desk| desk.sends_sms);
    if sighting.ask_again || (may_be_message && sends_sms) {
        hearing.questions.ask(&heard.system, &remote.id);
    } else {
        hearing.questions.heard(&heard.system, &remote.id);
    }
    tracing::info!(
        system = heard.system,
        ticket = %number,
        event,
        news = sighting.news,
        echoes = sighting.echoes,
        "took a webhook"
    );
    Ok(Taken::Stored)
}

fn webhook<'a>(live: &'a Live, system: &str) -> Option<(&'a Qminder, &'a QminderWebhook)> {
    let qminder = qminder(live, system)?;
    Some((qminder, qminder.webhook.as_ref()?))
}

fn qminder<'a>(live: &'a Live, system: &str) -> Option<&'a Qminder> {
    match &live.settings.systems.get(system)?.kind {
        SystemKind::Qminder(qminder) => Some(qminder),
        SystemKind::DeskHive(_) | SystemKind::Respondo(_) => None,
    }
}

/// The systems that a ticket of the account may concern, `first` of all. Only those whose line it stands in import it.
fn parties(live: &Live, first: &str, ticket: &Ticket) -> Vec<Party> {
    let account = |system: &str| live.keys.gate(system).map(|(number, _)| number);
    let of_account = live.settings.systems.keys().filter(|system| {
        let other = system.as_str();
        other != first && qminder(live, other).is_some() && account(other) == account(first)
    });
    let systems = std::iter::once(first).chain(of_account.map(String::as_str));
    let line = ticket.line.as_ref().map(|line| line.as_str());
    let party = |system: &str| {
        let qminder = qminder(live, system)?;
        Some(Party {
            system: system.to_owned(),
            imports: qminder.import_to.is_some() && line == Some(qminder.line.as_str()),
        })
    };
    systems.filter_map(party).collect()
}

#[cfg(test)]
mod tests;
