//! Why not, as the one who asked reads it.

use serde::{Deserialize, Serialize};

/// An error as RFC 9457 has it, as far as it is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What is wrong.
    pub detail: String,
    /// Each fault of what was sent.
    #[serde(default)]
    pub errors: Vec<Fault>,
}

/// One fault of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Where, as a JSON pointer without `#`.
    pub pointer: String,
    /// What is wrong there.
    pub detail: String,
}
