//! Seeing whether a system is what it is taken for.

use axum::Json;
use axum::extract::{Path, State};

use crate::http::Bridge;
use crate::http::problem::Problem;
use crate::probe::Probing;

use super::problem::not_found;
use super::reconcile::callable;
use super::wire::Probed;

pub(super) async fn probe(
    State(bridge): State<Bridge>,
    Path(system): Path<String>,
) -> Result<Json<Vec<Probed>>, Problem> {
    let systems = callable(&bridge)?;
    let live = bridge.live.load_full();
    let settings = live.settings.systems.get(&system);
    let settings = settings.ok_or_else(|| not_found("system"))?;
    tracing::info!(system, "the operator has a system probed");
    let probing = Probing {
        systems: &systems,
        public_url: &live.settings.server.public_url,
        gate: live.keys.gate(&system).map(|(_, gate)| gate),
    };
    let checks = probing.probe(settings).await.into_iter();
    let shown = checks.map(|check| Probed {
        verdict: check.verdict.word().to_owned(),
        assumption: check.assumption,
        seen: check.seen,
    });
    Ok(Json(shown.collect()))
}
