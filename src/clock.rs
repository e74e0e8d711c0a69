//! The one source of stored time, and of the chance that events carry.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
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
            random = chance_of_the_process();
        }
        Event {
            at: self.now(),
            random,
            trace: None,
            what,
        }
    }
}

/// Chance from the keys that the process was given when it began: addresses for replies must not be guessed where the
/// system gives no more.
fn chance_of_the_process() -> [u8; 16] {
    let drawn = || RandomState::new().build_hasher().finish().to_le_bytes();
    let mut random = [0; 16];
    random[..8].copy_from_slice(&drawn());
    random[8..].copy_from_slice(&drawn());
    random
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_has_chance_of_its_own() {
        let drawn: Vec<[u8; 16]> = (0..4).map(|_| chance_of_the_process()).collect();
        for (place, one) in drawn.iter().enumerate() {
            assert_ne!(one[..8], one[8..]);
            assert!(!drawn[..place].contains(one));
        }
    }
}
