//! All that the operator has decided, for every system, and what follows from it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::model::{Priority, Status};

use super::deskhive::ByStatus;
use super::{DeskHiveMapping, QminderMapping, Template};

/// Agents of this daemon, where systems are ranked.
pub const AGENT_API: &str = "agent-api";

/// The operator's decisions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingSet {
    /// Whose word on a ticket's status goes before others': ids of systems, and [`AGENT_API`]. Where neither of two is
    /// named, the later word counts.
    pub status_wins: Vec<String>,
    /// For customers, at their response URLs.
    pub response_url: ResponseUrlMapping,
    /// By system.
    pub systems: BTreeMap<String, SystemMapping>,
}

/// What customers are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResponseUrlMapping {
    /// By itself, when an agent of this daemon changes a ticket's status; an empty one: nothing.
    pub status_replies: ByStatus<Template>,
}

/// The operator's decisions about one system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SystemMapping {
    /// A Qminder.
    Qminder(Box<QminderMapping>),
    /// A DeskHive.
    #[serde(rename = "deskhive")]
    DeskHive(Box<DeskHiveMapping>),
    /// A Respondo server, where everything is taken verbatim.
    Respondo,
}

impl SystemMapping {
    /// What a status there means here, if it changes anything.
    #[must_use]
    pub fn meaning(&self, status: &str) -> Option<Status> {
        match self {
            Self::Qminder(qminder) => qminder.status.of(status).0,
            Self::DeskHive(deskhive) => deskhive.status.of(status).0,
            Self::Respondo => None,
        }
    }

    /// What a status here is called there, where statuses are put there.
    #[must_use]
    pub fn word(&self, status: Status) -> Option<&'static str> {
        match self {
            Self::DeskHive(deskhive) => Some(deskhive.status_out.of(status).as_str()),
            Self::Qminder(_) | Self::Respondo => None,
        }
    }

    /// Whether a ticket that stands there in that word stands where it should if it is `status` here.
    #[must_use]
    pub fn agrees(&self, status: Status, there: &str) -> bool {
        self.word(status) == Some(there) || self.meaning(there) == Some(status)
    }

    /// How urgent a ticket is seen to be there, in words of ours, once it was told that it is `priority` here.
    #[must_use]
    pub fn seen_priority(&self, priority: Priority) -> Priority {
        match self {
            Self::DeskHive(deskhive) => {
                let there = deskhive.priority_out.of(priority).as_str();
                deskhive.priority.of(there).0.unwrap_or(priority)
            }
            Self::Qminder(_) | Self::Respondo => priority,
        }
    }

    /// Which of our labels goes by a name there.
    #[must_use]
    pub fn label_here<'a>(&'a self, there: &'a str) -> Option<&'a str> {
        match self {
            Self::DeskHive(deskhive) => deskhive.labels.of(there).apply(there),
            Self::Qminder(_) | Self::Respondo => None,
        }
    }

    /// What one of our labels is called there.
    #[must_use]
    pub fn label_there<'a>(&'a self, here: &'a str) -> Option<&'a str> {
        match self {
            Self::Qminder(qminder) => qminder.labels.of(here).apply(here),
            Self::DeskHive(_) | Self::Respondo => None,
        }
    }

    /// What the customer is told by itself when the status there becomes `there`.
    #[must_use]
    pub fn status_reply(&self, there: &str) -> Option<&Template> {
        let template = match self {
            Self::Qminder(qminder) => qminder.status_replies.of(there),
            Self::DeskHive(deskhive) => deskhive.status_replies.of(there),
            Self::Respondo => return None,
        };
        Some(template).filter(|template| !template.is_empty())
    }
}

/// The compiled-in decisions, as far as they don't depend on which systems there are.
#[derive(Deserialize)]
struct Defaults {
    mapping: DefaultMapping,
}

#[derive(Deserialize)]
struct DefaultMapping {
    status_wins: Vec<String>,
    response_url: ResponseUrlMapping,
    qminder: QminderMapping,
    deskhive: DeskHiveMapping,
}

static DEFAULTS: LazyLock<DefaultMapping> = LazyLock::new(|| {
    let text = include_str!("../../config/default.toml");
    let defaults: Defaults = toml::from_str(text).expect("a test reads the compiled-in mapping");
    defaults.mapping
});

impl Default for MappingSet {
    fn default() -> Self {
        Self {
            status_wins: DEFAULTS.status_wins.clone(),
            response_url: DEFAULTS.response_url.clone(),
            systems: BTreeMap::new(),
        }
    }
}

impl QminderMapping {
    /// The compiled-in one.
    #[must_use]
    pub fn usual() -> &'static Self {
        &DEFAULTS.qminder
    }
}

impl DeskHiveMapping {
    /// The compiled-in one.
    #[must_use]
    pub fn usual() -> &'static Self {
        &DEFAULTS.deskhive
    }
}

impl Default for QminderMapping {
    fn default() -> Self {
        DEFAULTS.qminder.clone()
    }
}

impl Default for DeskHiveMapping {
    fn default() -> Self {
        DEFAULTS.deskhive.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_change_nothing_that_both_sides_have_a_word_for() {
        let desk = SystemMapping::DeskHive(Box::default());
        for status in Status::ALL {
            assert_eq!(desk.word(*status), Some(status.as_str()));
            assert_eq!(desk.meaning(status.as_str()), Some(*status));
        }
        for priority in Priority::ALL {
            assert_eq!(desk.seen_priority(*priority), *priority);
        }
        assert_eq!(desk.meaning("merged"), None);
        let qminder = SystemMapping::Qminder(Box::default());
        assert_eq!(qminder.meaning("CALLED"), Some(Status::InProgress));
        assert_eq!(qminder.meaning("SCHEDULED"), None);
        assert_eq!(qminder.word(Status::Open), None);
        assert!(MappingSet::default().status_wins.is_empty());
    }

    #[test]
    fn words_that_share_a_meaning_agree_with_it() {
        let mut desk = DeskHiveMapping::default();
        desk.status_out.on_hold = Status::Open;
        let desk = SystemMapping::DeskHive(Box::new(desk));
        assert!(desk.agrees(Status::OnHold, "open"));
        assert!(desk.agrees(Status::OnHold, "on_hold"));
        assert!(!desk.agrees(Status::OnHold, "closed"));
    }
}
