//! Where the processor time of an accepted ticket goes: by thread as the kernel counts it, by part as a profiler
//! samples it, and parsing alone in this process.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::clock;
use crate::config;
use crate::context::Context;
use crate::message;
use crate::report::Section;
use crate::usage;

use super::intake;

mod samples;

const CONNECTIONS: usize = 64;

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("parts", "processor time of an accepted ticket");
    let mut found: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut wholes = Vec::new();
    let mut sampled = false;
    for turn in 0..context.runs {
        context.progress(&format!("parts, run {} of {}", turn + 1, context.runs));
        let one = one(context, u64::from(turn) + 1).await?;
        sampled |= one.sampled;
        wholes.push(one.whole);
        for (what, cost) in one.parts {
            found.entry(what).or_default().push(cost);
        }
    }
    section.figure(
        format!("whole, at {CONNECTIONS} connections"),
        "us",
        &wholes,
    );
    for (what, costs) in &found {
        section.figure(what.clone(), "us", costs);
    }
    section.figure("parsing alone, in this process", "us", &[parsing()?]);
    section.note("whole and threads: counted by the kernel in a run without a profiler; threads that ended are missing");
    section.note(if sampled {
        "parts: shares of a profiler's samples in another run, times the whole, so they add up to it; each sample belongs \
         to the innermost function on its stack that names a part"
    } else {
        "parts are missing: `perf` cannot be run here"
    });
    Ok(section)
}

struct One {
    whole: f64,
    parts: BTreeMap<String, f64>,
    sampled: bool,
}

async fn one(context: &Context, run: u64) -> anyhow::Result<One> {
    let folder = context.new_folder()?;
    let daemon = context.daemon(folder.path(), config::LOOPBACK).await?;
    let before = usage::threads(daemon.pid())?;
    let plain = intake::drive(context, daemon.address, daemon.pid(), CONNECTIONS, run).await?;
    let after = usage::threads(daemon.pid())?;
    let whole = plain.cost(plain.driven);
    #[expect(clippy::cast_precision_loss, reason = "counts are small")]
    let tickets = plain.done.next as f64;
    let mut parts = BTreeMap::new();
    for (name, time) in after {
        let ran = time.saturating_sub(before.get(&name).copied().unwrap_or_default());
        let group = name.trim_end_matches(|last: char| last.is_ascii_digit() || last == '-');
        *parts.entry(format!("thread {group}")).or_default() += ran.as_secs_f64() * 1e6 / tickets;
    }
    let file = folder.path().join("samples");
    let profiler = Command::new("perf")
        .args([
            "record",
            "-q",
            "-F",
            "499",
            "--call-graph",
            "dwarf,16384",
            "-o",
        ])
        .arg(&file)
        .args(["-p", &daemon.pid().to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let mut sampled = false;
    if let Ok(profiler) = profiler {
        // Other uids than before, so that no ticket is a duplicate.
        intake::drive(
            context,
            daemon.address,
            daemon.pid(),
            CONNECTIONS,
            run + 1000,
        )
        .await?;
        daemon.kill().await?;
        if finish(profiler).await? {
            let counts = samples::by_part(&file).await?;
            let all: u32 = counts.values().sum();
            sampled = all > 0;
            for (part, count) in counts {
                let share = f64::from(count) / f64::from(all);
                parts.insert(format!("part {part}"), share * whole);
            }
        }
    } else {
        daemon.kill().await?;
    }
    Ok(One {
        whole,
        parts,
        sampled,
    })
}

/// The profiler ends with the process that it watches.
async fn finish(mut profiler: Child) -> anyhow::Result<bool> {
    let ended = tokio::time::timeout(Duration::from_secs(60), profiler.wait()).await;
    Ok(ended.is_ok_and(|ended| ended.is_ok_and(|ended| ended.success())))
}

/// Microseconds to parse and check a body.
fn parsing() -> anyhow::Result<f64> {
    const TIMES: u32 = 20_000;
    let body = message::ticket_body(1, 1, &message::idle_url(1));
    let began = clock::used_ns();
    for _ in 0..TIMES {
        let parsed =
            respondo_client::inbound::parse(Some("application/json"), black_box(body.as_bytes()));
        anyhow::ensure!(
            black_box(parsed).is_ok_and(|parsed| parsed.ticket.is_ok()),
            "the benchmark's ticket is refused"
        );
    }
    Ok(clock::seconds(began, clock::used_ns()) * 1e6 / f64::from(TIMES))
}
