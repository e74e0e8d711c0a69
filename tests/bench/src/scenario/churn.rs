//! Tickets come, are answered and closed, and go: whether disk and memory stay bounded by what is stored, however many
//! there were.

use std::fs;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

use crate::config;
use crate::context::Context;
use crate::daemon::{self, Daemon};
use crate::load::{self, Until};
use crate::message;
use crate::report::{Aim, Section};
use crate::role::receiver::{self, Receiver};
use crate::stock;
use crate::usage;
use crate::wire;

const CONNECTIONS: usize = 64;
const LONGEST: Duration = Duration::from_secs(600);
/// Figures along the way.
const MARKS: u64 = 10;

/// Everything goes as soon as it can, and nothing is remembered of it for long.
const SHORT: &str = "\
[intake]
dedup_window = \"2s\"

[retention]
closed_tickets = \"2s\"
deliveries = \"1s\"
";

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("churn", "tickets that come and go");
    let (round, rounds) = context.size((200, 3), (10_000, context.rounds));
    let folder = context.new_folder()?;
    fs::create_dir(folder.path().join("conf.d"))?;
    fs::write(folder.path().join("conf.d/short.toml"), SHORT)?;
    let mut daemon = context.daemon(folder.path(), config::OPEN).await?;
    let mut receiver = Receiver::start().await?;
    let state = folder.path().join("state");
    let mut first_size = 0.0;
    let began = Instant::now();
    for turn in 0..rounds {
        context.progress(&format!("churn: round {} of {rounds}", turn + 1));
        receiver.forget().await?;
        let port = receiver.port;
        // Each ticket answers to a URL of its own.
        let url_of = move |number| receiver::url(port, 64, u64::MAX, turn * round + number);
        let tickets = stock::take_tickets(&daemon, turn, round, url_of).await?;
        stock::reply_to(&daemon, &tickets).await?;
        receiver.wait_for(tickets.len()).await?;
        daemon
            .wait_until_at_most(super::PENDING, 0.0, LONGEST)
            .await?;
        close_all(&daemon, tickets).await?;
        wait_until_empty(daemon.address).await?;
        let size = mebibytes(daemon::size_of(&state)?);
        let memory = usage::memory(daemon.pid())?.0;
        context.progress(&format!(
            "churn: {} came and went, {size:.1} MiB on disk, {memory:.1} MiB resident, {} s",
            (turn + 1) * round,
            began.elapsed().as_secs()
        ));
        let is_mark = (turn + 1) % (rounds / MARKS).max(1) == 0;
        if turn == 0 {
            first_size = size;
        }
        if turn == 0 || is_mark || turn + 1 == rounds {
            let count = (turn + 1) * round;
            section.figure(format!("disk after {count} tickets"), "MiB", &[size]);
            section.figure(
                format!("resident memory after {count} tickets"),
                "MiB",
                &[memory],
            );
        }
        if turn + 1 == rounds {
            section.against(
                "disk at the end, against that after the first round",
                "MiB",
                &[size],
                &[first_size],
            );
            section.aim(Aim::AtMost(3.0));
        }
    }
    daemon.stop().await?;
    daemon = context.daemon(folder.path(), config::OPEN).await?;
    section.figure(
        "time from start to ready afterwards",
        "ms",
        &[daemon.ready_after.as_secs_f64() * 1e3],
    );
    section.figure(
        "resident memory afterwards",
        "MiB",
        &[usage::memory(daemon.pid())?.0],
    );
    section.figure(
        "disk afterwards",
        "MiB",
        &[mebibytes(daemon::size_of(&state)?)],
    );
    daemon.stop().await?;
    section.note(format!(
        "{rounds} rounds of {round} tickets, each with a response URL of its own, one reply that is delivered, and \
         closed; the next round begins when all are removed; what is removed is known for two seconds more"
    ));
    Ok(section)
}

#[expect(clippy::cast_precision_loss, reason = "a rough figure")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

async fn close_all(daemon: &Daemon, tickets: Vec<u64>) -> anyhow::Result<()> {
    let (address, count) = (daemon.address, tickets.len() as u64);
    let request = move |number: u64, into: &mut Vec<u8>| {
        let ticket = usize::try_from(number)
            .ok()
            .and_then(|place| tickets.get(place));
        message::close_request(address, ticket.copied().unwrap_or_default(), into);
    };
    load::closed_loop(
        address,
        CONNECTIONS,
        0,
        Until::Count(count),
        Rc::new(request),
    )
    .await?;
    Ok(())
}

/// Waits until the agent has no ticket any more.
async fn wait_until_empty(address: SocketAddr) -> anyhow::Result<()> {
    let began = Instant::now();
    loop {
        let left = tickets(address).await?;
        if left == 0 {
            return Ok(());
        }
        ensure!(began.elapsed() < LONGEST, "{left} tickets are still there");
        sleep(Duration::from_millis(250)).await;
    }
}

async fn tickets(address: SocketAddr) -> anyhow::Result<u64> {
    let mut stream = TcpStream::connect(address).await?;
    let (mut request, mut buffer) = (Vec::new(), Vec::new());
    message::agent_question(address, "tickets?per_page=1", &mut request);
    stream.write_all(&request).await?;
    let framed = wire::read_message(&mut stream, &mut buffer).await?;
    framed.context("the connection was closed instead of an answer")?;
    wire::number_after(&buffer, b"\"total\":").context("the list does not say how many there are")
}
