//! Who may ask, and how often.

use std::collections::HashMap;

use tokio::time::Instant;

use super::Refusal;
use super::account::{Account, KeyKind};
use super::form;
use super::request::{KEY, KEY_IN_QUERY};
use crate::http::Response;
use crate::peer::Request;
use serde_json::json;

/// The key of a request: from the header, or from the query.
pub(crate) fn authenticate(
    request: &Request,
    account: &Account,
    bad_key: u16,
) -> Result<(String, KeyKind), Refusal> {
    let in_query = form::decode(&request.query)?
        .into_iter()
        .find(|(name, _)| name == KEY_IN_QUERY)
        .map(|(_, key)| key);
    let key = request.header(KEY)?.map(str::to_owned).or(in_query);
    let Some(key) = key else {
        return Err(please_authenticate(401).because("there is no key"));
    };
    match account.keys.get(&key) {
        Some(kind) => Ok((key, *kind)),
        None => Err(please_authenticate(bad_key).because("the key is not known, or was revoked")),
    }
}

fn please_authenticate(status: u16) -> Refusal {
    let mut refusal = Refusal::new(status, "Please authenticate");
    refusal.body["developerMessage"] = json!(format!("Set {KEY} HTTP header with API key"));
    refusal
}

/// How often a key may ask: a token bucket.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// How many tokens come back in a second.
    pub per_second: f64,
    /// How many there are at most.
    pub burst: u32,
    /// What 429 says in Retry-After; the documents mention none.
    pub retry_after: Option<u64>,
}

impl Default for Rate {
    fn default() -> Self {
        Self {
            per_second: 5.0,
            burst: 40,
            retry_after: None,
        }
    }
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

/// The buckets of all keys.
#[derive(Debug)]
pub(crate) struct Limiter {
    /// None for no limit.
    pub(crate) rate: Option<Rate>,
    buckets: HashMap<String, Bucket>,
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self {
            rate: Some(Rate::default()),
            buckets: HashMap::new(),
        }
    }

    pub(crate) fn set(&mut self, rate: Option<Rate>) {
        self.rate = rate;
        self.buckets.clear();
    }

    /// Takes a token, and says how many are left.
    pub(crate) fn take(&mut self, key: &str, now: Instant) -> Result<Option<u32>, TooMany> {
        let Some(rate) = self.rate else {
            return Ok(None);
        };
        let full = f64::from(rate.burst);
        let bucket = self.buckets.entry(key.to_owned()).or_insert(Bucket {
            tokens: full,
            at: now,
        });
        let back = (now - bucket.at).as_secs_f64() * rate.per_second;
        bucket.tokens = (bucket.tokens + back).min(full);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return Err(TooMany(rate.retry_after));
        }
        bucket.tokens -= 1.0;
        let whole = (0..rate.burst)
            .rev()
            .find(|left| f64::from(*left) <= bucket.tokens);
        Ok(Some(whole.unwrap_or(0)))
    }
}

/// A key has asked too often.
#[derive(Debug)]
pub(crate) struct TooMany(Option<u64>);

impl TooMany {
    pub(crate) fn refusal() -> Refusal {
        Refusal::new(429, "Too many requests")
    }

    pub(crate) fn dress(&self, answer: Response) -> Response {
        let answer = answer.with("X-Ratelimit-Remaining", "0");
        match self.0 {
            Some(seconds) => answer.with("Retry-After", &seconds.to_string()),
            None => answer,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let mut limiter = Limiter::new();
        let start = Instant::now();
        for left in (0..40).rev() {
            assert_eq!(limiter.take("a", start).unwrap(), Some(left));
        }
        assert!(limiter.take("a", start).is_err());
        assert_eq!(limiter.take("b", start).unwrap(), Some(39));
        let soon = start + Duration::from_millis(200);
        assert_eq!(limiter.take("a", soon).unwrap(), Some(0));
        assert!(limiter.take("a", soon).is_err());
        let later = start + Duration::from_secs(3600);
        assert_eq!(limiter.take("a", later).unwrap(), Some(39));
        limiter.set(None);
        assert_eq!(limiter.take("a", later).unwrap(), None);
    }
}
