//! Replies delivered to receivers that answer at once, against a plain client with as many calls in flight.

use std::path::Path;

use crate::clock;
use crate::config;
use crate::context::Context;
use crate::report::{Aim, Section};
use crate::role::poster::{Errand, Poster};
use crate::role::receiver::{self, Receiver};
use crate::stock::Stock;
use crate::usage::Usage;

const IN_FLIGHT: usize = 64;
const HOSTS: u64 = 64;
const URLS: u64 = 512;

/// Nothing but the daemon limits what is sent.
fn open() -> String {
    format!("{}max_in_flight = {IN_FLIGHT}\n", config::OPEN)
}

struct Run {
    rate: f64,
    cost: f64,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new(
        "deliveries",
        "replies delivered, from the first arrival to the last",
    );
    let count = context.size(1_000, 20_000);
    let mut receiver = Receiver::start().await?;
    let port = receiver.port;
    let stock = Stock::filled(context, count, count, move |number| {
        receiver::url(port, HOSTS, URLS, number)
    })
    .await?;
    let mut poster = Poster::start().await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for turn in 0..context.runs {
        context.progress(&format!("deliveries, run {} of {}", turn + 1, context.runs));
        receiver.forget().await?;
        theirs.push(plain(&mut poster, &mut receiver, count).await?);
        receiver.forget().await?;
        let folder = stock.copy(context)?;
        ours.push(pending(context, folder.path(), &mut receiver, count).await?);
    }
    let figures =
        |runs: &[Run], of: &dyn Fn(&Run) -> f64| runs.iter().map(of).collect::<Vec<f64>>();
    section.against(
        format!("deliveries with {IN_FLIGHT} calls in flight"),
        "1/s",
        &figures(&ours, &|run| run.rate),
        &figures(&theirs, &|run| run.rate),
    );
    section.aim(Aim::AtLeast(0.5));
    section.against(
        "sender's processor per delivery",
        "us",
        &figures(&ours, &|run| run.cost),
        &figures(&theirs, &|run| run.cost),
    );
    section.note(format!(
        "{count} replies, each to a ticket of its own, at {URLS} response URLs of {HOSTS} hosts, stored before the daemon starts"
    ));
    section.note("baseline: a plain reqwest loop in a process of its own that posts the same bodies to the same receiver");
    Ok(section)
}

async fn plain(poster: &mut Poster, receiver: &mut Receiver, count: u64) -> anyhow::Result<Run> {
    let before = Usage::of(poster.pid()?)?;
    poster
        .run(Errand {
            port: receiver.port,
            hosts: HOSTS,
            urls: URLS,
            count,
            in_flight: IN_FLIGHT,
        })
        .await?;
    let used = Usage::of(poster.pid()?)?.since(before);
    found(receiver, used).await
}

async fn pending(
    context: &Context,
    folder: &Path,
    receiver: &mut Receiver,
    count: u64,
) -> anyhow::Result<Run> {
    let daemon = context.daemon(folder, &open()).await?;
    // While the stock was made, each host got one.
    receiver
        .wait_for(usize::try_from(count.saturating_sub(HOSTS))?)
        .await?;
    daemon
        .wait_until_at_most(super::PENDING, 0.0, super::SOON)
        .await?;
    let used = Usage::of(daemon.pid())?;
    daemon.kill().await?;
    found(receiver, used).await
}

async fn found(receiver: &mut Receiver, used: Usage) -> anyhow::Result<Run> {
    let arrivals = receiver.arrivals().await?;
    let (first, last) = match (arrivals.first(), arrivals.last()) {
        (Some(first), Some(last)) => (first.at, last.at),
        _ => anyhow::bail!("nothing arrived"),
    };
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let count = arrivals.len() as f64;
    Ok(Run {
        rate: (count - 1.0) / clock::seconds(first, last),
        cost: used.processor() * 1e6 / count,
    })
}
