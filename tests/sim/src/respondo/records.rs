//! What a test asks the peer afterwards, and how it waits for it.

use std::time::Duration;

use super::{Exchange, Respondo, Seen, Thread, Ticket, World};

/// Something waited for did not come in time.
#[derive(Debug, thiserror::Error)]
#[error(
    "what was waited for did not come within {within:?}; {requests} requests, {exchanges} exchanges and {tickets} \
     tickets did"
)]
pub struct NotReached {
    /// How long it was waited.
    pub within: Duration,
    /// How many requests there were.
    pub requests: usize,
    /// How many calls of agents there were.
    pub exchanges: usize,
    /// How many tickets there were.
    pub tickets: usize,
}

impl Respondo {
    /// All tickets and replies of all brands, in the order of their making.
    pub fn tickets(&self) -> Vec<Ticket> {
        self.book.world().tickets().cloned().collect()
    }

    /// The ticket with this number.
    pub fn ticket(&self, id: u64) -> Option<Ticket> {
        self.book.world().ticket(id).cloned()
    }

    /// The ticket of a brand that is called so outside.
    pub fn ticket_called(&self, brand: u64, external_uid: &str) -> Option<Ticket> {
        let world = self.book.world();
        world.ticket_called(brand, external_uid).cloned()
    }

    /// The threads of a brand, in the order of their first tickets.
    pub fn threads(&self, brand: u64) -> Vec<Thread> {
        self.book.world().threads(brand)
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Seen> {
        self.book.world().requests().to_vec()
    }

    /// Every call that an agent's act led to so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.book.world().exchanges().to_vec()
    }

    /// What was wrong with requests and with answers to replies, refused or not.
    pub fn complaints(&self) -> Vec<String> {
        self.book.world().complaints().to_vec()
    }

    /// Waits until this holds; it is asked whenever something has changed, and must not ask the peer itself.
    pub async fn wait_until(
        &self,
        within: Duration,
        mut holds: impl FnMut(&World) -> bool,
    ) -> Result<(), NotReached> {
        self.wait_for(within, |world| holds(world).then_some(()))
            .await
    }

    /// Waits until there is something, and returns it; asked as in [`Self::wait_until`].
    pub async fn wait_for<T>(
        &self,
        within: Duration,
        there: impl FnMut(&World) -> Option<T>,
    ) -> Result<T, NotReached> {
        self.book.wait(within, there).await.ok_or_else(|| {
            let world = self.book.world();
            NotReached {
                within,
                requests: world.requests().len(),
                exchanges: world.exchanges().len(),
                tickets: world.tickets.len(),
            }
        })
    }
}
