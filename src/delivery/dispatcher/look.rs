//! What tests may see of a dispatcher at work.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

#[derive(Debug, Default)]
pub(in crate::delivery) struct Look {
    lanes: AtomicUsize,
    calls: AtomicUsize,
    questions: AtomicU64,
}

impl Look {
    pub(super) fn see(&self, lanes: usize, calls: usize) {
        self.lanes.store(lanes, Ordering::Relaxed);
        self.calls.store(calls, Ordering::Relaxed);
    }

    pub(super) fn asks(&self) {
        self.questions.fetch_add(1, Ordering::Relaxed);
    }

    /// Lanes and calls in memory.
    pub(in crate::delivery) fn in_memory(&self) -> (usize, usize) {
        (
            self.lanes.load(Ordering::Relaxed),
            self.calls.load(Ordering::Relaxed),
        )
    }

    /// How often the store was asked what is due.
    pub(in crate::delivery) fn questions(&self) -> u64 {
        self.questions.load(Ordering::Relaxed)
    }
}
