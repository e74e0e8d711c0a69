//! The daemon's own commands about a store: how long they take, and how much memory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use crate::context::Context;
use crate::usage;

/// Commands for one folder, in which a daemon may run or not.
pub(crate) struct Commands {
    binary: PathBuf,
    folder: PathBuf,
}

/// What a command took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Took {
    pub(crate) seconds: f64,
    /// Resident memory in MiB, at most, as far as looks every few milliseconds tell.
    pub(crate) memory: f64,
}

impl Commands {
    /// For a folder in which a daemon was started at least once.
    pub(crate) fn new(context: &Context, folder: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(folder.join("tmp"))?;
        Ok(Self {
            binary: context.binary().to_owned(),
            folder: folder.to_owned(),
        })
    }

    /// How many rows the store has; it must be sound.
    pub(crate) async fn count_rows(&self) -> anyhow::Result<(u64, Took)> {
        let (told, took) = self.run(&["check", "--json"]).await?;
        Ok((rows_of(&told)?, took))
    }

    /// How many rows a backup has; it must be whole and sound.
    pub(crate) async fn count_rows_of(&self, backup: &Path) -> anyhow::Result<(u64, Took)> {
        let arguments = ["check", "--json", "--backup", shown(backup)?];
        let (told, took) = self.run(&arguments).await?;
        Ok((rows_of(&told)?, took))
    }

    pub(crate) async fn back_up(&self, file: &Path) -> anyhow::Result<Took> {
        Ok(self.run(&["backup", shown(file)?]).await?.1)
    }

    pub(crate) async fn compact(&self, file: &Path) -> anyhow::Result<Took> {
        Ok(self.run(&["compact", shown(file)?]).await?.1)
    }

    pub(crate) async fn restore(&self, file: &Path) -> anyhow::Result<Took> {
        Ok(self.run(&["restore", "--replace", shown(file)?]).await?.1)
    }

    async fn run(&self, arguments: &[&str]) -> anyhow::Result<(Vec<u8>, Took)> {
        let said = self.folder.join("tmp/said");
        let complained = self.folder.join("tmp/complained");
        let began = Instant::now();
        let mut process = Command::new(&self.binary)
            .arg("--config")
            .arg(self.folder.join("config.toml"))
            .arg("store")
            .args(arguments)
            .env("TMPDIR", self.folder.join("tmp"))
            .stdin(Stdio::null())
            .stdout(fs::File::create(&said)?)
            .stderr(fs::File::create(&complained)?)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("cannot start {}", self.binary.display()))?;
        let pid = process.id().context("the command ended at once")?;
        let mut memory: f64 = 0.0;
        let ended = loop {
            if let Some(ended) = process.try_wait()? {
                break ended;
            }
            // One that has just ended has none.
            memory = memory.max(usage::memory(pid).map_or(0.0, |(_, most)| most));
            sleep(Duration::from_millis(2)).await;
        };
        let seconds = began.elapsed().as_secs_f64();
        ensure!(
            ended.success(),
            "`store {}` ended with {ended}:\n{}{}",
            arguments.join(" "),
            fs::read_to_string(&said)?,
            fs::read_to_string(&complained)?
        );
        Ok((fs::read(&said)?, Took { seconds, memory }))
    }
}

fn shown(path: &Path) -> anyhow::Result<&str> {
    path.to_str().context("a path that is no text")
}

fn rows_of(told: &[u8]) -> anyhow::Result<u64> {
    let told: serde_json::Value = serde_json::from_slice(told)?;
    told["rows"]
        .as_u64()
        .context("`store check` does not say how many rows there are")
}
