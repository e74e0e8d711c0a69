//! Times as the documentation's examples spell them, and as Laravel applications do.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

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

/// Reads a time in each spelling that a DeskHive may have: the documented one, Laravel's own with microseconds, one
/// with an offset, and a database's without any, which is taken as UTC. `None` for anything else.
///
/// ```
/// for text in [
///     "2026-03-15T14:30:00Z",
///     "2026-03-15T14:30:00.000000Z",
///     "2026-03-15T16:30:00+02:00",
///     "2026-03-15 14:30:00",
/// ] {
///     let time = deskhive_client::read_time(text).ok_or("not a time")?;
///     assert_eq!(deskhive_client::wire_time(time), "2026-03-15T14:30:00Z");
/// }
/// # Ok::<(), &str>(())
/// ```
pub fn read_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(time) = text.parse() {
        return Some(time);
    }
    // Only what names no offset at all; an offset that makes no sense is not passed over.
    let rest = text.as_bytes().get(10..).filter(|rest| rest.len() >= 9)?;
    let is_bare = rest
        .iter()
        .all(|byte| matches!(byte, b'0'..=b'9' | b':' | b'.' | b' ' | b'T'));
    if !is_bare {
        return None;
    }
    let time: DateTime = text.parse().ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
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

    #[test]
    fn times_are_read_in_every_spelling() {
        for (text, expected) in [
            ("2026-03-15T14:30:00Z", Some("2026-03-15T14:30:00Z")),
            ("2026-03-15T14:30:00.000000Z", Some("2026-03-15T14:30:00Z")),
            (
                "2026-03-15T14:30:00.123456Z",
                Some("2026-03-15T14:30:00.123456Z"),
            ),
            ("2026-03-15T14:30:00+00:00", Some("2026-03-15T14:30:00Z")),
            ("2026-03-15T14:30:00-05:30", Some("2026-03-15T20:00:00Z")),
            ("2026-03-15 14:30:00", Some("2026-03-15T14:30:00Z")),
            ("2026-03-15T14:30:00", Some("2026-03-15T14:30:00Z")),
            ("2026-03-15 14:30:00.5", Some("2026-03-15T14:30:00.5Z")),
            (" 2026-03-15 14:30:00\n", Some("2026-03-15T14:30:00Z")),
            ("", None),
            ("2026-03-15", None),
            ("2026-03-15 14:30", None),
            ("2026-02-30 14:30:00", None),
            ("2026-03-15T14:30:00+99:00", None),
            ("2026-03-15 25:30:00", None),
            ("0000-00-00 00:00:00", None),
            ("five minutes ago", None),
        ] {
            let time = read_time(text).map(|time| time.to_string());
            assert_eq!(time.as_deref(), expected, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_a_panic(text: String, digits in "[-+0-9T :.Z]{0,32}") {
            read_time(&text);
            read_time(&digits);
        }

        #[test]
        fn what_is_written_is_read(second in -62_000_000_000_i64..250_000_000_000) {
            let time = Timestamp::from_second(second).unwrap();
            proptest::prop_assert_eq!(read_time(&wire_time(time)), Some(time));
        }
    }
}
