//! Deliveries, their tries, and what was or would be done to many of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{self, DeadReason, DeliveryState, Incarnation};
use crate::store::DeliveryStory;
use crate::systems;

use super::{Fate, Stamp};

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Delivery {
    /// Its number.
    pub id: u64,
    /// Whose chain it stands in.
    pub ticket: u64,
    /// Who owns that ticket.
    pub brand: String,
    /// The configured system, or `response-url`.
    pub system: String,
    /// The lane it stands in.
    pub lane: u64,
    /// Where that leads, without the secret part.
    pub to: String,
    /// What it carries.
    pub message: u64,
    /// At which revision.
    pub revision: u32,
    /// What is to be done: `reply`, `create ticket`, `replace record`, `add label`, `remove label`, `cancel ticket` or
    /// `send SMS`.
    pub command: String,
    /// For a reply: whom it answers, and who wrote it.
    pub reply: Option<Answering>,
    /// `waiting`, `due`, `started`, `recorded`, `held`, `delivered`, `unverified`, `dead` or `cancelled`.
    pub state: String,
    /// When it is due, begun, recorded, held, delivered, dead or cancelled; null while it waits behind another.
    pub state_at: Option<Stamp>,
    /// For a dead letter: why.
    pub reason: Option<String>,
    /// How many there were, throttled ones too.
    pub attempts: u32,
    /// How many of them failed in a way that counts against the schedule.
    pub counted_attempts: u32,
    /// The last try.
    pub last: Option<Attempt>,
    /// When it was planned.
    pub created_at: Stamp,
    /// When its age begins: planning, or the last order to try again.
    pub age_from: Stamp,
    /// When it was last recorded instead of sent, because its system was in dry-run mode.
    pub recorded_at: Option<Stamp>,
}

/// What a reply answers, and who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Answering {
    /// The message it answers.
    pub answers: u64,
    /// The sender's name for that message.
    pub parent_uid: String,
    /// Who wrote it, as the outside knows them: an agent's number, or `SYSTEM:ID`.
    pub author_uid: String,
    /// What people see of them.
    pub author_name: String,
}

impl From<&model::Answering> for Answering {
    fn from(reply: &model::Answering) -> Self {
        Self {
            answers: reply.answers.0,
            parent_uid: reply.parent_uid.clone(),
            author_uid: reply.author_uid.clone(),
            author_name: reply.author_name.clone(),
        }
    }
}

/// A delivery with all its tries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeliveryDetails {
    /// The delivery.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// What the receiver knows it by.
    pub webhook_id: String,
    /// In order.
    pub all_attempts: Vec<Attempt>,
    /// What would go out as things stand, in order, where it is still to be sent.
    pub requests: Vec<ShownRequest>,
    /// Why that cannot be told.
    pub request_problem: Option<String>,
}

/// A request, without secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShownRequest {
    /// Such as `POST`.
    pub method: String,
    /// The path below the system's address, with its query; of a response URL scheme and host.
    pub target: String,
    /// Names and values, `(hidden)` for a secret.
    pub headers: Vec<(String, String)>,
    /// As text.
    pub body: String,
}

impl From<systems::ShownRequest> for ShownRequest {
    fn from(shown: systems::ShownRequest) -> Self {
        Self {
            method: shown.method,
            target: shown.target,
            headers: shown.headers,
            body: shown.body,
        }
    }
}

/// One try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// 1 for the first.
    pub number: u32,
    /// When the call began.
    pub at: Stamp,
    /// How long it took.
    pub took_ms: u64,
    /// `ok`, `retry`, `throttled`, `rejected`, `paused` or `unknown`.
    pub class: String,
    /// The answer's status, if there was one.
    pub status: Option<u16>,
    /// In words.
    pub detail: String,
    /// When the next try was then due, where there was to be one.
    pub next_at: Option<Stamp>,
    /// Whether a call before this one may have arrived.
    pub may_repeat: bool,
    /// What became of the ticket's fields in the request, but for those that were kept as they are.
    #[serde(default)]
    pub fates: Vec<Fate>,
}

/// What was, or on a dry run would be, done to the dead letters that fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Bulk {
    /// Whether nothing was changed.
    pub dry_run: bool,
    /// Oldest first.
    pub deliveries: Vec<BulkItem>,
    /// How many were done.
    pub done: usize,
    /// How many could not be.
    pub refused: usize,
    /// Whether more fit than one call takes.
    pub more: bool,
}

/// One dead letter of many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BulkItem {
    /// Its number.
    pub delivery: u64,
    /// In whose chain.
    pub ticket: u64,
    /// Who owns that ticket.
    pub brand: String,
    /// The configured system, or `response-url`.
    pub system: String,
    /// Where it goes when it is tried again, without the secret part.
    pub to: String,
    /// What people see of the agent who wrote it.
    pub author: String,
    /// The first line of what it says; of what is no reply, what is to be done.
    pub text: String,
    /// Whether it was done.
    pub done: bool,
    /// Why it could not be, or cannot.
    pub problem: Option<String>,
}

impl Delivery {
    /// As shown; `to` is where its lane leads.
    pub(crate) fn to_wire(delivery: &model::Delivery, to: &str) -> Self {
        let state_at = match delivery.state {
            DeliveryState::Waiting => None,
            DeliveryState::Due { at }
            | DeliveryState::Started { at }
            | DeliveryState::Recorded { at }
            | DeliveryState::Held { at }
            | DeliveryState::Delivered { at, .. }
            | DeliveryState::Dead { at, .. }
            | DeliveryState::Cancelled { at } => Some(Stamp(at)),
        };
        Self {
            id: delivery.id.0,
            ticket: delivery.ticket.0,
            brand: delivery.brand.clone(),
            system: delivery.system.clone(),
            lane: delivery.lane.0,
            to: to.to_owned(),
            message: delivery.message.0,
            revision: delivery.revision,
            command: delivery.command.word().to_owned(),
            reply: delivery.reply().map(Answering::from),
            state: delivery.state.word().to_owned(),
            state_at,
            reason: match &delivery.state {
                DeliveryState::Dead { reason, .. } => Some(DeadReason::to_string(reason)),
                _ => None,
            },
            attempts: delivery.tries,
            counted_attempts: delivery.attempts,
            last: delivery.last.as_ref().map(Attempt::to_wire),
            created_at: delivery.created_at.into(),
            age_from: delivery.age_from.into(),
            recorded_at: delivery.recorded_at.map(Stamp),
        }
    }
}

impl DeliveryDetails {
    /// As shown.
    pub(crate) fn to_wire(story: &DeliveryStory, incarnation: &Incarnation) -> Self {
        Self {
            delivery: Delivery::to_wire(&story.delivery, &story.to),
            webhook_id: story.delivery.webhook_id(incarnation),
            all_attempts: story.attempts.iter().map(Attempt::to_wire).collect(),
            requests: Vec::new(),
            request_problem: None,
        }
    }
}

impl Attempt {
    fn to_wire(attempt: &model::Attempt) -> Self {
        Self {
            number: attempt.number,
            at: attempt.at.into(),
            took_ms: attempt.took_ms,
            class: attempt.class.as_str().to_owned(),
            status: attempt.status,
            detail: attempt.detail.clone(),
            next_at: attempt.next.map(Stamp),
            may_repeat: attempt.may_repeat,
            fates: attempt.fates.iter().map(Fate::from).collect(),
        }
    }
}
