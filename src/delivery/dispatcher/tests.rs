//! Races that a store in memory does not have.
