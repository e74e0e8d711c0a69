//! The world behind its lock, shared by connections, agents and tests.
//!
//! The lock is never held over a wait, and every change is signalled after it was made.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::World;

#[derive(Debug)]
pub(crate) struct Book {
    world: Mutex<World>,
    changed: watch::Sender<()>,
}

impl Book {
    pub(crate) fn new() -> Self {
        Self {
            world: Mutex::new(World::new()),
            changed: watch::Sender::new(()),
        }
    }

    /// The world as it is, to be looked at.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        // A panic in a test's closure must not hide behind one about the lock.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change<T>(&self, make: impl FnOnce(&mut World) -> T) -> T {
        let made = make(&mut self.world());
        self.changed.send_replace(());
        made
    }

    /// Waits at most so long until there is something, looking whenever a change was made.
    pub(crate) async fn wait<T>(
        &self,
        within: Duration,
        there: impl FnMut(&World) -> Option<T>,
    ) -> Option<T> {
        timeout(within, self.changes(there)).await.ok()
    }

    async fn changes<T>(&self, mut there: impl FnMut(&World) -> Option<T>) -> T {
        let mut changes = self.changed.subscribe();
        loop {
            // Marked as seen before looking, so that no change falls between the two.
            changes.mark_unchanged();
            if let Some(found) = there(&self.world()) {
                return found;
            }
            changes
                .changed()
                .await
                .expect("the sender is borrowed and cannot be dropped");
        }
    }
}
