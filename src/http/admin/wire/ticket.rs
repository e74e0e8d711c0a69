//! Tickets and messages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{self, Assignee, LinkState, Sender, Visibility, WayOut};
use crate::plan::Routes;
use crate::store::{MessageView, Story};

use super::{Fate, Stamp, shown};

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OperatorTicket")]
pub struct Ticket {
    /// Its number.
    pub id: u64,
    /// Who owns it.
    pub brand: String,
    /// The sender's name for it.
    pub external_uid: String,
    /// The sender's word for where it comes from.
    pub provider: Option<String>,
    /// The first line of what it was opened with.
    pub title: String,
    /// `open`, `in_progress`, `on_hold` or `closed`.
    pub status: String,
    /// `low`, `medium`, `high` or `critical`.
    pub priority: String,
    /// Of `agent_api.departments`.
    pub department: Option<u64>,
    /// Of `agent_api.categories`.
    pub category: Option<u64>,
    /// Of `agent_api.products`.
    pub product: Option<u64>,
    /// Of `agent_api.labels`.
    pub labels: Vec<u64>,
    /// Whether it refuses replies.
    pub locked: bool,
    /// Since when it is not mirrored any more, because it changed implausibly often; null while it is.
    pub loop_since: Option<Stamp>,
    /// Who opened it.
    pub author: Person,
    /// The one agent it is given to; null: every active agent of the brand may work on it.
    pub assigned_to: Option<u64>,
    /// The active agents who may work on it, as configured now.
    pub agents: Vec<u64>,
    /// Whether the last public message is the customer's.
    pub awaits_agent: bool,
    /// The message that the next reply answers.
    pub answers: Option<u64>,
    /// The sender's time of the opening message.
    pub created_at: Stamp,
    /// When it was taken in.
    pub arrived_at: Stamp,
    /// When anything about it last changed.
    pub updated_at: Stamp,
    /// When the last public message after the first came.
    pub last_reply_at: Option<Stamp>,
    /// When it was closed, while it is.
    pub closed_at: Option<Stamp>,
    /// The agent who closed it, while it is closed.
    pub closed_by: Option<u64>,
    /// Tickets of the same conversation.
    pub related: Vec<u64>,
    /// What systems have of it.
    pub links: Vec<Link>,
    /// The trace that its way is told in, if it is: 32 hexadecimal digits.
    #[serde(default)]
    pub trace_id: Option<String>,
}

/// What a system has of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TicketLink")]
pub struct Link {
    /// The system.
    pub system: String,
    /// `wanted`, `given-up` (what was to make it was called off), `waiting`, `attended`, `ended` or `gone`.
    pub state: String,
    /// The system's id for its ticket, once it has one.
    pub remote: Option<String>,
    /// The status there, as it is spelled there.
    pub status: String,
    /// Since when it is linked, or to be.
    pub since: Stamp,
    /// What it has and there is no place for: name and value.
    pub details: Vec<(String, String)>,
    /// What it has and is not here at all, or only in part.
    #[serde(default)]
    pub fates: Vec<Fate>,
}

impl From<&model::Link> for Link {
    fn from(link: &model::Link) -> Self {
        let state = match link.state {
            LinkState::Wanted(_) if link.given_up => "given-up",
            LinkState::Wanted(_) => "wanted",
            LinkState::Waiting => "waiting",
            LinkState::Attended => "attended",
            LinkState::Ended => "ended",
            LinkState::Gone => "gone",
        };
        Self {
            system: link.system.clone(),
            state: state.to_owned(),
            remote: link.remote.clone(),
            status: link.status.clone(),
            since: Stamp(link.since),
            details: link.details.clone(),
            fates: link.fates.iter().map(Fate::from).collect(),
        }
    }
}

/// Who wrote from outside, by the sender's names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Person {
    /// Their id.
    pub external_uid: String,
    /// What people see.
    pub username: String,
}

/// A ticket with its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TicketDetails {
    /// The ticket.
    pub ticket: Ticket,
    /// In order of arrival, the opening one first unless its parent came late.
    pub messages: Vec<Message>,
}

