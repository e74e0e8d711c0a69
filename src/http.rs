//! What the outside reaches by HTTP: intake, agent API, operations, and the operator's own interface.

pub mod admin;

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::room::Room;
use crate::store::Store;

pub use admin::{admin_router, require_bearer};

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
}
