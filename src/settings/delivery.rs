//! `[delivery]`: how often, how fast and how long calls out are tried.

use std::time::Duration;

use config::Value;
use humantime::format_duration;
use ipnet::IpNet;
use url::Host;

use super::Rate;
use super::effective::quoted;
use super::problem::Fault;
use super::reader::{Read, Section, parse};

/// `[delivery]`
#[derive(Debug, Clone)]
pub struct Delivery {
    /// For one whole call.
    pub timeout: Duration,
    /// Before the second try.
    pub first_delay: Duration,
    /// No wait between tries is longer.
    pub max_delay: Duration,
    /// A delivery older than this becomes a dead letter.
    pub max_age: Duration,
    /// 0.2: up to a fifth more or less.
    pub jitter: f64,
    /// Calls in flight per lane.
    pub lane_concurrency: u32,
    /// Calls in flight per host and port.
    pub host_concurrency: u32,
    /// Calls in flight in all.
    pub max_in_flight: u32,
    /// When a lane or host is left alone for a while.
    pub breaker: Breaker,
    /// What an unknown outcome at a response URL leads to.
    pub on_unknown: OnUnknown,
    /// Whether a response URL may be plain http.
    pub allow_http: bool,
    /// Private networks that may be called.
    pub allow_networks: Vec<IpNet>,
    /// Per host and port, for hosts without an entry in `rates`.
    pub rate: Rate,
    /// Hosts with limits of their own.
    pub rates: Vec<HostRate>,
}

/// `delivery.breaker`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// Failures in a row that open it.
    pub failures: u32,
    /// How long it stays open before one probe.
    pub open_for: Duration,
}

/// `delivery.on_unknown`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnUnknown {
    /// Try again, under the same id.
    Resend,
    /// Wait for a person.
    Hold,
}

/// One of `delivery.rates`, unique by host and scope.
#[derive(Debug, Clone, PartialEq)]
pub struct HostRate {
    /// Lower case, without port.
    pub host: String,
    /// What shares the limit.
    pub scope: RateScope,
    /// The limit.
    pub rate: Rate,
}

/// What shares a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RateScope {
    /// One exact URL.
    Url,
    /// The host and port.
    Host,
    /// The first path segment after `/hooks/catch/`.
    Account,
}

impl Delivery {
    pub(super) fn read(section: &Section<'_>) -> Read<Self> {
        let timeout = section.need("timeout", parse::duration);
        let first_delay = section.need("first_delay", parse::duration);
        let max_delay = section.need("max_delay", parse::duration);
        let max_age = section.need("max_age", parse::duration);
        let jitter = section.need("jitter", parse::number(0.0..=1.0));
        let calls = || parse::whole(1..=100_000);
        let lane_concurrency = section.need("lane_concurrency", calls());
        let host_concurrency = section.need("host_concurrency", calls());
        let max_in_flight = section.need("max_in_flight", calls());
        let breaker = section.table("breaker", Breaker::read);
        let on_unknown = section.need(
            "on_unknown",
            parse::choice(&[("resend", OnUnknown::Resend), ("hold", OnUnknown::Hold)]),
        );
        let allow_http = section.need("allow_http", parse::boolean);
        let allow_networks = section.list("allow_networks", parse::network);
        let rate = section.table("rate", Rate::need);
        let rates = section.tables("rates", HostRate::read);

        if let (Some(first), Some(max)) = (first_delay, max_delay)
            && first > max
        {
            let (first, max) = (format_duration(first), format_duration(max));
            // Whoever changed only one of them is told about that one.
            let (key, fault) = if section.is_default("first_delay") {
                let expected = format!("at least delivery.first_delay, {first}");
                ("max_delay", Fault::new(format!("is {max}"), expected))
            } else {
                let expected = format!("at most delivery.max_delay, {max}");
                ("first_delay", Fault::new(format!("is {first}"), expected))
            };
            section.fault(key, fault);
        }
        Some(Self {
            timeout: timeout?,
            first_delay: first_delay?,
            max_delay: max_delay?,
            max_age: max_age?,
            jitter: jitter?,
            lane_concurrency: lane_concurrency?,
            host_concurrency: host_concurrency?,
            max_in_flight: max_in_flight?,
            breaker: breaker?,
            on_unknown: on_unknown?,
            allow_http: allow_http?,
            allow_networks: allow_networks?,
            rate: rate?,
            rates: rates?,
        })
    }
}

impl Breaker {
    fn read(section: &Section<'_>) -> Read<Self> {
        let failures = section.need("failures", parse::whole(1..=1_000_000));
        let open_for = section.need("open_for", parse::duration);
        Some(Self {
            failures: failures?,
            open_for: open_for?,
        })
    }
}

