//! Pages of an agent's list of tickets: the first, one far behind and filtered ones, against the number stored; and
//! the agent's figures and notifications.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::Instant;

use crate::config;
use crate::context::Context;
use crate::message;
use crate::report::{Aim, Section};
use crate::stock;
use crate::wire;

/// One ticket in so many is closed.
const CLOSED: usize = 50;
const CALLS: usize = 200;

/// What is asked, and where; the others of a group are held against its first.
const ASKED: [&[(&str, &str)]; 2] = [
    &[
        ("page 1", "tickets"),
        ("page 1,000", "tickets?page=1000"),
        ("closed, page 1", "tickets?status=closed"),
        ("closed, page 20", "tickets?status=closed&page=20"),
        ("dashboard", "dashboard"),
    ],
    &[
        ("notifications, page 1", "notifications"),
        ("notifications, page 500", "notifications?page=500"),
        ("unread count", "notifications/unread-count"),
    ],
];

pub(super) async fn run(context: &Context) -> anyhow::Result<Section> {
    let mut section = Section::new("lists", "pages of a list, against the number stored");
    let sizes: &[u64] = context.size(&[16_000], &[16_000, 100_000, 1_000_000]);
    let folder = context.new_folder()?;
    let mut daemon = context.daemon(folder.path(), config::LOOPBACK).await?;
    let mut stored = 0;
    for size in sizes {
        context.progress(&format!("lists: filling a store up to {size} tickets"));
        let run = *size;
        let new = stock::take_tickets(&daemon, run, size - stored, message::idle_url).await?;
        stored = *size;
        let some: Vec<u64> = new.iter().copied().step_by(CLOSED).collect();
        stock::close(&daemon, &some).await?;
        // What was just written is still in memory.
        daemon.stop().await?;
        daemon = context.daemon(folder.path(), config::LOOPBACK).await?;
        for group in ASKED {
            let mut first = Vec::new();
            for (what, path) in group {
                let mut took = Vec::new();
                for _ in 0..context.runs {
                    took.push(median_ms(daemon.address, path).await?);
                }
                let what = format!("{stored} tickets: {what}");
                if first.is_empty() {
                    section.figure(what, "ms", &took);
                    first = took;
                } else {
                    section.against(what, "ms", &took, &first);
                    section.aim(Aim::AtMost(2.0));
                }
            }
        }
    }
    daemon.stop().await?;
    section.note(format!(
        "medians of {CALLS} calls one after the other on one connection; baseline: page 1 of the same store; 15 \
         tickets or 20 notifications a page, one ticket in {CLOSED} is closed"
    ));
    Ok(section)
}

async fn median_ms(address: SocketAddr, path: &str) -> anyhow::Result<f64> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let mut request = Vec::new();
    message::agent_question(address, path, &mut request);
    let (mut took, mut buffer) = (Vec::with_capacity(CALLS), Vec::new());
    for _ in 0..CALLS {
        let began = Instant::now();
        stream.write_all(&request).await?;
        let framed = wire::read_message(&mut stream, &mut buffer).await?;
        let framed = framed.context("the connection was closed instead of an answer")?;
        took.push(began.elapsed().as_secs_f64() * 1e3);
        let status = wire::status(&buffer);
        ensure!(status == 200, "{path} answered {status}");
        buffer.drain(..framed.whole);
    }
    took.sort_by(f64::total_cmp);
    Ok(took[CALLS / 2])
}
