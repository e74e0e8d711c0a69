//! Which behaviour is next at a path.

use std::collections::VecDeque;

use super::Behaviour;

/// The behaviours of one path, of which the last stays.
#[derive(Debug)]
pub(crate) struct Script {
    steps: VecDeque<Behaviour>,
    failures: u32,
}

impl Script {
    pub(crate) fn new(steps: Vec<Behaviour>) -> Self {
        Self {
            steps: steps.into(),
            failures: 0,
        }
    }

    /// Whether the next request's body is to be left unread.
    pub(crate) fn stops_at_head(&self) -> bool {
        let mut next = self.steps.front();
        while let Some(Behaviour::InTurn(turns)) = next {
            next = turns.first();
        }
        matches!(
            next,
            Some(Behaviour::HangBeforeReading | Behaviour::EarlyAnswer(_) | Behaviour::ResetAtHead)
        )
    }

    /// The behaviour for the next request; there is none in an empty script.
    pub(crate) fn next(&mut self) -> Option<Behaviour> {
        if let Some(Behaviour::InTurn(turns)) = self.steps.front_mut()
            && !turns.is_empty()
        {
            let next = turns[0].clone();
            turns.rotate_left(1);
            if self.steps.len() > 1 {
                self.steps.pop_front();
            }
            return Some(next);
        }
        let last = self.steps.len() == 1;
        let step = if last {
            self.steps.front().cloned()
        } else {
            self.steps.pop_front()
        }?;
        let Behaviour::FailFor { count, status } = step else {
            return Some(step);
        };
        if last {
            if self.failures >= count {
                return Some(Behaviour::ValidReply);
            }
            self.failures += 1;
        }
        Some(Behaviour::Status(status))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_taken_in_turn_and_the_last_stays() {
        let mut script = Script::new(vec![
            Behaviour::Gone,
            Behaviour::FailFor {
                count: 9,
                status: 502,
            },
            Behaviour::FailFor {
                count: 2,
                status: 500,
            },
        ]);
        let taken: Vec<_> = (0..6).filter_map(|_| script.next()).collect();
        let status = Behaviour::Status;
        let valid = Behaviour::ValidReply;
        assert_eq!(
            taken,
            [
                Behaviour::Gone,
                status(502),
                status(500),
                status(500),
                valid.clone(),
                valid
            ]
        );
        assert_eq!(Script::new(Vec::new()).next(), None);
    }

    #[test]
    fn what_comes_in_turn_comes_over_and_over() {
        let turns = vec![Behaviour::Status(500), Behaviour::HangBeforeReading];
        let mut script = Script::new(vec![Behaviour::InTurn(turns.clone())]);
        for _ in 0..2 {
            assert!(!script.stops_at_head());
            assert_eq!(script.next().as_ref(), Some(&turns[0]));
            assert!(script.stops_at_head());
            assert_eq!(script.next().as_ref(), Some(&turns[1]));
        }
    }
}
