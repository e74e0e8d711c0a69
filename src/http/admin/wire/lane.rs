//! Lanes, and how old what they hold is.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{HostState, Time};
use crate::store::LaneSummary;

use super::Stamp;

/// A lane that has pending deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Lane {
    /// Its number.
    pub id: u64,
    /// Where it leads, without the secret part.
    pub to: String,
    /// The host and port whose gate it passes.
    pub host: String,
    /// `open`, `throttled`, `breaker`, `host-breaker`, `paused` (the whole system) or `gone`; of several the last.
    pub state: String,
    /// How many deliveries are pending.
    pub pending: u64,
    /// How many of these are recorded instead of sent, in dry-run mode.
    pub recorded: u64,
    /// By age since they were planned.
    pub ages: Ages,
    /// When the oldest of those counted in `ages` was planned.
    pub oldest: Option<Stamp>,
    /// When its earliest head is due, the past included.
    pub next_due: Option<Stamp>,
    /// Asked to wait until then.
    pub paused_until: Option<Stamp>,
    /// Since when the destination says that it is gone for good; held until a person resumes it.
    pub gone_since: Option<Stamp>,
    /// For a system that is paused: why.
    pub pause: Option<Pause>,
    /// Failures in a row, and until when it is left alone because of them.
    pub breaker: Breaker,
    /// Until when the host is left alone.
    pub host_open_until: Option<Stamp>,
}

/// Why and since when a system keeps its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SystemPause")]
pub struct Pause {
    /// Since when.
    pub since: Stamp,
    /// In words.
    pub reason: String,
    /// When one delivery is tried, to see whether the trouble is over; null: a person paused it and resumes it.
    pub probe_at: Option<Stamp>,
}

impl From<&crate::model::Pause> for Pause {
    fn from(pause: &crate::model::Pause) -> Self {
        Self {
            since: Stamp(pause.since),
            reason: pause.reason.clone(),
            probe_at: pause.probe_at.map(Stamp),
        }
    }
}

/// A breaker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "LaneBreaker")]
pub struct Breaker {
    /// Unanswered calls and 5xx in a row.
    pub failures: u32,
    /// While it is open.
    pub open_until: Option<Stamp>,
}

/// Deliveries by age; each counts those older than the one before. Of a lane with more than 1,000 deliveries, a
/// thousand are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ages {
    /// Under a minute.
    #[serde(rename = "1m")]
    pub minute: u64,
    /// Under five minutes.
    #[serde(rename = "5m")]
    pub five_minutes: u64,
    /// Under ten minutes.
    #[serde(rename = "10m")]
    pub ten_minutes: u64,
    /// Under half an hour.
    #[serde(rename = "30m")]
    pub half_hour: u64,
    /// Under an hour.
    #[serde(rename = "1h")]
    pub hour: u64,
    /// Under six hours.
    #[serde(rename = "6h")]
    pub six_hours: u64,
    /// Under a day.
    #[serde(rename = "1d")]
    pub day: u64,
    /// A day or more.
    pub older: u64,
}

impl Ages {
    fn count(&mut self, age: Duration) {
        let counter = match age.as_secs() {
            0..60 => &mut self.minute,
            60..300 => &mut self.five_minutes,
            300..600 => &mut self.ten_minutes,
            600..1800 => &mut self.half_hour,
            1800..3600 => &mut self.hour,
            3600..21_600 => &mut self.six_hours,
            21_600..86_400 => &mut self.day,
            _ => &mut self.older,
        };
        *counter += 1;
    }

    /// From the youngest to the oldest.
    pub fn counts(&self) -> [u64; 8] {
        [
            self.minute,
            self.five_minutes,
            self.ten_minutes,
            self.half_hour,
            self.hour,
            self.six_hours,
            self.day,
            self.older,
        ]
    }
}

impl Lane {
    /// As shown at `now`.
    pub(crate) fn to_wire(summary: &LaneSummary, host: Option<&HostState>, now: Time) -> Self {
        let lane = &summary.lane;
        let ahead = |until: Option<Time>| until.filter(|until| *until > now).map(Stamp);
        let paused_until = ahead(lane.paused_until);
        let open_until = ahead(lane.breaker.open_until);
        let host_open_until = ahead(host.and_then(|host| host.open_until));
        let state = if lane.gone_since.is_some() {
            "gone"
        } else if lane.pause.is_some() {
            "paused"
        } else if host_open_until.is_some() {
            "host-breaker"
        } else if open_until.is_some() {
            "breaker"
        } else if paused_until.is_some() {
            "throttled"
        } else {
            "open"
        };
        let mut ages = Ages::default();
        for planned in &summary.ages {
            ages.count(now.since(*planned));
        }
        Self {
            id: lane.id.0,
            to: lane.to.shown(),
            host: lane.host.clone(),
            state: state.to_owned(),
            pending: summary.pending,
            recorded: summary.recorded,
            ages,
            oldest: summary.ages.iter().min().copied().map(Stamp),
            next_due: summary.next_due.map(Stamp),
            paused_until,
            gone_since: lane.gone_since.map(Stamp),
            pause: lane.pause.as_ref().map(Pause::from),
            breaker: Breaker {
                failures: lane.breaker.failures,
                open_until,
            },
            host_open_until,
        }
    }
}
