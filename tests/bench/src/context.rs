//! What every scenario gets: how often, how much, where, and a place to say how far it is.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use tempfile::TempDir;

use crate::args::Args;
use crate::daemon::Daemon;
use crate::output;

/// The terms of a call of the program.
pub(crate) struct Context {
    pub(crate) runs: u32,
    pub(crate) quick: bool,
    binary: PathBuf,
    folder: PathBuf,
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
            binary,
            folder: folder.canonicalize()?,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
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

    #[expect(
        clippy::unused_self,
        reason = "who has no context has nothing to report"
    )]
    pub(crate) fn progress(&self, text: &str) {
        output::say(&format!(".. {text}"));
    }
}
