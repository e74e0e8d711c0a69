//! Tickets are removed because their time is up: what that costs intake, and how fast it goes.

use std::fs;
use std::path::Path;

use anyhow::ensure;
use tokio::time::{Duration, Instant, sleep};

use crate::config;
use crate::context::Context;
use crate::message;
use crate::report::{Aim, Section};
use crate::stock::{self, Stock};

use super::intake;

const CONNECTIONS: usize = 64;
const LONGEST: Duration = Duration::from_secs(600);

/// Whatever is closed goes.
const SHORT: &str = "\
[retention]
closed_tickets = \"1s\"
";

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let count = context.size(2_000, 60_000);
    let mut section = Section::new("retention", "tickets removed while others come");
    let stock = Stock::filled(context, count, 0, message::idle_url).await?;
    let folder = stock.copy(context)?;
    let daemon = context.daemon(folder.path(), config::CLOSED).await?;
    stock::close(&daemon, &stock.tickets).await?;
    daemon.stop().await?;
    let (mut kept, mut meanwhile, mut removed, mut alone) =
        <(Vec<_>, Vec<_>, Vec<_>, Vec<_>)>::default();
    for turn in 0..context.runs {
        context.progress(&format!("retention, run {} of {}", turn + 1, context.runs));
        let run = 2 * u64::from(turn) + 1;
        let copy = stock::copy(context, folder.path())?;
        let daemon = context.daemon(copy.path(), config::CLOSED).await?;
        let done = intake::drive(context, daemon.address, daemon.pid(), CONNECTIONS, run).await?;
        kept.push(done.done.rate());
        daemon.kill().await?;

        let copy = stock::copy(context, folder.path())?;
        shorten(copy.path())?;
        let daemon = context.daemon(copy.path(), config::CLOSED).await?;
        wait_until_fewer(&daemon, count).await?;
        let (before, began) = (daemon.count_tickets(CLOSED).await?, Instant::now());
        let done =
            intake::drive(context, daemon.address, daemon.pid(), CONNECTIONS, run + 1).await?;
        let (after, seconds) = (
            daemon.count_tickets(CLOSED).await?,
            began.elapsed().as_secs_f64(),
        );
        ensure!(
            context.quick || after > 0,
            "everything was removed before the load was over"
        );
        meanwhile.push(done.done.rate());
        removed.push(rate(before - after, seconds));
        let began = Instant::now();
        wait_until_fewer(&daemon, 1).await?;
        alone.push(rate(after, began.elapsed().as_secs_f64()));
        daemon.kill().await?;
    }
    section.against(
        "tickets taken in while others are removed, against those while nothing is",
        "1/s",
        &meanwhile,
        &kept,
    );
    section.aim(Aim::AtLeast(0.5));
    section.figure("removed meanwhile", "1/s", &removed);
    section.figure("removed with nothing else to do", "1/s", &alone);
    section.note(format!(
        "{count} closed tickets, without replies; intake at {CONNECTIONS} connections"
    ));
    Ok(section)
}

const CLOSED: &str = "&status=closed";

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn rate(count: u64, seconds: f64) -> f64 {
    count as f64 / seconds
}

fn shorten(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir(folder.join("conf.d"))?;
    Ok(fs::write(folder.join("conf.d/short.toml"), SHORT)?)
}

/// Waits until fewer closed tickets than that are there.
async fn wait_until_fewer(daemon: &crate::daemon::Daemon, than: u64) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let left = daemon.count_tickets(CLOSED).await?;
        if left < than {
            return Ok(());
        }
        ensure!(began.elapsed() < LONGEST, "{left} tickets are still there");
        sleep(Duration::from_millis(20)).await;
    }
}
