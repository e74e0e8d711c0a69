//! How long to leave a system alone that does not answer.

use std::time::Duration;

use tokio::time::Instant;

/// After the first failure; doubled with each.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_secs(600);
/// Who asks for more is asked again all the same.
const LONGEST_BY_ORDER: Duration = Duration::from_secs(86_400);

/// Nothing, or a time in which every question failed.
#[derive(Debug, Default)]
pub(super) struct Outage(Option<Failing>);

#[derive(Debug)]
struct Failing {
    since: Instant,
    failures: u32,
    not_before: Instant,
}

impl Outage {
    /// Something failed (once more), where the system may have said how long to wait. Says whether that begins it, and
    /// how long nothing is asked.
    pub(super) fn goes_on(
        &mut self,
        wait: Option<Duration>,
        jittered: impl Fn(Duration) -> Duration,
    ) -> (bool, Duration) {
        let now = Instant::now();
        let is_first = self.0.is_none();
        let failing = self.0.get_or_insert(Failing {
            since: now,
            failures: 0,
            not_before: now,
        });
        let doubled = FIRST.saturating_mul(1 << failing.failures.min(16));
        failing.failures += 1;
        let delay = match wait {
            Some(wait) => wait.min(LONGEST_BY_ORDER).max(FIRST),
            None => jittered(doubled.min(LONGEST)),
        };
        failing.not_before = now + delay;
        (is_first, delay)
    }

    /// Until when nothing is asked.
    pub(super) fn not_before(&self) -> Option<Instant> {
        self.0.as_ref().map(|failing| failing.not_before)
    }

    /// All is well. Says how long it was not, if so.
    pub(super) fn end(&mut self) -> Option<Duration> {
        self.0.take().map(|failing| failing.since.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_double_up_to_ten_minutes_unless_the_system_says_how_long() {
        let mut outage = Outage::default();
        assert_eq!((outage.not_before(), outage.end()), (None, None));
        let began = Instant::now();
        let mut seconds = Vec::new();
        for _ in 0..9 {
            let (is_first, delay) = outage.goes_on(None, |delay| delay);
            assert_eq!(is_first, seconds.is_empty());
            assert_eq!(outage.not_before(), Some(Instant::now() + delay));
            seconds.push(delay.as_secs());
            tokio::time::advance(delay).await;
        }
        assert_eq!(seconds, [5, 10, 20, 40, 80, 160, 320, 600, 600]);
        for (said, honoured) in [(0, 5), (3600, 3600), (1 << 40, 86_400)] {
            let (_, delay) = outage.goes_on(Some(Duration::from_secs(said)), |_| unreachable!());
            assert_eq!(delay.as_secs(), honoured);
        }
        assert_eq!(outage.end(), Some(began.elapsed()));
        assert_eq!(outage.goes_on(None, |delay| delay), (true, FIRST));
    }
}
