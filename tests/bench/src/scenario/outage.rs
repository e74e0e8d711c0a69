//! A thousand hosts are dead with a long queue, and come back: what that writes, how long it takes, and how hard the
//! hosts are hit.

use std::path::Path;
use std::time::Duration;

use tokio::time::sleep;

use crate::clock;
use crate::config;
use crate::context::{Context, ToDeadHosts};
use crate::daemon::Daemon;
use crate::report::{Aim, Section};
use crate::role::receiver::{self, Receiver};
use crate::usage::{self, Usage};
use crate::windows;

/// The defaults.
const RATE: f64 = 10.0;
const BURST: f64 = 20.0;
const LONGEST: Duration = Duration::from_secs(600);

/// A smoke run has no time for the default waits.
const IMPATIENT: &str =
    "first_delay = \"500ms\"\nmax_delay = \"2s\"\nbreaker = { failures = 10, open_for = \"1s\" }\n";

#[derive(Default)]
struct Found {
    commits_late: Vec<f64>,
    bytes_late: Vec<f64>,
    commits: Vec<f64>,
    processor: Vec<f64>,
    until_all: Vec<f64>,
    until_each_host: Vec<f64>,
    slowest_host: Vec<f64>,
    limit: Vec<f64>,
    most_in_a_second: Vec<f64>,
    excess: Vec<f64>,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("outage", "dead hosts with a long queue come back");
    let pending = context.pending_to_dead_hosts().await?;
    let dead_for = context.size(Duration::from_secs(4), Duration::from_secs(120));
    let mut found = Found::default();
    for turn in 0..context.runs {
        context.progress(&format!("outage, run {} of {}", turn + 1, context.runs));
        let folder = pending.stock.copy(context)?;
        one(context, folder.path(), pending, dead_for, &mut found).await?;
    }
    let half = dead_for.as_secs() / 2;
    for (what, unit, runs) in [
        ("synced writes while they are dead", "1/s", &found.commits),
        (
            "synced writes in the second half of that",
            "1/s",
            &found.commits_late,
        ),
        (
            "bytes written in the second half of that",
            "B/s",
            &found.bytes_late,
        ),
        (
            "processor in the second half of that",
            "%",
            &found.processor,
        ),
        (
            "from their return until all is delivered",
            "s",
            &found.until_all,
        ),
        (
            "from their return to a host's first, at most",
            "s",
            &found.until_each_host,
        ),
        (
            "from a host's first to its last, at most",
            "s",
            &found.slowest_host,
        ),
        ("the limit that the rates allow for that", "s", &found.limit),
        (
            "most that any host got within a second",
            "calls",
            &found.most_in_a_second,
        ),
    ] {
        section.figure(what, unit, runs);
    }
    section.figure(
        "calls above rate and burst at any host, in windows of 1 s and more",
        "calls",
        &found.excess,
    );
    section.aim(Aim::AtMost(0.0));
    section.note(format!(
        "{} deliveries over {} lanes of {} hosts, which refuse connections for {} s; rate {RATE}/s and burst {BURST} \
         per host as by default",
        pending.deliveries, pending.lanes, pending.hosts, dead_for.as_secs()
    ));
    section.note(format!("the second half begins {half} s after the start"));
    section.note(format!(
        "up to {} open files per process",
        usage::open_files()
    ));
    Ok(section)
}

async fn one(
    context: &Context,
    folder: &Path,
    pending: &ToDeadHosts,
    dead_for: Duration,
    found: &mut Found,
) -> anyhow::Result<()> {
    let more = context.size(IMPATIENT, "");
    let delivery = format!("{}{more}", config::LOOPBACK);
    let daemon = context.daemon(folder, &delivery).await?;
    let half = dead_for / 2;
    let start = Writes::of(&daemon).await?;
    sleep(half).await;
    let middle = Writes::of(&daemon).await?;
    sleep(half).await;
    let end = Writes::of(&daemon).await?;
    let late = half.as_secs_f64();
    found
        .commits
        .push((end.commits - start.commits) / (2.0 * late));
    found
        .commits_late
        .push((end.commits - middle.commits) / late);
    let used = end.usage.since(middle.usage);
    #[expect(clippy::cast_precision_loss, reason = "a rough figure")]
    found.bytes_late.push(used.written as f64 / late);
    found.processor.push(used.processor() / late * 100.0);

    let mut receiver = Receiver::start_at(pending.port).await?;
    let back = clock::now_ns();
    receiver
        .wait_for(usize::try_from(pending.deliveries)?)
        .await?;
    daemon
        .wait_until_at_most(super::PENDING, 0.0, LONGEST)
        .await?;
    daemon.kill().await?;
    let arrivals = receiver.arrivals().await?;
    let mut worst = [0.0_f64; 5];
    for times in receiver::by_host(&arrivals).values() {
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            continue;
        };
        #[expect(clippy::cast_precision_loss, reason = "counts are small")]
        let (count, crowd) = (times.len() as f64, windows::most_within(times, 1.0) as f64);
        let found = [
            clock::seconds(back, *last),
            clock::seconds(back, *first),
            clock::seconds(*first, *last),
            (count - BURST) / RATE,
            crowd,
        ];
        worst = std::array::from_fn(|at| worst[at].max(found[at]));
    }
    let excess = receiver::by_host(&arrivals).into_values();
    let excess = excess.map(|times| windows::excess(&times, RATE, BURST, 1.0));
    found.excess.push(excess.fold(0.0, f64::max).floor());
    found.until_all.push(worst[0]);
    found.until_each_host.push(worst[1]);
    found.slowest_host.push(worst[2]);
    found.limit.push(worst[3]);
    found.most_in_a_second.push(worst[4]);
    Ok(())
}

struct Writes {
    commits: f64,
    usage: Usage,
}

impl Writes {
    async fn of(daemon: &Daemon) -> anyhow::Result<Self> {
        Ok(Self {
            commits: daemon
                .metric("ticketbridge_store_commit_batch_size_count")
                .await?,
            usage: Usage::of(daemon.pid())?,
        })
    }
}
