//! The store, attacked: over rows in memory that watch their bounds, over sled in temporary folders, and over engines
//! that fail.

mod audit;
mod bench;
mod chains;
