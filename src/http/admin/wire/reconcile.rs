//! What differs between the two sides of links.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How far a comparison came, and what it found on the way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reconciled {
    /// What differs.
    pub findings: Vec<Drift>,
    /// What was looked at, by system.
    pub counts: BTreeMap<String, ReconcileCounts>,
    /// To be given as `after` to go on; null at the end.
    pub next: Option<String>,
    /// Set where a system could not be asked: `next` leads back to the very ticket.
    pub stopped: Option<ReconcileStopped>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Drift {
    /// Our ticket; null where none is known.
    pub ticket: Option<u64>,
    /// The system's id.
    pub system: String,
    /// The system's ticket; null where there is none.
    pub remote: Option<String>,
    /// `missing`, `unmirrored`, `back`, `status`, `priority`, `record`, `label`, `message`, `unheard` or `extra`.
    pub drift: String,
    /// How it is here.
    pub here: String,
    /// How it is there.
    pub there: String,
    /// `found`, `healed` (or on its way) or `left`.
    pub outcome: String,
    /// Why it was left as it is.
    pub reason: Option<String>,
}

/// How many links were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReconcileCounts {
    /// Compared on both sides.
    pub compared: u64,
    /// Left alone, since something of them is on its way.
    pub pending: u64,
    /// Known to be deleted there.
    pub gone: u64,
    /// Of a system that tells nothing: only this side was looked at.
    pub untold: u64,
    /// About which the system answered nothing that makes sense.
    pub unclear: u64,
    /// Whose record could not be read back.
    pub records_unread: u64,
    /// Closed tickets that were never mirrored there, which are left as they are.
    pub closed_unmirrored: u64,
}

/// Why a system could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReconcileStopped {
    /// Which system.
    pub system: String,
    /// Why.
    pub reason: String,
    /// Whether it is of use to ask again by itself.
    pub again: bool,
    /// After how many seconds, where the system said so.
    pub again_in: Option<u64>,
}
