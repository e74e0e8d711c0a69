//! How often a list is asked for.

use std::time::Duration;

/// With each quiet turn the next one is so many times as far.
const STRETCH: f64 = 1.5;
/// And so many times the interval at most.
const MOST: f64 = 4.0;

/// How many turns in a row were quiet.
#[derive(Debug, Default)]
pub(super) struct Pace(i32);

impl Pace {
    /// From a turn to the next.
    pub(super) fn after(&mut self, interval: Duration, is_quiet: bool) -> Duration {
        self.0 = if is_quiet {
            self.0.saturating_add(1)
        } else {
            0
        };
        interval.mul_f64(STRETCH.powi(self.0).min(MOST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_turns_come_ever_less_often_down_to_a_quarter_and_news_ends_that() {
        let mut pace = Pace::default();
        let interval = Duration::from_secs(16);
        let quiet = [false, true, true, true, true, true, false, true];
        let pauses = quiet.map(|is_quiet| pace.after(interval, is_quiet).as_secs());
        assert_eq!(pauses, [16, 24, 36, 54, 64, 64, 16, 24]);
        for _ in 0..5000 {
            pace.after(interval, true);
        }
        assert_eq!(pace.after(interval, true).as_secs(), 64);
    }
}
