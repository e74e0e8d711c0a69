//! Planning, as tables of events over a store in memory.

mod agents;
mod assignment;
mod desk;
mod health;
mod helpdesk;
mod intake;
mod operator;
mod redirects;
mod replies;
mod settles;
mod stale;
mod threads;
mod traced;
pub(crate) mod world;
