//! The store, attacked: over rows in memory that watch their bounds, over sled in temporary folders, and over engines
//! that fail.

mod aside;
mod audit;
mod backups;
mod bench;
mod bounds;
mod chains;
mod damage;
mod failing;
pub(crate) mod folder;
mod lists;
mod refusals;
mod released;
mod removal;
mod reopening;
mod sound;
mod syncing;
mod versions;
