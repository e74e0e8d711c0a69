//! Finding tickets.

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::path;
use crate::lenient::or_default;
use crate::request::Pairs;
use crate::{Call, LineId, LocationId, Request, Status, Ticket, TicketId, UserId, json};

/// Which tickets. What is empty or `None` leaves out none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this location.
    pub location: Option<LocationId>,
    /// Of these lines.
    pub lines: Vec<LineId>,
    /// In one of these statuses.
    pub statuses: Vec<Status>,
    /// Called by this user. Only called and served tickets, unless [`statuses`](Self::statuses) says otherwise.
    pub caller: Option<UserId>,
    /// Made after this time. Whether that includes the time itself is not documented, here and below.
    pub min_created: Option<Timestamp>,
    /// Made before this time.
    pub max_created: Option<Timestamp>,
    /// Called after this time.
    pub min_called: Option<Timestamp>,
    /// Called before this time.
    pub max_called: Option<Timestamp>,
}

/// A search: which tickets, how many, in which order, and how much of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Search {
    /// Which tickets.
    pub filter: Filter,
    /// At most so many: 1 to 10,000 are safe (the OpenAPI document says 20,000). 1,000 if not set, says the official
    /// client. There is no paging: the next page is a search from the last ticket's creation on.
    pub limit: Option<u32>,
    /// In which order: by rising id if not set.
    pub order: Option<Order>,
    /// What to tell beyond the tickets themselves.
    pub scopes: Vec<Scope>,
}

/// An order of tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Order {
    /// By what.
    pub key: OrderKey,
    /// From the highest down.
    pub descending: bool,
}

/// What tickets are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderKey {
    /// The id.
    Id,
    /// The creation.
    Created,
    /// The last call.
    Called,
    /// The end of the service; only in the OpenAPI document.
    Served,
}

/// What else an answer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scope {
    /// [`Ticket::messages`].
    Messages,
    /// [`Ticket::interactions`].
    Interactions,
}

/// What a search found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Found {
    /// The tickets, in the answer's order.
    pub tickets: Vec<Ticket>,
    /// How many entries of the answer are no tickets as documented, and are left out, so that one of them does not
    /// hide all the others.
    pub unreadable: usize,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = match self.key {
            OrderKey::Id => "id",
            OrderKey::Created => "created",
            OrderKey::Called => "called",
            OrderKey::Served => "served",
        };
        write!(f, "{key} {}", if self.descending { "DESC" } else { "ASC" })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Messages => "MESSAGES",
            Self::Interactions => "INTERACTIONS",
        })
    }
}

impl Filter {
    fn to_pairs(&self) -> Pairs {
        Pairs::default()
            .with_some("location", self.location.as_ref())
            .with_list("line", &self.lines)
            .with_list("status", &self.statuses)
            .with_some("caller", self.caller.as_ref())
            .with_some("minCreated", self.min_created)
            .with_some("maxCreated", self.max_created)
            .with_some("minCalled", self.min_called)
            .with_some("maxCalled", self.max_called)
    }
}

/// `GET /v1/tickets/{ticket}`: one ticket, with what `scopes` ask for.
pub fn get(ticket: &TicketId, scopes: &[Scope]) -> Call<Ticket> {
    let query = Pairs::default().with_list("responseScope", scopes);
    Call::new(
        Request::get(path(ticket, "")).with_query(&query),
        json::read,
    )
}

/// `GET /v1/tickets/search`: the tickets that fit.
pub fn search(search: &Search) -> Call<Found> {
    // An answer without `data` is none to a search, and no reason to believe that there are no tickets.
    #[derive(Deserialize)]
    struct Body {
        #[serde(deserialize_with = "or_default")]
        data: Vec<Value>,
    }

    let query = search
        .filter
        .to_pairs()
        .with_some("limit", search.limit)
        .with_some("order", search.order)
        .with_list("responseScope", &search.scopes);
    Call::new(
        Request::get("/v1/tickets/search").with_query(&query),
        |body| {
            let body: Body = json::read(body)?;
            let mut found = Found::default();
            for entry in body.data {
                match Ticket::deserialize(entry) {
                    Ok(ticket) => found.tickets.push(ticket),
                    Err(_) => found.unreadable += 1,
                }
            }
            Ok(found)
        },
    )
}

/// `GET /v1/tickets/count`: how many tickets fit. The OpenAPI document makes it a POST; the official client GETs it.
pub fn count(filter: &Filter) -> Call<u64> {
    #[derive(Deserialize)]
    struct Body {
        count: u64,
    }

    let request = Request::get("/v1/tickets/count").with_query(&filter.to_pairs());
    Call::new(request, |body| {
        json::read(body).map(|body: Body| body.count)
    })
}
