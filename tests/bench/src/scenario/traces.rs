//! Tickets taken in while each one's way is told as a trace, against none being told.

use crate::config;
use crate::context::Context;
use crate::report::{Aim, Section};
use crate::role::receiver::Receiver;

use super::intake::{Run, drive};

const CONNECTIONS: usize = 64;
/// Nobody listens there.
const NOBODY: u16 = 9;

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("traces", "tickets acknowledged while traces are told");
    let mut collector = Receiver::start().await?;
    let (mut without, mut told, mut away) = (Vec::new(), Vec::new(), Vec::new());
    for turn in 0..context.runs {
        context.progress(&format!("traces, run {} of {}", turn + 1, context.runs));
        let number = u64::from(turn) * 3;
        without.push(taken(context, None, number).await?);
        collector.forget().await?;
        told.push(taken(context, Some(collector.port), number + 1).await?);
        anyhow::ensure!(!collector.arrivals().await?.is_empty(), "no trace was told");
        away.push(taken(context, Some(NOBODY), number + 2).await?);
    }
    let rates = |runs: &[Run]| -> Vec<f64> { runs.iter().map(|run| run.done.rate()).collect() };
    let costs =
        |runs: &[Run]| -> Vec<f64> { runs.iter().map(|run| run.cost(run.driven)).collect() };
    section.against("tickets, each told", "1/s", &rates(&told), &rates(&without));
    section.aim(Aim::AtLeast(0.8));
    section.against(
        "tickets, with a collector that is away",
        "1/s",
        &rates(&away),
        &rates(&without),
    );
    section.aim(Aim::AtLeast(0.8));
    section.against(
        "processor per ticket, each told",
        "us",
        &costs(&told),
        &costs(&without),
    );
    section.note(format!(
        "{CONNECTIONS} connections; baseline: the same daemon without [traces]; what the collector cannot keep up with is dropped and counted"
    ));
    Ok(section)
}

async fn taken(context: &Context, collector: Option<u16>, number: u64) -> anyhow::Result<Run> {
    let folder = context.new_folder()?;
    let traces =
        collector.map(|port| format!("[traces]\nendpoint = \"http://127.0.0.1:{port}\"\n"));
    let settings = format!("{}{}", config::LOOPBACK, traces.unwrap_or_default());
    let daemon = context.daemon(folder.path(), &settings).await?;
    let found = drive(context, daemon.address, daemon.pid(), CONNECTIONS, number).await?;
    daemon.kill().await?;
    Ok(found)
}
