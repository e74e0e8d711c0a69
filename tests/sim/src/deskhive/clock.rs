//! The peer's own time, in whole seconds, which a test may drive.

use jiff::{SignedDuration, Timestamp};

use crate::clock::wall_clock;

/// A clock that runs with the machine's, ahead of it, or stands still.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    stands_at: Option<Timestamp>,
    ahead: SignedDuration,
}

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        let real = || Timestamp::try_from(wall_clock()).unwrap_or(Timestamp::UNIX_EPOCH);
        let now = self.stands_at.unwrap_or_else(real);
        let now = now.saturating_add(self.ahead).unwrap_or(now);
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Stands still at this time.
    pub(crate) fn set(&mut self, at: Timestamp) {
        *self = Self {
            stands_at: Some(at),
            ahead: SignedDuration::ZERO,
        };
    }

    /// Goes on by so much, running or not.
    pub(crate) fn advance(&mut self, by: SignedDuration) {
        self.ahead = self.ahead.saturating_add(by);
    }
}

/// As the `Date` header has it.
pub(crate) fn http_date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_stands_until_it_is_advanced() {
        let mut clock = Clock::default();
        clock.set("2026-03-15T14:30:00.9Z".parse().unwrap());
        assert_eq!(clock.now(), "2026-03-15T14:30:00Z".parse().unwrap());
        clock.advance(SignedDuration::from_millis(200));
        assert_eq!(http_date(clock.now()), "Sun, 15 Mar 2026 14:30:01 GMT");
    }
}
