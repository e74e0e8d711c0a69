//! Delivering on a paused clock, with a store in memory and a courier that does as told.

mod backoff;
mod breaker;
mod broken;
mod courier;
mod fairness;
mod limits;
mod model;
mod on_disk;
mod order;
mod pulse;
mod quiet;
mod rates;
mod redirect;
mod restart;
mod stop;
mod stress;
mod throttle;
pub(super) mod world;

use std::time::Duration;

use crate::settings::{Breaker, Delivery, HostRate, OnUnknown, Rate, RateScope};

/// `[delivery]` as it is without a file.
pub(crate) fn delivery_settings() -> Delivery {
    let zapier = |scope, per_second, burst| HostRate {
        host: "hooks.zapier.com".to_owned(),
        scope,
        rate: Rate { per_second, burst },
    };
    Delivery {
        timeout: Duration::from_secs(15),
        first_delay: Duration::from_secs(5),
        max_delay: Duration::from_secs(3600),
        max_age: Duration::from_secs(3 * 24 * 3600),
        jitter: 0.2,
        lane_concurrency: 4,
        host_concurrency: 32,
        max_in_flight: 512,
        breaker: Breaker {
            failures: 10,
            open_for: Duration::from_secs(30),
        },
        on_unknown: OnUnknown::Resend,
        allow_http: false,
        allow_networks: Vec::new(),
        rate: Rate {
            per_second: 10.0,
            burst: 20,
        },
        rates: vec![
            zapier(RateScope::Url, 20.0, 20),
            zapier(RateScope::Account, 33.0, 100),
        ],
    }
}
