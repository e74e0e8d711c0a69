//! What clerks do with tickets in a queue.
//!
//! What Qminder answers to a step that does not fit the ticket's status is not documented: expect
//! [`Invalid`](crate::Kind::Invalid) or [`Conflict`](crate::Kind::Conflict).

use std::fmt;

use super::path;
use crate::request::Pairs;
use crate::{Call, DeskId, LineId, Request, Ticket, TicketId, UserId, json};

/// How a ticket is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CallOptions {
    /// Who calls it. Not needed if the key belongs to a user.
    pub user: Option<UserId>,
    /// The desk that it is called to.
    pub desk: Option<DeskId>,
    /// Whether the user's other called tickets stay called; otherwise Qminder marks them as served. Only the official
    /// client knows of it.
    pub keep_active_tickets_open: Option<bool>,
}

/// Where in the queue a ticket returns to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Position {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::First => "FIRST",
            Self::Last => "LAST",
        })
    }
}

/// `POST /v1/tickets/{ticket}/call`: calls a new ticket. The answer is the ticket as it is now.
pub fn call(ticket: &TicketId, options: &CallOptions) -> Call<Ticket> {
    let keep = options.keep_active_tickets_open;
    let form = Pairs::default()
        .with_some("user", options.user.as_ref())
        .with_some("desk", options.desk.as_ref())
        .with_some("keepActiveTicketsOpen", keep);
    Call::new(
        Request::post(path(ticket, "/call")).with_form(&form),
        json::read,
    )
}

/// `POST /v1/tickets/{ticket}/recall`: calls a called ticket once more.
pub fn recall(ticket: &TicketId) -> Call<()> {
    step(ticket, "/recall", &Pairs::default())
}

/// `POST /v1/tickets/{ticket}/markserved`: a called ticket is served.
pub fn mark_served(ticket: &TicketId) -> Call<()> {
    step(ticket, "/markserved", &Pairs::default())
}

/// `POST /v1/tickets/{ticket}/marknoshow`: a called ticket's visitor did not come.
pub fn mark_no_show(ticket: &TicketId) -> Call<()> {
    step(ticket, "/marknoshow", &Pairs::default())
}

/// `POST /v1/tickets/{ticket}/cancel`: removes a new ticket from the queue, in the name of `user`.
pub fn cancel(ticket: &TicketId, user: &UserId) -> Call<()> {
    step(ticket, "/cancel", &Pairs::default().with("user", user))
}

/// `POST /v1/tickets/{ticket}/returntoqueue`: a called ticket is new again, in the name of `user`. Webhooks tell of it
/// as if it were created.
pub fn return_to_queue(ticket: &TicketId, position: Position, user: &UserId) -> Call<()> {
    let query = Pairs::default()
        .with("position", position)
        .with("user", user);
    Call::acknowledged(Request::post(path(ticket, "/returntoqueue")).with_query(&query))
}

/// `POST /v1/tickets/{ticket}/assign`: `assignee` is to serve it, says `assigner`.
pub fn assign(ticket: &TicketId, assigner: &UserId, assignee: &UserId) -> Call<()> {
    let form = Pairs::default()
        .with("assigner", assigner)
        .with("assignee", assignee);
    step(ticket, "/assign", &form)
}

/// `POST /v1/tickets/{ticket}/unassign`: anyone may serve a new ticket, says `user`.
pub fn unassign(ticket: &TicketId, user: &UserId) -> Call<()> {
    step(ticket, "/unassign", &Pairs::default().with("user", user))
}

/// `POST /v1/tickets/{ticket}/reorder`: the ticket stands right behind `after`, or before all others.
pub fn reorder(ticket: &TicketId, after: Option<&TicketId>) -> Call<()> {
    step(
        ticket,
        "/reorder",
        &Pairs::default().with_some("after", after),
    )
}

/// `POST /v1/tickets/{ticket}/forward`: a called ticket is new again in another line.
///
/// The OpenAPI document asks for a user; the official client says that none is needed.
pub fn forward(ticket: &TicketId, line: &LineId, user: Option<&UserId>) -> Call<()> {
    let form = Pairs::default().with("line", line).with_some("user", user);
    step(ticket, "/forward", &form)
}

fn step(ticket: &TicketId, name: &str, form: &Pairs) -> Call<()> {
    Call::acknowledged(Request::post(path(ticket, name)).with_form(form))
}
