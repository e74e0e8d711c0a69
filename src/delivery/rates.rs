//! Which rate limits a lane passes.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::gates::{KeyGate, Limiter};
use crate::live::Live;
use crate::model::{Destination, Lane, LaneId};
use crate::settings::{Delivery, Rate, RateScope};

/// One rate limit.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum RateKey {
    /// One exact URL.
    Lane(LaneId),
    /// Whose hooks they are, by host.
    Account(String, String),
    /// Host and port.
    Host(String),
    /// A system's key, by its number in the settings in force.
    SystemKey(usize),
}

/// What says how fast a limit lets calls pass.
#[derive(Debug, Clone)]
pub(super) enum Pace {
    /// A rate that only deliveries go by.
    Own(Rate),
    /// A gate that other calls pass as well.
    Shared(Arc<KeyGate>),
}

/// What keeps one limit.
#[derive(Debug)]
pub(super) enum Pacer {
    Own(Limiter),
    Shared(Arc<KeyGate>),
}

impl Pacer {
    pub(super) fn new(pace: &Pace) -> Self {
        match pace {
            Pace::Own(rate) => Self::Own(Limiter::new(*rate)),
            Pace::Shared(gate) => Self::Shared(Arc::clone(gate)),
        }
    }

    pub(super) fn take(&self) -> Result<(), Duration> {
        match self {
            Self::Own(limiter) => limiter.take(),
            Self::Shared(gate) => gate.take(),
        }
    }

    /// After this long without use it can be forgotten.
    pub(super) fn refilled_after(&self) -> Duration {
        match self {
            Self::Own(limiter) => limiter.refilled_after(),
            Self::Shared(_) => Duration::ZERO,
        }
    }
}

/// The limits that calls of `lane` pass, the narrowest first.
pub(super) fn paces_of(lane: &Lane, live: &Live) -> Vec<(RateKey, Pace)> {
    match &lane.to {
        Destination::ResponseUrl(text) => url_rates(lane, text, &live.settings.delivery)
            .into_iter()
            .map(|(key, rate)| (key, Pace::Own(rate)))
            .collect(),
        Destination::System(id) => live
            .keys
            .gate(id)
            .map(|(number, gate)| (RateKey::SystemKey(number), Pace::Shared(gate)))
            .into_iter()
            .collect(),
    }
}

/// A host that is named in the settings has the limits that stand there; any other has the general one.
fn url_rates(lane: &Lane, text: &str, settings: &Delivery) -> Vec<(RateKey, Rate)> {
    let Ok(url) = Url::parse(text) else {
        return Vec::new();
    };
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    let named: Vec<_> = settings
        .rates
        .iter()
        .filter(|rate| rate.host == host)
        .collect();
    if named.is_empty() {
        return vec![(RateKey::Host(lane.host.clone()), settings.rate)];
    }
    let mut rates: Vec<(RateScope, RateKey, Rate)> = named
        .into_iter()
        .map(|named| {
            let key = match named.scope {
                RateScope::Url => RateKey::Lane(lane.id),
                RateScope::Account => RateKey::Account(host.clone(), account_of(&url).to_owned()),
                RateScope::Host => RateKey::Host(lane.host.clone()),
            };
            (named.scope, key, named.rate)
        })
        .collect();
    rates.sort_by_key(|(scope, _, _)| match scope {
        RateScope::Url => 0,
        RateScope::Account => 1,
        RateScope::Host => 2,
    });
    rates
        .into_iter()
        .map(|(_, key, rate)| (key, rate))
        .collect()
}

/// The first path segment after `/hooks/catch/`; those without one share a limit.
fn account_of(url: &Url) -> &str {
    let rest = url.path().strip_prefix("/hooks/catch/").unwrap_or_default();
    rest.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::tests::delivery_settings;
    use crate::plan::host_key;
    use crate::settings::HostRate;

    fn keys(url: &str, rates: &[(&str, RateScope)]) -> Vec<RateKey> {
        let mut settings = delivery_settings();
        let rate = Rate {
            per_second: 1.0,
            burst: 1,
        };
        settings.rates = rates
            .iter()
            .map(|(host, scope)| HostRate {
                host: (*host).to_owned(),
                scope: *scope,
                rate,
            })
            .collect();
        let lane = Lane::new(
            LaneId(7),
            Destination::ResponseUrl(url.to_owned()),
            host_key(url),
        );
        url_rates(&lane, url, &settings)
            .into_iter()
            .map(|(key, _)| key)
            .collect()
    }

    #[test]
    fn a_named_host_has_its_own_limits_and_no_general_one() {
        let zapier = [
            ("hooks.zapier.com", RateScope::Account),
            ("hooks.zapier.com", RateScope::Url),
        ];
        assert_eq!(
            keys("https://hooks.zapier.com/hooks/catch/123/abc/", &zapier),
            [
                RateKey::Lane(LaneId(7)),
                RateKey::Account("hooks.zapier.com".to_owned(), "123".to_owned())
            ]
        );
        assert_eq!(
            keys("https://hooks.example.com/hooks/catch/123/abc/", &zapier),
            [RateKey::Host("hooks.example.com:443".to_owned())]
        );
        assert_eq!(
            keys(
                "https://hooks.zapier.com:8443/x",
                &[("hooks.zapier.com", RateScope::Host)]
            ),
            [RateKey::Host("hooks.zapier.com:8443".to_owned())]
        );
    }
}
