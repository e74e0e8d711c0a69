//! Asking systems, and what it means that one does not answer.

use crate::clock::Clock;
use crate::model::Time;
use crate::polling::Unseen;
use crate::systems::Trouble;

/// A system could not be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Which.
    pub system: String,
    /// Why, without secrets.
    pub reason: String,
    /// Whether it is of use to ask again later, and after how many seconds, where the system said so.
    pub again: Again,
}

/// Whether to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// After so many seconds, which the system asked for.
    In(u64),
    /// After a while.
    Soon,
    /// Not before a person did something.
    Never,
}

/// Why one question has no answer.
pub(super) enum Silent {
    /// None of the others will have one now.
    All(Stopped),
    /// Others may have one: the answer makes no sense.
    This(String),
}

impl Silent {
    pub(super) fn of(system: &str, trouble: &Trouble, clock: &dyn Clock) -> Self {
        let unseen = Unseen::of(trouble.class, trouble.until, trouble.detail.clone());
        let reason = unseen.to_string();
        let stopped = |again| {
            Self::All(Stopped {
                system: system.to_owned(),
                reason: reason.clone(),
                again,
            })
        };
        match unseen {
            Unseen::Forbidden(_) => stopped(Again::Never),
            Unseen::Throttled { until, .. } => stopped(match until {
                Some(until) => Again::In(seconds_until(until, clock.now())),
                None => Again::Soon,
            }),
            // It answered, only not this.
            Unseen::Away(words) if trouble.failure.is_none() => Self::This(words),
            Unseen::Away(_) => stopped(Again::Soon),
            Unseen::Unclear(words) => Self::This(words),
        }
    }
}

fn seconds_until(until: Time, now: Time) -> u64 {
    until.since(now).as_secs().saturating_add(1)
}
