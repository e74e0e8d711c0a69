//! A healthy receiver beside one that hangs with a long queue, against the same receiver alone.

use std::path::Path;

use crate::clock;
use crate::config;
use crate::context::Context;
use crate::load;
use crate::report::{Aim, Section, quantile};
use crate::role::receiver::Receiver;
use crate::stock::{self, Stock};

const HANGING_LANES: u64 = 100;
const CONNECTIONS: usize = 32;
const PER_SECOND: f64 = 100.0;

/// Milliseconds of one run's replies.
struct Run {
    /// From the moment it was accepted to its arrival.
    accepted: Vec<f64>,
    /// From the moment it was due to be posted to its arrival.
    due: Vec<f64>,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("neighbour", "a healthy receiver beside one that hangs");
    let replies = context.size(100, 2_000);
    let queued = context.size(500, 10_000);
    let mut healthy = Receiver::start().await?;
    let mut hanging = Receiver::start().await?;
    hanging.hang(true).await?;
    let (port, hanging_port) = (healthy.port, hanging.port);
    let url = move |_| format!("http://127.1.0.1:{port}/hooks/catch/1/");
    let alone = Stock::filled(context, replies, 0, url).await?;
    let beside = Stock::filled(context, queued + replies, queued, move |number| {
        let lane = number % HANGING_LANES;
        if number < queued {
            format!("http://127.2.0.1:{hanging_port}/hooks/catch/{lane}/")
        } else {
            url(number)
        }
    })
    .await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..context.runs {
        context.progress(&format!("neighbour, run {} of {}", turn + 1, context.runs));
        let folder = alone.copy(context)?;
        theirs.push(posted(context, folder.path(), &alone.tickets, &mut healthy).await?);
        let folder = beside.copy(context)?;
        let tickets = &beside.tickets[usize::try_from(queued)?..];
        ours.push(posted(context, folder.path(), tickets, &mut healthy).await?);
    }
    let of = |runs: &[Run], share: f64, accepted: bool| {
        let values = |run: &Run| quantile(if accepted { &run.accepted } else { &run.due }, share);
        runs.iter().map(values).collect::<Vec<f64>>()
    };
    section.against(
        "p99 from accepted reply to arrival",
        "ms",
        &of(&ours, 0.99, true),
        &of(&theirs, 0.99, true),
    );
    section.aim(Aim::AtMost(1.2));
    for (what, share, accepted) in [
        ("median from accepted reply to arrival", 0.5, true),
        ("p99 from due reply to arrival", 0.99, false),
        ("median from due reply to arrival", 0.5, false),
    ] {
        section.against(
            what,
            "ms",
            &of(&ours, share, accepted),
            &of(&theirs, share, accepted),
        );
    }
    section.note(format!(
        "baseline: the healthy receiver alone; beside it: {queued} deliveries on {HANGING_LANES} URLs of a host that takes \
         requests and never answers; rates opened, all else as by default"
    ));
    section.note(format!(
        "{replies} replies at {PER_SECOND} per second whether or not earlier ones were answered; `due` counts from the moment \
         that the schedule names, so that no wait is omitted"
    ));
    Ok(section)
}

async fn posted(
    context: &Context,
    folder: &Path,
    tickets: &[u64],
    receiver: &mut Receiver,
) -> anyhow::Result<Run> {
    let daemon = context.daemon(folder, config::OPEN).await?;
    receiver.forget().await?;
    let count = tickets.len() as u64;
    let request = stock::reply_requests(&daemon, tickets);
    let posts = load::open_loop(daemon.address, CONNECTIONS, PER_SECOND, count, request).await?;
    receiver.wait_for(tickets.len()).await?;
    let mut came = vec![0; tickets.len()];
    for arrival in receiver.arrivals().await?.iter().rev() {
        if let Some(place) = came.get_mut(usize::try_from(arrival.mark)?) {
            *place = arrival.at;
        }
    }
    daemon.kill().await?;
    let mut run = Run {
        accepted: Vec::new(),
        due: Vec::new(),
    };
    for post in posts {
        let at = came[usize::try_from(post.number)?];
        run.accepted.push(clock::seconds(post.answered, at) * 1e3);
        run.due.push(clock::seconds(post.due, at) * 1e3);
    }
    Ok(run)
}
