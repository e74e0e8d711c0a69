//! The one source of stored time, and of the chance that events carry.

use std::sync::Arc;

use jiff::Timestamp;
use tokio::time::Instant;

use crate::model::{Event, Happening, Time};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Time;

    /// An event that happens now.
    fn event(&self, what: Happening) -> Event {
        let mut random = [0; 16];
        if getrandom::fill(&mut random).is_err() {
            // Without chance from the system, jitter falls away and nothing else.
            random = [0; 16];
        }
        Event {
            at: self.now(),
            random,
            what,
        }
    }
}

/// The system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one Clock that all stored time comes from"
    )]
    fn now(&self) -> Time {
        Time::from_timestamp(Timestamp::now())
    }
}

/// A clock that goes with tokio's, so that a paused one stands still.
#[derive(Debug, Clone, Copy)]
pub struct TokioClock {
    base: Time,
    began: Instant,
}

impl TokioClock {
    /// Shows `base` now.
    #[must_use]
    pub fn starting_at(base: Time) -> Self {
        Self {
            base,
            began: Instant::now(),
        }
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Time {
        self.base.plus(self.began.elapsed())
    }
}

/// When tokio's clock will show what `clock` shows at `time`.
pub fn instant_of(clock: &Arc<dyn Clock>, time: Time) -> Instant {
    Instant::now() + time.since(clock.now())
}
