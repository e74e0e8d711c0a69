//! What `trace` tells.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Time;

use super::{DeliveryDetails, Message, Stamp, Ticket};

/// The story of what was asked for, and of others that go by the same name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Trace {
    /// The first, or only one.
    #[serde(flatten)]
    pub story: Story,
    /// Other tickets that fit.
    pub others: Vec<Story>,
}

/// One ticket's whole story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Story {
    /// The ticket.
    pub ticket: Ticket,
    /// In order of arrival.
    pub messages: Vec<Message>,
    /// In order of planning, each with all its tries.
    pub deliveries: Vec<DeliveryDetails>,
    /// All of it in order of time.
    pub entries: Vec<Entry>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entry {
    /// When.
    pub at: Stamp,
    /// What, in one word.
    pub what: String,
    /// The message concerned.
    pub message: Option<u64>,
    /// The delivery concerned.
    pub delivery: Option<u64>,
    /// Which try of that delivery.
    pub attempt: Option<u32>,
    /// For people, on one line.
    pub text: String,
}

impl Entry {
    /// One that concerns the ticket as a whole.
    pub(crate) fn new(at: Time, what: &str, text: String) -> Self {
        Self {
            at: Stamp(at),
            what: what.to_owned(),
            message: None,
            delivery: None,
            attempt: None,
            text,
        }
    }
}
