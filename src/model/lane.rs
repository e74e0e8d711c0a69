//! The deliveries to one exact destination share a lane; lanes of one host share a gate.

use serde::{Deserialize, Serialize};

use super::{LaneId, Time};

/// The name under which response URLs stand where a configured system's id would.
pub const RESPONSE_URL: &str = "response-url";

/// What a lane knows beside its deliveries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Its number.
    pub id: LaneId,
    /// Where it leads.
    pub to: Destination,
    /// The host and port whose gate it passes, such as `hooks.example.com:443`.
    pub host: String,
    /// No head of it is due before; may be early, never late. `None`: it has no head, or is held.
    pub wake: Option<Time>,
    /// Asked to wait until then.
    pub paused_until: Option<Time>,
    /// When it last asked to wait, if it has taken nothing since.
    pub throttled_at: Option<Time>,
    /// The destination said that it is gone for good; later deliveries are held.
    pub gone_since: Option<Time>,
    /// When a person last let a held lane go on; ages count from there.
    pub resumed_at: Option<Time>,
    /// Whether it is left alone for a while.
    pub breaker: Breaker,
    /// Set while a system is not called because of a trouble that is not the deliveries' own, or by a person.
    #[serde(default)]
    pub pause: Option<Pause>,
    /// When anything of it last changed.
    #[serde(default)]
    pub used_at: Option<Time>,
}

/// Why and since when a system keeps its queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// Since when.
    pub since: Time,
    /// In words, without secrets.
    pub reason: String,
    /// When one delivery is tried, to see whether the trouble is over; `None`: a person paused it and resumes it.
    pub probe_at: Option<Time>,
}

/// Where a lane leads.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// One exact response URL; a secret.
    ResponseUrl(String),
    /// A configured system, by id.
    System(String),
}

impl Destination {
    /// The configured system, or [`RESPONSE_URL`].
    pub fn system(&self) -> &str {
        match self {
            Self::ResponseUrl(_) => RESPONSE_URL,
            Self::System(id) => id,
        }
    }

    /// What is safe to show: the scheme and host of a URL.
    pub fn shown(&self) -> String {
        match self {
            Self::ResponseUrl(text) => match url::Url::parse(text) {
                Ok(url) => format!("{}/…", url.origin().ascii_serialization()),
                Err(_) => "(not a URL)".to_owned(),
            },
            Self::System(id) => id.clone(),
        }
    }
}

/// Failures in a row, and until when no call is made because of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breaker {
    /// Unanswered calls and 5xx in a row.
    pub failures: u32,
    /// Set while it is open, and while it is half-open after that moment.
    pub open_until: Option<Time>,
}

/// What the gate of a host remembers over a restart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostState {
    /// Different lanes that got no answer at all, in a row.
    pub silent_lanes: Vec<LaneId>,
    /// Set while its breaker is open, and while it is half-open after that moment.
    pub open_until: Option<Time>,
}

impl Lane {
    /// A new one without deliveries.
    pub fn new(id: LaneId, to: Destination, host: String) -> Self {
        Self {
            id,
            to,
            host,
            wake: None,
            paused_until: None,
            throttled_at: None,
            gone_since: None,
            resumed_at: None,
            breaker: Breaker::default(),
            pause: None,
            used_at: None,
        }
    }

    /// When a head that is due at `due` can be sent, as far as the lane decides; `None` while it is held.
    pub fn opens_for(&self, due: Time) -> Option<Time> {
        if self.gone_since.is_some() {
            return None;
        }
        let probed = match &self.pause {
            Some(pause) => pause.probe_at?,
            None => due,
        };
        let paused = self.paused_until.unwrap_or(due).max(probed);
        let broken = self.breaker.open_until.unwrap_or(due);
        Some(due.max(paused).max(broken))
    }

    /// Whether a delivery whose time is up at `expires_at` needs no last call: the lane's breaker is not closed, or
    /// the receiver asked to wait when that time was up already.
    pub fn takes_nothing_of(&self, expires_at: Time) -> bool {
        self.breaker.open_until.is_some() || self.throttled_at.is_some_and(|at| at >= expires_at)
    }

    /// Since when a head that is due at `due` is owed to its receiver: a pause that the receiver asked for counts, a
    /// breaker does not, or nobody would see that a destination is dead. `None` while the lane is held.
    pub fn owed_from(&self, due: Time) -> Option<Time> {
        if self.gone_since.is_some() || self.pause.is_some() {
            return None;
        }
        Some(due.max(self.paused_until.unwrap_or(due)))
    }
}
