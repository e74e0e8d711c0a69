//! As a service: what the service manager is told and hands over, and what the daemon leaves behind.

mod files;
mod handover;
pub(crate) mod manager;
mod rotation;
mod told;
