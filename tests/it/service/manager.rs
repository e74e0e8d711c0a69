//! The side of the service manager that is told things.

use std::time::Duration;

use tokio::net::UnixDatagram;
use tokio::time::timeout;

use crate::daemon::Daemon;

const SOON: Duration = Duration::from_secs(30);

/// Where a daemon tells how it is doing.
pub(crate) struct Manager(UnixDatagram);

impl Manager {
    /// For `daemon`, from its next start on.
    pub(crate) fn of(daemon: &mut Daemon) -> Self {
        let path = daemon.folder().join("notify.sock");
        let socket = UnixDatagram::bind(&path).unwrap();
        daemon.add_environment("NOTIFY_SOCKET", path);
        Self(socket)
    }

    /// The same, and it wants to hear in this time that all is well.
    pub(crate) fn watching(daemon: &mut Daemon, limit: Duration) -> Self {
        daemon.add_environment("WATCHDOG_USEC", limit.as_micros().to_string());
        Self::of(daemon)
    }

    /// The next thing that is told, its lines joined by `|`.
    pub(crate) async fn told(&self) -> String {
        timeout(SOON, self.receive())
            .await
            .expect("something is told")
    }

    /// The next thing that is told in this time.
    pub(crate) async fn told_within(&self, time: Duration) -> Option<String> {
        timeout(time, self.receive()).await.ok()
    }

    /// Waits until `words` are told; all that came before, and that.
    pub(crate) async fn told_until(&self, words: &str) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            let told = self.told().await;
            let is_it = told.contains(words);
            all.push(told);
            if is_it {
                return all;
            }
        }
    }

    async fn receive(&self) -> String {
        let mut bytes = [0; 4096];
        let length = self.0.recv(&mut bytes).await.unwrap();
        String::from_utf8_lossy(&bytes[..length])
            .trim_end()
            .replace('\n', "|")
    }
}
