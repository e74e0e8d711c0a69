//! How fast what can wait is done.

use std::time::Duration;

use tokio::time::Instant;

/// When to try again where the writer has too much to do.
pub(super) const WHEN_FULL: Duration = Duration::from_millis(100);
/// Steps that share a sync.
pub(super) const TOGETHER: usize = 16;
/// The longest rest between steps.
const LONGEST_REST: Duration = Duration::from_secs(1);

/// Rests as long as it worked, so that the disk and the writer are never kept busy.
pub(super) struct Pace(Instant);

impl Pace {
    pub(super) fn begin() -> Self {
        Self(Instant::now())
    }

    pub(super) async fn rest(&mut self) {
        tokio::time::sleep(self.0.elapsed().min(LONGEST_REST)).await;
        self.0 = Instant::now();
    }
}
