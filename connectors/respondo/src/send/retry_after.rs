//! `Retry-After`, RFC 9110 section 10.2.3.

use std::time::Duration;

use jiff::Timestamp;

/// When a receiver wants the next call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So long after the answer; never more than [`RetryAfter::LONGEST`].
    After(Duration),
    /// At a time by the receiver's clock, which may have passed.
    At(Timestamp),
}

impl RetryAfter {
    /// What a longer wait is cut to: 100 years, which can be added to any clock's time.
    pub const LONGEST: Duration = Duration::from_secs(36_525 * 86_400);

    /// Reads the header's value: seconds, or a date in one of HTTP's three spellings.
    ///
    /// Seconds may have a fraction, which some servers send. `None` for anything else: a sign, `NaN`, an exponent.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim_matches([' ', '\t']);
        if value.starts_with(|first: char| first.is_ascii_digit()) {
            seconds(value).map(Self::After)
        } else {
            let date = httpdate::parse_http_date(value).ok()?;
            // HTTP dates begin in 1970 and end in 9999, hours after what a timestamp can hold.
            Some(Self::At(
                Timestamp::try_from(date).unwrap_or(Timestamp::MAX),
            ))
        }
    }
}

fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = match value.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (value, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !fraction.is_none_or(digits) {
        return None;
    }
    let nanoseconds = fraction
        .unwrap_or_default()
        .bytes()
        .chain(std::iter::repeat(b'0'))
        .take(9)
        .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    // All digits, so what does not fit is too large.
    let whole = whole.parse().unwrap_or(u64::MAX);
    Some(Duration::new(whole, nanoseconds).min(RetryAfter::LONGEST))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seconds_are_read_with_fractions_and_cut_when_huge() {
        for (value, expected) in [
            ("0", Duration::ZERO),
            ("120", Duration::from_secs(120)),
            (" 7\t", Duration::from_secs(7)),
            ("007", Duration::from_secs(7)),
            ("1.5", Duration::from_millis(1500)),
            ("0.25", Duration::from_millis(250)),
            ("2.0000000019", Duration::new(2, 1)),
            ("18446744073709551615.999999999", RetryAfter::LONGEST),
            ("99999999999999999999999999999999", RetryAfter::LONGEST),
        ] {
            assert_eq!(
                RetryAfter::parse(value),
                Some(RetryAfter::After(expected)),
                "{value}"
            );
        }
    }

    #[test]
    fn the_three_spellings_of_a_date_are_read() {
        let expected = Some(RetryAfter::At("1994-11-06T08:49:37Z".parse().unwrap()));
        // RFC 9110 section 5.6.7.
        for value in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
        ] {
            assert_eq!(RetryAfter::parse(value), expected, "{value}");
        }
        assert_eq!(
            RetryAfter::parse("Fri, 31 Dec 9999 23:59:59 GMT"),
            Some(RetryAfter::At(Timestamp::MAX))
        );
    }

    #[test]
    fn hostile_values_are_no_values() {
        for value in [
            "",
            " ",
            "-1",
            "-0",
            "+1",
            "NaN",
            "nan",
            "inf",
            "infinity",
            "1e400",
            "1e3",
            "0x10",
            "1.",
            ".5",
            "1.5.5",
            "1,5",
            "1 2",
            "1s",
            "soon",
            "٣",
            "1\u{0}",
            "Sun, 06 Nov 1994 08:49:37 +0100",
            "Sun, 06 Nov 1894 08:49:37 GMT",
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "1994-11-06T08:49:37Z",
        ] {
            assert_eq!(RetryAfter::parse(value), None, "{value:?}");
        }
    }

    proptest! {
        #[test]
        fn no_value_is_a_panic(
            text in any::<String>(),
            number in "[0-9.eE+-]{0,400}",
            date in "[A-Z][a-z]{2,8},? [0-9]{1,2}[ -][A-Z][a-z]{2}[ -][0-9]{2,4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT",
        ) {
            for value in [text, number, date] {
                if let Some(RetryAfter::After(wait)) = RetryAfter::parse(&value) {
                    prop_assert!(wait <= RetryAfter::LONGEST);
                }
            }
        }
    }
}
