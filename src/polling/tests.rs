//! The poller on a paused clock, over a store in memory, before windows that tests furnish.

mod changes;
mod outages;
mod reload;
pub(super) mod window;
mod world;
