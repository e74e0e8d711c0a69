//! What waits for the writer: bounded, and served by rank.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Who sends a ticket waits some 30 s for its answer, and the sync is still to come. A test's paused clock is not the
/// writer's.
const PATIENCE_OF_INTAKE: Duration = Duration::from_secs(if cfg!(test) { 600 } else { 10 });

/// What goes first when the writer has a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rank {
    /// Ends of calls. Never refused: there are no more of them than calls in flight.
    Outcome,
    /// Agents, and the operator.
    Agent,
    /// New tickets.
    Intake,
    /// What can wait.
    Background,
}

impl Rank {
    const ALL: [Self; 4] = [Self::Outcome, Self::Agent, Self::Intake, Self::Background];

    fn room(self) -> usize {
        match self {
            Self::Outcome => usize::MAX,
            Self::Agent => 1024,
            Self::Intake => 4096,
            Self::Background => 256,
        }
    }

    /// How long something may wait and still be worth taking: whoever sent it is told so before they give up, and
    /// nothing is stored that they would send again. Agents and outcomes go first, and what waits in the background is
    /// nobody's request.
    pub(super) fn patience(self) -> Option<Duration> {
        match self {
            Self::Intake => Some(PATIENCE_OF_INTAKE),
            Self::Outcome | Self::Agent | Self::Background => None,
        }
    }
}

/// The queue refuses for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Full,
    Closed,
}

pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    arrived: Condvar,
}

struct State<T> {
    waiting: [VecDeque<T>; 4],
    /// Whether the writer waits for something to come.
    idle: bool,
    closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        let state = State {
            waiting: std::array::from_fn(|_| VecDeque::new()),
            idle: false,
            closed: false,
        };
        Self {
            state: Mutex::new(state),
            arrived: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn push(&self, rank: Rank, job: T) -> Result<(), Refused> {
        let mut state = self.state();
        if state.closed {
            return Err(Refused::Closed);
        }
        let waiting = &mut state.waiting[rank as usize];
        if waiting.len() >= rank.room() {
            return Err(Refused::Full);
        }
        waiting.push_back(job);
        let idle = std::mem::take(&mut state.idle);
        drop(state);
        if idle {
            self.arrived.notify_one();
        }
        Ok(())
    }

    /// The next one if there is one.
    pub(super) fn try_next(&self) -> Option<T> {
        first(&mut self.state())
    }

    /// The next one; `None` once the queue is closed and empty.
    pub(super) fn next(&self) -> Option<T> {
        let mut state = self.state();
        loop {
            if let Some(job) = first(&mut state) {
                return Some(job);
            }
            if state.closed {
                return None;
            }
            state.idle = true;
            state = self
                .arrived
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Refuses all that comes from now on.
    pub(super) fn close(&self) {
        self.state().closed = true;
        self.arrived.notify_all();
    }
}

fn first<T>(state: &mut State<T>) -> Option<T> {
    Rank::ALL
        .iter()
        .find_map(|rank| state.waiting[*rank as usize].pop_front())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_go_before_agents_before_intake_before_background() {
        let queue = Queue::new();
        for rank in [
            Rank::Background,
            Rank::Intake,
            Rank::Agent,
            Rank::Outcome,
            Rank::Intake,
        ] {
            queue.push(rank, rank).unwrap();
        }
        let order: Vec<Rank> = std::iter::from_fn(|| queue.try_next()).collect();
        assert_eq!(
            order,
            [
                Rank::Outcome,
                Rank::Agent,
                Rank::Intake,
                Rank::Intake,
                Rank::Background
            ]
        );
    }

    #[test]
    fn a_full_rank_refuses_without_hurting_the_others_and_outcomes_are_never_refused() {
        let queue = Queue::new();
        while queue.push(Rank::Background, ()).is_ok() {}
        assert_eq!(queue.push(Rank::Background, ()), Err(Refused::Full));
        for _ in 0..10_000 {
            queue.push(Rank::Outcome, ()).unwrap();
        }
        queue.push(Rank::Intake, ()).unwrap();
    }

    #[test]
    fn a_closed_queue_gives_what_it_has_and_refuses_the_rest() {
        let queue = Queue::new();
        queue.push(Rank::Intake, 1).unwrap();
        queue.close();
        assert_eq!(queue.push(Rank::Outcome, 2), Err(Refused::Closed));
        assert_eq!((queue.next(), queue.next()), (Some(1), None));
    }
}
