//! How much of what is received may be in memory at a time, over all connections of a listener.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The room of one listener, in bytes.
#[derive(Clone)]
pub(super) struct Room(Arc<Semaphore>);

/// What one request takes of it, until it is dropped.
pub(super) struct Share {
    room: Room,
    taken: Mutex<Option<OwnedSemaphorePermit>>,
    refused: AtomicBool,
}

impl Room {
    pub(super) fn new(bytes: usize) -> Self {
        Self(Arc::new(Semaphore::new(bytes.min(Semaphore::MAX_PERMITS))))
    }

    /// Of a request that has taken nothing yet.
    pub(super) fn share(&self) -> Arc<Share> {
        Arc::new(Share {
            room: self.clone(),
            taken: Mutex::new(None),
            refused: AtomicBool::new(false),
        })
    }
}

impl Share {
    /// Takes so many bytes more, if there is room for them.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let Ok(more) = Arc::clone(&self.room.0).try_acquire_many_owned(bytes) else {
            self.refused.store(true, Ordering::Relaxed);
            return false;
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        match taken.as_mut() {
            Some(taken) => taken.merge(more),
            None => *taken = Some(more),
        }
        true
    }

    /// Whether there was no room once.
    pub(super) fn is_refused(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_request_has_taken_is_there_again_when_it_is_over() {
        let room = Room::new(10);
        let (one, other) = (room.share(), room.share());
        assert!(one.take(4) && one.take(4) && !one.is_refused());
        assert!(!other.take(3) && other.is_refused());
        assert!(other.take(2));
        drop(one);
        assert!(room.share().take(8) && !room.share().take(9));
    }
}
