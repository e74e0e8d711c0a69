//! Systems: what they are and whether they are paused, and pausing and resuming them.

use axum::Json;
use axum::extract::{Path, State};

use crate::http::Bridge;
use crate::http::problem::Problem;
use crate::model::{Happening, OperatorOrder};
use crate::plan::Answer;
use crate::settings::{self, Mode, Settings, SystemKind};

use super::order::{commit, described, unexpected};
use super::wire::{Done, Pause, System};

pub(super) async fn list(State(bridge): State<Bridge>) -> Result<Json<Vec<System>>, Problem> {
    let live = bridge.live.load_full();
    let ids: Vec<String> = live.settings.systems.keys().cloned().collect();
    let counts = bridge.store.counts(ids.clone()).await?;
    let lanes = bridge.store.system_lanes(ids).await?;
    let shown = |system: &settings::System| {
        let counts = counts.get(&system.id).copied().unwrap_or_default();
        let lane = lanes.get(&system.id);
        System {
            id: system.id.clone(),
            kind: kind(&system.kind).to_owned(),
            base_url: system.base_url.to_string(),
            mode: match system.mode {
                Mode::Live => "live",
                Mode::DryRun => "dry-run",
            }
            .to_owned(),
            brands: brands(&live.settings, &system.id),
            pending: counts.pending,
            recorded: counts.recorded,
            dead_letters: counts.dead_letters,
            pause: lane.and_then(|lane| lane.pause.as_ref()).map(Pause::from),
        }
    };
    Ok(Json(live.settings.systems.values().map(shown).collect()))
}

fn kind(kind: &SystemKind) -> &'static str {
    match kind {
        SystemKind::Qminder(_) => "qminder",
        SystemKind::DeskHive(_) => "deskhive",
        SystemKind::Respondo(_) => "respondo",
    }
}

fn brands(settings: &Settings, system: &str) -> Vec<String> {
    let brands = settings.brands.values();
    brands
        .filter(|brand| brand.mirror_to.iter().any(|id| id == system))
        .map(|brand| brand.id.clone())
        .collect()
}

pub(super) async fn pause(
    State(bridge): State<Bridge>,
    Path(system): Path<String>,
) -> Result<Json<Done>, Problem> {
    let done = format!("system {system} is paused; its queue is kept");
    order(&bridge, OperatorOrder::Pause { system }, done).await
}

pub(super) async fn resume(
    State(bridge): State<Bridge>,
    Path(system): Path<String>,
) -> Result<Json<Done>, Problem> {
    let done = format!("system {system} goes on");
    order(&bridge, OperatorOrder::ResumeSystem { system }, done).await
}

async fn order(bridge: &Bridge, order: OperatorOrder, done: String) -> Result<Json<Done>, Problem> {
    tracing::info!(order = %described(&order), "the operator orders");
    match commit(bridge, Happening::Ordered(order)).await? {
        Answer::Lane(_) => Ok(Json(Done { done })),
        _ => Err(unexpected()),
    }
}
