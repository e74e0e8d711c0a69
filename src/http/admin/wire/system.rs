//! Systems.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Pause;

/// A configured system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BridgeSystem")]
pub struct System {
    /// Its id.
    pub id: String,
    /// `qminder`, `deskhive` or `respondo`.
    pub kind: String,
    /// Where it answers.
    pub base_url: String,
    /// `live` or `dry-run`.
    pub mode: String,
    /// Brands that mirror to it.
    pub brands: Vec<String>,
    /// Deliveries that are not finished, those recorded included.
    pub pending: u64,
    /// Deliveries that are recorded instead of sent, until somebody releases them.
    pub recorded: u64,
    /// Deliveries given up on.
    pub dead_letters: u64,
    /// Set while it is paused.
    pub pause: Option<Pause>,
}

/// What became of what was recorded for a system in dry-run mode, as far as one call goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Released {
    /// The system.
    pub system: String,
    /// `send` or `discard`.
    pub fate: String,
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// How many deliveries were released with this call.
    pub done: u64,
    /// How many could not be.
    pub refused: u64,
    /// How many are still recorded.
    pub left: u64,
    /// Where to go on, if there may be more.
    pub next: Option<u64>,
}
