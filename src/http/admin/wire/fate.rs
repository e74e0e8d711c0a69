//! What became of a field on its way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model;

/// What became of a field on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fate {
    /// Where it stood: a field of a ticket here, or a JSON pointer into what came in; empty for what was made up here.
    pub from: String,
    /// Where it stands, in the words of whoever has it; empty where it is nowhere.
    pub to: String,
    /// `kept`, `converted`, `cut`, `defaulted` or `dropped`.
    pub how: String,
    /// Why it is not as it was.
    pub why: String,
}

impl From<&model::Fate> for Fate {
    fn from(fate: &model::Fate) -> Self {
        Self {
            from: fate.from.clone().into_owned(),
            to: fate.to.clone().into_owned(),
            how: fate.how.word().to_owned(),
            why: fate.why.clone().into_owned(),
        }
    }
}
