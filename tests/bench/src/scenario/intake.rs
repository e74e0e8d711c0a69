//! Tickets taken in, synced and acknowledged, against a server that parses and answers.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use crate::config;
use crate::context::Context;
use crate::load::{self, Done, Until};
use crate::message;
use crate::report::{Aim, Section};
use crate::role::Helper;
use crate::usage::Usage;

const CONNECTIONS: [usize; 4] = [1, 16, 64, 256];
/// The number of connections that the aim is about.
const AIM_AT: usize = 64;

/// One run of one side.
pub(super) struct Run {
    pub(super) done: Done,
    /// Of the side that was driven.
    pub(super) driven: Usage,
    /// Of this process.
    pub(super) generator: Usage,
}

impl Run {
    /// Microseconds of processor per ticket, of the side that was driven.
    pub(super) fn cost(&self, usage: Usage) -> f64 {
        // Warm-up included on both sides of the division.
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        let all = self.done.next as f64;
        usage.processor() * 1e6 / all
    }
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("intake", "tickets acknowledged after their sync");
    let mut numbers = 0;
    for connections in CONNECTIONS {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for turn in 0..context.runs {
            context.progress(&format!(
                "intake at {connections} connections, run {} of {}",
                turn + 1,
                context.runs
            ));
            numbers += 1;
            theirs.push(baseline(context, connections, numbers).await?);
            ours.push(empty_store(context, connections, numbers).await?);
        }
        tell(&mut section, connections, &ours, &theirs);
    }
    section.note("baseline: an axum server in a process of its own that parses the same JSON and answers as many bytes at once");
    section.note("one thread of the benchmark makes the load on the same machine; its processor time stands beside that of the server");
    section.note("the daemon logs one line per ticket into a file, as it does by default");
    Ok(section)
}

fn tell(section: &mut Section, connections: usize, ours: &[Run], theirs: &[Run]) {
    let figures =
        |runs: &[Run], of: &dyn Fn(&Run) -> f64| runs.iter().map(of).collect::<Vec<f64>>();
    section.against(
        format!("tickets at {connections} connections"),
        "1/s",
        &figures(ours, &|run| run.done.rate()),
        &figures(theirs, &|run| run.done.rate()),
    );
    if connections == AIM_AT {
        section.aim(Aim::AtLeast(0.35));
    }
    let p99 = |run: &Run| quantile(&run.done.took, 0.99);
    section.against(
        format!("p99 at {connections} connections"),
        "ms",
        &figures(ours, &p99),
        &figures(theirs, &p99),
    );
    section.against(
        format!("server's processor per ticket at {connections} connections"),
        "us",
        &figures(ours, &|run| run.cost(run.driven)),
        &figures(theirs, &|run| run.cost(run.driven)),
    );
    section.against(
        format!("generator's processor per ticket at {connections} connections"),
        "us",
        &figures(ours, &|run| run.cost(run.generator)),
        &figures(theirs, &|run| run.cost(run.generator)),
    );
}

/// Milliseconds that this share of calls did not exceed.
fn quantile(took: &[Duration], share: f64) -> f64 {
    let took: Vec<f64> = took.iter().map(|took| took.as_secs_f64() * 1e3).collect();
    crate::report::quantile(&took, share)
}

async fn baseline(context: &Context, connections: usize, run: u64) -> anyhow::Result<Run> {
    let mut helper = Helper::start(&["baseline"])?;
    let address = helper.hear().await?;
    drive(context, address, helper.pid()?, connections, run).await
}

pub(super) async fn empty_store(
    context: &Context,
    connections: usize,
    run: u64,
) -> anyhow::Result<Run> {
    let folder = context.new_folder()?;
    let daemon = context.daemon(folder.path(), config::LOOPBACK).await?;
    let found = drive(context, daemon.address, daemon.pid(), connections, run).await?;
    daemon.kill().await?;
    Ok(found)
}

/// Sends tickets for a while, and looks at what that cost.
pub(super) async fn drive(
    context: &Context,
    address: SocketAddr,
    pid: u32,
    connections: usize,
    run: u64,
) -> anyhow::Result<Run> {
    let warm_up = context.size(Duration::from_millis(100), Duration::from_secs(1));
    let time = context.size(Duration::from_millis(300), Duration::from_secs(4));
    let (driven, generator) = (Usage::of(pid)?, Usage::own()?);
    let request = move |number: u64, into: &mut Vec<u8>| {
        let body = message::ticket_body(run, number, &message::idle_url(number));
        message::ticket_request(address, &body, into);
    };
    let until = Until::Time(warm_up, time);
    let done = load::closed_loop(address, connections, 0, until, Rc::new(request)).await?;
    Ok(Run {
        done,
        driven: Usage::of(pid)?.since(driven),
        generator: Usage::own()?.since(generator),
    })
}
