//! The calls that an agent's key makes: the [External API](https://docs.botble.com/desk-hive/api-external.html). An
//! agent sees the tickets that are assigned to them.
//!
//! Each is made without sending anything; [`Client::send`](crate::Client::send) sends it.

mod canned_responses;
mod knowledge_base;
mod messages;
mod notifications;
mod profile;
mod tickets;

pub use canned_responses::canned_responses;
pub use knowledge_base::search_articles;
pub use messages::{messages, reply, toggle_like};
pub use notifications::{mark_read, notifications, unread_count};
pub use profile::{profile, update_profile};
pub(crate) use tickets::possible_ticket;
pub use tickets::{TicketFilter, close, ticket, tickets, update_ticket};

use crate::{Call, Dashboard, Request, answer};

/// `GET /connection-check`: whether the key works.
pub fn connection_check() -> Call<()> {
    Call::undocumented(get("/connection-check"), answer::acknowledged)
}

/// `GET /dashboard`: figures of the agent's tickets.
pub fn dashboard() -> Call<Dashboard> {
    Call::new(get("/dashboard"), answer::data)
}

fn get(path: &str) -> Request {
    Request::get(format_args!("/external{path}"))
}
