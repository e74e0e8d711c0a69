//! Searching and counting: which tickets, in which order.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::dates;
use super::form::{Parameters, number};
use super::ticket::{Status, Ticket};
use super::wire::Scopes;
use super::{Refusal, World};
use crate::http::Response;

/// Every status that the documents know; the peer has tickets in five of them.
const STATUSES: &[&str] = &[
    "NEW",
    "CALLED",
    "SERVED",
    "NOSHOW",
    "CANCELLED",
    "CANCELLED_BY_CLERK",
    "SCHEDULED",
    "SCHEDULING_CANCELLED",
    "SCHEDULING_CANCELLED_BY_VISITOR",
    "SCHEDULING_NOSHOW",
];
/// The API reference says 20,000 and the official client 10,000; a client that keeps to the smaller is safe.
const MAX_LIMIT: u64 = 10_000;
const USUAL_LIMIT: u64 = 1_000;

impl World {
    pub(crate) fn search(&self, query: &Parameters) -> Result<Response, Refusal> {
        let filter = Filter::read(self, query)?;
        let limit = match query.id("limit")? {
            Some(limit) if !(1..=MAX_LIMIT).contains(&limit) => {
                return Err(Refusal::new(
                    400,
                    format!("limit has to be between 1 and {MAX_LIMIT}"),
                ));
            }
            limit => limit.unwrap_or(USUAL_LIMIT),
        };
        let scopes = scopes(query)?;
        let mut found: Vec<&Ticket> = self.matching(&filter);
        sort(&mut found, query.text("order").unwrap_or("id ASC"))?;
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let shown = found
            .iter()
            .map(|ticket| Value::from(self.show().read(ticket, scopes)));
        let data: Vec<_> = shown.collect();
        Ok(Response::json(
            200,
            &json!({ "statusCode": 200, "data": data }),
        ))
    }

    pub(crate) fn count(&self, query: &Parameters) -> Result<Response, Refusal> {
        let count = self.matching(&Filter::read(self, query)?).len();
        Ok(Response::json(
            200,
            &json!({ "statusCode": 200, "count": count }),
        ))
    }

    fn matching(&self, filter: &Filter) -> Vec<&Ticket> {
        self.tickets
            .values()
            .filter(|ticket| self.is_indexed(ticket.number()) && filter.takes(self, ticket))
            .collect()
    }
}

struct Filter {
    location: Option<u64>,
    lines: Option<Vec<u64>>,
    statuses: Option<Vec<String>>,
    caller: Option<u64>,
    created: Span,
    called: Span,
}

impl Filter {
    fn read(world: &World, query: &Parameters) -> Result<Self, Refusal> {
        let location = query.id("location")?;
        if let Some(id) = location {
            world.account.location(id)?;
        }
        let lines = query.ids("line")?;
        for line in lines.iter().flatten() {
            world.account.line(*line)?;
        }
        let statuses = query.text("status").map(|words| {
            let words: Vec<String> = words.split(',').map(str::to_owned).collect();
            match words.iter().find(|word| !STATUSES.contains(&word.as_str())) {
                Some(unknown) => Err(Refusal::new(400, format!("{unknown:?} is no status"))),
                None => Ok(words),
            }
        });
        Ok(Self {
            location,
            lines,
            statuses: statuses.transpose()?,
            caller: query.id("caller")?,
            created: Span::read(query, "minCreated", "maxCreated")?,
            called: Span::read(query, "minCalled", "maxCalled")?,
        })
    }

    fn takes(&self, world: &World, ticket: &Ticket) -> bool {
        let line = ticket.line;
        let location = world.account.lines.get(&line).map(|line| line.location);
        let called = ticket.called.as_ref();
        let by_caller = |caller| called.is_some_and(|called| called.caller == caller);
        let has_status =
            |words: &Vec<String>| words.iter().any(|word| word == ticket.status.as_str());
        // Tickets that were called and have not become anything else count as their caller's.
        let of_caller = |caller| {
            by_caller(caller)
                && (self.statuses.is_some()
                    || matches!(ticket.status, Status::Called | Status::Served))
        };
        self.location.is_none_or(|wanted| location == Some(wanted))
            && self
                .lines
                .as_ref()
                .is_none_or(|lines| lines.contains(&line))
            && self.statuses.as_ref().is_none_or(has_status)
            && self.caller.is_none_or(of_caller)
            && self.created.takes(Some(ticket.created))
            && self.called.takes(called.map(|called| called.date))
    }
}

/// After one moment and before another, neither included.
struct Span {
    after: Option<Timestamp>,
    before: Option<Timestamp>,
}

impl Span {
    fn read(query: &Parameters, after: &str, before: &str) -> Result<Self, Refusal> {
        let moment = |name| {
            query
                .text(name)
                .map(|text| {
                    dates::moment(text).ok_or_else(|| {
                        Refusal::new(400, format!("{name} is neither ISO 8601 nor Unix seconds"))
                    })
                })
                .transpose()
        };
        Ok(Self {
            after: moment(after)?,
            before: moment(before)?,
        })
    }

    fn takes(&self, date: Option<Timestamp>) -> bool {
        let holds = |bound: Option<Timestamp>, good: fn(Timestamp, Timestamp) -> bool| {
            bound.is_none_or(|bound| date.is_some_and(|date| good(date, bound)))
        };
        holds(self.after, |date, bound| date > bound)
            && holds(self.before, |date, bound| date < bound)
    }
}

fn sort(tickets: &mut [&Ticket], order: &str) -> Result<(), Refusal> {
    let wrong = || Refusal::new(400, format!("{order:?} is no order"));
    let (by, direction) = order.split_once(' ').ok_or_else(wrong)?;
    let called = |ticket: &Ticket| ticket.called.as_ref().map(|called| called.date);
    match by {
        "id" => tickets.sort_by_key(|ticket| ticket.number()),
        "created" => tickets.sort_by_key(|ticket| ticket.created),
        "called" => tickets.sort_by_key(|ticket| called(ticket)),
        "served" => tickets.sort_by_key(|ticket| ticket.served),
        _ => return Err(wrong()),
    }
    match direction {
        "ASC" => Ok(()),
        "DESC" => {
            tickets.reverse();
            Ok(())
        }
        _ => Err(wrong()),
    }
}

/// The parts that `responseScope` asks for.
pub(crate) fn scopes(query: &Parameters) -> Result<Scopes, Refusal> {
    let mut scopes = Scopes::default();
    let Some(words) = query.text("responseScope") else {
        return Ok(scopes);
    };
    for word in words.split(',') {
        match word {
            "MESSAGES" => scopes.messages = true,
            "INTERACTIONS" => scopes.interactions = true,
            "CONNECTED_TICKETS" => scopes.connected = true,
            other => return Err(Refusal::new(400, format!("{other:?} is no response scope"))),
        }
    }
    Ok(scopes)
}

/// The number of a ticket in a path.
pub(crate) fn ticket_number(text: &str) -> Result<u64, Refusal> {
    number(text).ok_or_else(|| Refusal::not_found("Ticket", text))
}
