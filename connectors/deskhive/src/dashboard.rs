//! Figures and small answers: External API documentation, sections *Dashboard* and *Toggle Like on Message*.

use serde::{Deserialize, Serialize};

use crate::lenient::{flag, number};

/// Figures of an agent's tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dashboard {
    /// With status `open`.
    #[serde(deserialize_with = "number")]
    pub open_tickets: u64,
    /// With status `in_progress`.
    #[serde(deserialize_with = "number")]
    pub in_progress_tickets: u64,
    /// In which the customer waits for an answer.
    #[serde(deserialize_with = "number")]
    pub needs_response: u64,
    /// Closed today.
    #[serde(deserialize_with = "number")]
    pub closed_today: u64,
}

/// What became of a like. The call is a toggle: the second takes back the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Like {
    /// Whether the agent likes the message now.
    #[serde(deserialize_with = "flag")]
    pub liked: bool,
    /// How many agents do.
    #[serde(deserialize_with = "number")]
    pub count: u64,
}
