//! The real binary on a disk that fails: it loses its power, is full, gives errors, or never answers.
//!
//! A shim (`faults/shim.c`, built by the system's `cc` and preloaded) stands between the process and its files; the
//! binary is the one that is shipped. Nothing here reaches into the daemon.
//!
//! What the environment changes:
//! - `CRASH_SEED`: the seed of a run, printed by each that has one;
//! - `CRASHES`: how many power cuts `power` makes (50);
//! - `FAULTS_ALL`: set to anything, the tests that go through the calls one by one leave none out.

mod alerts;
mod copies;
mod disk;
mod first_start;
mod full;
mod overload;
mod patience;
mod points;
mod power;
mod room;
mod shim;
mod stuck;
mod watchdog;

/// Whether no step is left out.
fn is_thorough() -> bool {
    std::env::var_os("FAULTS_ALL").is_some()
}
