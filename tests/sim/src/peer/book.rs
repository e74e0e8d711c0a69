//! The world behind its lock, shared by connections, deliveries and tests.
//!
//! The lock is never held over a wait, and every change is signalled after it was made.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

#[derive(Debug)]
pub(crate) struct Book<W> {
    world: Mutex<W>,
    changed: watch::Sender<()>,
}

impl<W> Book<W> {
    pub(crate) fn new(world: W) -> Self {
        Self {
            world: Mutex::new(world),
            changed: watch::Sender::new(()),
        }
    }

    /// The world as it is, to be looked at.
    pub(crate) fn world(&self) -> MutexGuard<'_, W> {
        // A panic in a test's closure must not hide behind one about the lock.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn change<T>(&self, make: impl FnOnce(&mut W) -> T) -> T {
        let made = make(&mut self.world());
        self.changed.send_replace(());
        made
    }

    /// Waits at most so long until there is something, looking whenever a change was made.
    pub(crate) async fn wait<T>(
        &self,
        within: Duration,
        there: impl FnMut(&W) -> Option<T>,
    ) -> Option<T> {
        timeout(within, self.changes(there)).await.ok()
    }

    pub(crate) async fn changes<T>(&self, mut there: impl FnMut(&W) -> Option<T>) -> T {
        let mut there = |world: &mut W| there(world);
        self.changes_mut(&mut there).await
    }

    /// Waits until there is something to take, which is not itself a change.
    pub(crate) async fn changes_mut<T>(&self, there: &mut impl FnMut(&mut W) -> Option<T>) -> T {
        let mut changes = self.changed.subscribe();
        loop {
            // Marked as seen before looking, so that no change falls between the two.
            changes.mark_unchanged();
            if let Some(found) = there(&mut self.world()) {
                return found;
            }
            changes
                .changed()
                .await
                .expect("the sender is borrowed and cannot be dropped");
        }
    }
}
