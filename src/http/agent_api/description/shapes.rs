//! Shapes that no type of the connector has: what is read by hand, and what is described before it has one.
#![expect(dead_code, reason = "only their schemas are used")]

use std::collections::BTreeMap;

use deskhive_client::{Priority, Status};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An answer that has nothing but a sentence.
#[derive(Serialize, JsonSchema)]
pub(super) struct HealthCheck {
    message: String,
}

/// Figures of the agent's tickets.
#[derive(Serialize, JsonSchema)]
pub(super) struct Dashboard {
    /// Tickets whose status is `open`.
    open_tickets: u64,
    /// Tickets whose status is `in_progress`.
    in_progress_tickets: u64,
    /// Tickets that are not closed and whose last public message is the customer's.
    needs_response: u64,
    /// Tickets closed since midnight UTC.
    closed_today: u64,
}

/// How a message is liked.
#[derive(Serialize, JsonSchema)]
pub(super) struct Liked {
    /// Whether the agent who asks likes it.
    liked: bool,
    /// How many agents do.
    count: u64,
}

/// The agent.
#[derive(Serialize, JsonSchema)]
pub(super) struct Profile {
    id: u64,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    avatar_url: Option<String>,
    /// As the agent set them.
    notification_settings: Settings,
    is_active: bool,
    created_at: Option<String>,
}

/// PHP has one kind of array for both.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Settings {
    Keyed(BTreeMap<String, Value>),
    Listed(Vec<Value>),
}

/// One thing that happened.
#[derive(Serialize, JsonSchema)]
pub(super) struct Notification {
    id: u64,
    /// `ticket_reply`: the customer wrote.
    r#type: String,
    title: String,
    message: String,
    ticket_id: Option<u64>,
    sender_name: Option<String>,
    sender_avatar: Option<String>,
    is_read: bool,
    created_at: String,
}

/// How many notifications are unread.
#[derive(Serialize, JsonSchema)]
pub(super) struct UnreadCount {
    unread_count: u64,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct TicketUpdate {
    status: Option<Status>,
    priority: Option<Priority>,
    /// Ids of labels; they take the place of those before.
    labels: Option<Vec<u64>>,
}

#[derive(Deserialize, JsonSchema)]
pub(super) struct ProfileUpdate {
    #[schemars(length(max = 250))]
    name: Option<String>,
    #[schemars(length(max = 50))]
    phone: Option<String>,
    #[schemars(length(max = 10))]
    locale: Option<String>,
    notification_settings: Option<Settings>,
}
