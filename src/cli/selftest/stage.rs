//! The test's own folders and its own daemon, and that nothing of them is left.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use tempfile::TempDir;
use tokio::process::{Child, Command};

use crate::settings::{NewToken, Settings, Sha256Digest, new_token};

/// As much as anybody reads of a log.
const MOST_LINES: usize = 20;

pub(super) struct Stage {
    /// The store, the configuration and the log.
    folder: TempDir,
    /// Apart, since the path of a socket must be short.
    sockets: TempDir,
    is_on_disk_of_store: bool,
    pub(super) token: String,
    pub(super) key: String,
    process: Mutex<Option<Child>>,
}

impl Stage {
    /// Makes the folders, with a configuration that has the disk of `settings`.
    pub(super) fn set(settings: &Settings) -> anyhow::Result<Self> {
        let store = &settings.store.path;
        let folder = beside(store)?;
        let sockets = TempDir::with_prefix("ticketbridge-").context("cannot make a folder")?;
        let [token, key] = [secret()?, secret()?];
        let stage = Self {
            is_on_disk_of_store: are_on_one_disk(store, folder.path()),
            folder,
            sockets,
            token,
            key,
            process: Mutex::default(),
        };
        fs::write(stage.config(), stage.configuration(settings)).context("cannot write there")?;
        Ok(stage)
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn is_on_disk_of_store(&self) -> bool {
        self.is_on_disk_of_store
    }

    pub(super) fn store(&self) -> PathBuf {
        self.folder.path().join("state")
    }

    /// Where the daemon serves HTTP.
    pub(super) fn http(&self) -> PathBuf {
        self.sockets.path().join("http")
    }

    /// Where it serves its operator.
    pub(super) fn admin(&self) -> PathBuf {
        self.sockets.path().join("admin")
    }

    fn config(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    fn configuration(&self, settings: &Settings) -> String {
        let store = &settings.store;
        let digest = |secret: &str| Sha256Digest::of(secret).hex();
        format!(
            r#"
[server]
listen = {listen}

[store]
path = "state"
min_free = "{min_free}B"
cache = "{cache}B"

[admin]
socket = {admin}

[log]
format = "text"

[delivery]
allow_http = true
allow_networks = ["127.0.0.0/8"]

[[brands]]
id = "selftest"
name = "Selftest"
tokens = [{{ name = "selftest", sha256 = "{token}" }}]
agents = [1]

[[agents]]
id = 1
name = "Selftest"
api_keys = [{{ sha256 = "{key}" }}]
"#,
            listen = quoted(&format!("unix:{}", self.http().display())),
            min_free = store.min_free,
            cache = store.cache,
            admin = quoted(&self.admin().display().to_string()),
            token = digest(&self.token),
            key = digest(&self.key),
        )
    }

    /// Starts the daemon: this very program.
    pub(super) fn start(&self) -> anyhow::Result<()> {
        let program = std::env::current_exe().context("cannot find this program")?;
        let log = fs::File::create(self.log_path()).context("cannot write a log")?;
        let mut command = Command::new(&program);
        command
            .arg("--config")
            .arg(self.config())
            .arg("serve")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            // ^C is for whoever runs the test, who ends this one.
            .process_group(0)
            .kill_on_drop(true);
        for (name, _) in std::env::vars_os() {
            if is_of_another_daemon(&name.to_string_lossy()) {
                command.env_remove(name);
            }
        }
        let process = command
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        *self.process() = Some(process);
        Ok(())
    }

    /// What the daemon ended with, if it has ended.
    pub(super) fn has_ended(&self) -> Option<String> {
        let ended = self.process().as_mut()?.try_wait().ok()??;
        Some(ended.to_string())
    }

    /// Tells the daemon to end, and waits until it has.
    pub(super) async fn stop(&self) -> anyhow::Result<()> {
        let Some(mut process) = self.process().take() else {
            return Ok(());
        };
        let pid = process.id().and_then(|pid| i32::try_from(pid).ok());
        let pid = pid.and_then(rustix::process::Pid::from_raw);
        let pid = pid.context("the daemon is gone")?;
        rustix::process::kill_process(pid, rustix::process::Signal::TERM)?;
        let ended = process.wait().await?;
        anyhow::ensure!(ended.success(), "the daemon ended with {ended}");
        Ok(())
    }

    /// The last of what the daemon said.
    pub(super) fn log(&self) -> String {
        let log = fs::read_to_string(self.log_path()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(MOST_LINES)..].join("\n")
    }

    fn log_path(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn process(&self) -> std::sync::MutexGuard<'_, Option<Child>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what still runs, and deletes everything.
    pub(super) async fn clear(self) -> anyhow::Result<()> {
        let process = self.process().take();
        if let Some(mut process) = process {
            process.kill().await.context("cannot end the daemon")?;
        }
        let folder = self.folder.path().display().to_string();
        self.sockets.close().context("cannot delete the sockets")?;
        self.folder
            .close()
            .with_context(|| format!("cannot delete {folder}; please do"))
    }
}

/// What another process was told about its own work: by a service manager, or as overriding configuration.
fn is_of_another_daemon(variable: &str) -> bool {
    let begins = ["TICKETBRIDGE__", "LISTEN_", "WATCHDOG_"];
    begins.iter().any(|begin| variable.starts_with(begin))
        || ["NOTIFY_SOCKET", "JOURNAL_STREAM", "CREDENTIALS_DIRECTORY"].contains(&variable)
}

/// On the store's disk if that can be, so that its syncs are as fast or slow.
fn beside(store: &Path) -> anyhow::Result<TempDir> {
    let mut named = tempfile::Builder::new();
    named.prefix(".ticketbridge-selftest-");
    // The folder above may be a link's, on another disk.
    let parent = fs::canonicalize(store)
        .ok()
        .and_then(|store| store.parent().map(Path::to_owned))
        .or_else(|| store.parent().map(Path::to_owned));
    let there = match parent {
        Some(parent) => named.tempdir_in(parent),
        None => Err(io::ErrorKind::NotFound.into()),
    };
    there
        .or_else(|_| named.tempdir())
        .context("cannot make a folder for the test's store")
}

fn are_on_one_disk(store: &Path, folder: &Path) -> bool {
    // Where there is no store yet, it is made in the folder above.
    let disk = |path: &Path| fs::metadata(path).map(|found| found.dev()).ok();
    let of_store = disk(store).or_else(|| store.parent().and_then(disk));
    of_store.is_some() && of_store == disk(folder)
}

fn secret() -> anyhow::Result<String> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).context("cannot have random bytes")?;
    let NewToken { token, .. } = new_token("selftest", random);
    Ok(token.reveal().clone())
}

/// As TOML writes text, and JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_were_told_is_not_passed_on() {
        for (variable, expected) in [
            ("TICKETBRIDGE__STORE__PATH", true),
            ("LISTEN_FDS", true),
            ("NOTIFY_SOCKET", true),
            ("WATCHDOG_USEC", true),
            ("PATH", false),
            ("HOME", false),
        ] {
            assert_eq!(is_of_another_daemon(variable), expected, "{variable}");
        }
    }

    #[test]
    fn the_folder_is_beside_the_store_or_else_says_that_it_is_not() {
        let above = tempfile::tempdir().unwrap();
        let store = above.path().join("state");
        let folder = beside(&store).unwrap();
        assert_eq!(folder.path().parent(), Some(above.path()));
        assert!(are_on_one_disk(&store, folder.path()));
        let nowhere = Path::new("/proc/nowhere/state");
        let folder = beside(nowhere).unwrap();
        assert!(!are_on_one_disk(nowhere, folder.path()));
    }
}
