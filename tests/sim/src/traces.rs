//! A simulated collector of traces by hand: it shows each part of a trace in a line.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Args;
use ticketbridge_sim::Collector;

use crate::by_hand::{EVER, play};

/// Takes traces, and shows each part in a line
///
/// A line has the trace, the part, what it is a part of, its kind, how long it took, its name and what is said of it.
#[derive(Args)]
pub(crate) struct Options {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4318")]
    listen: SocketAddr,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<()> {
    let peer = Collector::start_on(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let mut shown = 0;
    let news = async || {
        let news = |spans: &[ticketbridge_sim::collector::Span]| {
            let news: Vec<String> = spans[shown..].iter().map(ToString::to_string).collect();
            (!news.is_empty()).then_some(news)
        };
        let lines = peer.wait_for(EVER, news).await.unwrap_or_default();
        shown += lines.len();
        lines
    };
    let perform = async |_: &str| vec!["there is nothing to do here".to_owned()];
    crate::shown(play(&peer.base_url(), "no trace yet", news, perform).await)
}
