//! DeskHive: tickets as threads, which people there answer.
//!
//! Two keys are used. The agent's sees the tickets of one agent, and what it writes is theirs; the installation's,
//! where there is one, makes tickets and reaches those that the agent does not see. What is sent is made purely, from
//! the delivery (`visitor`, `order`); what comes back is turned into words of our own purely, too (`seen`, `heard`).
//! `Helpdesk` is what calls.

mod access;
mod courier;
mod customers;
mod fault;
mod heard;
mod helpdesk;
mod looking;
mod making;
mod order;
mod other_way;
mod pages;
mod peek;
mod posting;
mod reference;
mod seen;
mod spelling;
mod thread;
mod visitor;
mod ways;
mod words;

pub use helpdesk::Helpdesk;
pub use looking::{HeardOf, TicketPage, noted_thread};
pub use peek::Peek;
pub use seen::seen;
pub use spelling::Spelling;
pub use ways::{HelpdeskFault, HelpdeskWays};

#[cfg(test)]
pub(in crate::systems) mod tests;
