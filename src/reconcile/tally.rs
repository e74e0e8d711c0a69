//! How much was looked at.

use std::collections::BTreeMap;

/// By system.
pub type Tallies = BTreeMap<String, Tally>;

/// What became of the links that were looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Compared on both sides.
    pub compared: u64,
    /// Left alone, since something of them is on its way, or changed just then.
    pub pending: u64,
    /// Known to be deleted there.
    pub gone: u64,
    /// Of systems that tell nothing, so that only our side was looked at.
    pub untold: u64,
    /// About which the system answered nothing that makes sense.
    pub unclear: u64,
    /// Whose record could not be read back.
    pub records_unread: u64,
    /// Closed tickets that were never mirrored there, which is left as it is.
    pub closed_unmirrored: u64,
}
