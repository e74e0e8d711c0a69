//! What a test asks the peer afterwards, and how it waits for it.

use std::time::Duration;

use jiff::Timestamp;

use super::{Agent, Customer, DeskHive, Message, Notification, Operation, Seen, Ticket, World};

/// Something waited for did not come in time.
#[derive(Debug, thiserror::Error)]
#[error(
    "what was waited for did not come within {within:?}; {requests} requests, {tickets} tickets and {messages} messages did"
)]
pub struct NotReached {
    /// How long it was waited.
    pub within: Duration,
    /// How many requests there were.
    pub requests: usize,
    /// How many tickets there were.
    pub tickets: usize,
    /// How many messages there were, notes included.
    pub messages: usize,
}

impl DeskHive {
    /// All tickets, in the order of their ids.
    pub fn tickets(&self) -> Vec<Ticket> {
        self.book.world().tickets().cloned().collect()
    }

    /// The ticket with this id.
    pub fn ticket(&self, id: u64) -> Option<Ticket> {
        self.book.world().ticket(id).cloned()
    }

    /// The messages and notes of a ticket, in the order of their ids; nothing if there is no such ticket.
    pub fn messages(&self, ticket: u64) -> Vec<Message> {
        self.book.world().messages(ticket).to_vec()
    }

    /// All customers, in the order of their ids.
    pub fn customers(&self) -> Vec<Customer> {
        self.book.world().customers().cloned().collect()
    }

    /// The agent with this id.
    pub fn agent(&self, id: u64) -> Option<Agent> {
        self.book.world().agent(id).cloned()
    }

    /// All notifications of all agents, in the order of their ids.
    pub fn notifications(&self) -> Vec<Notification> {
        self.book.world().notifications().to_vec()
    }

    /// Every request so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.book.world().seen().to_vec()
    }

    /// Every request for an operation so far.
    pub fn seen_for(&self, operation: Operation) -> Vec<Seen> {
        self.book.world().seen_for(operation).cloned().collect()
    }

    /// What was asked so far that the documents do not speak of, in words.
    pub fn complaints(&self) -> Vec<String> {
        self.book.world().complaints().to_vec()
    }

    /// The peer's own time, in whole seconds.
    pub fn now(&self) -> Timestamp {
        self.book.world().now()
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
                requests: world.seen().len(),
                tickets: world.tickets.len(),
                messages: world.tickets().map(|ticket| ticket.messages.len()).sum(),
            }
        })
    }
}
