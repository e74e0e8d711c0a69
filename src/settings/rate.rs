//! Rates: how often something may happen.

use super::reader::{Read, Section, parse};

/// A ceiling on how often something may happen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// Sustained, may be a fraction; above 0.
    pub per_second: f64,
    /// How many may come at once; at least 1.
    pub burst: u32,
}

impl Rate {
    /// A rate that a lower layer fills, or that must be given whole.
    pub(super) fn need(section: &Section<'_>) -> Read<Self> {
        let per_second = section.need("per_second", per_second());
        let burst = section.need("burst", burst());
        Some(Self {
            per_second: per_second?,
            burst: burst?,
        })
    }

    /// A rate whose missing parts are those of `self`.
    pub(super) fn unless_given(self, section: &Section<'_>) -> Read<Self> {
        let per_second = section.or("per_second", self.per_second, per_second());
        let burst = section.or("burst", i64::from(self.burst), burst());
        Some(Self {
            per_second: per_second?,
            burst: burst?,
        })
    }
}

/// The least is one in some eleven days: what lies below would be a limit that never lets go.
fn per_second() -> impl Fn(&config::Value) -> Result<f64, super::problem::Fault> {
    parse::number(0.000_001..=1_000_000.0)
}

fn burst() -> impl Fn(&config::Value) -> Result<u32, super::problem::Fault> {
    parse::whole(1..=1_000_000)
}

#[cfg(test)]
mod tests {
    use crate::settings::trial::{Trial, loaded};

    #[test]
    fn a_rate_may_be_a_fraction_and_keeps_what_is_not_given() {
        let rate = loaded("[delivery]\nrate = { per_second = 0.25 }")
            .settings
            .delivery
            .rate;
        assert_eq!((rate.per_second, rate.burst), (0.25, 20));
    }

    #[test]
    fn a_rate_that_lets_nothing_through_is_refused() {
        for (value, key) in [
            ("per_second = 0", "per_second"),
            ("per_second = -1.5", "per_second"),
            ("per_second = inf", "per_second"),
            ("per_second = nan", "per_second"),
            ("burst = 0", "burst"),
            ("burst = 1.5", "burst"),
            ("burst = 99999999999", "burst"),
            ("brst = 1", "brst"),
        ] {
            for section in ["intake", "agent_api", "delivery"] {
                let problems = Trial::new(&format!("[{section}]\nrate = {{ {value} }}")).problems();
                let path = format!("{section}.rate.{key} ");
                assert!(problems.starts_with(&path), "{value}: {problems}");
                assert_eq!(problems.lines().count(), 1, "{problems}");
            }
        }
    }
}
