//! What agents are told of.

use super::{AgentId, MessageId, NoticeId, Status, TicketId, Time};

/// Something that those who may work on a ticket are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its number.
    pub id: NoticeId,
    /// About which ticket.
    pub ticket: TicketId,
    /// When it happened.
    pub at: Time,
    /// What.
    pub news: News,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// The ticket is theirs from now on.
    Assigned,
    /// The customer's side wrote.
    Wrote {
        /// This message.
        message: MessageId,
    },
    /// The ticket's status changed.
    Status {
        /// To this.
        now: Status,
        /// By an agent, who is not told; else by a customer's message.
        by: Option<AgentId>,
    },
}

/// News of one kind, which an agent may not want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoticeKind {
    /// See [`News::Assigned`].
    Assigned,
    /// See [`News::Wrote`].
    Wrote,
    /// See [`News::Status`].
    Status,
}

impl News {
    /// Of which kind it is.
    pub fn kind(self) -> NoticeKind {
        match self {
            Self::Assigned => NoticeKind::Assigned,
            Self::Wrote { .. } => NoticeKind::Wrote,
            Self::Status { .. } => NoticeKind::Status,
        }
    }

    /// The agent whose doing it is.
    pub fn by(self) -> Option<AgentId> {
        match self {
            Self::Assigned | Self::Wrote { .. } => None,
            Self::Status { by, .. } => by,
        }
    }
}

impl NoticeKind {
    /// All, in order.
    pub const ALL: &'static [Self] = &[Self::Assigned, Self::Wrote, Self::Status];

    /// The word that agents' clients know it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assigned => "ticket_assigned",
            Self::Wrote => "ticket_reply",
            Self::Status => "ticket_status",
        }
    }
}
