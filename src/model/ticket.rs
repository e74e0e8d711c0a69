//! A ticket and the words that describe its state.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AgentId, Link, MessageId, TicketId, Time, TraceContext};

/// Our record of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its number.
    pub id: TicketId,
    /// Who owns it.
    pub brand: String,
    /// The sender's name for the opening message.
    pub external_uid: String,
    /// The sender's word for where it comes from, if any.
    pub provider: Option<String>,
    /// One line, made from the opening text.
    pub title: String,
    /// The message that opened it.
    pub opening: MessageId,
    /// Where it stands.
    pub status: Status,
    /// Whose word that is: a system's id, or the agents' of this daemon; nobody's where the customer wrote last.
    #[serde(default)]
    pub status_by: Option<String>,
    /// How urgent it is.
    pub priority: Priority,
    /// Of `agent_api.departments`.
    pub department: Option<u64>,
    /// Of `agent_api.categories`.
    pub category: Option<u64>,
    /// Of `agent_api.products`.
    pub product: Option<u64>,
    /// Of `agent_api.labels`.
    #[serde(default)]
    pub labels: Vec<u64>,
    /// A locked ticket refuses replies.
    pub locked: bool,
    /// Who opened it.
    pub author: Author,
    /// The number of that author's first ticket in the brand.
    pub customer: TicketId,
    /// Who may work on it.
    pub assignee: Assignee,
    /// The newest customer message that has a way back; what the next reply answers.
    pub answer: Option<MessageId>,
    /// Whether the last public message is the customer's.
    pub awaits_agent: bool,
    /// The sender's time of the opening message.
    pub created_at: Time,
    /// When we took it.
    pub arrived_at: Time,
    /// When anything about it last changed.
    pub updated_at: Time,
    /// When the last public message came.
    pub last_reply_at: Option<Time>,
    /// When it was closed, while it is.
    pub closed_at: Option<Time>,
    /// The agent who closed it, while it is closed.
    #[serde(default)]
    pub closed_by: Option<AgentId>,
    /// Tickets that turned out to belong to the same conversation.
    #[serde(default)]
    pub related: Vec<TicketId>,
    /// What systems have of it.
    #[serde(default)]
    pub links: Vec<Link>,
    /// How often it was mirrored lately.
    #[serde(default)]
    pub pace: Pace,
    /// Since when it is not mirrored any more, because it changed implausibly often.
    #[serde(default)]
    pub loop_since: Option<Time>,
    /// The trace that its way is told in, if it is, and what began it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace: Option<TraceContext>,
}

/// How often something changed lately.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Counted from then on.
    pub from: Option<Time>,
    /// So often.
    pub changes: u32,
}

/// Who wrote from outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The sender's name for the person.
    pub external_uid: String,
    /// What people see.
    pub username: String,
}

/// Who may work on a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// Every active agent of the brand, as configured when asked.
    All,
    /// One agent.
    One(AgentId),
}

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// New, or the customer wrote again.
    Open,
    /// Being worked on.
    InProgress,
    /// Waiting for somebody outside.
    OnHold,
    /// Done.
    Closed,
}

/// How urgent a ticket is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Least.
    Low,
    /// Usual.
    Medium,
    /// More.
    High,
    /// Most.
    Critical,
}

/// A word that is none of those expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is none of {expected}")]
pub struct UnknownWord {
    found: String,
    expected: &'static str,
}

macro_rules! words {
    ($name:ident, $expected:literal, $($word:literal => $variant:ident),+) => {
        impl $name {
            /// All, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord { found: text.to_owned(), expected: $expected }),
                }
            }
        }
    };
}

words!(Status, "open, in_progress, on_hold, closed",
    "open" => Open, "in_progress" => InProgress, "on_hold" => OnHold, "closed" => Closed);
words!(Priority, "low, medium, high, critical",
    "low" => Low, "medium" => Medium, "high" => High, "critical" => Critical);

impl Ticket {
    /// The line people see for `text`: its first line with anything in it, cut at 80 characters.
    pub fn title_of(text: &str) -> String {
        const LONGEST: usize = 80;
        let line = text
            .lines()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .unwrap_or("(no text)");
        if line.chars().count() <= LONGEST {
            return line.to_owned();
        }
        line.chars().take(LONGEST - 1).chain(['…']).collect()
    }

    /// Since when it is closed and nothing about it has changed.
    pub fn at_rest_since(&self) -> Option<Time> {
        let closed_at = self.closed_at.filter(|_| self.status == Status::Closed)?;
        Some(closed_at.max(self.updated_at))
    }

    /// Whether the customer waits for an answer.
    pub fn needs_response(&self) -> bool {
        self.awaits_agent && self.status != Status::Closed
    }

    /// Remembers that `other` belongs to the same conversation, for at most 32 of them.
    pub fn relate(&mut self, other: TicketId) {
        const MOST: usize = 32;
        if other != self.id && !self.related.contains(&other) && self.related.len() < MOST {
            self.related.push(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_the_first_line_with_anything_in_it() {
        assert_eq!(Ticket::title_of("\n  Help me \nplease"), "Help me");
        assert_eq!(Ticket::title_of(" \n "), "(no text)");
        let long = Ticket::title_of(&"ü".repeat(200));
        assert_eq!(long.chars().count(), 80);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse(), Ok(*status));
        }
        for priority in Priority::ALL {
            assert_eq!(priority.as_str().parse(), Ok(*priority));
        }
        assert!("Open".parse::<Status>().is_err());
    }
}
