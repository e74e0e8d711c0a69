//! Respondo servers: each message of the customer's becomes a ticket there, with an address of ours for answers.

mod courier;
mod fault;
#[cfg(test)]
mod tests;
mod ways;

pub use courier::Hub;
pub use ways::{HubFault, HubWays, address, path};