impl HostRate {
    fn read(section: &Section<'_>) -> Read<Self> {
        let host = section.need("host", host);
        let scope = section.need(
            "scope",
            parse::choice(&[
                ("url", RateScope::Url),
                ("host", RateScope::Host),
                ("account", RateScope::Account),
            ]),
        );
        let rate = section.table("rate", Rate::need);
        Some(Self {
            host: host?,
            scope: scope?,
            rate: rate?,
        })
    }
}

/// A host as it stands in a parsed URL, or else no URL would ever match it.
fn host(value: &Value) -> Result<String, Fault> {
    let expected = "a host in lower case, without scheme and port, such as \"hooks.zapier.com\"";
    let text = parse::text(value).map_err(|fault| Fault::new(fault.what, expected))?;
    match Host::parse(&text).map(|host| host.to_string()) {
        Ok(canonical) if canonical == text => Ok(text),
        Ok(canonical) => Err(Fault::new(
            format!("is {}", quoted(&text)),
            format!("{}, as URLs have it", quoted(&canonical)),
        )),
        Err(_) => Err(Fault::new(format!("is {}", quoted(&text)), expected)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::trial::{loaded, sole_problem};

    #[test]
    fn the_presets_are_those_of_the_documents() {
        let delivery = loaded("").settings.delivery;
        let of_scope = |scope| {
            let rate = delivery
                .rates
                .iter()
                .find(|rate| rate.scope == scope)
                .unwrap();
            assert_eq!(rate.host, "hooks.zapier.com");
            (rate.rate.per_second, rate.rate.burst)
        };
        assert_eq!(delivery.rates.len(), 2);
        assert_eq!(of_scope(RateScope::Url), (20.0, 20));
        assert_eq!(of_scope(RateScope::Account), (33.0, 100));
    }

    #[test]
    fn values_are_checked() {
        for (line, path) in [
            ("timeout = \"0s\"", "delivery.timeout "),
            ("first_delay = \"2h\"", "delivery.first_delay "),
            ("max_delay = \"1s\"", "delivery.max_delay "),
            ("max_age = 3", "delivery.max_age "),
            ("jitter = 1.5", "delivery.jitter "),
            ("jitter = -0.1", "delivery.jitter "),
            ("lane_concurrency = 0", "delivery.lane_concurrency "),
            ("host_concurrency = -1", "delivery.host_concurrency "),
            ("max_in_flight = 0", "delivery.max_in_flight "),
            ("breaker = { failures = 0 }", "delivery.breaker.failures "),
            (
                "breaker = { open_for = \"\" }",
                "delivery.breaker.open_for ",
            ),
            ("on_unknown = \"drop\"", "delivery.on_unknown "),
            ("allow_http = 1", "delivery.allow_http "),
            (
                "allow_networks = [\"localhost\"]",
                "delivery.allow_networks[0] ",
            ),
        ] {
            let problem = sole_problem(&format!("[delivery]\n{line}"));
            assert!(problem.starts_with(path), "{path}: {problem}");
        }
    }

    #[test]
    fn the_host_of_a_rate_is_written_as_in_urls() {
        let entry = |host: &str| {
            format!(
                "[[delivery.rates]]\nhost = \"{host}\"\nscope = \"host\"\nrate = {{ per_second = 1, burst = 1 }}"
            )
        };
        for host in ["example.com", "127.0.0.1", "[::1]", "xn--bcher-kva.example"] {
            assert_eq!(loaded(&entry(host)).settings.delivery.rates[2].host, host);
        }
        for host in [
            "Example.com",
            "example.com:443",
            "https://example.com",
            "",
            "127.1",
            "a b",
            "b\u{fc}cher.example",
        ] {
            let problem = sole_problem(&entry(host));
            assert!(problem.contains(".host "), "{problem}");
            assert!(problem.starts_with("delivery.rates["), "{problem}");
        }
    }

    #[test]
    fn a_rate_of_a_host_is_given_whole() {
        let problem = sole_problem(
            "[[delivery.rates]]\nhost = \"a.example\"\nscope = \"host\"\nrate = { per_second = 1 }",
        );
        assert!(
            problem.starts_with("delivery.rates[a.example host].rate.burst "),
            "{problem}"
        );
        let problem = sole_problem(
            "[[delivery.rates]]\nhost = \"a.example\"\nscope = \"port\"\nrate = { per_second = 1, burst = 1 }",
        );
        assert!(
            problem.contains("\"url\", \"host\", \"account\""),
            "{problem}"
        );
    }
}
