//! What became of a field on its way into another system: kept, changed, or lost, and why.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// One field's way through a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// Where it stood: a field of ours such as `author.username`, or a JSON pointer into what came in. Empty for what
    /// was made up on this side.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub from: Cow<'static, str>,
    /// Where it stands now, in the words of whoever gets it; empty where it is nowhere.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub to: Cow<'static, str>,
    /// In what state it arrived.
    pub how: How,
    /// Why it is not as it was; empty where there is nothing to say. Never what the field says.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub why: Cow<'static, str>,
}

/// In what state a field arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// As it was.
    Kept,
    /// In another form that says the same.
    Converted,
    /// Only its beginning.
    Cut,
    /// It was not there, and something else stands in its place.
    Defaulted,
    /// Not at all.
    Dropped,
}

impl How {
    /// One word for people and scripts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Converted => "converted",
            Self::Cut => "cut",
            Self::Defaulted => "defaulted",
            Self::Dropped => "dropped",
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl Fate {
    /// So many are kept with a ticket of each system; where there are more, those that were noted first.
    pub const MOST_KEPT: usize = 24;

    /// Whether some of the field is missing where it went.
    pub fn is_loss(&self) -> bool {
        match self.how {
            How::Cut | How::Dropped => true,
            How::Kept | How::Converted | How::Defaulted => false,
        }
    }
}
