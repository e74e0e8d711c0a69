//! What every scenario gets: how often, how much, where, and a place to say how far it is.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::args::Args;
use crate::daemon::Daemon;
use crate::output;
use crate::role::receiver;
use crate::stock::Stock;

/// The terms of a call of the program.
pub(crate) struct Context {
    pub(crate) runs: u32,
    pub(crate) quick: bool,
    pub(crate) rounds: u64,
    binary: PathBuf,
    folder: PathBuf,
    pending: OnceCell<ToDeadHosts>,
}

/// A store whose deliveries go to hosts where nothing listens.
pub(crate) struct ToDeadHosts {
    pub(crate) stock: Stock,
    pub(crate) port: u16,
    pub(crate) deliveries: u64,
    pub(crate) lanes: u64,
    pub(crate) hosts: u64,
}

impl Context {
    pub(crate) fn new(args: &Args) -> anyhow::Result<Self> {
        let own = std::env::current_exe()?;
        let beside = own.parent().context("this program is nowhere")?;
        let binary = args
            .daemon
            .clone()
            .unwrap_or_else(|| beside.join("ticketbridge"));
        ensure!(
            binary.exists(),
            "there is no {}; `cargo build --release` makes one, `--daemon` names another",
            binary.display()
        );
        let folder = args.folder.clone().unwrap_or_else(|| beside.to_owned());
        Ok(Self {
            runs: if args.quick { 1 } else { args.runs },
            quick: args.quick,
            rounds: args.rounds,
            binary,
            folder: folder.canonicalize()?,
            pending: OnceCell::new(),
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The daemon's program.
    pub(crate) fn binary(&self) -> &Path {
        &self.binary
    }

    /// One of two sizes: for a smoke run, or for figures.
    pub(crate) fn size<T>(&self, quick: T, full: T) -> T {
        if self.quick { quick } else { full }
    }

    /// A new folder on the disk that is measured.
    pub(crate) fn new_folder(&self) -> anyhow::Result<TempDir> {
        let folder = tempfile::Builder::new()
            .prefix("ticketbridge-bench-")
            .tempdir_in(&self.folder)?;
        Ok(folder)
    }

    /// A daemon in `folder`, ready.
    pub(crate) async fn daemon(&self, folder: &Path, delivery: &str) -> anyhow::Result<Daemon> {
        Daemon::start(&self.binary, folder, delivery).await
    }

    /// The store with many deliveries to dead hosts, made when it is first asked for.
    pub(crate) async fn pending_to_dead_hosts(&self) -> anyhow::Result<&ToDeadHosts> {
        self.pending
            .get_or_try_init(|| self.fill_for_dead_hosts())
            .await
    }

    async fn fill_for_dead_hosts(&self) -> anyhow::Result<ToDeadHosts> {
        let (deliveries, lanes, hosts) = self.size((500, 50, 10), (100_000, 10_000, 1_000));
        let port = unused_port()?;
        let url_of = move |number| receiver::url(port, hosts, lanes, number);
        Ok(ToDeadHosts {
            stock: Stock::filled(self, deliveries, deliveries, url_of).await?,
            port,
            deliveries,
            lanes,
            hosts,
        })
    }

    #[expect(
        clippy::unused_self,
        reason = "who has no context has nothing to report"
    )]
    pub(crate) fn progress(&self, text: &str) {
        output::say(&format!(".. {text}"));
    }
}

/// A port where nothing listens and that no connection out is given.
fn unused_port() -> anyhow::Result<u16> {
    let free = (20_000..30_000).find(|port| TcpListener::bind(("0.0.0.0", *port)).is_ok());
    free.context("no port is free")
}
