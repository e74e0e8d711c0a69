//! A moment, as it is stored.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A moment in microseconds since 1970, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Time(i64);

impl Time {
    /// 1970.
    pub const EPOCH: Self = Self(0);
    /// Later than anything.
    pub const MAX: Self = Self(i64::MAX);

    /// From microseconds since 1970.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// From a calendar's timestamp; finer than microseconds is cut off.
    pub fn from_timestamp(timestamp: Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }

    /// For printing and for wire formats; a moment outside the calendar's range becomes its nearest end.
    pub fn to_timestamp(self) -> Timestamp {
        Timestamp::from_microsecond(self.0).unwrap_or(if self.0 < 0 {
            Timestamp::MIN
        } else {
            Timestamp::MAX
        })
    }

    /// The day in UTC, counted from 1970; before that it is always the first.
    pub fn day(self) -> u64 {
        const DAY: i64 = 86_400_000_000;
        u64::try_from(self.0.div_euclid(DAY)).unwrap_or(0)
    }

    /// This much later.
    pub fn plus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_add(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// This much earlier.
    pub fn minus(self, duration: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// How long it is since `earlier`; nothing if that is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6}", self.to_timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arithmetic_saturates() {
        assert_eq!(Time(i64::MAX).plus(Duration::from_secs(1)), Time(i64::MAX));
        assert_eq!(Time(5).since(Time(9)), Duration::ZERO);
        assert_eq!(Time(9).since(Time(5)), Duration::from_micros(4));
        assert!(Time(i64::MIN).to_string().starts_with('-'));
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        for (time, day) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01T23:59:59.999999Z", 0),
            ("1970-01-02T00:00:00Z", 1),
            ("2026-03-15T01:00:00+02:00", 20_526),
            ("1969-12-31T23:59:59Z", 0),
        ] {
            assert_eq!(
                Time::from_timestamp(time.parse().unwrap()).day(),
                day,
                "{time}"
            );
        }
    }

    #[test]
    fn a_time_prints_as_rfc_3339_with_microseconds() {
        assert_eq!(
            Time(1_586_043_327_632_879).to_string(),
            "2020-04-04T23:35:27.632879Z"
        );
        assert_eq!(Time::EPOCH.to_string(), "1970-01-01T00:00:00.000000Z");
    }
}
