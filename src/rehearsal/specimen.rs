//! The ticket that stands where a sample needs one: the external ticket format's own second example.

use jiff::Timestamp;
use serde_json::{Value, json};

/// When it arrives, some seconds after it was written.
pub(super) const ARRIVAL: Timestamp = Timestamp::constant(1_546_385_730, 0);

/// It, under its own name or that by which a sample follows it.
pub(super) fn external_ticket(uid: Option<&str>, provider: Option<&str>) -> Value {
    let mut ticket = json!({
        "external_uid": uid.unwrap_or("123hello321world"),
        "content": "This is content from the external ticket example.",
        "response_url": "https://response_url.example.com/hooks/1",
        "author": {
            "external_uid": "external_ticket_author_external_uid",
            "username": "best_username",
        },
        "created_at": "2019-01-01 23:35:27.632879 UTC",
    });
    if let (Some(provider), Some(fields)) = (provider, ticket.as_object_mut()) {
        fields.insert("custom_provider".to_owned(), provider.into());
    }
    ticket
}
