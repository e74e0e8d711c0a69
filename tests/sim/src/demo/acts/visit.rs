//! The customer comes to the desk.

use std::time::Duration;

use ticketbridge_sim::deskhive::Status;
use tokio::time::sleep;

use super::Jane;
use crate::demo::show::Place;
use crate::demo::stage::Stage;

/// The clerk at the front desk.
const CLERK: u64 = 900;
/// Longer than a second.
const A_VISIT: Duration = Duration::from_millis(1100);

pub(super) async fn play(stage: &mut Stage, jane: &Jane) -> anyhow::Result<()> {
    stage.act("The customer comes to the desk")?;
    stage.qminder.call(&jane.visit, CLERK)?;
    shows(stage, &jane.visit, "a clerk calls")?;
    stage.agent_sees_status(jane.number, "in_progress").await?;
    stage.desk_stands(jane.at_desk, Status::InProgress).await?;
    // Qminder's times have whole seconds: of what a customer wrote within the second in which a visit ended nobody
    // knows whether the clerk saw it, and the daemon takes it for unseen.
    sleep(A_VISIT).await;
    stage.qminder.serve(&jane.visit)?;
    shows(stage, &jane.visit, "the clerk has served")?;
    stage.agent_sees_status(jane.number, "closed").await?;
    stage.desk_stands(jane.at_desk, Status::Closed).await
}

fn shows(stage: &Stage, visit: &str, deed: &str) -> anyhow::Result<()> {
    let visit = stage.qminder.ticket(visit);
    let visit = visit.ok_or_else(|| anyhow::anyhow!("expected the visit to be at Qminder"))?;
    let words = format!("{deed} {}: {}", visit.public_id, visit.status.as_str());
    stage.saw(Place::FrontDesk, words)
}
