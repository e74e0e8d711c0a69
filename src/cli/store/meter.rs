//! How far a long piece of work is, on the terminal of whoever waits for it; nobody else is told.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How often.
const EVERY: Duration = Duration::from_millis(250);

pub(super) struct Meter {
    is_seen: bool,
    last: Mutex<Option<Instant>>,
}

impl Meter {
    pub(super) fn begin() -> Self {
        Self {
            is_seen: io::stderr().is_terminal(),
            last: Mutex::new(None),
        }
    }

    /// So many of so many are `done`.
    pub(super) fn tell(&self, done: &str, so_many: u64, of: u64) {
        let share = so_many.saturating_mul(100) / of.max(1);
        self.say(|| format!("{done}: {}%", share.min(100)));
    }

    /// Shows the words, if somebody looks and not too often.
    pub(super) fn say(&self, words: impl FnOnce() -> String) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_time = last.is_none_or(|last| last.elapsed() >= EVERY);
        if self.is_seen && is_time {
            *last = Some(Instant::now());
            drop(write!(io::stderr(), "\r\x1b[K{}", words()));
        }
    }

    /// Leaves the line as it was.
    pub(super) fn end(&self) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.take().is_some() {
            drop(write!(io::stderr(), "\r\x1b[K"));
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.end();
    }
}
