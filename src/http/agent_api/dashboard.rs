//! An agent's figures.

use axum::Json;
use axum::extract::{Extension, State};
use deskhive_client::{Dashboard, Envelope};

use super::fault::Fault;
use super::gate::Caller;
use crate::http::Bridge;

pub(super) async fn show(
    State(bridge): State<Bridge>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Envelope<Dashboard>>, Fault> {
    let today = bridge.clock.now().day();
    let figures = bridge.store.desk_figures(caller.lists(), today).await?;
    Ok(Json(Envelope::new(Dashboard {
        open_tickets: figures.open,
        in_progress_tickets: figures.in_progress,
        needs_response: figures.needs_response,
        closed_today: figures.closed_on_day,
    })))
}
