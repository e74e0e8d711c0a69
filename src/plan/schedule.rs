//! How long to wait before the next try.

use std::time::Duration;

use backoff::ExponentialBackoff;
use backoff::backoff::Backoff;

use super::routes::Schedule;

/// The wait after the `attempts`th try that failed (1 for the first), moved by the jitter that `random` draws.
///
/// The interval is the crate's, without its own randomization, so that the same event always plans the same.
pub fn delay(schedule: &Schedule, attempts: u32, random: u64) -> Duration {
    let mut exponential = ExponentialBackoff {
        current_interval: schedule.first_delay,
        initial_interval: schedule.first_delay,
        randomization_factor: 0.0,
        multiplier: 2.0,
        max_interval: schedule.max_delay,
        max_elapsed_time: None,
        ..ExponentialBackoff::default()
    };
    let mut interval = schedule.first_delay;
    for _ in 0..attempts.clamp(1, 64) {
        interval = exponential.next_backoff().unwrap_or(schedule.max_delay);
        if interval >= schedule.max_delay {
            break;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "53 bits of chance are plenty")]
    let unit = random as f64 / u64::MAX as f64;
    let factor = 1.0 + schedule.jitter * (2.0 * unit - 1.0);
    interval.mul_f64(factor.max(0.0)).min(schedule.max_delay)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{BreakerRule, OnUnknown};

    fn schedule(jitter: f64) -> Schedule {
        Schedule {
            first_delay: Duration::from_secs(5),
            max_delay: Duration::from_secs(3600),
            max_age: Duration::from_secs(259_200),
            jitter,
            breaker: BreakerRule {
                failures: 10,
                open_for: Duration::from_secs(30),
            },
            on_unknown: OnUnknown::Resend,
            look_after: Duration::from_secs(30),
        }
    }

    #[test]
    fn the_wait_doubles_up_to_the_longest() {
        let waits: Vec<u64> = (1..=12)
            .map(|n| delay(&schedule(0.0), n, 7).as_secs())
            .collect();
        assert_eq!(
            waits,
            [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
        );
        assert_eq!(delay(&schedule(0.0), u32::MAX, 0).as_secs(), 3600);
    }

    #[test]
    fn jitter_moves_the_wait_by_its_share_at_most_and_never_beyond_the_longest() {
        assert_eq!(delay(&schedule(0.2), 1, 0), Duration::from_secs(4));
        assert_eq!(delay(&schedule(0.2), 1, u64::MAX), Duration::from_secs(6));
        assert_eq!(
            delay(&schedule(0.2), 30, u64::MAX),
            Duration::from_secs(3600)
        );
        assert_eq!(delay(&schedule(0.2), 30, 0), Duration::from_secs(2880));
    }
}
