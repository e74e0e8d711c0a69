//! The time a text was written, in the spellings that senders use.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// What a violation says about the spellings.
pub(super) const SPELLINGS: &str = "is not a time such as \"2020-04-04 23:35:27.632879 UTC\" or \
    \"2020-04-04T23:35:27Z\" (the fraction is optional, the zone is UTC, Z, +02:00 or +0200)";

/// The first moment of year 0 in UTC; the last one of year 9999 lies beyond what a timestamp can hold.
const YEAR_0: Timestamp = Timestamp::constant(-62_167_219_200, 0);

/// Reads a `created_at`.
///
/// Taken are the document's `2020-04-04 23:35:27.632879 UTC`, RFC 3339, and everything between: `T` or a space before
/// the time, any fraction or none, and `UTC`, `Z`, `+02:00` or `+0200`, with or without a space before it. A time
/// without a zone is not taken, since nobody could say when it was, and neither is one whose year in UTC has no four
/// digits, which no spelling here could repeat. Digits beyond nanoseconds are dropped, and a leap second is the second
/// before it.
pub fn parse_created_at(text: &str) -> Option<Timestamp> {
    let mut rest = Rest(text.as_bytes());
    let year = rest.number(4)?;
    rest.literal(b'-')?;
    let month = rest.number(2)?;
    rest.literal(b'-')?;
    let day = rest.number(2)?;
    rest.one_of(b"Tt ")?;
    let hour = rest.number(2)?;
    rest.literal(b':')?;
    let minute = rest.number(2)?;
    rest.literal(b':')?;
    let second = rest.number(2)?;
    let nanosecond = match rest.literal(b'.') {
        Some(()) => rest.nanoseconds()?,
        None => 0,
    };
    let offset = rest.zone()?;

    let second = if second == 60 { 59 } else { second };
    DateTime::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second).ok()?,
        nanosecond,
    )
    .ok()
    .and_then(|local| offset.to_timestamp(local).ok())
    .filter(|moment| *moment >= YEAR_0)
}

/// Spells a time as the document's examples do, `2020-04-04 23:35:27.632879 UTC`; digits beyond microseconds are dropped.
pub(crate) fn spell_created_at(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M:%S.%6f UTC").to_string()
}

