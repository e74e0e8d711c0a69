//! Two agents answer, each where they work, and both write a note.

use super::Jane;
use crate::demo::ledger::Voice;
use crate::demo::scene::quoted;
use crate::demo::show::Place;
use crate::demo::stage::Stage;

const OURS: &str = "Please stand back. Is it a big fire?";
const THEIRS: &str = "I have switched off the power.";
const OUR_NOTE: &str = "It is that printer again.";
const THEIR_NOTE: &str = "The fourth this week.";

/// An agent at DeskHive whose account is not the one that the daemon uses.
const JONES: u64 = 5;

pub(super) async fn play(stage: &mut Stage, jane: &Jane) -> anyhow::Result<()> {
    stage.act("Two agents answer, each where they work")?;
    stage.agent_replies(jane.number, OURS).await?;
    stage.customer_reads(OURS).await?;
    stage.desk_reads(jane.at_desk, OURS).await?;
    stage.clerk_reads(jane.number, OURS).await?;

    stage.desk.agent_replies(jane.at_desk, JONES, THEIRS)?;
    stage.ledger.say(jane.number, Voice::Support, THEIRS);
    stage.saw(
        Place::Support,
        format!("Agent Jones answers there: {}", quoted(THEIRS)),
    )?;
    stage.customer_reads(THEIRS).await?;
    stage.agent_reads(jane.number, THEIRS).await?;
    stage.clerk_reads(jane.number, THEIRS).await?;

    stage.act("What is said among agents stays among agents")?;
    stage.agent.notes(jane.number, OUR_NOTE).await?;
    stage.ledger.note(jane.number, Voice::Agent, OUR_NOTE);
    stage.saw(
        Place::Agent,
        format!("Agent Smith notes: {}", quoted(OUR_NOTE)),
    )?;
    stage.desk.agent_notes(jane.at_desk, JONES, THEIR_NOTE)?;
    stage.ledger.note(jane.number, Voice::Support, THEIR_NOTE);
    stage.saw(
        Place::Support,
        format!("Agent Jones notes: {}", quoted(THEIR_NOTE)),
    )?;
    stage.agent_reads(jane.number, THEIR_NOTE).await
}
