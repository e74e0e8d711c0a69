//! Who wrote a ticket or a reply.

use serde::{Deserialize, Serialize};

/// The `author` object, the same in tickets, replies and the answers to replies.
///
/// On the wire it has exactly these keys in this order; other keys are ignored when it is read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Author {
    /// The author's id in the system that the text comes from.
    pub external_uid: String,
    /// The name to show.
    pub username: String,
}
