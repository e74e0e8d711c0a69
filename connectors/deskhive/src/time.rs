//! Times as the documentation's examples spell them.

use jiff::Timestamp;

/// `time` as `2026-03-15T14:30:00Z`: UTC, whole seconds, the rest of the second dropped.
///
/// ```
/// let time = "2026-03-15T16:30:00.999+02:00".parse()?;
/// assert_eq!(deskhive_client::wire_time(time), "2026-03-15T14:30:00Z");
/// # Ok::<(), jiff::Error>(())
/// ```
pub fn wire_time(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_in_whole_seconds_of_utc() {
        for (time, expected) in [
            ("2026-03-15T14:30:00Z", "2026-03-15T14:30:00Z"),
            ("2026-03-15T14:30:59.999999999Z", "2026-03-15T14:30:59Z"),
            ("2026-01-01T00:59:59+01:00", "2025-12-31T23:59:59Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
            ("1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58Z"),
            ("0001-02-03T04:05:06Z", "0001-02-03T04:05:06Z"),
        ] {
            assert_eq!(wire_time(time.parse().unwrap()), expected, "{time}");
        }
    }
}
