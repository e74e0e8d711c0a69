//! Memory, and time from start to ready: of an empty store, and of one with many pending deliveries.

use std::path::Path;
use std::time::Duration;

use tokio::time::sleep;

use crate::config;
use crate::context::Context;
use crate::report::{Aim, Section};
use crate::usage;

/// What one run of one store found.
#[derive(Default)]
pub(super) struct Found {
    after_stop: Vec<f64>,
    after_kill: Vec<f64>,
    resident: Vec<f64>,
    most: Vec<f64>,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("footprint", "memory, and time from start to ready");
    let mut idle = Found::default();
    for turn in 0..context.runs {
        context.progress(&format!(
            "footprint of an empty store, run {} of {}",
            turn + 1,
            context.runs
        ));
        let folder = context.new_folder()?;
        context
            .daemon(folder.path(), config::LOOPBACK)
            .await?
            .stop()
            .await?;
        look(context, folder.path(), config::LOOPBACK, &mut idle).await?;
    }
    idle.tell(&mut section, "idle");
    let pending = context.pending_to_dead_hosts().await?;
    for (what, delivery) in [
        ("pending, hosts dead", config::LOOPBACK),
        ("pending, held by rates", config::CLOSED),
    ] {
        let mut found = Found::default();
        for turn in 0..context.runs {
            context.progress(&format!(
                "footprint: {what}, run {} of {}",
                turn + 1,
                context.runs
            ));
            let folder = pending.stock.copy(context)?;
            look(context, folder.path(), delivery, &mut found).await?;
        }
        found.tell(&mut section, what);
    }
    section.note(format!(
        "pending: {} deliveries over {} lanes of {} hosts where nothing listens",
        pending.deliveries, pending.lanes, pending.hosts
    ));
    Ok(section)
}

/// Starts it after a clean stop, looks at its memory after a while, kills it and starts it again.
pub(super) async fn look(
    context: &Context,
    folder: &Path,
    delivery: &str,
    found: &mut Found,
) -> anyhow::Result<()> {
    let daemon = context.daemon(folder, delivery).await?;
    found
        .after_stop
        .push(daemon.ready_after.as_secs_f64() * 1e3);
    sleep(context.size(Duration::from_millis(500), Duration::from_secs(10))).await;
    let (resident, most) = usage::memory(daemon.pid())?;
    found.resident.push(resident);
    found.most.push(most);
    daemon.kill().await?;
    let daemon = context.daemon(folder, delivery).await?;
    found
        .after_kill
        .push(daemon.ready_after.as_secs_f64() * 1e3);
    daemon.stop().await
}

impl Found {
    pub(super) fn tell(&self, section: &mut Section, what: &str) {
        section.figure(format!("{what}: resident memory"), "MiB", &self.resident);
        if what == "idle" {
            section.aim(Aim::AtMost(25.0));
        }
        section.figure(
            format!("{what}: most resident memory so far"),
            "MiB",
            &self.most,
        );
        section.figure(
            format!("{what}: start to ready after a clean stop"),
            "ms",
            &self.after_stop,
        );
        section.figure(
            format!("{what}: start to ready after SIGKILL"),
            "ms",
            &self.after_kill,
        );
    }
}
