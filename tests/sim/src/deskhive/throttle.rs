//! How often a key may ask: a window that begins with its first request, as Laravel counts.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};

use crate::http::Response;

/// Laravel's `perMinute`.
const WINDOW: SignedDuration = SignedDuration::from_secs(60);
/// The documented default of the vendor's License Manager; DeskHive's documents name no number.
const USUAL: u32 = 3000;

#[derive(Debug)]
struct Window {
    ends: Timestamp,
    hits: u32,
}

/// The windows of all keys, also of those that are not good.
#[derive(Debug)]
pub(crate) struct Throttle {
    /// None for no limit.
    limit: Option<u32>,
    windows: HashMap<String, Window>,
}

/// What the headers say after a request.
#[derive(Debug, PartialEq)]
pub(crate) struct Count {
    limit: u32,
    remaining: u32,
}

/// A key has asked too often, until then.
#[derive(Debug, PartialEq)]
pub(crate) struct TooMany {
    limit: u32,
    ends: Timestamp,
    now: Timestamp,
}

impl Throttle {
    pub(crate) fn new() -> Self {
        Self {
            limit: Some(USUAL),
            windows: HashMap::new(),
        }
    }

    pub(crate) fn set(&mut self, limit: Option<u32>) {
        self.limit = limit;
        self.windows.clear();
    }

    /// Counts a request, and says what is left; none without a limit.
    pub(crate) fn hit(&mut self, key: &str, now: Timestamp) -> Result<Option<Count>, TooMany> {
        let Some(limit) = self.limit else {
            return Ok(None);
        };
        let fresh = || Window {
            ends: now.saturating_add(WINDOW).unwrap_or(now),
            hits: 0,
        };
        let window = self.windows.entry(key.to_owned()).or_insert_with(fresh);
        if window.ends <= now {
            *window = fresh();
        }
        if window.hits >= limit {
            let ends = window.ends;
            return Err(TooMany { limit, ends, now });
        }
        window.hits += 1;
        Ok(Some(Count {
            limit,
            remaining: limit - window.hits,
        }))
    }
}

impl Count {
    pub(crate) fn dress(&self, answer: Response) -> Response {
        answer
            .with("X-RateLimit-Limit", &self.limit.to_string())
            .with("X-RateLimit-Remaining", &self.remaining.to_string())
    }
}

impl TooMany {
    /// The headers of the error, in whole seconds and seconds since 1970.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let wait = self.ends.as_second() - self.now.as_second();
        vec![
            ("X-RateLimit-Limit", self.limit.to_string()),
            ("X-RateLimit-Remaining", "0".to_owned()),
            ("Retry-After", wait.to_string()),
            ("X-RateLimit-Reset", self.ends.as_second().to_string()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_begins_with_the_first_request_and_ends_as_a_whole() {
        let mut throttle = Throttle::new();
        throttle.set(Some(2));
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(throttle.hit("a", at(100)).is_ok());
        let last = throttle.hit("a", at(159)).unwrap().unwrap();
        assert_eq!(last.remaining, 0);
        let too_many = throttle.hit("a", at(159)).unwrap_err();
        assert!(
            too_many
                .headers()
                .contains(&("Retry-After", "1".to_owned()))
        );
        assert!(throttle.hit("b", at(159)).is_ok());
        assert!(throttle.hit("a", at(160)).is_ok());
    }
}
