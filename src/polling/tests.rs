//! The poller on a paused clock, over a store in memory, before systems that tests furnish.

mod board;
mod changes;
mod list;
mod outages;
mod reload;
pub(super) mod window;
mod world;
