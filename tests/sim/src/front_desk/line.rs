//! Requests, webhooks and tickets as lines to read.
//!
//! What came from outside is escaped, so that it can neither break the line nor steer the terminal.

use ticketbridge_sim::qminder::{Delivery, Outcome, Seen, Ticket};

use crate::by_hand;

pub(crate) fn request(seen: &Seen) -> String {
    let refused = seen.refused.as_deref();
    by_hand::request(&seen.method, &seen.path, seen.answered, refused)
}

pub(crate) fn delivery(delivery: &Delivery) -> String {
    let outcome = match &delivery.outcome {
        Outcome::Waiting => "waits".to_owned(),
        Outcome::Held => "is held".to_owned(),
        Outcome::Dropped => "dropped".to_owned(),
        Outcome::Nowhere => "nowhere to deliver it".to_owned(),
        Outcome::Answered(status) => status.to_string(),
        Outcome::Failed(why) => why.escape_debug().to_string(),
    };
    format!("webhook {} -> {outcome}", delivery.event)
}

pub(crate) fn ticket(ticket: &Ticket) -> String {
    let last_name = ticket.last_name.as_deref().unwrap_or_default();
    let name = format!("{} {last_name}", ticket.first_name);
    format!(
        "{} {} {} line {} {}",
        ticket.id,
        ticket.public_id,
        ticket.status.as_str(),
        ticket.line,
        name.trim_end().escape_debug()
    )
}
