//! Tickets, as the administration sees them.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Misread;
use crate::external;
use crate::lenient::number;
use crate::request::Pairs;
use crate::{Call, Invalid, Listed, Paging, Priority, Request, Status, Ticket, answer, listed};

/// A ticket to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewTicket {
    /// Who asks: the number of a customer.
    #[serde(rename = "customer_id")]
    pub customer: u64,
    /// The subject.
    pub title: String,
    /// The opening text.
    pub content: String,
    /// The department it belongs to.
    #[serde(rename = "department_id", skip_serializing_if = "Option::is_none")]
    pub department: Option<u64>,
    /// Its category.
    #[serde(rename = "category_id", skip_serializing_if = "Option::is_none")]
    pub category: Option<u64>,
    /// The product it is about.
    #[serde(rename = "product_id", skip_serializing_if = "Option::is_none")]
    pub product: Option<u64>,
    /// How much it presses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
}

impl NewTicket {
    /// The longest subject, in characters.
    pub const LONGEST_TITLE: usize = 500;

    /// A ticket of `customer`.
    pub fn new(customer: u64, title: impl Into<String>, content: impl Into<String>) -> Self {
        Self {
            customer,
            title: title.into(),
            content: content.into(),
            department: None,
            category: None,
            product: None,
            priority: None,
        }
    }

    fn check(&self) -> Result<(), Invalid> {
        Invalid::if_blank("title", &self.title)?;
        Invalid::if_longer("title", &self.title, Self::LONGEST_TITLE)?;
        Invalid::if_blank("content", &self.content)?;
        let priority = self.priority.as_ref();
        Invalid::unless_word(priority.is_none_or(Priority::is_known), "priority")
    }
}

/// What a server says of a ticket that was made. The documents do not show it; the number is required.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Created {
    /// The ticket's number.
    pub id: u64,
    /// The ticket itself, if the answer has it.
    pub ticket: Option<Ticket>,
}

/// Which tickets. What is `None` leaves out none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// That stand there.
    pub status: Option<Status>,
    /// That press so much.
    pub priority: Option<Priority>,
    /// Of this department.
    pub department: Option<u64>,
    /// Of this customer.
    pub customer: Option<u64>,
    /// Assigned to this user of the administration, who is no agent.
    pub assigned_to: Option<u64>,
}

/// A change of a ticket; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TicketChange {
    /// Where it stands from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// How much it presses from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// The user of the administration who is responsible; `Some(None)` is nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Option<u64>>,
    /// The department it belongs to.
    #[serde(rename = "department_id", skip_serializing_if = "Option::is_none")]
    pub department: Option<u64>,
    /// Its category.
    #[serde(rename = "category_id", skip_serializing_if = "Option::is_none")]
    pub category: Option<u64>,
    /// The product it is about.
    #[serde(rename = "product_id", skip_serializing_if = "Option::is_none")]
    pub product: Option<u64>,
    /// Whether the question is answered, apart from the status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_resolved: Option<bool>,
    /// Whether replies are refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_locked: Option<bool>,
    /// The labels that it has from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<u64>>,
}

/// `POST /tickets` (`tickets:create`): makes a ticket.
///
/// **Not idempotent**, and there is no field for a name of one's own: after [`Unanswered`](crate::Kind::Unanswered) or
/// [`Unreadable`](crate::Kind::Unreadable), look for it among the customer's [`tickets`]. An agent sees it if the
/// installation assigns by itself.
///
/// # Errors
///
/// [`Invalid`] if the subject is blank or too long, the text blank, or the priority none of the documented words.
pub fn create_ticket(ticket: &NewTicket) -> Result<Call<Created>, Invalid> {
    ticket.check()?;
    let request = Request::post("/internal/tickets").with_json(ticket);
    Ok(Call::new(request, created))
}

/// `GET /tickets` (`tickets:list`): all tickets that fit, 15 a page if not asked otherwise.
pub fn tickets(filter: &TicketFilter, paging: Paging) -> Call<Listed<Ticket>> {
    let query = paging
        .add_to(Pairs::default())
        .with_some("status", filter.status.as_ref())
        .with_some("priority", filter.priority.as_ref())
        .with_some("department_id", filter.department)
        .with_some("customer_id", filter.customer)
        .with_some("assigned_to", filter.assigned_to);
    Call::new(
        Request::get("/internal/tickets").with_query(&query),
        listed::read,
    )
}

/// `GET /tickets/{ticket}` (`tickets:read`): one ticket.
pub fn ticket(ticket: u64) -> Call<Ticket> {
    let request = Request::get(format_args!("/internal/tickets/{ticket}"));
    Call::new(request, answer::data)
}

/// `PUT /tickets/{ticket}` (`tickets:update`): changes it. The ticket is answered if the server has it so.
///
/// # Errors
///
/// [`Invalid`] if the status or the priority is none of the documented words.
pub fn update_ticket(ticket: u64, change: &TicketChange) -> Result<Call<Option<Ticket>>, Invalid> {
    let status = change.status.as_ref();
    Invalid::unless_word(status.is_none_or(Status::is_known), "status")?;
    let priority = change.priority.as_ref();
    Invalid::unless_word(priority.is_none_or(Priority::is_known), "priority")?;
    let request = Request::put(format_args!("/internal/tickets/{ticket}")).with_json(change);
    Ok(Call::undocumented(request, external::possible_ticket))
}

/// `DELETE /tickets/{ticket}` (`tickets:delete`): takes it away.
pub fn delete_ticket(ticket: u64) -> Call<()> {
    let path = format_args!("/internal/tickets/{ticket}");
    Call::undocumented(Request::new(Method::DELETE, path), answer::acknowledged)
}

fn created(body: &[u8]) -> Result<Created, Misread> {
    #[derive(Deserialize)]
    struct Numbered {
        #[serde(deserialize_with = "number")]
        id: u64,
    }

    let ticket = external::possible_ticket(body)?;
    let id = match &ticket {
        Some(ticket) => Some(ticket.id),
        None => answer::possible(body, "ticket", Value::is_object)?
            .map(|numbered: Numbered| numbered.id),
    };
    match id {
        Some(id) => Ok(Created { id, ticket }),
        None => {
            Err(answer::json(body)
                .map_or_else(|misread| misread, |value| answer::without_data(&value)))
        }
    }
}
