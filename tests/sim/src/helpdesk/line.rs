//! Requests, tickets and messages as lines to read.
//!
//! What came from outside is escaped, so that it can neither break the line nor steer the terminal.

use ticketbridge_sim::deskhive::{Author, Message, Seen, Ticket};

use crate::by_hand;

pub(crate) fn request(seen: &Seen) -> String {
    let target = match seen.query.as_str() {
        "" => seen.path.clone(),
        query => format!("{}?{query}", seen.path),
    };
    let refused = seen.refused.as_deref();
    by_hand::request(&seen.method, &target, seen.answered, refused)
}

/// A ticket, with the name of its customer if it has one.
pub(crate) fn ticket(ticket: &Ticket, customer: Option<&str>) -> String {
    let mut line = format!(
        "{} {} {} {}",
        ticket.id,
        ticket.reference_id,
        ticket.status.as_str(),
        ticket.priority.as_str()
    );
    if ticket.is_locked {
        line.push_str(" locked");
    }
    if ticket.agents.is_empty() {
        line.push_str(" unassigned");
    }
    let customer = customer.unwrap_or("nobody");
    line.push_str(&format!(
        " {}: {}",
        customer.escape_debug(),
        ticket.title.escape_debug()
    ));
    line
}

pub(crate) fn message(message: &Message) -> String {
    let author = match message.author {
        Author::Customer(_) => "customer".to_owned(),
        Author::Agent(id) => format!("agent {id}"),
        Author::User(id) => format!("administrator {id}"),
    };
    let note = if message.is_internal { ", a note" } else { "" };
    format!(
        "  {} {author}{note}: {}",
        message.id,
        message.content.escape_debug()
    )
}
