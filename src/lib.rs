//! ticketbridge carries support tickets and their replies between ticket systems and loses none.
//!
//! `docs/ARCHITECTURE.md` tells how the parts fit together.

pub mod alerts;
pub mod app;
pub mod cli;
pub mod clock;
pub mod delivery;
pub mod gates;
pub mod http;
pub mod knowledge;
pub mod live;
pub mod mapping;
pub mod metrics;
pub mod model;
pub mod outbound;
pub mod plan;
pub mod polling;
pub mod probe;
pub mod reconcile;
pub mod rehearsal;
pub mod retention;
pub mod room;
pub mod settings;
pub mod store;
pub mod systems;
pub mod traces;
