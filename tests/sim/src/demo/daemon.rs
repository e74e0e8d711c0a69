//! The daemon, as a process of its own: this same executable under another name.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use rustix::process::{Pid, Signal, kill_process, set_parent_process_death_signal};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// Called by this name, the executable is the daemon and its command line.
const NAME: &str = "ticketbridge";
/// How long it may take to end in order, or to answer a command.
const PATIENCE: Duration = Duration::from_secs(20);
/// So much of its log tells why something did not come.
const LAST_LINES: usize = 20;

/// What the process ends with if it was called as the daemon.
pub(crate) fn called_as() -> Option<ExitCode> {
    let name = std::env::args_os().next()?;
    if Path::new(&name).file_name() != Some(OsStr::new(NAME)) {
        return None;
    }
    // It does not outlive the demo, however that ends.
    match set_parent_process_death_signal(Some(Signal::KILL)) {
        Ok(()) => Some(ticketbridge::cli::main()),
        Err(_) => Some(ExitCode::FAILURE),
    }
}

/// A configuration, and the process that serves it, if one does.
#[derive(Debug)]
pub(super) struct Daemon {
    config: PathBuf,
    log: PathBuf,
    process: Option<Child>,
}

impl Daemon {
    pub(super) fn new(config: PathBuf, log: PathBuf) -> Self {
        Self {
            config,
            log,
            process: None,
        }
    }

    fn command(&self) -> anyhow::Result<Command> {
        let executable = std::env::current_exe().context("cannot find this executable")?;
        let mut command = Command::new(executable);
        command
            .arg0(NAME)
            .arg("--config")
            .arg(&self.config)
            .stdin(Stdio::null())
            // Ctrl-C is for the demo, which ends it in order.
            .process_group(0)
            .kill_on_drop(true);
        Ok(command)
    }

    pub(super) fn start(&mut self) -> anyhow::Result<u32> {
        let mut options = fs::OpenOptions::new();
        options.create(true).append(true).mode(0o600);
        let log = options.open(&self.log).context("cannot open its log")?;
        let mut command = self.command()?;
        command.arg("serve").stdout(Stdio::null()).stderr(log);
        let process = command.spawn().context("cannot start the daemon")?;
        let pid = process.id().unwrap_or_default();
        self.process = Some(process);
        Ok(pid)
    }

    /// Whether it has ended by itself.
    pub(super) fn has_ended(&mut self) -> io::Result<bool> {
        match &mut self.process {
            Some(process) => Ok(process.try_wait()?.is_some()),
            None => Ok(true),
        }
    }

    /// Ends it as a power cut would, as far as one can from here; returns when it is gone.
    pub(super) async fn kill(&mut self) -> anyhow::Result<()> {
        let mut process = self.process.take().context("the daemon does not run")?;
        process.kill().await.context("cannot kill the daemon")
    }

    /// Asks it to end, and waits for that; kills it if it does not.
    pub(super) async fn end(&mut self) -> anyhow::Result<()> {
        let Some(mut process) = self.process.take() else {
            return Ok(());
        };
        let pid = process.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        if let Some(pid) = pid {
            kill_process(pid, Signal::TERM).context("cannot ask the daemon to end")?;
        }
        let ended = timeout(PATIENCE, process.wait()).await;
        let ended = ended.map_err(|_| anyhow!("the daemon did not end within {PATIENCE:?}"))??;
        if !ended.success() {
            bail!("the daemon ended with {ended}");
        }
        Ok(())
    }

    /// Runs a command as an operator would; what it printed.
    pub(super) async fn run(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let words = format!("ticketbridge {}", arguments.join(" "));
        let mut command = self.command()?;
        let output = timeout(PATIENCE, command.args(arguments).output()).await;
        let output = output.map_err(|_| anyhow!("{words} did not end within {PATIENCE:?}"))??;
        if !output.status.success() {
            bail!("{words}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The last that it said.
    pub(super) fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
    }

    pub(super) fn log(&self) -> &Path {
        &self.log
    }
}
