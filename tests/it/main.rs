//! The whole daemon: the real binary, the real store in a temporary folder, simulated peers.

mod crash;
mod daemon;
mod layers;
mod main_job;
mod stopping;
