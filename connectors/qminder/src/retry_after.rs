//! `Retry-After`: RFC 9110, section 10.2.3. Qminder does not document it; what stands in front of it may send it.

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

    /// Reads the header's value: whole seconds, or a date in one of HTTP's three spellings. `None` for anything else.
    pub fn parse(value: &str) -> Option<Self> {
        let value = value.trim();
        if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
            // Digits that do not fit are too many.
            let wait = value.parse().map_or(Self::LONGEST, Duration::from_secs);
            return Some(Self::After(wait.min(Self::LONGEST)));
        }
        let date = httpdate::parse_http_date(value).ok()?;
        // The last hours of the year 9999 are no timestamps.
        Some(Self::At(
            Timestamp::try_from(date).unwrap_or(Timestamp::MAX),
        ))
    }

    /// The time itself, for an answer that came at `now`.
    pub fn until(self, now: Timestamp) -> Timestamp {
        match self {
            Self::After(wait) => now.saturating_add(wait).unwrap_or(Timestamp::MAX),
            Self::At(time) => time,
        }
    }
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
            ("120", seconds(120)),
            (" 7\t", seconds(7)),
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
        for value in ["", " ", "-1", "+1", "1.5", "1e3", "soon", "٣", "1 2"] {
            assert_eq!(RetryAfter::parse(value), None, "{value:?}");
        }
    }

    #[test]
    fn a_wait_ends_by_the_callers_clock() {
        let now: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        let wait = RetryAfter::After(Duration::from_secs(90));
        assert_eq!(wait.until(now).to_string(), "2026-03-01T00:01:30Z");
        let wait = RetryAfter::After(RetryAfter::LONGEST);
        assert_eq!(wait.until(Timestamp::MAX), Timestamp::MAX);
        let date = RetryAfter::parse("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        assert_eq!(date.until(now).to_string(), "1994-11-06T08:49:37Z");
    }
}
