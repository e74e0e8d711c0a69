//! Tickets come, are answered and closed, and go: whether disk and memory stay bounded by what is stored, however many
//! there were; how soon a daemon is back after that, and what a copy of the store takes.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::ensure;
use tokio::time::{Instant, sleep};

use crate::commands::Commands;
use crate::config;
use crate::context::Context;
use crate::daemon::{self, Daemon};
use crate::report::{Aim, Section};
use crate::role::receiver::{self, Receiver};
use crate::stock;
use crate::usage;

const LONGEST: Duration = Duration::from_secs(600);
/// Figures along the way.
const MARKS: u64 = 10;
/// How long rows must stay as many as they are to be those that stay.
const AT_REST: Duration = Duration::from_secs(3);

/// Everything goes as soon as it can, and nothing is remembered of it for long.
const SHORT: &str = "\
[intake]
dedup_window = \"2s\"

[retention]
closed_tickets = \"2s\"
deliveries = \"1s\"
";

/// Where the store is after some rounds.
#[derive(Clone, Copy)]
struct Mark {
    tickets: u64,
    disk: f64,
    memory: f64,
    rows: u64,
}

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("churn", "tickets that come and go");
    let (round, rounds) = context.size((200, 3), (10_000, context.rounds));
    let folder = context.new_folder()?;
    fs::create_dir(folder.path().join("conf.d"))?;
    fs::write(folder.path().join("conf.d/short.toml"), SHORT)?;
    let commands = Commands::new(context, folder.path())?;
    let daemon = context.daemon(folder.path(), config::OPEN).await?;
    let marks = go_round(context, &daemon, folder.path(), &commands, round, rounds).await?;
    tell(&mut section, &marks);
    afterwards(folder.path(), context, daemon, &commands, &mut section).await?;
    section.note(format!(
        "{rounds} rounds of {round} tickets, each with a response URL of its own, one reply that is delivered, and \
         closed; the next round begins when all are removed; what is removed is known for two seconds more"
    ));
    section.note(
        "disk: the whole folder; rows: those that stay once all is removed, and the store is sound at each mark",
    );
    Ok(section)
}

