//! The time of the world outside the daemon, to which a peer belongs.

use std::time::SystemTime;

/// What the wall clock says now.
#[expect(clippy::disallowed_methods, reason = "a peer has a clock of its own")]
pub(crate) fn wall_clock() -> SystemTime {
    SystemTime::now()
}
