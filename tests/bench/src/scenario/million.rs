//! A store with a million tickets: its memory, its start, and intake against an empty store.

use crate::config;
use crate::context::Context;
use crate::daemon;
use crate::message;
use crate::report::{Aim, Section};
use crate::stock;

use super::footprint::{self, Found};
use super::intake;

const CONNECTIONS: usize = 64;

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let count = context.size(10_000, 1_000_000);
    let mut section = Section::new("million", "a store with a million tickets");
    context.progress(&format!(
        "filling a store with {count} tickets; this takes minutes"
    ));
    let folder = context.new_folder()?;
    let daemon = context.daemon(folder.path(), config::LOOPBACK).await?;
    stock::take_tickets(&daemon, 0, count, message::idle_url).await?;
    daemon.stop().await?;
    let size = daemon::size_of(&folder.path().join("state"))?;
    let mut found = Found::default();
    for turn in 0..context.runs {
        context.progress(&format!(
            "million: footprint, run {} of {}",
            turn + 1,
            context.runs
        ));
        footprint::look(context, folder.path(), config::LOOPBACK, &mut found).await?;
    }
    found.tell(&mut section, "stored");
    let (mut ours, mut theirs, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..context.runs {
        context.progress(&format!(
            "million: intake, run {} of {}",
            turn + 1,
            context.runs
        ));
        let run = u64::from(turn) + 1;
        theirs.push(intake::empty_store(context, CONNECTIONS, run).await?);
        let daemon = context.daemon(folder.path(), config::LOOPBACK).await?;
        ours.push(intake::drive(context, daemon.address, daemon.pid(), CONNECTIONS, run).await?);
        memory.push(crate::usage::memory(daemon.pid())?.0);
        daemon.stop().await?;
    }
    section.figure("stored: resident memory after intake", "MiB", &memory);
    let rates = |runs: &[intake::Run]| runs.iter().map(|run| run.done.rate()).collect::<Vec<f64>>();
    section.against(
        format!("tickets at {CONNECTIONS} connections"),
        "1/s",
        &rates(&ours),
        &rates(&theirs),
    );
    section.aim(Aim::AtLeast(0.8));
    section.note(format!(
        "{count} tickets, {} MiB on disk; baseline: the daemon with an empty store",
        size >> 20
    ));
    section.note("each run adds its tickets to the store, a few percent at most");
    Ok(section)
}