/// What is left to read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn one_of(&mut self, wanted: &[u8]) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        wanted.contains(&first).then(|| {
            self.0 = rest;
            first
        })
    }

    fn literal(&mut self, wanted: u8) -> Option<()> {
        self.one_of(&[wanted]).map(drop)
    }

    fn digit(&mut self) -> Option<i32> {
        self.one_of(b"0123456789")
            .map(|digit| i32::from(digit - b'0'))
    }

    fn number(&mut self, digits: u32) -> Option<i32> {
        (0..digits).try_fold(0, |number, _| Some(number * 10 + self.digit()?))
    }

    fn nanoseconds(&mut self) -> Option<i32> {
        let mut unit = 100_000_000;
        let mut nanoseconds = self.digit()? * unit;
        while let Some(digit) = self.digit() {
            unit /= 10;
            nanoseconds += digit * unit;
        }
        Some(nanoseconds)
    }

    /// The zone, up to the end of the text.
    fn zone(&mut self) -> Option<Offset> {
        // RFC 3339 allows a small `z`.
        if let b" UTC" | b"UTC" | b"Z" | b"z" | b" Z" | b" z" = self.0 {
            return Some(Offset::UTC);
        }
        // Its absence is fine as well: only its place matters.
        let _space = self.literal(b' ');
        let sign = if self.one_of(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.number(2)?;
        let _colon = self.literal(b':');
        let minutes = self.number(2)?;
        if hours > 23 || minutes > 59 || !self.0.is_empty() {
            return None;
        }
        Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_spelling_is_understood() {
        for (text, utc) in [
            (
                "2020-04-04 23:35:27.632879 UTC",
                "2020-04-04T23:35:27.632879Z",
            ),
            (
                "2019-01-01 23:35:27.632879 UTC",
                "2019-01-01T23:35:27.632879Z",
            ),
            ("2020-04-04 23:35:27 UTC", "2020-04-04T23:35:27Z"),
            ("2020-04-04T23:35:27.632879Z", "2020-04-04T23:35:27.632879Z"),
            ("2019-01-01T00:23:39.951Z", "2019-01-01T00:23:39.951Z"),
            ("2020-04-04T23:35:27Z", "2020-04-04T23:35:27Z"),
            ("2020-04-04t23:35:27z", "2020-04-04T23:35:27Z"),
            ("2020-04-04 23:35:27Z", "2020-04-04T23:35:27Z"),
            ("2020-04-04 23:35:27 Z", "2020-04-04T23:35:27Z"),
            ("2020-04-04T23:35:27UTC", "2020-04-04T23:35:27Z"),
            ("2020-04-04T23:35:27+02:00", "2020-04-04T21:35:27Z"),
            ("2020-04-04 23:35:27+0200", "2020-04-04T21:35:27Z"),
            ("2020-04-04 23:35:27 +0200", "2020-04-04T21:35:27Z"),
            ("2020-04-04 23:35:27.5 -09:30", "2020-04-05T09:05:27.5Z"),
            ("2020-04-04T23:35:27-00:00", "2020-04-04T23:35:27Z"),
            (
                "2020-02-29T12:00:00.123456789123Z",
                "2020-02-29T12:00:00.123456789Z",
            ),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
            ("9999-12-30T00:00:00Z", "9999-12-30T00:00:00Z"),
        ] {
            assert_eq!(parse_created_at(text), Some(utc.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "yesterday",
            "2020-04-04",
            "2020-04-04 23:35:27",
            "2020-04-04T23:35Z",
            "2020-04-04  23:35:27 UTC",
            "2020-04-04 23:35:27  UTC",
            "2020-04-04 23:35:27 utc",
            "2020-04-04 23:35:27 CEST",
            "2020-04-04 23:35:27. UTC",
            "2020-04-04 23:35:27,5 UTC",
            "2020-04-04 23:35:27 UTC ",
            " 2020-04-04 23:35:27 UTC",
            "2020-04-04T23:35:27+02",
            "2020-04-04T23:35:27+24:00",
            "2020-04-04T23:35:27+02:60",
            "2020-04-04T23:35:27+02:00[Europe/Berlin]",
            "2020-04-04T24:00:00Z",
            "2020-04-04T23:60:00Z",
            "2020-04-04T23:35:61Z",
            "2020-13-04T23:35:27Z",
            "2019-02-29T23:35:27Z",
            "2020-04-31T23:35:27Z",
            "2020-00-04T23:35:27Z",
            "+2020-04-04T23:35:27Z",
            "-0001-04-04T23:35:27Z",
            "9999-12-31T23:59:59-23:59",
            "0000-01-01T00:00:00+00:01",
            "0000-01-01T00:59:59.999 +0100",
            "２０２０-04-04T23:35:27Z",
            "1586043327",
        ] {
            assert_eq!(parse_created_at(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic(text in any::<String>(), close in "[0-9TZ UC:.+-]{0,40}") {
            // Whatever comes out is fine, as long as it comes out.
            let _ = (parse_created_at(&text), parse_created_at(&close));
        }

        #[test]
        fn a_written_time_is_read_back(
            second in -62_000_000_000_i64..253_000_000_000,
            micros in 0..1_000_000_i32,
        ) {
            let time = Timestamp::new(second, 0).unwrap()
                + jiff::SignedDuration::from_micros(micros.into());
            prop_assert_eq!(parse_created_at(&spell_created_at(time)), Some(time));
            prop_assert_eq!(parse_created_at(&time.to_string()), Some(time));
        }
    }
}
