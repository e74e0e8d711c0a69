//! Feeds the service manager's watchdog, as long as the writer and the lanes show that they get on.
//!
//! Nothing is fed because time has passed. Each time a question is put to the writer, through its queue, and to the
//! dispatcher, in its loop; to the threads that make calls as well. Only their answers feed. One that comes late feeds
//! late, one that never comes never does.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};

use crate::delivery::{Pulse, Standing};
use crate::store::Store;

/// Of the time that the service manager waits, so that one late answer does no harm.
const SHARE: u32 = 4;
/// The store answers what is due at once, or not at all.
const LONGEST_READING: Duration = Duration::from_secs(30);
/// A call may make several requests, each with its time, and wait for its system's rate. That none of those under way
/// comes to an end in this time means that they do not get on.
const LONGEST_CALL: Duration = Duration::from_secs(30 * 60);

/// Those who are asked.
pub(super) struct Asked {
    store: Store,
    pulse: Pulse,
    calls: Handle,
    progress: Progress,
}

impl Asked {
    pub(super) fn new(store: Store, pulse: Pulse, calls: Handle) -> Self {
        Self {
            store,
            pulse,
            calls,
            progress: Progress::new(Instant::now()),
        }
    }

    /// Comes back when all have answered.
    pub(super) async fn ask(&mut self) -> Result<(), String> {
        let writer = async {
            let answered = self.store.answers().await;
            answered.map_err(|error| format!("the writer says: {error}"))
        };
        let lanes = async {
            // Once it has ended in order there is nothing it could do.
            let Some(standing) = self.pulse.take().await else {
                return Ok(());
            };
            if !self.progress.has_moved(&standing) {
                // No call ended; the threads for them are asked themselves.
                let ran = self.calls.spawn(async {}).await;
                ran.map_err(|_| "the threads for calls are gone".to_owned())?;
            }
            self.progress.judge(&standing, Instant::now())
        };
        let (writer, lanes) = tokio::join!(writer, lanes);
        writer.and(lanes)
    }

    /// Feeds the watchdog of a service manager that waits for so long, for ever.
    pub(super) async fn feed(mut self, limit: Duration, fed: impl Fn()) {
        loop {
            let asked = Instant::now();
            let mut asking = Box::pin(self.ask());
            let answered = match timeout(limit / 2, asking.as_mut()).await {
                Ok(answered) => answered,
                Err(_) => {
                    tracing::error!(
                        after_s = asked.elapsed().as_secs(),
                        "the writer or the lanes do not answer; the watchdog is not fed"
                    );
                    asking.await
                }
            };
            match answered {
                Ok(()) => fed(),
                Err(reason) => tracing::error!(reason, "the watchdog is not fed"),
            }
            sleep(limit / SHARE).await;
        }
    }
}

/// What has become of the calls since they were last asked about.
struct Progress {
    ended: u64,
    /// When a call last ended, or none was under way.
    at: Instant,
}

impl Progress {
    fn new(now: Instant) -> Self {
        Self { ended: 0, at: now }
    }

    fn has_moved(&self, standing: &Standing) -> bool {
        standing.ended != self.ended
    }

    fn judge(&mut self, standing: &Standing, now: Instant) -> Result<(), String> {
        if let Some(waited) = standing.asking_for
            && waited > LONGEST_READING
        {
            let waited = waited.as_secs();
            return Err(format!(
                "the store has not said for {waited} s which lanes are due"
            ));
        }
        if self.has_moved(standing) || standing.under_way == 0 {
            self.ended = standing.ended;
            self.at = now;
            return Ok(());
        }
        let waited = now.saturating_duration_since(self.at);
        if waited > LONGEST_CALL {
            let (calls, waited) = (standing.under_way, waited.as_secs());
            return Err(format!(
                "none of {calls} calls under way has ended for {waited} s"
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
