//! When to ask again after a system could not be asked.

use std::time::Duration;

use crate::http::admin::wire::ReconcileStopped;

/// So often a system may fail at the same place before it is left out.
const MOST_FAILURES: u32 = 3;
const USUAL_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Ask again, after this.
    After(Duration),
    /// Go on without that system.
    Without,
}

/// How often it failed in a row.
#[derive(Debug, Default)]
pub(super) struct Pace {
    failures: u32,
}

impl Pace {
    /// After `stopped`; `is_on`: it came further than the time before.
    pub(super) fn next(&mut self, stopped: &ReconcileStopped, is_on: bool) -> Next {
        self.failures = match is_on {
            true => 1,
            false => self.failures + 1,
        };
        if !stopped.again || self.failures > MOST_FAILURES {
            self.failures = 0;
            return Next::Without;
        }
        let wait = stopped.again_in.map_or(USUAL_WAIT, Duration::from_secs);
        Next::After(wait.min(LONGEST_WAIT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stopped(again: bool, again_in: Option<u64>) -> ReconcileStopped {
        ReconcileStopped {
            system: "front-desk".to_owned(),
            reason: "no answer".to_owned(),
            again,
            again_in,
        }
    }

    #[test]
    fn a_system_is_asked_again_unless_that_is_of_no_use() {
        let mut pace = Pace::default();
        let after = |seconds| Next::After(Duration::from_secs(seconds));
        assert_eq!(pace.next(&stopped(false, None), true), Next::Without);
        assert_eq!(pace.next(&stopped(true, Some(7)), true), after(7));
        assert_eq!(pace.next(&stopped(true, Some(7000)), false), after(300));
        assert_eq!(pace.next(&stopped(true, None), false), after(5));
        assert_eq!(pace.next(&stopped(true, None), false), Next::Without);
        // Others begin anew, and so does one that came further.
        for _ in 0..20 {
            assert_eq!(pace.next(&stopped(true, None), true), after(5));
        }
    }
}
