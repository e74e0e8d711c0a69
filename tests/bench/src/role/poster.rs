//! What delivering is held against: a plain reqwest loop that posts the same bodies to the same URLs, with so many
//! calls in flight, and keeps nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::Helper;
use super::receiver;
use crate::message::reply_out;

/// What to post.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Errand {
    pub(crate) port: u16,
    pub(crate) hosts: u64,
    pub(crate) urls: u64,
    pub(crate) count: u64,
    pub(crate) in_flight: usize,
}

pub(super) async fn run() -> anyhow::Result<()> {
    let client = reqwest::Client::builder().no_proxy().build()?;
    super::answer(&"ready")?;
    let mut orders = super::orders();
    while let Some(line) = orders.next_line().await? {
        let errand: Errand = serde_json::from_str(&line)?;
        let next = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..errand.in_flight {
            tasks.spawn(post(client.clone(), errand, Arc::clone(&next)));
        }
        while let Some(ended) = tasks.join_next().await {
            ended??;
        }
        super::answer(&errand.count)?;
    }
    Ok(())
}

async fn post(client: reqwest::Client, errand: Errand, next: Arc<AtomicU64>) -> anyhow::Result<()> {
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= errand.count {
            return Ok(());
        }
        let url = receiver::url(errand.port, errand.hosts, errand.urls, number);
        let answer = client
            .post(url)
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .header("webhook-id", format!("msg_bench_{number:016}"))
            .header("idempotency-key", format!("msg_bench_{number:016}"))
            .header("webhook-timestamp", "1775345727")
            .body(reply_out(number))
            .send()
            .await?
            .error_for_status()?;
        answer.bytes().await?;
    }
}

/// A plain client in a process of its own.
pub(crate) struct Poster(Helper);

impl Poster {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let mut helper = Helper::start(&["poster"])?;
        helper.hear::<String>().await?;
        Ok(Self(helper))
    }

    pub(crate) fn pid(&self) -> anyhow::Result<u32> {
        self.0.pid()
    }

    /// Returns once everything is posted and answered.
    pub(crate) async fn run(&mut self, errand: Errand) -> anyhow::Result<()> {
        self.0.ask::<u64>(&errand).await.map(drop)
    }
}
