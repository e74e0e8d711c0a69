//! The agent's tickets.

use super::get;
use crate::request::Pairs;
use crate::{
    Call, Invalid, Listed, Paging, Priority, Request, Status, Ticket, TicketUpdate, answer, listed,
};

/// Which tickets. What is `None` leaves out none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// That stand there.
    pub status: Option<Status>,
    /// That press so much.
    pub priority: Option<Priority>,
    /// Of this department.
    pub department: Option<u64>,
}

/// `GET /tickets`: the agent's tickets, 15 a page if not asked otherwise.
///
/// Their order is not documented, and there is no filter by time.
pub fn tickets(filter: &TicketFilter, paging: Paging) -> Call<Listed<Ticket>> {
    let query = paging
        .add_to(Pairs::default())
        .with_some("status", filter.status.as_ref())
        .with_some("priority", filter.priority.as_ref())
        .with_some("department_id", filter.department);
    Call::new(get("/tickets").with_query(&query), listed::read)
}

/// `GET /tickets/{ticket}`: one ticket.
pub fn ticket(ticket: u64) -> Call<Ticket> {
    Call::new(get(&format!("/tickets/{ticket}")), answer::data)
}

/// `PUT /tickets/{ticket}`: changes it. The ticket is answered if the server has it so; the documents do not show.
///
/// # Errors
///
/// [`Invalid`] if the status or the priority is none of the documented words.
pub fn update_ticket(ticket: u64, update: &TicketUpdate) -> Result<Call<Option<Ticket>>, Invalid> {
    update.check()?;
    let request = Request::put(format_args!("/external/tickets/{ticket}")).with_json(update);
    Ok(Call::undocumented(request, possible_ticket))
}

/// `POST /tickets/{ticket}/close`: closes it. Answers as [`update_ticket`] does.
pub fn close(ticket: u64) -> Call<Option<Ticket>> {
    let request = Request::post(format_args!("/external/tickets/{ticket}/close"));
    Call::undocumented(request, possible_ticket)
}

pub(crate) fn possible_ticket(body: &[u8]) -> Result<Option<Ticket>, crate::Misread> {
    answer::possible(body, "ticket", |_| true)
}
