//! What a test asks the peer afterwards, and how it waits for it.

use std::time::Duration;

use super::{Delivery, External, Operation, Qminder, Seen, Ticket, Webhook, World};

/// Something waited for did not come in time.
#[derive(Debug, thiserror::Error)]
#[error(
    "what was waited for did not come within {within:?}; {requests} requests and {tickets} tickets did"
)]
pub struct NotReached {
    /// How long it was waited.
    pub within: Duration,
    /// How many requests there were.
    pub requests: usize,
    /// How many tickets there were.
    pub tickets: usize,
}

impl Qminder {
    /// All tickets, in the order of their ids.
    pub fn tickets(&self) -> Vec<Ticket> {
        self.book.world().tickets().cloned().collect()
    }

    /// The ticket with this id.
    pub fn ticket(&self, id: &str) -> Option<Ticket> {
        self.book.world().ticket(id).cloned()
    }

    /// What is attached to a ticket, in the order of attachment.
    pub fn external(&self, id: &str) -> Vec<External> {
        self.book.world().external(id).to_vec()
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Seen> {
        self.book.world().requests().to_vec()
    }

    /// Every request for an operation so far.
    pub fn requests_for(&self, operation: Operation) -> Vec<Seen> {
        self.book.world().requests_for(operation).cloned().collect()
    }

    /// Every delivery of a webhook so far, in the order of firing.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.book.world().deliveries().to_vec()
    }

    /// The webhooks that are registered.
    pub fn webhooks(&self) -> Vec<Webhook> {
        self.book.world().hooks.registered().to_vec()
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
                tickets: world.tickets.len(),
            }
        })
    }
}
