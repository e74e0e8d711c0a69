//! A simulated Qminder by hand: it shows each request, and a person plays the clerk.

mod command;
mod line;
mod view;

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use ticketbridge_sim::Qminder;
use ticketbridge_sim::qminder::{Delivery, Outcome, Seen};

use crate::by_hand::{EVER, play, write_certificate};

/// What there is from the start.
const HAS: &str = "key qminder-key, location 1, line 12345, user 900, desk 3";

/// Is a Qminder, and shows each request and each webhook in a line
///
/// A line has the method, the path, the answer and why a request was refused. Commands are read from the standard
/// input.
#[derive(Args)]
#[command(after_help = command::HELP)]
pub(crate) struct Options {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9091")]
    listen: SocketAddr,

    /// Speak HTTPS alone, and write the certificate to trust to this file
    #[arg(long, value_name = "FILE")]
    tls: Option<PathBuf>,

    /// Let a key ask as often as it likes
    #[arg(long)]
    unlimited: bool,

    /// The address that webhooks are delivered to
    #[arg(long, value_name = "ADDRESS")]
    webhooks_to: Option<SocketAddr>,

    /// A webhook that is registered from the start
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,

    /// The secret of that webhook
    #[arg(long, value_name = "SECRET", default_value = "qminder-webhook-secret")]
    webhook_secret: String,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let started = match options.tls {
        Some(_) => Qminder::start_tls_on(options.listen).await,
        None => Qminder::start_on(options.listen).await,
    };
    let peer = started.with_context(|| format!("cannot listen on {}", options.listen))?;
    write_certificate(options.tls.as_deref(), peer.certificate())?;
    if options.unlimited {
        peer.unlimited();
    }
    if let Some(addr) = options.webhooks_to {
        peer.deliver_webhooks_to(addr);
    }
    if let Some(url) = &options.webhook {
        peer.register_webhook(url, &options.webhook_secret);
    }
    let mut shown = Shown::default();
    let news = async || shown.next(&peer).await;
    let perform = async |typed: &str| command::perform(&peer, typed);
    crate::shown(play(&peer.base_url(), HAS, news, perform).await)
}

/// How many requests and deliveries have been shown.
#[derive(Default)]
struct Shown {
    requests: usize,
    deliveries: usize,
}

impl Shown {
    async fn next(&mut self, peer: &Qminder) -> Vec<String> {
        let (requests, deliveries) = (self.requests, self.deliveries);
        let news = peer.wait_for(EVER, |world| {
            let requests: Vec<Seen> = world.requests()[requests..].to_vec();
            let settled = |delivery: &&Delivery| delivery.outcome != Outcome::Waiting;
            let deliveries = world.deliveries()[deliveries..].iter();
            let deliveries: Vec<Delivery> = deliveries.take_while(settled).cloned().collect();
            (!requests.is_empty() || !deliveries.is_empty()).then_some((requests, deliveries))
        });
        let Ok((requests, deliveries)) = news.await else {
            return Vec::new();
        };
        self.requests += requests.len();
        self.deliveries += deliveries.len();
        let requests = requests.iter().map(line::request);
        requests
            .chain(deliveries.iter().map(line::delivery))
            .collect()
    }
}
