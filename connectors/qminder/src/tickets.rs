//! The calls about tickets. Each is made without sending anything; [`Client::send`](crate::Client::send) sends it.
//!
//! What they take and answer is in the [OpenAPI document](https://developer.qminder.com/api-reference/openapi.json),
//! where nothing else is said. Where Qminder's texts differ on where parameters stand (the OpenAPI document: query; the official client: form
//! data), these calls do as the official client does.

mod create;
mod edit;
mod fields;
mod labels;
mod messages;
mod queue;
mod search;

pub use create::{Created, FieldValue, NewTicket, create};
pub use edit::{TicketEdit, edit};
pub use fields::{clear_field, set_field};
pub use labels::{AddedLabel, add_label, remove_label, set_labels};
pub use messages::{messages, send_message};
pub use queue::{
    CallOptions, Position, assign, call, cancel, forward, mark_no_show, mark_served, recall,
    reorder, return_to_queue, unassign,
};
pub use search::{Filter, Found, Order, OrderKey, Scope, Search, count, get, search};

use crate::TicketId;

fn path(ticket: &TicketId, rest: &str) -> String {
    format!("/v1/tickets/{ticket}{rest}")
}
