//! What stands before every operation: the rate limit, the key, and the agent's being active.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::fault::Fault;
use crate::http::{Bridge, retry_after};
use crate::live::Live;
use crate::model::AgentId;

const LIMIT: &str = "x-ratelimit-limit";
const REMAINING: &str = "x-ratelimit-remaining";
const RESET: &str = "x-ratelimit-reset";

/// Whoever has no known key shares this limit; agents are numbered from 1.
const STRANGERS: u64 = 0;

/// The agent who asks, and the settings in force when they did.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) agent: AgentId,
    pub(super) live: Arc<Live>,
}

/// Lets agents pass, with a [`Caller`] in the request's extensions.
pub(super) async fn pass(
    State(bridge): State<Bridge>,
    mut request: Request,
    next: Next,
) -> Response {
    let live = bridge.live.load_full();
    let key = key(request.headers());
    let agent = key
        .as_deref()
        .and_then(|key| live.agent_with_key(key))
        .map(|agent| (agent.id, agent.active));
    let act = Act::of(&request, agent.map(|(id, _)| id));
    let bucket = agent.map_or(STRANGERS, |(id, _)| id);
    let limit = live.agent_limits.rate().burst;
    let left = match live.agent_limits.take_and_count(&bucket) {
        Ok(left) => left,
        Err(wait) => return act.ended(too_many(&bridge, limit, wait)),
    };
    let mut response = match (key, agent) {
        (None, _) => {
            Fault::new(StatusCode::BAD_REQUEST, "Missing header: X-API-KEY").into_response()
        }
        (Some(_), None) => Fault::new(StatusCode::UNAUTHORIZED, "Invalid API key").into_response(),
        (Some(_), Some((_, false))) => Fault::new(
            StatusCode::UNAUTHORIZED,
            "The agent of this API key is not active",
        )
        .into_response(),
        (Some(_), Some((id, true))) => {
            request.extensions_mut().insert(Caller {
                agent: AgentId(id),
                live,
            });
            next.run(request).await
        }
    };
    tell(response.headers_mut(), limit, left);
    act.ended(response)
}

/// What somebody wants to change, so that a refusal is found by its ticket.
struct Act {
    agent: Option<u64>,
    ticket: Option<u64>,
    changes: bool,
}

impl Act {
    fn of(request: &Request, agent: Option<u64>) -> Self {
        let ticket = request.uri().path().split_once("/external/tickets/");
        let ticket = ticket.and_then(|(_, rest)| rest.split('/').next()?.parse().ok());
        Self {
            agent,
            ticket,
            changes: !matches!(*request.method(), Method::GET | Method::HEAD),
        }
    }

    fn ended(self, response: Response) -> Response {
        let status = response.status();
        if self.changes && (status.is_client_error() || status.is_server_error()) {
            let (ticket, agent) = (self.ticket, self.agent);
            tracing::info!(
                ticket,
                agent,
                status = status.as_u16(),
                "refused what an agent did"
            );
        }
        response
    }
}

/// The key as text; what is no text is a wrong one, and a blank one is none.
fn key(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("x-api-key")?.as_bytes().trim_ascii();
    (!value.is_empty()).then(|| String::from_utf8_lossy(value).into_owned())
}

fn too_many(bridge: &Bridge, limit: u32, wait: Duration) -> Response {
    let fault = Fault::new(StatusCode::TOO_MANY_REQUESTS, "Too Many Attempts.").after(wait);
    let mut response = fault.into_response();
    let now = bridge.clock.now().to_timestamp().as_second();
    let seconds = i64::try_from(retry_after::whole_seconds(wait)).unwrap_or(i64::MAX);
    tell(response.headers_mut(), limit, 0);
    response
        .headers_mut()
        .insert(RESET, HeaderValue::from(now.saturating_add(seconds)));
    response
}

fn tell(headers: &mut HeaderMap, limit: u32, left: u32) {
    headers.insert(LIMIT, HeaderValue::from(limit));
    headers.insert(REMAINING, HeaderValue::from(left));
}
