//! A daemon of one's own: its folder, its process, and what it says of itself.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use rustix::process::{Pid, Signal, kill_process};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

use crate::config;
use crate::load;
use crate::message;
use crate::wire;

const LONGEST_START: Duration = Duration::from_secs(300);
const LONGEST_STOP: Duration = Duration::from_secs(120);

/// A process that serves a folder.
pub(crate) struct Daemon {
    folder: PathBuf,
    process: Child,
    pid: u32,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From the start of the process until it took tickets.
    pub(crate) ready_after: Duration,
}

impl Daemon {
    /// Configures and starts `binary` in `folder`, and waits until it is ready.
    pub(crate) async fn start(
        binary: &Path,
        folder: &Path,
        delivery: &str,
    ) -> anyhow::Result<Self> {
        let address = free_address()?;
        fs::write(folder.join("config.toml"), config::text(address, delivery))?;
        let log = fs::File::create(folder.join("log"))?;
        let began = Instant::now();
        let process = Command::new(binary)
            .arg("--config")
            .arg(folder.join("config.toml"))
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::from(log))
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let mut daemon = Self {
            folder: folder.to_owned(),
            pid: process.id().context("the daemon ended at once")?,
            process,
            address,
            ready_after: Duration::ZERO,
        };
        daemon.wait_until_ready(began).await?;
        daemon.ready_after = began.elapsed();
        Ok(daemon)
    }

    async fn wait_until_ready(&mut self, began: Instant) -> anyhow::Result<()> {
        loop {
            if let Ok((200, _)) = load::get(self.address, "/readyz").await {
                return Ok(());
            }
            if let Some(ended) = self.process.try_wait()? {
                bail!("the daemon ended with {ended}:\n{}", self.log_tail());
            }
            ensure!(
                began.elapsed() < LONGEST_START,
                "the daemon does not get ready:\n{}",
                self.log_tail()
            );
            sleep(Duration::from_millis(1)).await;
        }
    }

    fn log_tail(&self) -> String {
        let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().rev().take(20).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Ends it in order; everything it was told is in the folder then.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.end(Signal::TERM).await
    }

    /// Ends it as a crash would.
    pub(crate) async fn kill(self) -> anyhow::Result<()> {
        self.end(Signal::KILL).await
    }

    async fn end(mut self, signal: Signal) -> anyhow::Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.pid)?).context("no such process")?;
        kill_process(pid, signal)?;
        let ended = timeout(LONGEST_STOP, self.process.wait()).await;
        let ended =
            ended.with_context(|| format!("the daemon does not end:\n{}", self.log_tail()))??;
        ensure!(
            signal == Signal::KILL || ended.success(),
            "the daemon ended with {ended}:\n{}",
            self.log_tail()
        );
        Ok(())
    }

    /// What one of its metrics stands at; of a histogram, its `_sum` or `_count`.
    pub(crate) async fn metric(&self, series: &str) -> anyhow::Result<f64> {
        let (status, text) = load::get(self.address, "/metrics").await?;
        ensure!(status == 200, "/metrics answered {status}");
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        let value = value.with_context(|| format!("there is no metric {series}"))?;
        Ok(value.trim().parse()?)
    }

    /// How many tickets its agent finds, by what stands behind the `?` of a list.
    pub(crate) async fn count_tickets(&self, filter: &str) -> anyhow::Result<u64> {
        let mut stream = TcpStream::connect(self.address).await?;
        let (mut request, mut buffer) = (Vec::new(), Vec::new());
        let path = format!("tickets?per_page=1{filter}");
        message::agent_question(self.address, &path, &mut request);
        stream.write_all(&request).await?;
        let framed = wire::read_message(&mut stream, &mut buffer).await?;
        framed.context("the connection was closed instead of an answer")?;
        let total = wire::number_after(&buffer, b"\"total\":");
        total.context("the list does not say how many there are")
    }

    /// Waits until a metric stands at `value` or below.
    pub(crate) async fn wait_until_at_most(
        &self,
        series: &str,
        value: f64,
        longest: Duration,
    ) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let now = self.metric(series).await?;
            if now <= value {
                return Ok(());
            }
            ensure!(began.elapsed() < longest, "{series} is still {now}");
            sleep(Duration::from_millis(100)).await;
        }
    }
}

/// An address on loopback where nothing listens.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Bytes in a folder.
pub(crate) fn size_of(folder: &Path) -> anyhow::Result<u64> {
    let mut size = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        size += if about.is_dir() {
            size_of(&entry.path())?
        } else {
            about.len()
        };
    }
    Ok(size)
}
