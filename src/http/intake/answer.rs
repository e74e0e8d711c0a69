//! What the sender of a ticket is told about it.

use axum::http::StatusCode;
use respondo_client::Author;
use respondo_client::inbound::Inbound;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{MessageId, Status, TicketId};
use crate::plan::Taken;

/// The ticket: numbers and state as stored, text and author as sent.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "TakenTicket")]
pub(super) struct TicketAnswer {
    #[schemars(with = "u64")]
    id: TicketId,
    #[schemars(with = "u64")]
    message_id: MessageId,
    external_uid: String,
    #[schemars(with = "deskhive_client::Status")]
    status: Status,
    content: String,
    provider: Option<String>,
    #[schemars(with = "Option<u64>")]
    parent_id: Option<TicketId>,
    author: Author,
    response_url_known: bool,
    created_at: String,
    duplicate: bool,
    updated: bool,
}

impl TicketAnswer {
    pub(super) fn new(sent: Inbound, taken: &Taken) -> Self {
        Self {
            id: taken.ticket,
            message_id: taken.message,
            external_uid: sent.external_uid,
            status: taken.status,
            content: sent.content,
            provider: sent.custom_provider,
            parent_id: taken.joined.then_some(taken.ticket),
            author: sent.author,
            response_url_known: taken.response_url_known,
            created_at: taken.created_at.to_string(),
            duplicate: taken.duplicate,
            updated: taken.updated,
        }
    }

    pub(super) fn status_code(&self) -> StatusCode {
        if self.duplicate || self.updated {
            StatusCode::OK
        } else {
            StatusCode::CREATED
        }
    }
}
