//! A backup of a large store while its daemon goes on: how long it takes, how large it is, and what it costs intake.

use std::cell::Cell;
use std::path::Path;

use tokio::time::Instant;

use crate::commands::Commands;
use crate::config;
use crate::context::Context;
use crate::daemon::{self, Daemon};
use crate::message;
use crate::report::{Aim, Section};
use crate::stock::Stock;
use crate::usage;

use super::intake;

const CONNECTIONS: usize = 64;

/// What each run found.
#[derive(Default)]
struct Found {
    took: Vec<f64>,
    size: Vec<f64>,
    own_memory: Vec<f64>,
    memory_before: Vec<f64>,
    memory_after: Vec<f64>,
    alone: Vec<f64>,
    meanwhile: Vec<f64>,
    took_meanwhile: Vec<f64>,
    checking: Vec<f64>,
    restoring: Vec<f64>,
    restoring_memory: Vec<f64>,
    looking: Vec<f64>,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let count = context.size(2_000, 200_000);
    let mut section = Section::new("backup", "a backup of a large store while it goes on");
    let stock = Stock::filled(context, count, count, message::idle_url).await?;
    let mut found = Found::default();
    let mut rows = 0;
    for turn in 0..context.runs {
        context.progress(&format!("backup, run {} of {}", turn + 1, context.runs));
        let folder = stock.copy(context)?;
        let commands = Commands::new(context, folder.path())?;
        let daemon = context.daemon(folder.path(), config::CLOSED).await?;
        while_it_goes_on(context, &daemon, folder.path(), &commands, turn, &mut found).await?;
        daemon.stop().await?;
        rows = put_back(folder.path(), &commands, &mut found).await?;
    }
    found.tell(&mut section);
    section.note(format!(
        "{count} tickets, each with a reply that waits, and what the intake of the same run adds; {rows} rows in the last \
         backup; the store's folder has {} MiB",
        daemon::size_of(&stock.copy(context)?.path().join("state"))? >> 20
    ));
    section.note(format!(
        "intake: {CONNECTIONS} connections for some seconds; meanwhile: the same while one backup is taken after the other"
    ));
    Ok(section)
}

async fn while_it_goes_on(
    context: &Context,
    daemon: &Daemon,
    folder: &Path,
    commands: &Commands,
    turn: u32,
    found: &mut Found,
) -> anyhow::Result<()> {
    let file = folder.join("backup");
    found.memory_before.push(usage::memory(daemon.pid())?.0);
    let took = commands.back_up(&file).await?;
    found.took.push(took.seconds);
    found.own_memory.push(took.memory);
    found.size.push(mebibytes(file.metadata()?.len()));
    found.memory_after.push(usage::memory(daemon.pid())?.1);
    let intake = |run| intake::drive(context, daemon.address, daemon.pid(), CONNECTIONS, run);
    let run = 2 * u64::from(turn) + 1;
    found.alone.push(intake(run).await?.done.rate());
    let is_over = Cell::new(false);
    let backups = async {
        let mut took = Vec::new();
        while !is_over.get() {
            let began = Instant::now();
            commands.back_up(&file).await?;
            took.push(began.elapsed().as_secs_f64());
        }
        anyhow::Ok(took)
    };
    let load = async {
        let done = intake(run + 1).await;
        is_over.set(true);
        done
    };
    let (took, meanwhile) = tokio::try_join!(backups, load)?;
    found.meanwhile.push(meanwhile.done.rate());
    // The last one ended after the load.
    found.took_meanwhile.extend(took.first());
    Ok(())
}

/// Looks at the last backup, puts it in the place of its store, and looks at that. Says how many rows it has.
async fn put_back(folder: &Path, commands: &Commands, found: &mut Found) -> anyhow::Result<u64> {
    let file = folder.join("backup");
    let (rows, checking) = commands.count_rows_of(&file).await?;
    found.checking.push(checking.seconds);
    let restoring = commands.restore(&file).await?;
    found.restoring.push(restoring.seconds);
    found.restoring_memory.push(restoring.memory);
    found.looking.push(commands.count_rows().await?.1.seconds);
    Ok(rows)
}

impl Found {
    fn tell(&self, section: &mut Section) {
        section.figure("`store backup`, nothing else to do", "s", &self.took);
        section.figure("the backup's size", "MiB", &self.size);
        section.figure("memory of the command", "MiB", &self.own_memory);
        section.against(
            "the daemon's most memory until then, against that before",
            "MiB",
            &self.memory_after,
            &self.memory_before,
        );
        section.against(
            "tickets taken in meanwhile, against those without",
            "1/s",
            &self.meanwhile,
            &self.alone,
        );
        section.aim(Aim::AtLeast(0.5));
        section.figure("`store backup` beside intake", "s", &self.took_meanwhile);
        section.figure("`store check --backup`", "s", &self.checking);
        section.figure("`store restore`", "s", &self.restoring);
        section.figure("memory of `store restore`", "MiB", &self.restoring_memory);
        section.figure("`store check` without a daemon", "s", &self.looking);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rough figure")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
