//! What the daemon's process takes while it runs.

use std::fmt;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{Instant, interval};
use tokio_util::sync::CancellationToken;

/// Lets the allocator, and the store while its cache fills, differ so much between two halves.
const MEMORY_SLACK_KIB: usize = 12 * 1024;

/// The process at one moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sample {
    after: Duration,
    rss_kib: usize,
    descriptors: usize,
}

/// Samples a process until it is told to end.
pub(super) struct Watch {
    sampling: JoinHandle<Vec<Sample>>,
    end: CancellationToken,
    in_flight: Peaks,
    failing: Peaks,
}

/// The most of something that was seen twice in a row: what has just ended may be counted once too often.
#[derive(Clone, Default)]
struct Peaks {
    last: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Peaks {
    fn see(&self, now: usize) {
        let before = self.last.swap(now, Ordering::SeqCst);
        self.most.fetch_max(now.min(before), Ordering::SeqCst);
    }
}

impl Watch {
    pub(super) fn begin(pid: u32, every: Duration) -> Self {
        let end = CancellationToken::new();
        let ended = end.clone();
        let sampling = tokio::spawn(async move {
            let (began, mut turns) = (Instant::now(), interval(every));
            let mut samples = Vec::new();
            while !ended.is_cancelled() {
                turns.tick().await;
                samples.push(Sample {
                    after: began.elapsed(),
                    rss_kib: field(pid, "VmRSS:"),
                    descriptors: fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count(),
                });
            }
            samples
        });
        Self {
            sampling,
            end,
            in_flight: Peaks::default(),
            failing: Peaks::default(),
        }
    }

    /// Calls that are under way now, and those of lanes that fail.
    pub(super) fn see_in_flight(&self, all: usize, failing: usize) {
        self.in_flight.see(all);
        self.failing.see(failing);
    }

    pub(super) async fn end(self) -> Samples {
        self.end.cancel();
        Samples {
            all: self.sampling.await.unwrap(),
            most_in_flight: self.in_flight.most.load(Ordering::SeqCst),
            most_failing: self.failing.most.load(Ordering::SeqCst),
        }
    }
}

/// What was seen.
pub(super) struct Samples {
    all: Vec<Sample>,
    most_in_flight: usize,
    most_failing: usize,
}

impl Samples {
    fn halves(&self, of: impl Fn(&Sample) -> usize) -> (usize, usize) {
        let (first, second) = self.all.split_at(self.all.len() / 2);
        let most = |half: &[Sample]| half.iter().map(&of).max().unwrap();
        (most(first), most(second))
    }

    pub(super) fn memory_reached_a_plateau(&self) {
        let (first, second) = self.halves(|sample| sample.rss_kib);
        assert!(
            second <= first + first / 4 + MEMORY_SLACK_KIB,
            "memory grew from {first} to {second} KiB"
        );
    }

    pub(super) fn descriptors_are_bounded(&self, max_in_flight: usize, hosts: usize) {
        let (first, second) = self.halves(|sample| sample.descriptors);
        // Those in flight, idle connections of the lanes, our own clients', and the daemon's own files.
        let most = max_in_flight + 4 * hosts + 64;
        assert!(
            first.max(second) <= most,
            "{first} and then {second} descriptors, of at most {most}"
        );
    }

    pub(super) fn calls_were_bounded(&self, max_in_flight: usize) {
        assert!(
            self.most_in_flight <= max_in_flight,
            "{} calls in flight",
            self.most_in_flight
        );
        assert!(
            self.most_failing <= max_in_flight / 2,
            "{} calls of failing lanes in flight",
            self.most_failing
        );
        assert!(
            self.most_failing >= max_in_flight / 4,
            "{} failing calls at most: this load proves nothing",
            self.most_failing
        );
    }
}

impl fmt::Display for Samples {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = (self.all.len() / 20).max(1);
        for sample in self.all.iter().step_by(step) {
            let (after, rss) = (sample.after.as_secs(), sample.rss_kib);
            writeln!(
                to,
                "{after:>6} s {rss:>8} KiB {:>5} fds",
                sample.descriptors
            )?;
        }
        let (memory, descriptors) = (
            self.halves(|sample| sample.rss_kib),
            self.halves(|sample| sample.descriptors),
        );
        writeln!(to, "most KiB by half: {memory:?}; fds: {descriptors:?}")?;
        write!(
            to,
            "most calls in flight: {}, of hanging lanes: {}",
            self.most_in_flight, self.most_failing
        )
    }
}

fn field(pid: u32, name: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}
