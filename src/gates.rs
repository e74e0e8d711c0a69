//! Rate limits. They say how long to wait; only whoever merely asks a system waits here ([`KeyGate::pass`]).

mod key;

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

use crate::settings::Rate;

pub use key::KeyGate;

/// governor on tokio's clock, so that a paused one stands still.
#[derive(Debug, Clone)]
struct PausableClock(Instant);

impl Clock for PausableClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.0.elapsed())
    }
}

/// One limit on how often something may happen.
#[derive(Debug)]
pub struct Limiter {
    limiter: RateLimiter<NotKeyed, InMemoryState, PausableClock, StateInformationMiddleware>,
    clock: PausableClock,
    refilled_after: Duration,
    period: Duration,
}

impl Limiter {
    /// Full at first.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let clock = PausableClock(Instant::now());
        let burst = NonZeroU32::new(rate.burst).unwrap_or(NonZeroU32::MIN);
        let period = Duration::try_from_secs_f64(1.0 / rate.per_second.max(1e-6))
            .unwrap_or(Duration::from_secs(1));
        let period = period.max(Duration::from_nanos(1));
        let quota = Quota::with_period(period)
            .map_or(Quota::per_second(burst), |quota| quota.allow_burst(burst));
        Self {
            limiter: RateLimiter::direct_with_clock(quota, clock.clone()).with_middleware(),
            clock,
            refilled_after: period.saturating_mul(rate.burst),
            period,
        }
    }

    /// Takes one of what is there.
    ///
    /// # Errors
    ///
    /// How long to wait until there is one.
    pub fn take(&self) -> Result<(), Duration> {
        self.take_and_count().map(drop)
    }

    /// Takes one of what is there and says how many are left.
    ///
    /// # Errors
    ///
    /// How long to wait until there is one.
    pub fn take_and_count(&self) -> Result<u32, Duration> {
        let left = self.limiter.check().map_err(|not_until| {
            not_until
                .wait_time_from(self.clock.now())
                .max(Duration::from_millis(1))
        })?;
        Ok(left.remaining_burst_capacity())
    }

    /// So long after one was let through, there is room for another.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// After this long without use it is as good as new.
    pub fn refilled_after(&self) -> Duration {
        self.refilled_after
    }
}

/// The same limit for each of several, such as tokens.
#[derive(Debug)]
pub struct Limiters<K> {
    rate: Rate,
    each: Mutex<HashMap<K, Limiter>>,
}

impl<K: Eq + Hash + Clone> Limiters<K> {
    /// Full at first.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            rate,
            each: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one for `key`; there must be a bounded number of keys.
    ///
    /// # Errors
    ///
    /// How long to wait until there is one.
    pub fn take(&self, key: &K) -> Result<(), Duration> {
        self.take_and_count(key).map(drop)
    }

    /// Takes one for `key` and says how many are left; there must be a bounded number of keys.
    ///
    /// # Errors
    ///
    /// How long to wait until there is one.
    pub fn take_and_count(&self, key: &K) -> Result<u32, Duration> {
        let mut each = self.each.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(limiter) = each.get(key) {
            return limiter.take_and_count();
        }
        each.entry(key.clone())
            .or_insert_with(|| Limiter::new(self.rate))
            .take_and_count()
    }

    /// The configured limit.
    pub fn rate(&self) -> Rate {
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate_rules() {
        let limiter = Limiter::new(Rate {
            per_second: 2.0,
            burst: 3,
        });
        for left in [2, 1, 0] {
            assert_eq!(limiter.take_and_count(), Ok(left));
        }
        let wait = limiter.take().unwrap_err();
        assert!(
            wait <= Duration::from_millis(501) && wait >= Duration::from_millis(490),
            "{wait:?}"
        );
        tokio::time::advance(wait).await;
        limiter.take().unwrap();
        limiter.take().unwrap_err();
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_may_be_a_fraction() {
        let limiter = Limiter::new(Rate {
            per_second: 0.1,
            burst: 1,
        });
        limiter.take().unwrap();
        let wait = limiter.take().unwrap_err();
        assert!(
            wait > Duration::from_secs(9) && wait <= Duration::from_secs(10),
            "{wait:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn one_key_does_not_use_up_another() {
        let limiters = Limiters::new(Rate {
            per_second: 1.0,
            burst: 1,
        });
        limiters.take(&"a").unwrap();
        limiters.take(&"a").unwrap_err();
        limiters.take(&"b").unwrap();
    }
}
