//! What to look at again, and when.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tokio::time::Instant;

/// Things to look at, by time.
#[derive(Debug)]
pub(super) struct Timers<T> {
    waiting: BinaryHeap<Reverse<(Instant, u64, T)>>,
    set: u64,
}

impl<T: Ord> Timers<T> {
    pub(super) fn new() -> Self {
        Self {
            waiting: BinaryHeap::new(),
            set: 0,
        }
    }

    pub(super) fn set(&mut self, at: Instant, what: T) {
        self.set += 1;
        self.waiting.push(Reverse((at, self.set, what)));
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// When the next one is due.
    pub(super) fn next_at(&self) -> Option<Instant> {
        self.waiting.peek().map(|Reverse((at, _, _))| *at)
    }

    /// One that is due at `now`.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<T> {
        if self.next_at()? > now {
            return None;
        }
        self.waiting.pop().map(|Reverse((_, _, what))| what)
    }
}
