//! Whether the daemon lives, whether it takes tickets, and its figures.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::time::timeout;

use super::Bridge;
use crate::metrics::SystemFigures;
use crate::model::RESPONSE_URL;
use crate::store::ReadError;

mod description;

pub(super) use description::describe;

/// Whoever collects the figures does not wait long, least of all while the store is stuck.
const LONGEST_LOOK: Duration = Duration::from_secs(2);
/// The text format of Prometheus.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) fn routes() -> Router<Bridge> {
    Router::new()
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
}

async fn healthz(State(bridge): State<Bridge>) -> Response {
    state(bridge.store.check())
}

async fn readyz(State(bridge): State<Bridge>) -> Response {
    state(bridge.ready().map_err(|unready| unready.to_string()))
}

fn state(state: Result<(), String>) -> Response {
    let (status, text) = match state {
        Ok(()) => (StatusCode::OK, "ok".to_owned()),
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, reason),
    };
    (status, [(CACHE_CONTROL, "no-store")], text + "\n").into_response()
}

/// Why no ticket is taken now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unready {
    /// For good; the daemon ends.
    #[error("the store failed: {0}")]
    StoreFailed(String),
    /// What came now would wait; the store recovers or fails.
    #[error("the store is stuck: a commit has not ended for {} s", .0.as_secs())]
    StoreStuck(Duration),
    /// Until somebody makes room.
    #[error("the disk is low: {free} bytes are free, less than store.min_free")]
    DiskLow {
        /// What is left.
        free: u64,
    },
}

impl Bridge {
    /// Whether tickets are taken.
    pub(super) fn ready(&self) -> Result<(), Unready> {
        self.store.check().map_err(Unready::StoreFailed)?;
        if let Some(stalled) = self.store.stalled_for() {
            return Err(Unready::StoreStuck(stalled));
        }
        let space = self.room.space();
        if space.low {
            return Err(Unready::DiskLow { free: space.free });
        }
        Ok(())
    }
}

async fn metrics(State(bridge): State<Bridge>) -> Response {
    bridge.metrics.set_poll_ages();
    // What was counted is worth having all the same.
    match timeout(LONGEST_LOOK, refresh(&bridge)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the store's figures are not up to date"),
        Err(_) => tracing::warn!("the store's figures are not up to date: it does not answer"),
    }
    ([(CONTENT_TYPE, METRICS_TYPE)], bridge.metrics.render()).into_response()
}

/// Looks up what is not counted as it happens.
async fn refresh(bridge: &Bridge) -> Result<(), ReadError> {
    let now = bridge.clock.now();
    let live = bridge.live.load_full();
    let mut systems: Vec<String> = live.settings.systems.keys().cloned().collect();
    systems.push(RESPONSE_URL.to_owned());
    bridge
        .metrics
        .set_store(bridge.store.bytes().await?, bridge.room.space().free);
    let overdue = bridge.store.overdue(now).await?;
    let lanes = bridge.store.system_lanes(systems.clone()).await?;
    for (system, counts) in bridge.store.counts(systems).await? {
        let overdue = overdue.get(&system).copied().unwrap_or_default();
        let figures = SystemFigures {
            // What is recorded is owed to nobody.
            pending: counts.pending.saturating_sub(counts.recorded),
            dead_letters: counts.dead_letters,
            ever_recorded: counts.ever_recorded,
            oldest_due: overdue
                .oldest
                .map_or_else(Default::default, |owed| now.since(owed)),
            breakers_open: overdue.breakers_open,
            paused: lanes.get(&system).is_some_and(|lane| lane.pause.is_some()),
        };
        bridge.metrics.set_system(&system, figures);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
