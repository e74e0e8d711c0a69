//! A simulated DeskHive by hand: it shows each request, and a person plays customer, agent and administrator.

mod command;
mod line;
mod view;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::Seen;

use crate::by_hand::{EVER, play, write_certificate};

/// What there is from the start.
const HAS: &str =
    "agent 3 with the key desk-agent-key, administrator 1 with the key desk-internal-key";

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
    write_certificate(options.tls.as_deref(), peer.certificate())?;
    match options.per_minute {
        Some(per_minute) => peer.set_rate(per_minute),
        None => peer.unlimited(),
    }
    peer.auto_assign(!options.no_auto_assign);
    let mut shown = 0;
    let news = async || {
        let news = next(&peer, shown).await;
        shown += news.len();
        let news = news.iter();
        news.filter(|seen| !options.writes || is_telling(seen))
            .map(line::request)
            .collect()
    };
    let perform = async |typed: &str| command::perform(&peer, typed);
    crate::shown(play(&peer.base_url(), HAS, news, perform).await)
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
