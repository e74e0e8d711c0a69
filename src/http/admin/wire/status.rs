//! How everything stands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Stamp;

/// How everything stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BridgeStatus")]
pub struct Status {
    /// When this was looked up.
    pub at: Stamp,
    /// The store's size and room.
    pub store: StoreFigures,
    /// The present run of the daemon, or its last one.
    pub run: Run,
    /// `response-url` first, then the configured systems.
    pub systems: Vec<Figures>,
    /// Hosts that deliveries are pending for.
    pub hosts: Vec<HostFigures>,
    /// Tickets that are not mirrored any more, because they changed implausibly often.
    pub loop_breaks: u64,
    /// The first of those.
    pub first_loop_breaks: Vec<LoopBreak>,
    /// Deliveries set aside because their records cannot be read.
    pub set_aside: u64,
    /// The first of those.
    pub first_set_aside: Vec<SetAside>,
}

/// The store's size and room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StoreFigures {
    /// Its folder.
    pub path: String,
    /// What tells its ids from those of any other store.
    pub incarnation: String,
    /// Its size.
    pub bytes: u64,
    /// What is free on its disk, as last seen.
    pub free_bytes: u64,
    /// Intake is refused below that.
    pub min_free_bytes: u64,
    /// Whether that is so.
    pub low: bool,
}

/// A run of the daemon over the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BridgeRun")]
pub struct Run {
    /// When it opened the store.
    pub started_at: Stamp,
    /// Whether the run before ended without closing it.
    pub after_crash: bool,
    /// `running`, `ended`, or `broken-off`: it ended without closing the store.
    pub state: String,
}

/// Figures of a system.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// Its id, or `response-url`.
    pub system: String,
    /// Deliveries that are not finished, those held included.
    pub pending: u64,
    /// Deliveries with an unknown outcome that wait for a person.
    pub held: u64,
    /// Deliveries that are recorded instead of sent, in dry-run mode; pending, too.
    pub recorded: u64,
    /// Deliveries given up on.
    pub dead_letters: u64,
    /// Since when the oldest one could have been sent; null: nothing is overdue.
    pub oldest_due: Option<Stamp>,
    /// Lanes that were asked to wait.
    pub throttled: Throttled,
    /// Lanes and hosts left alone after failures.
    pub breaker: BreakersOpen,
    /// Lanes whose destination says that it is gone for good.
    pub gone_lanes: u64,
    /// Whether the system is held.
    pub paused: bool,
    /// Why.
    pub paused_reason: Option<String>,
}

/// Figures of a host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HostFigures {
    /// With its port.
    pub host: String,
    /// Lanes with pending deliveries.
    pub lanes: u64,
    /// Deliveries that are not finished.
    pub pending: u64,
    /// Since when the oldest one could have been sent; null: nothing is overdue.
    pub oldest_due: Option<Stamp>,
    /// Lanes that were asked to wait.
    pub throttled: Throttled,
    /// Lanes left alone after failures, or the host as a whole.
    pub breaker: BreakersOpen,
    /// Lanes whose destination says that it is gone for good.
    pub gone_lanes: u64,
}

/// Lanes that were asked to wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Throttled {
    /// How many.
    pub lanes: u64,
    /// The last of them until then.
    pub until: Option<Stamp>,
}

/// What is left alone after failures.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BreakersOpen {
    /// How many lanes.
    pub lanes: u64,
    /// How many hosts as a whole.
    pub hosts: u64,
    /// The last of them until then.
    pub until: Option<Stamp>,
}

/// A ticket that is not mirrored any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoopBreak {
    /// Its number.
    pub ticket: u64,
    /// Since when.
    pub since: Stamp,
}

/// What cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SetAside {
    /// The delivery.
    pub delivery: u64,
    /// What is wrong with it.
    pub reason: String,
}
