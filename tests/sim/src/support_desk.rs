//! A simulated Respondo server by hand: it shows each request, and a person plays the agent.

mod command;
mod line;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use ticketbridge_sim::Respondo;
use ticketbridge_sim::respondo::{Era, Exchange, Seen, Variation};

use crate::by_hand::{EVER, play};

/// What there is from the start.
const HAS: &str = "brand 7, token bridge with the value hub-token";

/// Is a Respondo server, and shows each request and each reply in a line
///
/// A line has the method, the path, the answer and why a request was refused. Commands are read from the standard
/// input.
#[derive(Args)]
#[command(after_help = command::HELP)]
pub(crate) struct Options {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9093")]
    listen: SocketAddr,

    /// The years of the server: b (2020 to 2022), c (until March 2023) or d
    #[arg(long, value_name = "ERA", default_value = "b", value_parser = era)]
    era: Era,

    /// Speak plain HTTP where a response URL says so, in eras c and d too
    #[arg(long)]
    plain_http: bool,

    /// Trust the certificate in this file, in PEM
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,

    /// Where to connect for replies, whatever their URLs say
    #[arg(long, value_name = "ADDRESS")]
    replies_to: Option<SocketAddr>,
}

fn era(text: &str) -> Result<Era, String> {
    match text {
        "b" => Ok(Era::B),
        "c" => Ok(Era::C),
        "d" => Ok(Era::D),
        _ => Err("the eras are b, c and d".to_owned()),
    }
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let peer = Respondo::start_on(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    peer.set_era(options.era);
    if options.plain_http {
        peer.variation(Variation::PlainHttp);
    }
    if let Some(file) = &options.trust {
        let pem = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        peer.trust(&pem);
    }
    if let Some(addr) = options.replies_to {
        peer.send_replies_to(addr);
    }
    let mut shown = Shown::default();
    let news = async || shown.next(&peer).await;
    let perform = async |typed: &str| command::perform(&peer, typed).await;
    crate::shown(play(&peer.base_url(), HAS, news, perform).await)
}

/// How many requests and calls have been shown.
#[derive(Default)]
struct Shown {
    requests: usize,
    exchanges: usize,
}

impl Shown {
    async fn next(&mut self, peer: &Respondo) -> Vec<String> {
        let (requests, exchanges) = (self.requests, self.exchanges);
        let news = peer.wait_for(EVER, |world| {
            let requests: Vec<Seen> = world.requests()[requests..].to_vec();
            let ended = |exchange: &&Exchange| exchange.ended.is_some();
            let exchanges = world.exchanges()[exchanges..].iter();
            let exchanges: Vec<Exchange> = exchanges.take_while(ended).cloned().collect();
            (!requests.is_empty() || !exchanges.is_empty()).then_some((requests, exchanges))
        });
        let Ok((requests, exchanges)) = news.await else {
            return Vec::new();
        };
        self.requests += requests.len();
        self.exchanges += exchanges.len();
        let requests = requests.iter().map(line::request);
        requests
            .chain(exchanges.iter().map(line::exchange))
            .collect()
    }
}
