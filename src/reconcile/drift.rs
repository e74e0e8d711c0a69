//! What differs, and what would end that.

use std::sync::Arc;

use crate::model::{DeliveryId, Mend, RemoteTicket, TicketId, Time};

/// In which way the two sides differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drift {
    /// The system's ticket is not there, or was never made.
    Missing,
    /// No ticket was ever to be made there, although the brand mirrors to the system.
    Unmirrored,
    /// It was taken for deleted, and is there.
    Back,
    /// Where it stands.
    Status,
    /// How urgent it is.
    Priority,
    /// What is shown beside it.
    Record,
    /// A label that we put there.
    Label,
    /// A message of ours is not there.
    Message,
    /// Something was said there that is not known here.
    Unheard,
    /// It was made for ours and is one too many, or nothing here knows of it.
    Extra,
}

impl Drift {
    /// One word for people and scripts.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unmirrored => "unmirrored",
            Self::Back => "back",
            Self::Status => "status",
            Self::Priority => "priority",
            Self::Record => "record",
            Self::Label => "label",
            Self::Message => "message",
            Self::Unheard => "unheard",
            Self::Extra => "extra",
        }
    }
}

/// One difference. It holds nothing that people wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Ours, where it is known.
    pub ticket: Option<TicketId>,
    /// The system's id.
    pub system: String,
    /// The system's id for its own.
    pub remote: Option<String>,
    /// What differs.
    pub drift: Drift,
    /// How it is here.
    pub here: String,
    /// How it is there.
    pub there: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was only looked at.
    Found,
    /// It is ended, or what ends it is on its way.
    Healed,
    /// It is as it was, for this reason.
    Left(String),
}

/// A difference and its end.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) drift: Drift,
    pub(super) here: String,
    pub(super) there: String,
    pub(super) cure: Cure,
}

/// What ends a difference.
#[derive(Debug, Clone)]
pub(super) enum Cure {
    /// That it is known here.
    Tell(Arc<RemoteTicket>, Time),
    /// That it is known here that it is gone.
    TellGone(String),
    /// That something is done anew there.
    Mend(Mend),
    /// That a delivery is tried again.
    Retry(DeliveryId),
    /// Something that only a person can do.
    Person(String),
}

impl Found {
    pub(super) fn new(
        drift: Drift,
        here: impl Into<String>,
        there: impl Into<String>,
        cure: Cure,
    ) -> Self {
        Self {
            drift,
            here: here.into(),
            there: there.into(),
            cure,
        }
    }
}
