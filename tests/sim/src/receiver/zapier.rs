//! Zapier's Catch Hooks: their limits and their fixed acknowledgement.
//!
//! The numbers are from Zapier's help pages on webhooks and rate limits: 30 requests in a
//! second for each hook, 10,000 in five minutes for each user, 1,000 in five minutes for a
//! hook of the old kind, whose path names no user. The pages promise no `Retry-After`. They
//! do not say whether refused requests count; here they do not.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

const HOOK_WINDOW: Duration = Duration::from_secs(1);
const ACCOUNT_WINDOW: Duration = Duration::from_secs(5 * 60);
const HOOKS: &str = "/hooks/catch/";

/// How many requests are taken in a moving window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ZapierLimits {
    /// For each hook in any second.
    pub hook_per_second: usize,
    /// For each account in any five minutes, over all its hooks.
    pub account_per_five_minutes: usize,
    /// For each hook without an account in its path, in any five minutes.
    pub legacy_hook_per_five_minutes: usize,
}

impl Default for ZapierLimits {
    fn default() -> Self {
        Self {
            hook_per_second: 30,
            account_per_five_minutes: 10_000,
            legacy_hook_per_five_minutes: 1_000,
        }
    }
}

/// What each hook and each account took lately.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    limits: ZapierLimits,
    taken: HashMap<String, VecDeque<Instant>>,
    acknowledged: u64,
}

impl Meter {
    pub(crate) fn limit(&mut self, limits: ZapierLimits) {
        self.limits = limits;
    }

    /// Takes a request at `path` and acknowledges it, or says which limit forbids that.
    pub(crate) fn take(&mut self, path: &str, now: Instant) -> Result<Value, String> {
        let hook = path.trim_end_matches('/');
        let (account, account_limit) = match account(hook) {
            Some(account) => (account, self.limits.account_per_five_minutes),
            None => (hook, self.limits.legacy_hook_per_five_minutes),
        };
        let account = format!("account {account}");
        if self.count(hook, now, HOOK_WINDOW) >= self.limits.hook_per_second {
            return Err(format!(
                "{} in a second for this hook",
                self.limits.hook_per_second
            ));
        }
        if self.count(&account, now, ACCOUNT_WINDOW) >= account_limit {
            return Err(format!("{account_limit} in five minutes for this account"));
        }
        for key in [hook.to_owned(), account] {
            self.taken.entry(key).or_default().push_back(now);
        }
        self.acknowledged += 1;
        Ok(acknowledgement(self.acknowledged))
    }

    fn count(&mut self, key: &str, now: Instant, window: Duration) -> usize {
        let Some(taken) = self.taken.get_mut(key) else {
            return 0;
        };
        while taken
            .front()
            .is_some_and(|at| now.duration_since(*at) >= window)
        {
            taken.pop_front();
        }
        taken.len()
    }
}

/// The account in a hook's path, which the old kind of hook does not have.
fn account(hook: &str) -> Option<&str> {
    hook.strip_prefix(HOOKS)?
        .split_once('/')
        .map(|(account, _)| account)
}

fn acknowledgement(number: u64) -> Value {
    let uuid = |kind: u32| format!("{kind:08x}-0000-4000-8000-{number:012x}");
    json!({ "id": uuid(1), "request_id": uuid(2), "attempt": uuid(3), "status": "success" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_hook_takes_30_in_any_second_and_other_hooks_are_not_held() {
        let mut meter = Meter::default();
        for _ in 0..15 {
            meter.take("/hooks/catch/7/a", Instant::now()).unwrap();
        }
        tokio::time::advance(Duration::from_millis(600)).await;
        for _ in 0..15 {
            meter.take("/hooks/catch/7/a/", Instant::now()).unwrap();
        }
        let refused = meter.take("/hooks/catch/7/a", Instant::now());
        assert_eq!(refused, Err("30 in a second for this hook".to_owned()));
        assert!(meter.take("/hooks/catch/7/b", Instant::now()).is_ok());
        tokio::time::advance(Duration::from_millis(399)).await;
        assert!(meter.take("/hooks/catch/7/a", Instant::now()).is_err());
        tokio::time::advance(Duration::from_millis(1)).await;
        for _ in 0..15 {
            meter.take("/hooks/catch/7/a", Instant::now()).unwrap();
        }
        assert!(meter.take("/hooks/catch/7/a", Instant::now()).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn an_account_takes_10_000_in_any_five_minutes_over_its_hooks() {
        let mut meter = Meter::default();
        let started = Instant::now();
        for number in 0..10_000 {
            meter
                .take(&format!("/hooks/catch/7/{}", number % 500), Instant::now())
                .unwrap();
            if number % 500 == 499 {
                tokio::time::advance(Duration::from_secs(1)).await;
            }
        }
        let refused = meter.take("/hooks/catch/7/x", Instant::now());
        assert_eq!(
            refused,
            Err("10000 in five minutes for this account".to_owned())
        );
        assert!(meter.take("/hooks/catch/8/x", Instant::now()).is_ok());
        tokio::time::advance(ACCOUNT_WINDOW - started.elapsed()).await;
        for number in 0..500 {
            meter
                .take(&format!("/hooks/catch/7/{number}"), Instant::now())
                .unwrap();
        }
        assert!(meter.take("/hooks/catch/7/x", Instant::now()).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn a_hook_without_an_account_has_its_own_limit() {
        let mut meter = Meter::default();
        for _ in 0..100 {
            for _ in 0..10 {
                meter.take("/hooks/catch/old/", Instant::now()).unwrap();
            }
            tokio::time::advance(Duration::from_secs(1)).await;
        }
        let refused = meter.take("/hooks/catch/old/", Instant::now());
        assert_eq!(
            refused,
            Err("1000 in five minutes for this account".to_owned())
        );
        assert!(meter.take("/hooks/catch/older/", Instant::now()).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn limits_can_be_set() {
        let mut meter = Meter::default();
        meter.limit(ZapierLimits {
            hook_per_second: 1,
            ..ZapierLimits::default()
        });
        assert!(meter.take("/hooks/catch/7/a", Instant::now()).is_ok());
        assert!(meter.take("/hooks/catch/7/a", Instant::now()).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn an_acknowledgement_has_the_four_members() {
        let first = Meter::default()
            .take("/hooks/catch/7/a", Instant::now())
            .unwrap();
        assert_eq!(
            first,
            json!({
                "id": "00000001-0000-4000-8000-000000000001",
                "request_id": "00000002-0000-4000-8000-000000000001",
                "attempt": "00000003-0000-4000-8000-000000000001",
                "status": "success",
            })
        );
    }
}