/// One utterance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OperatorMessage")]
pub struct Message {
    /// Its number.
    pub id: u64,
    /// `customer` or `agent`.
    pub sender: String,
    /// The customer, for a customer's.
    pub author: Option<Person>,
    /// The agent's number, for an agent's.
    pub agent: Option<u64>,
    /// What people see of the sender.
    pub name: String,
    /// Whether it never leaves.
    pub internal: bool,
    /// What it says now.
    pub content: String,
    /// How often it was edited.
    pub revision: u32,
    /// The sender's name for it.
    pub external_uid: Option<String>,
    /// The sender's word for where it comes from.
    pub provider: Option<String>,
    /// The sender's name for what it follows.
    pub parent_uid: Option<String>,
    /// Where answers to it go, without the secret part.
    pub response_url: Option<String>,
    /// Whether it came after a message that follows it.
    pub late: bool,
    /// For a reply: the message it answers.
    pub answers: Option<u64>,
    /// For a reply that goes out: the delivery that carries it.
    pub delivery: Option<u64>,
    /// For a public reply: whether nothing that it answers has a response URL.
    pub went_nowhere: bool,
    /// The receiver's name for it.
    pub remote_uid: Option<String>,
    /// How often the same arrived again.
    pub duplicates: u32,
    /// When the same last arrived again.
    pub duplicate_at: Option<Stamp>,
    /// The sender's time.
    pub created_at: Stamp,
    /// When it was taken in.
    pub arrived_at: Stamp,
    /// When it was last edited.
    pub edited_at: Option<Stamp>,
}

/// A reply that was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ReplyStored {
    /// In which ticket.
    pub ticket: u64,
    /// As which message.
    pub message: u64,
    /// In whose name.
    pub agent: u64,
    /// What people see of them.
    pub agent_name: String,
    /// Whether it never leaves.
    pub internal: bool,
    /// The delivery that carries it.
    pub delivery: Option<u64>,
    /// Whether nothing that it answers has a response URL.
    pub went_nowhere: bool,
}

impl Ticket {
    /// As shown.
    pub(crate) fn to_wire(ticket: &model::Ticket, routes: &Routes) -> Self {
        Self {
            id: ticket.id.0,
            brand: ticket.brand.clone(),
            external_uid: ticket.external_uid.clone(),
            provider: ticket.provider.clone(),
            title: ticket.title.clone(),
            status: ticket.status.to_string(),
            priority: ticket.priority.to_string(),
            department: ticket.department,
            category: ticket.category,
            product: ticket.product,
            labels: ticket.labels.clone(),
            locked: ticket.locked,
            loop_since: ticket.loop_since.map(Stamp),
            author: Person::to_wire(&ticket.author),
            assigned_to: match ticket.assignee {
                Assignee::All => None,
                Assignee::One(agent) => Some(agent.0),
            },
            agents: routes.agents_of(ticket).iter().map(|id| id.0).collect(),
            awaits_agent: ticket.awaits_agent,
            answers: ticket.answer.map(|id| id.0),
            created_at: ticket.created_at.into(),
            arrived_at: ticket.arrived_at.into(),
            updated_at: ticket.updated_at.into(),
            last_reply_at: ticket.last_reply_at.map(Stamp),
            closed_at: ticket.closed_at.map(Stamp),
            closed_by: ticket.closed_by.map(|agent| agent.0),
            related: ticket.related.iter().map(|id| id.0).collect(),
            links: ticket.links.iter().map(Link::from).collect(),
            trace_id: ticket.trace.as_ref().map(|trace| trace.trace.to_string()),
        }
    }
}

impl Person {
    fn to_wire(author: &model::Author) -> Self {
        Self {
            external_uid: author.external_uid.clone(),
            username: author.username.clone(),
        }
    }
}

impl TicketDetails {
    /// As shown.
    pub(crate) fn to_wire(story: &Story, routes: &Routes) -> Self {
        Self {
            ticket: Ticket::to_wire(&story.ticket, routes),
            messages: story.messages.iter().map(Message::to_wire).collect(),
        }
    }
}

impl Message {
    /// As shown.
    pub(crate) fn to_wire(view: &MessageView) -> Self {
        let message = &view.message;
        let (sender, author, agent) = match &message.from {
            Sender::Customer(author) => ("customer", Some(Person::to_wire(author)), None),
            Sender::Agent { id, .. } => ("agent", None, Some(id.0)),
            Sender::Colleague { .. } => ("agent", None, None),
        };
        Self {
            id: message.id.0,
            sender: sender.to_owned(),
            author,
            agent,
            name: message.from.name().to_owned(),
            internal: message.visibility == Visibility::Internal,
            content: view.content.clone(),
            revision: message.revision,
            external_uid: message.external_uid.clone(),
            provider: message.provider.clone(),
            parent_uid: message.parent_uid.clone(),
            response_url: message.response_url.as_deref().map(shown),
            late: message.late,
            answers: message.answers.map(|id| id.0),
            delivery: match message.way_out {
                WayOut::By(delivery) => Some(delivery.0),
                WayOut::None | WayOut::Nowhere => None,
            },
            went_nowhere: message.way_out == WayOut::Nowhere,
            remote_uid: message.remote_uid.clone(),
            duplicates: message.duplicates,
            duplicate_at: message.duplicate_at.map(Stamp),
            created_at: message.created_at.into(),
            arrived_at: message.arrived_at.into(),
            edited_at: message.edited_at.map(Stamp),
        }
    }
}
