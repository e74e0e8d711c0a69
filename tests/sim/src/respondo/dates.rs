//! Dates in answers to replies, read as leniently as Rails reads them.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// The time that a text means, in UTC where it does not say; none if it means none.
pub(crate) fn read(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let text = match text.strip_suffix("UTC") {
        Some(rest) => format!("{}Z", rest.trim_end()),
        None => text.to_owned(),
    };
    // `2020-04-04 23:35:27 +0200` has a space that no standard has.
    let text = text.replace(" +", "+").replace(" -", "-");
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let civil: DateTime = text.parse().ok()?;
    let zoned: Zoned = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_spellings_of_the_documents_are_read() {
        for (text, expected) in [
            (
                "2019-01-01 23:35:27.632879 UTC",
                Some("2019-01-01T23:35:27.632879Z"),
            ),
            ("2019-01-01T00:23:39.951Z", Some("2019-01-01T00:23:39.951Z")),
            ("2019-01-01T00:23:39", Some("2019-01-01T00:23:39Z")),
            ("2019-01-01T02:23:39+02:00", Some("2019-01-01T00:23:39Z")),
            ("2019-01-01 02:23:39 +0200", Some("2019-01-01T00:23:39Z")),
            ("2019-01-01", Some("2019-01-01T00:00:00Z")),
            ("yesterday", None),
            ("", None),
        ] {
            let expected = expected.map(|text| text.parse::<Timestamp>().unwrap());
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
