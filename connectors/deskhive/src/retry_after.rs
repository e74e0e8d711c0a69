//! When a server wants to be called again: `Retry-After` (RFC 9110, section 10.2.3) and `X-RateLimit-Reset`.

use std::time::Duration;

use jiff::Timestamp;

/// When the next call is welcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryAfter {
    /// So long after the answer; at most [`RetryAfter::LONGEST`].
    After(Duration),
    /// At a time by the server's clock, which may have passed.
    At(Timestamp),
}

impl RetryAfter {
    /// What a longer wait is cut to: 10 years of 365 days.
    pub const LONGEST: Duration = Duration::from_secs(10 * 365 * 86_400);

    /// Reads `Retry-After`: whole seconds, or a date in one of HTTP's three spellings. `None` for anything else.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // Digits that do not fit are too many.
            let wait = value.parse().map_or(Self::LONGEST, Duration::from_secs);
            return Some(Self::After(wait.min(Self::LONGEST)));
        }
        http_date(value).map(Self::At)
    }

    /// Reads `X-RateLimit-Reset`, Laravel's seconds since 1970.
    pub(crate) fn parse_reset(value: &str) -> Option<Self> {
        let second = value.trim().parse().ok()?;
        Timestamp::from_second(second).ok().map(Self::At)
    }

    /// The time itself, for an answer that came at `now`.
    pub fn until(self, now: Timestamp) -> Timestamp {
        match self {
            Self::After(wait) => now.saturating_add(wait).unwrap_or(Timestamp::MAX),
            Self::At(time) => time,
        }
    }
}

/// A date as HTTP's headers spell it.
pub(crate) fn http_date(value: &str) -> Option<Timestamp> {
    let date = httpdate::parse_http_date(value.trim()).ok()?;
    // The last hours of the year 9999 are no timestamps.
    Some(Timestamp::try_from(date).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read() {
        let seconds = |seconds| Some(RetryAfter::After(Duration::from_secs(seconds)));
        let date = Some(RetryAfter::At("1994-11-06T08:49:37Z".parse().unwrap()));
        for (value, expected) in [
            ("0", seconds(0)),
            (" 120\t", seconds(120)),
            (
                "99999999999999999999999",
                Some(RetryAfter::After(RetryAfter::LONGEST)),
            ),
            ("Sun, 06 Nov 1994 08:49:37 GMT", date),
            ("Sunday, 06-Nov-94 08:49:37 GMT", date),
            ("Sun Nov  6 08:49:37 1994", date),
            (
                "Fri, 31 Dec 9999 23:59:59 GMT",
                Some(RetryAfter::At(Timestamp::MAX)),
            ),
        ] {
            assert_eq!(RetryAfter::parse(value), expected, "{value}");
        }
        for value in ["", " ", "-1", "+1", "1.5", "soon", "٣", "1 2"] {
            assert_eq!(RetryAfter::parse(value), None, "{value:?}");
        }
    }

    #[test]
    fn a_reset_is_a_time_in_seconds() {
        for (value, expected) in [
            ("1773585000", Some("2026-03-15T14:30:00Z")),
            (" 0 ", Some("1970-01-01T00:00:00Z")),
            ("", None),
            ("soon", None),
            ("99999999999999", None),
        ] {
            let expected = expected.map(|time| RetryAfter::At(time.parse().unwrap()));
            assert_eq!(RetryAfter::parse_reset(value), expected, "{value:?}");
        }
    }

    #[test]
    fn a_wait_ends_by_the_callers_clock() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let wait = RetryAfter::After(Duration::from_secs(90));
        assert_eq!(wait.until(now).to_string(), "2026-03-01T00:01:30Z");
        let longest = RetryAfter::After(RetryAfter::LONGEST);
        assert_eq!(longest.until(Timestamp::MAX), Timestamp::MAX);
        assert_eq!(RetryAfter::At(now).until(Timestamp::MAX), now);
    }
}
