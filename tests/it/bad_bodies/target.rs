//! The daemon under attack, with a sender beside it that does nothing wrong.

use std::fs;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::wire::{Answer, exchange};
use crate::daemon::{Daemon, LOOPBACK, answer, ticket};

/// Twice what the daemon needs for any of this, built for tests; what grows with what is sent soon passes it.
const MOST_MEMORY_KIB: u64 = 96 * 1024;
const SOON: Duration = Duration::from_secs(30);

pub(super) struct Target {
    daemon: Daemon,
    sender: JoinHandle<()>,
    served: Arc<AtomicU64>,
    stop: CancellationToken,
}

impl Target {
    /// Started, with ticket 1 in it, and with the sender at work.
    pub(super) async fn start(read_timeout: &str) -> Self {
        // SHA-256 of `test-operator`.
        let operator = "[admin]\ntoken_sha256 = \"1a3bde4175d7cfb457a7710efe93909a67389f0b4b64e25ce75d182308f2f738\"\n";
        let mut daemon = Daemon::configured(&format!("{LOOPBACK}\n{operator}"));
        let more = daemon.config().with_file_name("conf.d");
        fs::create_dir(&more).unwrap();
        fs::write(
            more.join("attacked.toml"),
            format!("[server]\nread_timeout = \"{read_timeout}\"\nmax_body = \"256KiB\"\n"),
        )
        .unwrap();
        daemon.start().await;
        let (status, taken) = daemon.post_ticket(&ticket("first", HOOK)).await;
        assert_eq!((status, &taken["id"]), (201, &1.into()));
        let (served, stop) = (Arc::default(), CancellationToken::new());
        let url = daemon.url("/brands/acme/external_tickets");
        let sender = tokio::spawn(send_on(url, Arc::clone(&served), stop.clone()));
        Self {
            daemon,
            sender,
            served,
            stop,
        }
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.daemon.address()
    }

    /// What is answered to these bytes, until the connection ends.
    pub(super) async fn exchange(&self, bytes: impl AsRef<[u8]>) -> Vec<Answer> {
        exchange(self.address(), bytes.as_ref()).await
    }

    /// Waits until the sender has been served this many more times.
    pub(super) async fn serves_on(&self, more: u64) {
        let wanted = self.served.load(Ordering::SeqCst) + more;
        let deadline = Instant::now() + SOON;
        while self.served.load(Ordering::SeqCst) < wanted {
            assert!(!self.sender.is_finished(), "the sender was turned away");
            assert!(Instant::now() < deadline, "the sender is not served");
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// What an agent reads of a ticket.
    pub(super) async fn content_of(&self, ticket: u64) -> String {
        let (status, shown) = self.daemon.agent_get(&format!("/tickets/{ticket}")).await;
        assert_eq!(status, 200, "{shown}");
        shown["data"]["content"].as_str().unwrap().to_owned()
    }

    /// Asserts that the daemon still serves, took `stored` tickets and none besides the sender's, kept its memory small
    /// and says of no fault of its own; then it must end in order.
    pub(super) async fn survived(mut self, stored: u64) {
        self.serves_on(1).await;
        self.stop.cancel();
        (&mut self.sender).await.unwrap();
        let (_, list) = self.daemon.agent_get("/tickets?per_page=1").await;
        let expected = 1 + stored + self.served.load(Ordering::SeqCst);
        assert_eq!(list["meta"]["total"], expected, "half-sent tickets");
        let status = fs::read_to_string(format!("/proc/{}/status", self.daemon.pid())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.unwrap().trim().trim_end_matches(" kB");
        assert!(peak.parse::<u64>().unwrap() < MOST_MEMORY_KIB, "{peak} KiB");
        let log = self.daemon.log();
        assert!(!log.contains("panicked"), "{log}");
        assert!(!log.contains(" ERROR "), "{log}");
        assert_eq!(self.daemon.terminate().await, Some(0));
    }
}

/// Where nobody is; no reply is written in these tests.
pub(super) const HOOK: &str = "http://127.0.0.1:9/hook";

/// One ticket after the other, each on a connection of its own, and each must be taken.
async fn send_on(url: String, served: Arc<AtomicU64>, stop: CancellationToken) {
    let client = reqwest::Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .build()
        .unwrap();
    while !stop.is_cancelled() {
        let number = served.load(Ordering::SeqCst);
        let ticket = ticket(&format!("healthy-{number}"), HOOK).to_string();
        let call = client.post(&url).header("content-type", "application/json");
        let (status, body) = answer(call.body(ticket)).await.unwrap();
        assert_eq!(status, 201, "{body}");
        served.fetch_add(1, Ordering::SeqCst);
        // Beside the attack, not instead of it.
        sleep(Duration::from_millis(10)).await;
    }
}
