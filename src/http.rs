//! What the outside reaches by HTTP: intake, agent API, systems' webhooks, operations, and the operator's own interface.
//!
//! `listener` owns the connections, `routes` says what answers where. Handlers read settings once per request, so
//! that a reload never shows half, and never put into an answer or a log line what a token, a response URL or a
//! message says.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::room::Room;
use crate::store::Store;
use crate::systems::Couriers;

pub mod admin;
mod agent_api;
mod body;
mod in_process;
mod intake;
mod listener;
mod noted;
mod openapi;
mod ops;
mod peer;
mod problem;
mod replies;
mod retry_after;
mod routes;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod traced;
mod watch;
mod webhooks;

pub use admin::{admin_router, require_bearer, with_log};
pub use in_process::Entrance;
pub use listener::{CurrentOptions, ListenerOptions, Listening, MOST_CONNECTIONS, Socket, serve};
pub use noted::{AgentsRequest, noted_answer, noted_order, noted_served, noted_ticket};
pub use peer::Peer;
pub use routes::{ops_router, public_router};
pub use webhooks::Hearing;

/// What every handler needs; clones are the same.
#[derive(Clone)]
pub struct Bridge {
    /// What remembers.
    pub store: Store,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// The settings in force.
    pub live: Arc<ArcSwap<Live>>,
    /// What counts.
    pub metrics: Arc<Metrics>,
    /// Whether the disk has room.
    pub room: Room,
    /// The configured systems, as they can be asked; `None` where no system is called.
    pub systems: Option<Arc<Couriers>>,
}
