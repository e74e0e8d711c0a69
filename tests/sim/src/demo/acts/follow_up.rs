//! The customer writes again, and an agent at the hub answers that.

use super::{JANE, Jane};
use crate::demo::stage::{Mail, Stage};

const MORE: Mail<'_> = Mail {
    uid: "mail-2",
    parent: Some("mail-1"),
    text: "It is out. May I come by for a new one?",
    ..JANE
};
const ANSWER: &str = "Of course. We have one at the front desk.";

pub(super) async fn play(stage: &mut Stage, jane: &Jane) -> anyhow::Result<()> {
    stage.act("Noon. The customer writes again")?;
    stage.mail(&MORE, Some(jane.number)).await?;
    let relayed = format!("Jane Eyre wrote:\n\n{}", MORE.text);
    stage.desk_reads(jane.at_desk, &relayed).await?;
    let at_hub = stage.hub_reads(MORE.text).await?;
    stage.hub_replies(jane.number, at_hub, ANSWER).await?;
    stage.customer_reads(ANSWER).await?;
    stage.desk_reads(jane.at_desk, ANSWER).await
}
