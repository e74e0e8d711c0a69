//! Which pages a bar of links shows: all of them if they are few, else both ends and what surrounds the current one.

use std::ops::RangeInclusive;

/// How many pages are shown on each side of the current one; Laravel's default.
const ON_EACH_SIDE: u64 = 3;

/// Up to how many pages from an end the current one is shown in one run with that end.
const NEAR_AN_END: u64 = ON_EACH_SIDE + 4;

/// The runs of pages to show, in order; between two of them is a gap. `page` may lie beyond `last_page`.
pub(super) fn runs(page: u64, last_page: u64) -> Vec<RangeInclusive<u64>> {
    let start = 1..=2;
    if last_page < 2 * ON_EACH_SIDE + 8 {
        return vec![1..=last_page];
    }
    let end = last_page - 1..=last_page;
    if page <= NEAR_AN_END {
        vec![1..=NEAR_AN_END + ON_EACH_SIDE, end]
    } else if page > last_page - NEAR_AN_END {
        vec![
            start,
            last_page - (NEAR_AN_END + ON_EACH_SIDE - 1)..=last_page,
        ]
    } else {
        vec![start, page - ON_EACH_SIDE..=page + ON_EACH_SIDE, end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runs_are_those_of_laravel() {
        for (page, last_page, expected) in [
            (1, 1, vec![1..=1]),
            (9, 1, vec![1..=1]),
            (1, 13, vec![1..=13]),
            (13, 13, vec![1..=13]),
            (1, 14, vec![1..=10, 13..=14]),
            (7, 14, vec![1..=10, 13..=14]),
            (8, 14, vec![1..=2, 5..=14]),
            (14, 14, vec![1..=2, 5..=14]),
            (99, 14, vec![1..=2, 5..=14]),
            (7, 30, vec![1..=10, 29..=30]),
            (8, 30, vec![1..=2, 5..=11, 29..=30]),
            (23, 30, vec![1..=2, 20..=26, 29..=30]),
            (24, 30, vec![1..=2, 21..=30]),
            (u64::MAX, 30, vec![1..=2, 21..=30]),
            (u64::MAX, u64::MAX, vec![1..=2, u64::MAX - 9..=u64::MAX]),
        ] {
            assert_eq!(runs(page, last_page), expected, "{page} of {last_page}");
        }
    }
}
