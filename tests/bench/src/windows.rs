//! How many calls fell into a window of time, held against a limit of rate and burst.

/// By how many calls any window that is at least `shortest` seconds long holds more than `rate * window + burst`;
/// nothing or less: the limit was kept. `times` are sorted nanoseconds.
pub(crate) fn excess(times: &[u64], rate: f64, burst: f64, shortest: f64) -> f64 {
    let mut worst = f64::NEG_INFINITY;
    for (first, began) in times.iter().enumerate() {
        // A window that ends at a call is the fullest of its length; one of the shortest length may end before the
        // next call.
        let mut within = 0.0;
        for ended in &times[first..] {
            let long = crate::clock::seconds(*began, *ended);
            within += 1.0;
            worst = worst.max(within - rate * long.max(shortest) - burst);
        }
    }
    worst
}

/// The most calls in any window of so many seconds.
pub(crate) fn most_within(times: &[u64], seconds: f64) -> usize {
    let mut first = 0;
    let mut most = 0;
    for (last, ended) in times.iter().enumerate() {
        while crate::clock::seconds(times[first], *ended) > seconds {
            first += 1;
        }
        most = most.max(last + 1 - first);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_burst_and_then_the_rate_exceed_nothing() {
        // 3 at once, then one every half second.
        let times: Vec<u64> = [0, 0, 0]
            .into_iter()
            .chain((1..9).map(|n| n * SECOND / 2))
            .collect();
        assert_eq!(excess(&times, 2.0, 3.0, 0.0), 0.0);
        assert!(excess(&times, 2.0, 3.0, 1.0) <= 0.0);
        assert_eq!(excess(&times, 2.0, 2.0, 0.0), 1.0);
    }

    #[test]
    fn a_crowd_in_the_middle_exceeds_in_short_windows_and_less_in_long_ones() {
        let times = [0, 5, 5, 5, 5].map(|at| at * SECOND);
        assert_eq!(excess(&times, 1.0, 1.0, 0.0), 3.0);
        assert_eq!(excess(&times, 1.0, 1.0, 1.0), 2.0);
    }

    #[test]
    fn the_fullest_window_is_found() {
        let times = [0, 1, 2, 10, 11].map(|at| at * SECOND);
        assert_eq!(most_within(&times, 2.0), 3);
        assert_eq!(most_within(&times, 0.5), 1);
        assert_eq!(most_within(&[], 1.0), 0);
    }
}
