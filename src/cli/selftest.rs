//! `selftest`: whether a ticket and a reply get through on this machine, with this program, on the store's disk.
//!
//! It takes a daemon of its own, the very one that `serve` is, with a store beside the configured one: nothing that is
//! stored or configured is touched, no system is called, and nothing is left. A daemon that runs is only asked whether
//! it answers.

mod receiver;
mod report;
mod stage;
mod steps;

use tokio::signal::unix::{SignalKind, signal};

use crate::settings::Settings;

use super::failure::Failure;
use super::output::print;
use report::Report;
use stage::Stage;

/// Runs the whole test; one that ends badly, or that somebody breaks off, leaves as little.
pub(super) async fn run(settings: &Settings, json: bool) -> Result<(), Failure> {
    let stage = Stage::set(settings)?;
    let mut report = Report::new(stage.folder(), stage.is_on_disk_of_store());
    let broken_off = tokio::select! {
        biased;
        () = told_to_end() => true,
        tested = steps::all(&stage, settings, &mut report) => {
            if let Err(trouble) = tested {
                report.fail(&trouble, stage.log());
            }
            false
        }
    };
    stage.clear().await?;
    if broken_off {
        return Err(Failure::Failed(anyhow::anyhow!(
            "broken off; nothing is left of it"
        )));
    }
    print(&report.render(json)?)?;
    match report.ok() {
        true => Ok(()),
        false => Err(Failure::Reported(1)),
    }
}

async fn told_to_end() {
    let kinds = [
        SignalKind::interrupt(),
        SignalKind::terminate(),
        SignalKind::hangup(),
    ];
    let signals = kinds.map(signal);
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals else {
        // Then a signal ends the process, and the daemon with it.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}
