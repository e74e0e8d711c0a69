//! Figures and small answers: External API documentation, sections *Dashboard* and *Toggle Like on Message*.

use serde::{Deserialize, Serialize};

/// Figures of an agent's tickets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Dashboard {
    /// With status `open`.
    pub open_tickets: u64,
    /// With status `in_progress`.
    pub in_progress_tickets: u64,
    /// In which the customer waits for an answer.
    pub needs_response: u64,
    /// Closed today.
    pub closed_today: u64,
}

/// What became of a like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Like {
    /// Whether the agent likes the message now.
    pub liked: bool,
    /// How many agents do.
    pub count: u64,
}
