//! `reconcile [SYSTEM] [--apply]`

mod pace;
mod report;

use serde_json::json;
use tokio::time::Instant;

use crate::http::admin::wire::{Reconciled, System};

use super::failure::Failure;
use super::output::{complain, print};
use super::transport::Transport;
use super::words::counted;

use pace::{Next, Pace};
use report::Report;

/// Differences that are printed at a time, so that no number of them fills the memory.
const MOST_AT_ONCE: usize = 10_000;

pub(super) async fn run(
    transport: &Transport,
    system: Option<String>,
    apply: bool,
    as_json: bool,
) -> Result<(), Failure> {
    let mut systems = match system {
        Some(system) => vec![system],
        None => configured(transport).await?,
    };
    let mut report = Report::default();
    let mut pace = Pace::default();
    let mut after: Option<String> = None;
    let mut said = Instant::now();
    let mut has_begun = false;
    while !systems.is_empty() {
        let asked = json!({ "systems": systems, "after": after, "apply": apply });
        let answer = transport.post("reconcile", &asked).await?;
        let compared = answer.read::<Reconciled>()?;
        if as_json && !std::mem::replace(&mut has_begun, true) {
            print("[")?;
        }
        let stopped = compared.stopped.clone();
        let is_on = compared.next != after;
        after.clone_from(&compared.next);
        report.add(compared);
        if as_json || report.findings() >= MOST_AT_ONCE {
            flush(&mut report, as_json)?;
        }
        match stopped.map(|stopped| (pace.next(&stopped, is_on), stopped)) {
            Some((Next::After(wait), stopped)) => {
                let (system, reason) = (stopped.system, stopped.reason);
                complain(&format!(
                    "{system} does not answer, asked again in {} s: {reason}",
                    wait.as_secs()
                ));
                tokio::time::sleep(wait).await;
                continue;
            }
            Some((Next::Without, stopped)) => {
                systems.retain(|system| *system != stopped.system);
                report.gave_up(&stopped.system, &stopped.reason);
                continue;
            }
            None if after.is_none() => break,
            None => {}
        }
        if said.elapsed().as_secs() >= 10 {
            complain(&format!("{} so far", report.progress()));
            said = Instant::now();
        }
    }
    flush(&mut report, as_json)?;
    if as_json {
        print(if has_begun { "]" } else { "[]" })?;
        complain(&report.summary(apply));
    } else if report.has_tables() {
        print(&format!("\n{}", report.summary(apply)))?;
    } else {
        print(&report.summary(apply))?;
    }
    match report.is_well(apply) {
        true => Ok(()),
        false => Err(Failure::Reported(1)),
    }
}

async fn configured(transport: &Transport) -> Result<Vec<String>, Failure> {
    let answer = transport.get("systems", &[]).await?;
    let systems = answer.read::<Vec<System>>()?.into_iter();
    Ok(systems.map(|system| system.id).collect())
}

fn flush(report: &mut Report, as_json: bool) -> Result<(), Failure> {
    let text = match as_json {
        true => report.take_json()?,
        false => report.take_table(),
    };
    match text.is_empty() {
        true => Ok(()),
        false => print(&text),
    }
}

fn links(count: u64) -> String {
    counted(count, "link", "links")
}
