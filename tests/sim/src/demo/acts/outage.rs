//! DeskHive is down, the daemon is killed meanwhile, and all is caught up with.

use anyhow::{Context as _, bail};
use serde_json::Value;
use ticketbridge_sim::deskhive::{Outage, Status};

use super::{JANE, Jane, TOM};
use crate::demo::scene::{counted, plain, quoted};
use crate::demo::show::Place;
use crate::demo::stage::{Mail, Stage};

const AGAIN: Mail<'_> = Mail {
    uid: "mail-4",
    parent: Some("mail-2"),
    text: "The new one smells of smoke.",
    ..JANE
};
const GATE: Mail<'_> = Mail {
    uid: "mail-5",
    parent: Some("mail-3"),
    text: "And so does the gate.",
    ..TOM
};
const FIRST: &str = "Which colour?";
const SECOND: &str = "We have white.";

pub(super) async fn play(stage: &mut Stage, jane: &Jane) -> anyhow::Result<()> {
    stage.act("Afternoon. DeskHive is down, and nobody else waits for it")?;
    stage.desk.outage(Some(Outage::Refused)).await?;
    stage.saw(Place::Support, "is down: it takes no connections")?;
    let tom = stage.mail(&TOM, None).await?;
    stage.stands_in_line(tom).await?;
    stage.hub_reads(TOM.text).await?;
    stage.agent_replies(tom, FIRST).await?;
    stage.customer_reads(FIRST).await?;
    stage.agent_replies(tom, SECOND).await?;
    stage.customer_reads(SECOND).await?;
    stage.mail(&AGAIN, Some(jane.number)).await?;
    stage.agent_sees_status(jane.number, "open").await?;
    stage.stands_in_line(jane.number).await?;
    let waiting = waiting(stage).await?;
    let words = format!("{} for DeskHive", waiting_words(waiting));
    stage.saw(Place::Daemon, words)?;

    stage.act("The daemon is killed, and starts again")?;
    stage.daemon.kill().await?;
    stage.saw(Place::Daemon, "is killed (SIGKILL)")?;
    match stage.try_zap(&GATE).await.answer {
        Ok((status, body)) => bail!("expected nobody to answer the Zap, not {status} {body}"),
        Err(_) => stage.saw(
            Place::Zapier,
            format!("Tom Sawyer adds {}: nobody answers", quoted(GATE.text)),
        )?,
    }
    let pid = stage.start_daemon().await?;
    let known = stage.agent.tickets().await?.len();
    let known = counted(known, "ticket");
    let words = format!("takes tickets again, as process {pid}; it has {known}");
    stage.saw(Place::Daemon, words)?;
    // As Zapier does by itself, later.
    stage.mail(&GATE, Some(tom)).await?;

    stage.act("DeskHive comes back, and catches up in order")?;
    stage.desk.outage(None).await?;
    stage.saw(Place::Support, "is back")?;
    let at_desk = stage.is_made_at_desk(tom, TOM.text).await?;
    stage
        .desk_reads(at_desk, &format!("Tom Sawyer wrote:\n\n{}", GATE.text))
        .await?;
    let thread = stage.desk.messages(at_desk);
    let thread: Vec<String> = thread
        .iter()
        .map(|one| quoted(&plain(&one.content)))
        .collect();
    stage.saw(Place::Support, format!("all of it: {}", thread.join(", ")))?;
    stage
        .desk_reads(jane.at_desk, &format!("Jane Eyre wrote:\n\n{}", AGAIN.text))
        .await?;
    stage.desk_stands(jane.at_desk, Status::Open).await
}

/// How many deliveries to DeskHive are not made, by the operator's command.
async fn waiting(stage: &Stage) -> anyhow::Result<usize> {
    let systems = stage.daemon.run(&["systems", "list", "--json"]).await?;
    let systems: Value = serde_json::from_str(&systems).context("systems list --json")?;
    let mut systems = systems.as_array().into_iter().flatten();
    let support = systems.find(|one| one["id"] == "support");
    let pending = support.and_then(|one| one["pending"].as_u64());
    let pending = pending.context("systems list does not say what is pending for support")?;
    if pending == 0 {
        bail!("expected deliveries to wait for DeskHive");
    }
    Ok(usize::try_from(pending)?)
}

fn waiting_words(waiting: usize) -> String {
    match waiting {
        1 => "1 delivery waits".to_owned(),
        _ => format!("{waiting} deliveries wait"),
    }
}
