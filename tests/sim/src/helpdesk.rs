//! A simulated DeskHive by hand: it shows each request, and a person plays customer, agent and administrator.

mod command;
mod line;
mod view;

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::Seen;

use crate::front_desk::commands;

/// Longer than anybody plays.
const EVER: Duration = Duration::MAX;

/// Is a DeskHive, and shows each request in a line
///
/// A line has the method, the path with its query, the answer and why a request was refused. Commands are read from
/// the standard input.
#[derive(Args)]
#[command(after_help = command::HELP)]
pub(crate) struct Options {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9092")]
    listen: SocketAddr,

    /// Speak HTTPS alone, and write the certificate to trust to this file
    #[arg(long, value_name = "FILE")]
    tls: Option<PathBuf>,

    /// How many requests a key has in a minute; none for as many as it likes
    #[arg(long, value_name = "NUMBER")]
    per_minute: Option<u32>,

    /// Assign new tickets to nobody, so that the External API shows none before they are assigned
    #[arg(long)]
    no_auto_assign: bool,

    /// Leave out requests that only read and are answered, as there are many where changes are asked for
    #[arg(long)]
    writes: bool,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let started = match options.tls {
        Some(_) => DeskHive::start_tls_on(options.listen).await,
        None => DeskHive::start_on(options.listen).await,
    };
    let peer = started.with_context(|| format!("cannot listen on {}", options.listen))?;
    if let (Some(file), Some(certificate)) = (&options.tls, peer.certificate()) {
        std::fs::write(file, certificate)
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    match options.per_minute {
        Some(per_minute) => peer.set_rate(per_minute),
        None => peer.unlimited(),
    }
    peer.auto_assign(!options.no_auto_assign);
    crate::shown(play(&peer, options.writes).await)
}

async fn play(peer: &DeskHive, writes_alone: bool) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "listening on {}, until Ctrl-C", peer.base_url())?;
    writeln!(
        out,
        "agent 3 with the key desk-agent-key, administrator 1 with the key desk-internal-key"
    )?;
    let mut commands = commands();
    let mut shown = 0;
    loop {
        out.flush()?;
        tokio::select! {
            news = next(peer, shown) => {
                shown += news.len();
                for seen in news.iter().filter(|seen| !writes_alone || is_telling(seen)) {
                    writeln!(out, "{}", line::request(seen))?;
                }
            }
            // An input that ends leaves the peer to its requests.
            Some(command) = commands.recv() => {
                for line in command::perform(peer, &command) {
                    writeln!(out, "{line}")?;
                }
            }
        }
    }
}

/// The requests after the first so many; waits until there are any.
async fn next(peer: &DeskHive, shown: usize) -> Vec<Seen> {
    let news = peer.wait_for(EVER, |world| {
        let news = world.seen()[shown..].to_vec();
        (!news.is_empty()).then_some(news)
    });
    news.await.unwrap_or_default()
}

/// Whether a request is more than a read that went well.
fn is_telling(seen: &Seen) -> bool {
    let is_read = seen.method == "GET" || seen.method == "HEAD";
    !is_read || seen.answered != Some(200)
}
