//! The whole daemon: the real binary, the real store in a temporary folder, simulated peers.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it must be"
)]
#![allow(
    clippy::print_stdout,
    reason = "a failing run tells how to have it again"
)]

mod alerts;
mod backup;
mod bad_bodies;
mod crash;
mod daemon;
mod damage;
mod everywhere;
mod faults;
mod front_desk;
mod inside;
mod knowledge_base;
mod layers;
mod log;
mod main_job;
mod manual;
mod mapped;
mod monitoring;
mod owners;
mod receivers;
mod reconciled;
mod retained;
mod selftest;
mod service;
mod stopping;
mod traces;
mod traffic;
