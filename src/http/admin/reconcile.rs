//! Comparing both sides of links, a few seconds at a time.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

use crate::http::Bridge;
use crate::http::problem::Problem;
use crate::reconcile::{
    Again, Asked, Compared, Cursor, Finding, Outcome, ReconcileError, Reconciling, Tally,
};

use super::given::Given;
use super::problem::fault;
use super::wire::{Drift, ReconcileCounts, ReconcileStopped, Reconciled};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct What {
    /// Only these systems; all that are configured if left out.
    systems: Option<Vec<String>>,
    /// From there on: an earlier answer's `next`.
    after: Option<String>,
    /// Whether to heal what is found.
    #[serde(default)]
    apply: bool,
}

pub(super) async fn reconcile(
    State(bridge): State<Bridge>,
    Given(what): Given<What>,
) -> Result<Json<Reconciled>, Problem> {
    let systems = callable(&bridge)?;
    let configured: Vec<String> = bridge
        .live
        .load()
        .settings
        .systems
        .keys()
        .cloned()
        .collect();
    let asked = Asked {
        systems: what.systems.unwrap_or_else(|| configured.clone()),
        from: match what.after {
            Some(after) => after
                .parse()
                .map_err(|bad: crate::reconcile::BadCursor| fault("/after", format!("is {bad}")))?,
            None => Cursor::default(),
        },
        apply: what.apply,
    };
    if let Some(unknown) = asked.systems.iter().find(|id| !configured.contains(id)) {
        let detail = format!("`{unknown}` is none of {}", configured.join(", "));
        return Err(fault("/systems", detail));
    }
    if asked.apply && asked.from == Cursor::default() {
        let systems = asked.systems.join(", ");
        tracing::info!(
            systems,
            "the operator has both sides of links compared and healed"
        );
    }
    let reconciling = Reconciling {
        store: bridge.store.clone(),
        clock: Arc::clone(&bridge.clock),
        live: Arc::clone(&bridge.live),
        metrics: Arc::clone(&bridge.metrics),
        systems,
    };
    match reconciling.compare(&asked).await {
        Ok(compared) => Ok(Json(to_wire(compared))),
        Err(ReconcileError::Read(error)) => Err(error.into()),
        Err(ReconcileError::Commit(error)) => Err(error.into()),
    }
}

/// The systems, where this process calls them.
pub(super) fn callable(bridge: &Bridge) -> Result<Arc<crate::systems::Couriers>, Problem> {
    bridge.systems.clone().ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "this process was started without the keys of the systems",
        )
    })
}

fn to_wire(compared: Compared) -> Reconciled {
    let tallies = compared.tallies.into_iter();
    Reconciled {
        findings: compared.findings.into_iter().map(drift).collect(),
        counts: tallies
            .map(|(system, tally)| (system, counts(tally)))
            .collect(),
        next: compared.next.map(|next| next.to_string()),
        stopped: compared.stopped.map(|stopped| ReconcileStopped {
            system: stopped.system,
            reason: stopped.reason,
            again: stopped.again != Again::Never,
            again_in: match stopped.again {
                Again::In(seconds) => Some(seconds),
                Again::Soon | Again::Never => None,
            },
        }),
    }
}

fn drift(finding: Finding) -> Drift {
    let (outcome, reason) = match finding.outcome {
        Outcome::Found => ("found", None),
        Outcome::Healed => ("healed", None),
        Outcome::Left(why) => ("left", Some(why)),
    };
    Drift {
        ticket: finding.ticket.map(|ticket| ticket.0),
        system: finding.system,
        remote: finding.remote,
        drift: finding.drift.word().to_owned(),
        here: finding.here,
        there: finding.there,
        outcome: outcome.to_owned(),
        reason,
    }
}

fn counts(tally: Tally) -> ReconcileCounts {
    ReconcileCounts {
        compared: tally.compared,
        pending: tally.pending,
        gone: tally.gone,
        untold: tally.untold,
        unclear: tally.unclear,
        records_unread: tally.records_unread,
        closed_unmirrored: tally.closed_unmirrored,
    }
}
