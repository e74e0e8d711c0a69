//! What surrounds every handler: a line in the log at `debug`, and an answer when one panics.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use deskhive_client::ApiError;
use futures_util::FutureExt;
use tokio::time::Instant;

use super::Bridge;
use super::agent_api;
use super::peer::{self, Peer};
use super::problem::Problem;

/// Counts the requests of one router, so that their lines can be told apart.
#[derive(Clone)]
pub(super) struct Watch {
    bridge: Bridge,
    requests: Arc<AtomicU64>,
}

impl Watch {
    pub(super) fn new(bridge: Bridge) -> Self {
        Self {
            bridge,
            requests: Arc::default(),
        }
    }
}

/// Answers 500 where the handler panics. Of the path only the pattern is logged: paths can hold secrets.
pub(super) async fn watch(State(watch): State<Watch>, request: Request, next: Next) -> Response {
    let number = watch.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let began = Instant::now();
    let live = watch.bridge.live.load();
    let client = peer::client(
        request.extensions().get::<Peer>(),
        request.headers(),
        &live.settings.server.trusted_proxies,
    );
    drop(live);
    let method = request.method().clone();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(|path| path.as_str().to_owned());
    let route = route.as_deref().unwrap_or("(none)");
    let of_agent_api = agent_api::owns(request.uri().path());

    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = answered.unwrap_or_else(|_| {
        tracing::error!(request = number, %method, route, "a handler panicked");
        panicked(of_agent_api)
    });
    tracing::debug!(
        request = number,
        %method,
        route,
        status = response.status().as_u16(),
        took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        client = client.map(tracing::field::display),
        "answered"
    );
    response
}

fn panicked(of_agent_api: bool) -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    if of_agent_api {
        (status, Json(ApiError::new("Server Error"))).into_response()
    } else {
        Problem::new(status, "something went wrong here; the log says what").into_response()
    }
}
