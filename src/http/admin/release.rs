//! What becomes of what was recorded for a system in dry-run mode: all of it is sent after all, or never.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, State};
use futures_util::{StreamExt, stream};
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::time::Instant;

use crate::http::Bridge;
use crate::http::problem::Problem;
use crate::model::{DeliveryId, Destination, Happening, OperatorOrder};
use crate::plan::{Answer, Refusal};
use crate::store::{CommitError, Rank};

use super::given::Given;
use super::problem::not_found;
use super::wire::Released;

/// One call goes on for no longer.
const LONGEST: Duration = Duration::from_secs(3);
/// Read at a time.
const STEP: usize = 512;
/// Orders on their way to the store at a time, in order.
const MOST_AT_ONCE: usize = 64;

/// What becomes of it.
#[derive(Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Fate {
    /// It is sent, in order.
    Send,
    /// It is never sent.
    Discard,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Decision {
    /// What becomes of what was recorded.
    fate: Fate,
    /// From there on: an earlier answer's `next`.
    #[serde(default)]
    after: u64,
    /// Only say how much it is.
    #[serde(default)]
    dry_run: bool,
}

/// One event for each delivery, in the order in which they were planned, so that chains keep theirs. Whatever was
/// decided already stays as it is, so that it may be broken off and begun again.
pub(super) async fn release(
    State(bridge): State<Bridge>,
    Path(system): Path<String>,
    Given(decision): Given<Decision>,
) -> Result<Json<Released>, Problem> {
    let send = decision.fate == Fate::Send;
    let (is_known, is_dry_run) = {
        let live = bridge.live.load();
        let routes = &live.routes;
        (
            routes.systems.contains_key(&system),
            routes.is_dry_run(&system),
        )
    };
    let to = Destination::System(system.clone());
    let lane = bridge.store.lane_to(to).await?;
    if !is_known && (send || lane.is_none()) {
        return Err(not_found("system"));
    }
    if send && is_dry_run {
        let why = format!(
            "system {system} is in dry-run mode: set `mode = \"live\"` and reload, then release"
        );
        return Err(Refusal::NotNow(why).into());
    }
    let mut released = Released {
        system: system.clone(),
        fate: if send { "send" } else { "discard" }.to_owned(),
        dry_run: decision.dry_run,
        done: 0,
        refused: 0,
        left: 0,
        next: None,
    };
    let counts = bridge.store.counts(vec![system.clone()]).await?;
    released.left = counts.get(&system).map_or(0, |counts| counts.recorded);
    let Some(lane) = lane.filter(|_| !decision.dry_run) else {
        return Ok(Json(released));
    };
    if decision.after == 0 {
        let (fate, recorded) = (released.fate.as_str(), released.left);
        tracing::info!(
            system,
            fate,
            recorded,
            "the operator decides about what was recorded"
        );
    }
    let until = Instant::now() + LONGEST;
    let mut after = DeliveryId(decision.after);
    loop {
        let step = bridge.store.recorded(lane, after, STEP).await?;
        let is_last = step.len() < STEP;
        after = step.last().copied().unwrap_or(after);
        let mut ends = stream::iter(step)
            .map(|delivery| decide(&bridge, delivery, send))
            .buffered(MOST_AT_ONCE);
        while let Some(end) = ends.next().await {
            match end? {
                End::Done => {
                    released.done += 1;
                    if !send {
                        bridge.metrics.delivery(&system, "cancelled");
                    }
                }
                End::Refused => released.refused += 1,
                End::MovedOn => {}
            }
        }
        if is_last {
            break;
        }
        if Instant::now() >= until {
            released.next = Some(after.0);
            break;
        }
    }
    let counts = bridge.store.counts(vec![system.clone()]).await?;
    released.left = counts.get(&system).map_or(0, |counts| counts.recorded);
    Ok(Json(released))
}

enum End {
    Done,
    /// Its record cannot be read, or the system is in dry-run mode again.
    Refused,
    /// Somebody else decided about it.
    MovedOn,
}

async fn decide(bridge: &Bridge, delivery: DeliveryId, send: bool) -> Result<End, Problem> {
    let order = OperatorOrder::ReleaseRecorded { delivery, send };
    let event = bridge.event(Happening::Ordered(order));
    match bridge.store.commit(event, Rank::Agent).await {
        Ok(Answer::Done(_)) => Ok(End::Done),
        Ok(Answer::Refused(Refusal::Stale | Refusal::NotFound(_))) => Ok(End::MovedOn),
        Ok(_) => Ok(End::Refused),
        Err(CommitError::SetAside(reason)) => {
            tracing::warn!(%delivery, %reason, "nothing can be decided about a recorded delivery");
            Ok(End::Refused)
        }
        Err(error) => Err(error.into()),
    }
}
