//! The log.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the log lets through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LogLevel {
    /// As `log.level` in the configuration.
    pub level: String,
}
