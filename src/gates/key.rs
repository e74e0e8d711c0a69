//! The limit of a key at a system: one for everything that uses the key.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::Limiter;
use crate::settings::Rate;

/// Whoever only asks waits this long at most for those who send.
const LONGEST_COURTESY: Duration = Duration::from_secs(10);

/// The limit of one key: deliveries, questions about what became of them, polls and probes all pass it.
#[derive(Debug)]
pub struct KeyGate {
    limiter: Limiter,
    rate: Rate,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// How many calls could follow at once after the last one, as far as is known here.
    left: u32,
    /// A delivery waits until then.
    wanted_until: Option<Instant>,
    /// So many who only ask have waited long enough: the next calls are theirs.
    promised: u32,
}

impl KeyGate {
    /// Full at first.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self {
            limiter: Limiter::new(rate),
            rate,
            state: Mutex::new(State {
                left: rate.burst,
                wanted_until: None,
                promised: 0,
            }),
        }
    }

    /// What it limits to.
    pub fn rate(&self) -> Rate {
        self.rate
    }

    /// Lets a delivery through, or says how long it waits; those who only ask wait as well.
    ///
    /// # Errors
    ///
    /// How long until it could pass.
    pub fn take(&self) -> Result<(), Duration> {
        if self.state().promised > 0 {
            return Err(self.limiter.period());
        }
        self.take_one().inspect_err(|wait| {
            self.state().wanted_until = Some(Instant::now() + *wait);
        })
    }

    /// Passes once nothing more urgent waits, or after a few seconds.
    pub async fn pass(&self) {
        let patience = Instant::now() + LONGEST_COURTESY;
        while Instant::now() < patience {
            let now = Instant::now();
            let wanted_until = self.state().wanted_until.filter(|until| *until > now);
            let wait = match wanted_until {
                Some(until) => until.duration_since(now),
                None => match self.take_one() {
                    Ok(()) => return,
                    Err(wait) => wait,
                },
            };
            // A moment later than a delivery that waits for the same.
            sleep_until((now + wait).min(patience) + Duration::from_millis(1)).await;
        }
        let _promise = Promise::of(self);
        while let Err(wait) = self.take_one() {
            sleep(wait).await;
        }
    }

    /// The system says that only so many calls may follow: somebody else uses the key, too.
    pub fn heed(&self, remaining: u64) {
        let remaining = u32::try_from(remaining).unwrap_or(u32::MAX);
        if self.state().left <= remaining.saturating_add(1) {
            return;
        }
        while self.take_one().is_ok() && self.state().left > remaining {}
    }

    fn take_one(&self) -> Result<(), Duration> {
        let left = self.limiter.take_and_count()?;
        self.state().left = left;
        Ok(())
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps deliveries back for one who has waited long enough; also one who gives up waiting.
struct Promise<'a>(&'a KeyGate);

impl<'a> Promise<'a> {
    fn of(gate: &'a KeyGate) -> Self {
        gate.state().promised += 1;
        Self(gate)
    }
}

impl Drop for Promise<'_> {
    fn drop(&mut self) {
        self.0.state().promised -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> KeyGate {
        KeyGate::new(Rate {
            per_second: 5.0,
            burst: 40,
        })
    }

    fn passes(gate: &KeyGate) -> usize {
        std::iter::from_fn(|| gate.take().ok()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_system_says_is_left_is_all_that_is_taken() {
        let gate = gate();
        gate.take().unwrap();
        gate.heed(38);
        gate.heed(39);
        gate.heed(1_000_000);
        assert_eq!(passes(&gate), 39, "our own count is nearly the same");
        let gate = self::gate();
        gate.take().unwrap();
        gate.heed(3);
        assert_eq!(passes(&gate), 3);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(passes(&gate), 5, "and then the rate rules again");
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_only_asks_waits_for_those_who_send_but_not_for_ever() {
        let gate = std::sync::Arc::new(gate());
        passes(&gate);
        let asking = tokio::spawn({
            let gate = gate.clone();
            async move {
                let began = Instant::now();
                gate.pass().await;
                began.elapsed()
            }
        });
        // One that sends takes each token as soon as there is one.
        let sending = tokio::spawn(async move {
            loop {
                if let Err(wait) = gate.take() {
                    sleep(wait).await;
                }
            }
        });
        let waited = asking.await.unwrap();
        sending.abort();
        assert!(waited >= LONGEST_COURTESY, "{waited:?}");
        assert!(waited < LONGEST_COURTESY * 2, "{waited:?}");
    }
}
