//! A customer writes, and everybody has the ticket.

use anyhow::ensure;

use super::{JANE, Jane};
use crate::demo::show::Place;
use crate::demo::stage::Stage;

pub(super) async fn play(stage: &mut Stage) -> anyhow::Result<Jane> {
    stage.act("Morning. The daemon starts, and a customer writes")?;
    let pid = stage.start_daemon().await?;
    let words = format!("takes tickets; it is process {pid}");
    stage.saw(Place::Daemon, words)?;
    let number = stage.mail(&JANE, None).await?;
    let visit = stage.stands_in_line(number).await?;
    let at_desk = stage.is_made_at_desk(number, JANE.text).await?;
    stage.hub_reads(JANE.text).await?;

    let (status, taken) = stage.zap_sends(&JANE).await?;
    ensure!(
        status == 200 && taken["duplicate"] == true,
        "expected the same again to be a duplicate, not {status} {taken}"
    );
    stage.saw(
        Place::Zapier,
        format!("sends the same again: {status}, a duplicate of ticket {number}"),
    )?;
    Ok(Jane {
        number,
        visit,
        at_desk,
    })
}
