//! SMS to and from the visitor.

use serde::Deserialize;

use super::path;
use crate::lenient::or_default;
use crate::request::Pairs;
use crate::ticket::Message;
use crate::{Call, Request, TicketId, UserId, json};

/// `GET /v1/tickets/{ticket}/messages`: the SMS to and from the visitor.
pub fn messages(ticket: &TicketId) -> Call<Vec<Message>> {
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "or_default")]
        messages: Vec<Message>,
    }

    Call::new(Request::get(path(ticket, "/messages")), |body| {
        json::read(body).map(|body: Body| body.messages)
    })
}

/// `POST /v1/tickets/{ticket}/messages`: sends an SMS to the visitor.
///
/// **Not idempotent**, and the answer gives it no id: after [`Unanswered`](crate::Kind::Unanswered), look for it among
/// the [`messages`].
///
/// The official client always names the user, which the OpenAPI document leaves open.
pub fn send_message(ticket: &TicketId, text: &str, user: Option<&UserId>) -> Call<()> {
    let form = Pairs::default()
        .with("message", text)
        .with_some("user", user);
    Call::acknowledged(Request::post(path(ticket, "/messages")).with_form(&form))
}
