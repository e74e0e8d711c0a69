//! A clock that stands still until it is moved, and chance that is none.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use crate::clock::Clock;
use crate::model::{Event, Happening, Time};
use crate::settings::Sha256Digest;

#[derive(Debug)]
pub(super) struct StageClock {
    now: AtomicI64,
    drawn: AtomicU64,
}

impl StageClock {
    pub(super) fn starting_at(now: Time) -> Self {
        Self {
            now: AtomicI64::new(now.as_micros()),
            drawn: AtomicU64::new(0),
        }
    }

    /// It is at least `time` from now on.
    pub(super) fn reach(&self, time: Time) {
        self.now.fetch_max(time.as_micros(), Ordering::Relaxed);
    }

    pub(super) fn pass(&self, duration: Duration) {
        self.reach(self.now().plus(duration));
    }
}

impl Clock for StageClock {
    fn now(&self) -> Time {
        Time::from_micros(self.now.load(Ordering::Relaxed))
    }

    fn event(&self, what: Happening) -> Event {
        let drawn = self.drawn.fetch_add(1, Ordering::Relaxed);
        let digest = Sha256Digest::of(drawn.to_be_bytes());
        let mut random = [0; 16];
        random.copy_from_slice(&digest.0[..16]);
        Event {
            at: self.now(),
            random,
            trace: None,
            what,
        }
    }
}
