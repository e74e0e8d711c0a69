//! What would follow from a sample, without doing it: the daemon's own parts over a store in memory, where every call
//! is shown instead of made.
//!
//! A sample enters as its sender would send it, by the handlers and parsers of the daemon; planning and the adapters do
//! the rest. Whatever is due is shown, and taken for delivered under a made-up name, so that what follows comes as
//! well. Clock and chance are fixed: the same sample gives the same requests. Nothing is called, and no secret is read.

mod act;
mod carry;
mod cast;
mod compose;
mod leaves;
mod outcome;
mod roles;
mod sample;
mod specimen;
mod stage;
mod stage_clock;

use std::str::FromStr;

use crate::model::Fate;
use crate::settings::Settings;

pub use outcome::{Answered, Event, Field, Outcome, Refusal, Request};
pub use sample::Sample;

use cast::Cast;
use stage::Stage;

/// Who sends a sample, or gets what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// The external ticket format: its senders, response URLs, and Respondo servers.
    Respondo,
    /// A Qminder.
    Qminder,
    /// A DeskHive.
    DeskHive,
    /// The agent API that the bridge serves.
    AgentApi,
}

/// A word that is no kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is none of respondo, qminder, deskhive, agent-api")]
pub struct UnknownKind(String);

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Respondo,
        Self::Qminder,
        Self::DeskHive,
        Self::AgentApi,
    ];

    /// As on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Respondo => "respondo",
            Self::Qminder => "qminder",
            Self::DeskHive => "deskhive",
            Self::AgentApi => "agent-api",
        }
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        let found = Self::ALL.into_iter().find(|kind| kind.word() == text);
        found.ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

/// Between whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Who sends the sample.
    pub from: Kind,
    /// Whose requests are shown.
    pub to: Kind,
    /// Whose tickets; otherwise the first brand that fits.
    pub brand: Option<String>,
    /// Which system; otherwise the first of the brand's that fits.
    pub system: Option<String>,
}

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The settings have nobody for the part.
    #[error("{0}")]
    NobodyFits(String),
    /// The sample is not one that its sender could send.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The daemon's parts failed.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// What follows from `sample` under `settings`.
///
/// # Errors
///
/// See [`Fault`].
pub async fn rehearse(settings: &Settings, pair: &Pair, sample: &Sample) -> Result<Outcome, Fault> {
    let cast = Cast::choose(settings, pair, sample)?;
    let stage = Stage::open(settings, &cast).await?;
    let mut play = act::Play::new(stage, cast, pair.clone());
    let mut events = Vec::new();
    for given in &sample.events {
        events.push(play.event(given).await?);
    }
    Ok(Outcome {
        from: pair.from.word().to_owned(),
        to: pair.to.word().to_owned(),
        brand: play.cast.brand.clone(),
        system: play.cast.target.clone().or(play.cast.source.clone()),
        events,
    })
}

/// What is known of a sample's fields on their way in, and on their way out again.
#[derive(Debug, Default)]
struct Ways {
    inward: Vec<Fate>,
    outward: Vec<Fate>,
    /// Who says what of a sample with several messages.
    roles: roles::Roles,
}

#[cfg(test)]
mod round_trips;
#[cfg(test)]
mod tests;
