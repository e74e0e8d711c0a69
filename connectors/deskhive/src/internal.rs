//! The calls that an installation's own key makes, as far as a bridge needs them: the
//! [internal API](https://docs.botble.com/desk-hive/api-internal.html). A key needs the scope that each names.
//!
//! Each is made without sending anything; [`Client::send`](crate::Client::send) sends it. None of them posts a message
//! in a customer's name, sets a custom field, or gives a ticket to an agent: `assigned_to` is a user of the
//! administration, and those are not agents.

mod customers;
mod messages;
mod tickets;

pub use customers::{
    CustomerRecord, NewCustomer, create_customer, customer, customers, update_customer,
};
pub use messages::{messages, post_message};
pub use tickets::{
    Created, NewTicket, TicketChange, TicketFilter, create_ticket, delete_ticket, ticket, tickets,
    update_ticket,
};

use crate::{Call, Request, answer};

/// `GET /connection-check` (`connection:check`): whether the key works.
pub fn connection_check() -> Call<()> {
    Call::undocumented(
        Request::get("/internal/connection-check"),
        answer::acknowledged,
    )
}
