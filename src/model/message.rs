//! One utterance in a ticket.

use serde::{Deserialize, Serialize};

use super::{AgentId, Author, DeliveryId, MessageId, TicketId, Time};

/// One utterance in a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// The ticket in whose thread it stands.
    pub ticket: TicketId,
    /// Who said it.
    pub from: Sender,
    /// Whether the customer may see it.
    pub visibility: Visibility,
    /// How often it was edited.
    pub revision: u32,
    /// What it says now.
    pub text: Text,
    /// The sender's name for it.
    pub external_uid: Option<String>,
    /// The sender's word for where it comes from.
    pub provider: Option<String>,
    /// The sender's name for what it follows.
    pub parent_uid: Option<String>,
    /// Where answers to it go; a secret. Its own, also where it was inherited from its parent.
    pub response_url: Option<String>,
    /// It came after a message that follows it, so it does not take over as what is answered.
    #[serde(default)]
    pub late: bool,
    /// For a reply: the message it answers.
    pub answers: Option<MessageId>,
    /// For a reply: what became of its way out.
    pub way_out: WayOut,
    /// The receiver's name for it, once a valid reply response told it.
    pub remote_uid: Option<String>,
    /// How often the same arrived again.
    #[serde(default)]
    pub duplicates: u32,
    /// When the same last arrived again.
    pub duplicate_at: Option<Time>,
    /// The sender's time.
    pub created_at: Time,
    /// When we took it.
    pub arrived_at: Time,
    /// When it was last edited.
    pub edited_at: Option<Time>,
    /// Agents who like it.
    #[serde(default)]
    pub likes: Vec<AgentId>,
    /// The names under which addresses for answers to it are kept; the addresses themselves are secrets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// Who said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// Somebody outside.
    Customer(Author),
    /// A configured agent.
    Agent {
        /// The operator's number for them.
        id: AgentId,
        /// What people saw when it was said.
        name: String,
    },
    /// Somebody whom only a system knows.
    Colleague {
        /// The system.
        system: String,
        /// Its id for them.
        id: String,
        /// What people see.
        name: String,
    },
}

impl Sender {
    /// What people see.
    pub fn name(&self) -> &str {
        match self {
            Self::Customer(author) => &author.username,
            Self::Agent { name, .. } | Self::Colleague { name, .. } => name,
        }
    }
}

/// Whether the customer may see a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// It may go out.
    Public,
    /// It never leaves.
    Internal,
}

/// What a message says. Long text stands in a record of its own, one per revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Text {
    /// Here.
    Inline(String),
    /// Under the message's number and revision.
    Apart,
}

/// What became of a message's way to the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WayOut {
    /// It has none to take: the customer's own, or internal.
    None,
    /// It goes out as this delivery.
    By(DeliveryId),
    /// It should go out, but nothing it answers has a response URL.
    Nowhere,
}

impl Message {
    /// A public one that was written and taken `now`, in answer to nothing and without a way out yet.
    pub fn new(id: MessageId, ticket: TicketId, from: Sender, text: Text, now: Time) -> Self {
        Self {
            id,
            ticket,
            from,
            visibility: Visibility::Public,
            revision: 0,
            text,
            external_uid: None,
            provider: None,
            parent_uid: None,
            response_url: None,
            late: false,
            answers: None,
            way_out: WayOut::None,
            remote_uid: None,
            duplicates: 0,
            duplicate_at: None,
            created_at: now,
            arrived_at: now,
            edited_at: None,
            likes: Vec::new(),
            addresses: Vec::new(),
        }
    }

    /// What stands in the place of words, and of who said them, when those are forgotten.
    pub const ERASED: &'static str = "(erased)";

    /// Whether it was a customer's and nothing is known any more of who that was. Nobody sends without a uid.
    pub fn is_forgotten(&self) -> bool {
        matches!(&self.from, Sender::Customer(author) if author.external_uid.is_empty())
    }

    /// Whether the customer's side said it.
    pub fn is_customers(&self) -> bool {
        matches!(self.from, Sender::Customer(_))
    }

    /// The system at which it was said, if it was said at one. Whoever sends tickets may call themselves like one, but
    /// the uids of what is said at a system begin with its id.
    pub fn said_at(&self) -> Option<&str> {
        let provider = self.provider.as_deref()?;
        let uid = self.external_uid.as_deref().unwrap_or_default();
        let is_systems = || {
            uid.strip_prefix(provider)
                .is_some_and(|rest| rest.starts_with(':'))
        };
        (!self.is_customers() || is_systems()).then_some(provider)
    }
}
