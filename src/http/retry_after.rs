//! How long a caller is asked to wait.

use std::time::Duration;

use axum::http::HeaderValue;

/// While the store has failed: until the service manager has started the daemon again.
pub(crate) const STORE_FAILED: Duration = Duration::from_secs(5);
/// While the disk is low: until somebody has made room.
pub(crate) const DISK_LOW: Duration = Duration::from_secs(60);
/// While the store's queue is full: it empties many times in this.
pub(crate) const QUEUE_FULL: Duration = Duration::from_secs(1);

/// While too much is being received: as soon as some of it is stored.
pub(crate) const NO_ROOM: Duration = Duration::from_secs(1);

/// The value of `Retry-After` for `wait`: whole seconds, rounded up, at least 1.
pub(crate) fn value(wait: Duration) -> HeaderValue {
    HeaderValue::from(whole_seconds(wait))
}

/// `wait` in whole seconds, rounded up, at least 1.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0))
        .max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_rounded_up_and_at_least_one() {
        for (millis, seconds) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (59_999, 60)] {
            assert_eq!(whole_seconds(Duration::from_millis(millis)), seconds);
        }
        assert_eq!(whole_seconds(Duration::MAX), u64::MAX);
    }
}