/// Lets tickets come and go, and looks at what is left now and then.
async fn go_round(
    context: &Context,
    daemon: &Daemon,
    folder: &Path,
    commands: &Commands,
    round: u64,
    rounds: u64,
) -> anyhow::Result<Vec<Mark>> {
    let mut receiver = Receiver::start().await?;
    let state = folder.join("state");
    let mut marks = Vec::new();
    let began = Instant::now();
    for turn in 0..rounds {
        receiver.forget().await?;
        let port = receiver.port;
        // Each ticket answers to a URL of its own.
        let url_of = move |number| receiver::url(port, 64, u64::MAX, turn * round + number);
        let tickets = stock::take_tickets(daemon, turn, round, url_of).await?;
        stock::reply_to(daemon, &tickets).await?;
        receiver.wait_for(tickets.len()).await?;
        daemon
            .wait_until_at_most(super::PENDING, 0.0, LONGEST)
            .await?;
        stock::close(daemon, &tickets).await?;
        wait_until_empty(daemon).await?;
        let tickets = (turn + 1) * round;
        let (disk, memory) = (
            mebibytes(daemon::size_of(&state)?),
            usage::memory(daemon.pid())?.0,
        );
        context.progress(&format!(
            "churn: {tickets} came and went, {disk:.1} MiB on disk, {memory:.1} MiB resident, {} s",
            began.elapsed().as_secs()
        ));
        let is_mark = (turn + 1) % (rounds / MARKS).max(1) == 0;
        if turn == 0 || is_mark || turn + 1 == rounds {
            let rows = rows_at_rest(commands).await?;
            context.progress(&format!("churn: {rows} rows stay"));
            marks.push(Mark {
                tickets,
                disk,
                memory,
                rows,
            });
        }
    }
    Ok(marks)
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn tell(section: &mut Section, marks: &[Mark]) {
    for mark in marks {
        let after = format!("after {} tickets", mark.tickets);
        section.figure(format!("disk {after}"), "MiB", &[mark.disk]);
        section.figure(format!("resident memory {after}"), "MiB", &[mark.memory]);
        section.figure(format!("rows {after}"), "rows", &[mark.rows as f64]);
    }
    let (Some(last), Some(middle)) = (marks.last(), marks.get(marks.len() / 2)) else {
        return;
    };
    // Half of all tickets came in between.
    for (what, unit, last, middle) in [
        ("disk", "MiB", last.disk, middle.disk),
        ("resident memory", "MiB", last.memory, middle.memory),
        ("rows", "rows", last.rows as f64, middle.rows as f64),
    ] {
        let what = format!(
            "{what} at the end, against that after {} tickets",
            marks[marks.len() / 2].tickets
        );
        section.against(what, unit, &[last], &[middle]);
        section.aim(Aim::AtMost(1.1));
    }
}

/// How soon it is back, and what a copy takes.
#[expect(clippy::cast_precision_loss, reason = "counts are small")]
async fn afterwards(
    folder: &Path,
    context: &Context,
    daemon: Daemon,
    commands: &Commands,
    section: &mut Section,
) -> anyhow::Result<()> {
    let state = folder.join("state");
    let ready = |daemon: &Daemon| daemon.ready_after.as_secs_f64() * 1e3;
    daemon.kill().await?;
    let daemon = context.daemon(folder, config::OPEN).await?;
    section.figure("start to ready after SIGKILL", "ms", &[ready(&daemon)]);
    daemon.stop().await?;
    let daemon = context.daemon(folder, config::OPEN).await?;
    section.figure("start to ready after a clean stop", "ms", &[ready(&daemon)]);
    section.figure(
        "resident memory after that",
        "MiB",
        &[usage::memory(daemon.pid())?.0],
    );
    daemon.stop().await?;

    let before = mebibytes(daemon::size_of(&state)?);
    let rows = commands.count_rows().await?.0;
    let file = folder.join("small");
    let compacting = commands.compact(&file).await?;
    let restoring = commands.restore(&file).await?;
    for entry in fs::read_dir(&state)? {
        let path = entry?.path();
        let is_old = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with("before-restore-"));
        if is_old {
            fs::remove_dir_all(path)?;
        }
    }
    let after = mebibytes(daemon::size_of(&state)?);
    let copied = commands.count_rows().await?.0;
    section.against(
        "disk after `store compact` and `restore`, against that before",
        "MiB",
        &[after],
        &[before],
    );
    section.aim(Aim::AtMost(0.9));
    section.against(
        "rows after `store compact` and `restore`, against those before",
        "rows",
        &[copied as f64],
        &[rows as f64],
    );
    section.figure("`store compact`", "s", &[compacting.seconds]);
    section.figure("`store restore`", "s", &[restoring.seconds]);
    let daemon = context.daemon(folder, config::OPEN).await?;
    section.figure("start to ready of the copy", "ms", &[ready(&daemon)]);
    let left = daemon.count_tickets("").await?;
    ensure!(left == 0, "the copy has {left} tickets, its store had none");
    daemon.stop().await
}

#[expect(clippy::cast_precision_loss, reason = "a rough figure")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

/// Waits until the agent has no ticket any more.
async fn wait_until_empty(daemon: &Daemon) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let left = daemon.count_tickets("").await?;
        if left == 0 {
            return Ok(());
        }
        ensure!(began.elapsed() < LONGEST, "{left} tickets are still there");
        sleep(Duration::from_millis(250)).await;
    }
}

/// How many rows there are once they get no fewer: what is remembered of removed tickets is forgotten then, too.
async fn rows_at_rest(commands: &Commands) -> anyhow::Result<u64> {
    let mut fewest = u64::MAX;
    let mut since = Instant::now();
    loop {
        let rows = commands.count_rows().await?.0;
        if rows < fewest {
            fewest = rows;
            since = Instant::now();
        } else if since.elapsed() >= AT_REST {
            return Ok(fewest);
        }
        sleep(Duration::from_millis(500)).await;
    }
}
