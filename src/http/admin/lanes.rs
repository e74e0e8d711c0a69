//! Lanes: what they hold and how old it is, and letting one go on.

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::http::Bridge;
use crate::model::{Destination, Happening, LaneId, OperatorOrder};
use crate::plan::Answer;

use super::given::Given;
use super::order::{commit, described, unexpected};
use super::problem::{fault, not_found};
use super::wire::{Done, Lane};
use crate::http::problem::Problem;

pub(super) async fn list(State(bridge): State<Bridge>) -> Result<Json<Vec<Lane>>, Problem> {
    let (lanes, hosts) = (bridge.store.lanes().await?, bridge.store.hosts().await?);
    let now = bridge.clock.now();
    let shown = |summary| Lane::to_wire(summary, hosts.get(&summary.lane.host), now);
    Ok(Json(lanes.iter().map(shown).collect()))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    lane: Option<u64>,
    url: Option<String>,
}

pub(super) async fn resume(
    State(bridge): State<Bridge>,
    Given(which): Given<Which>,
) -> Result<Json<Done>, Problem> {
    let lane = match (which.lane, which.url) {
        (Some(lane), None) => LaneId(lane),
        (None, Some(url)) => lane_to(&bridge, &url).await?,
        _ => return Err(fault("", "must have `lane` or `url`, not both")),
    };
    let order = OperatorOrder::Resume { lane };
    tracing::info!(order = %described(&order), "the operator orders");
    match commit(&bridge, Happening::Ordered(order)).await? {
        Answer::Lane(lane) => Ok(Json(Done {
            done: format!("lane {} to {} goes on", lane.id, lane.to.shown()),
        })),
        _ => Err(unexpected()),
    }
}

/// As it was sent, or as a parser writes it.
async fn lane_to(bridge: &Bridge, url: &str) -> Result<LaneId, Problem> {
    let written = url::Url::parse(url).map(String::from).ok();
    for spelling in std::iter::once(url.to_owned()).chain(written) {
        let to = Destination::ResponseUrl(spelling);
        if let Some(lane) = bridge.store.lane_to(to).await? {
            return Ok(lane);
        }
    }
    Err(not_found("lane"))
}
