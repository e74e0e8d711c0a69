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
    /// Deliveries that are not finished.
    pub pending: u64,
    /// Deliveries given up on.
    pub dead_letters: u64,
    /// Set while it is paused.
    pub pause: Option<Pause>,
}
