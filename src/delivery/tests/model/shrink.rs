//! Makes a failing case shorter, as long as it fails.

use super::Try;
use super::drive::Parted;
use super::step::{Case, Step};

/// Tries at most.
const MOST: usize = 1500;

pub(super) fn shrink(mut case: Case, mut parted: Parted, attempt: Try) -> (Case, Parted) {
    let mut tries = 0;
    let mut size = case.steps.len().div_ceil(2);
    loop {
        let mut shorter = false;
        let mut from = 0;
        while from < case.steps.len() && tries < MOST {
            tries += 1;
            let mut without = case.clone();
            let to = (from + size).min(without.steps.len());
            without.steps.drain(from..to);
            match attempt(&without) {
                Err(still) => (case, parted, shorter) = (without, still, true),
                Ok(_) => from += size,
            }
        }
        if size == 1 && !shorter || tries >= MOST {
            return simplify(case, parted, attempt);
        }
        if !shorter || size > case.steps.len() {
            size = (size / 2).max(1);
        }
    }
}

/// Receivers that are told of several answers may need only the first.
fn simplify(mut case: Case, mut parted: Parted, attempt: Try) -> (Case, Parted) {
    for at in 0..case.steps.len() {
        while let Step::Meets(url, acts) = &case.steps[at]
            && acts.len() > 1
        {
            let mut simpler = case.clone();
            simpler.steps[at] = Step::Meets(*url, acts[..acts.len() - 1].to_vec());
            match attempt(&simpler) {
                Err(still) => (case, parted) = (simpler, still),
                Ok(_) => break,
            }
        }
    }
    (case, parted)
}
