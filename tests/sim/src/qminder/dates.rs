//! Dates as Qminder writes them, with and without milliseconds, and as its searches read them.

use jiff::Timestamp;
use jiff::civil::Date;

/// ISO 8601 in UTC, with milliseconds.
pub(crate) fn with_millis(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// ISO 8601 in UTC, in whole seconds.
pub(crate) fn in_seconds(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A moment in a search: ISO 8601, or seconds since 1970.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    text.contains('T').then(|| text.parse().ok())?
}

/// Whether this is a day of the calendar, written `YYYY-MM-DD`.
pub(crate) fn is_day(text: &str) -> bool {
    let shape = text.bytes().enumerate().all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    text.len() == 10 && shape && Date::strptime("%Y-%m-%d", text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_that_exist_are_days() {
        for (text, good) in [
            ("2026-01-10", true),
            ("2024-02-29", true),
            ("2026-02-29", false),
            ("2026-13-01", false),
            ("2026-1-10", false),
            ("2026-01-10T00:00:00Z", false),
            ("", false),
        ] {
            assert_eq!(is_day(text), good, "{text}");
        }
    }

    #[test]
    fn a_moment_is_iso_8601_or_unix_seconds() {
        let expected = Timestamp::from_second(1_588_767_798).unwrap();
        assert_eq!(moment("1588767798"), Some(expected));
        assert_eq!(moment("2020-05-06T12:23:18Z"), Some(expected));
        for wrong in ["", "yesterday", "2020-05-06", "2020-05-06T12:23:18", "-1"] {
            assert_eq!(moment(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn both_spellings_are_utc() {
        let at = Timestamp::from_millisecond(1_462_457_069_057).unwrap();
        assert_eq!(with_millis(at), "2016-05-05T14:04:29.057Z");
        assert_eq!(in_seconds(at), "2016-05-05T14:04:29Z");
    }
}
