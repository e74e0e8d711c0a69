//! What a system was seen to do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One assumption about a system, and what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Probed {
    /// `ok`, `note` or `wrong`.
    pub verdict: String,
    /// What is assumed.
    pub assumption: String,
    /// What was seen: statuses, keys and shapes, and nothing that people wrote.
    pub seen: String,
}
