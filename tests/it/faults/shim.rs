//! The preloaded library: built once, and told by the environment what to do.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::daemon::Daemon;

static LIBRARY: LazyLock<PathBuf> = LazyLock::new(build);

fn build() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/faults/shim.c");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let library = folder.join("faults-shim.so");
    // Another run may have it loaded: it is replaced, not written over.
    let new = folder.join(format!("faults-shim.{}.so", std::process::id()));
    let built = Command::new("cc")
        .args(["-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror"])
        .args(["-shared", "-fPIC", "-o"])
        .args([&new, &source])
        .args(["-ldl", "-lpthread"])
        .status()
        .unwrap();
    assert!(built.success(), "the shim does not build");
    std::fs::rename(&new, &library).unwrap();
    library
}

/// What a daemon's disk does; see the head of `shim.c`.
pub(super) struct Faults {
    control: PathBuf,
    environment: Vec<(&'static str, OsString)>,
}

impl Faults {
    /// A disk without faults under the store of `daemon`.
    pub(super) fn under(daemon: &Daemon) -> Self {
        let control = daemon.folder().to_owned();
        let environment = vec![
            ("LD_PRELOAD", LIBRARY.clone().into()),
            ("FAULTS_FOLDER", daemon.state().into()),
            ("FAULTS_ARMED", control.join("armed").into()),
            ("FAULTS_HITS", control.join("hits").into()),
        ];
        Self {
            control,
            environment,
        }
    }

    /// Every change and sync is written down for [`super::disk::Disk`].
    pub(super) fn journalled(mut self) -> Self {
        let journal = self.journal().into();
        self.environment.push(("FAULTS_JOURNAL", journal));
        self
    }

    /// This happens once armed.
    pub(super) fn rule(mut self, rule: &str) -> Self {
        self.environment.push(("FAULTS_RULE", rule.into()));
        self
    }

    /// Calls to this port count as outgoing.
    pub(super) fn outgoing(mut self, port: u16) -> Self {
        self.environment
            .push(("FAULTS_PORT", port.to_string().into()));
        self
    }

    /// [`Faults::fill`] works.
    pub(super) fn can_be_low(mut self) -> Self {
        let low = self.control.join("low").into();
        self.environment.push(("FAULTS_LOW", low));
        self
    }

    /// From its next start on, `daemon` has this disk.
    pub(super) fn apply_to(&self, daemon: &mut Daemon) {
        daemon.set_environment(self.environment.clone());
    }

    /// What a process needs in its environment to have this disk.
    pub(super) fn environment(&self) -> &[(&'static str, OsString)] {
        &self.environment
    }

    pub(super) fn journal(&self) -> PathBuf {
        self.control.join("journal")
    }

    /// Calls count from now on.
    pub(super) fn arm(&self) {
        std::fs::write(self.control.join("armed"), "").unwrap();
    }

    /// What fails works again; what hangs still hangs.
    pub(super) fn disarm(&self) {
        std::fs::remove_file(self.control.join("armed")).unwrap();
    }

    /// The disk says that nothing is free.
    pub(super) fn fill(&self) {
        std::fs::write(self.control.join("low"), "").unwrap();
    }

    /// The disk says what is true.
    pub(super) fn make_room(&self) {
        std::fs::remove_file(self.control.join("low")).unwrap();
    }

    /// What the shim did so far, a line for each time.
    pub(super) fn hits(&self) -> String {
        std::fs::read_to_string(self.control.join("hits")).unwrap_or_default()
    }

    /// Waits until it has done something.
    pub(super) async fn struck(&self) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.hits().is_empty() {
            assert!(Instant::now() < deadline, "the fault never came");
            // Another process, so there is no signal to wait for.
            sleep(Duration::from_millis(2)).await;
        }
    }
}
