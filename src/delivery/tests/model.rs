//! The daemon against a model: random intake, replies, failures, restarts and orders happen to both, and both must hold
//! the same tickets, in the same order, with the same deliveries.
//!
//! `tickets` and `deliveries` are the specification, as the design's words have it; they know nothing of lanes in memory,
//! gates or rows. Left out are rates, breakers of hosts, reloads, and redirects of more than a few dozen replies.
//!
//! A failing case says how it is run again: `MODEL_SEED=17 cargo test --lib the_daemon_does_as_the_model`.
//! `MODEL_CASES` says how many cases, `MODEL_FROM` which seed is the first.

mod compare;
mod deliveries;
mod drive;
mod ideal;
mod receivers;
mod rig;
mod shrink;
mod step;
mod take;
mod tickets;

use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use drive::{Parted, run};
use step::Case;

/// Cases in memory if `MODEL_CASES` does not say.
const USUAL: u64 = 400;
/// One of so many cases is run on disk, too.
const ONE_ON_DISK_IN: u64 = 25;

fn asked<T: FromStr>(variable: &str) -> Option<T> {
    let text = std::env::var(variable).ok()?;
    Some(
        text.parse()
            .unwrap_or_else(|_| panic!("{variable}={text} is no number")),
    )
}

/// With the model's view of a panic as one more difference.
fn try_case(case: &Case, folder: Option<&Path>) -> Result<Vec<String>, Parted> {
    let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(case, folder)));
    tried.unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or(panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(Parted {
            what: format!("panicked: {}", text.unwrap_or_default()),
            trace: Vec::new(),
        })
    })
}

fn in_memory(case: &Case) -> Result<Vec<String>, Parted> {
    try_case(case, None)
}

fn on_disk(case: &Case) -> Result<Vec<String>, Parted> {
    let folder = tempfile::tempdir().unwrap();
    try_case(case, Some(folder.path()))
}

type Try = fn(&Case) -> Result<Vec<String>, Parted>;

/// Panics with the shortest story found, and how to see it again.
fn check(seed: u64, test: &str, attempt: Try) -> Vec<String> {
    let case = Case::draw(seed);
    let parted = match attempt(&case) {
        Ok(trace) => return trace,
        Err(parted) => parted,
    };
    let (shortest, last) = shrink::shrink(case, parted, attempt);
    panic!(
        "{}\n\nunder {:?}\n\n{}\n\nagain: MODEL_SEED={seed} cargo test --lib {test}\n",
        last.what,
        shortest.rules,
        last.trace.join("\n"),
    );
}

fn seeds(cases: u64) -> Vec<u64> {
    match asked("MODEL_SEED") {
        Some(seed) => vec![seed],
        None => {
            let from = asked("MODEL_FROM").unwrap_or(1_u64);
            (from..from + cases).collect()
        }
    }
}

/// How many cases are asked for.
fn cases() -> u64 {
    asked("MODEL_CASES").unwrap_or(USUAL)
}

fn assert_same<T: PartialEq + Display>(first: &[T], second: &[T], seed: u64) {
    let differs = first.iter().zip(second).position(|(a, b)| a != b);
    if let Some(at) = differs {
        panic!(
            "seed {seed} went two ways at line {at}: {} / {}",
            first[at], second[at]
        );
    }
    assert_eq!(first.len(), second.len(), "seed {seed} went two ways");
}

#[test]
fn the_daemon_does_as_the_model_does() {
    for seed in seeds(cases()) {
        let trace = check(seed, "the_daemon_does_as_the_model_does", in_memory);
        if seed % 20 == 0 {
            let again = check(seed, "the_daemon_does_as_the_model_does", in_memory);
            assert_same(&trace, &again, seed);
        }
    }
}

#[test]
fn the_daemon_on_disk_does_as_the_model_does() {
    const TEST: &str = "the_daemon_on_disk_does_as_the_model_does";
    for seed in seeds(cases() / ONE_ON_DISK_IN) {
        let trace = check(seed, TEST, on_disk);
        // The engine makes no difference.
        assert_same(&trace, &check(seed, TEST, in_memory), seed);
    }
}
