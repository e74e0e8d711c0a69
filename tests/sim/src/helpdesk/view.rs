//! A ticket with its conversation, as an agent reads it.

use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::Ticket;

use super::line;

/// A ticket in a line, with the name of its customer.
pub(crate) fn heading(peer: &DeskHive, ticket: &Ticket) -> String {
    let customers = peer.customers();
    let customer = customers
        .iter()
        .find(|each| Some(each.id) == ticket.customer);
    line::ticket(ticket, customer.map(|each| each.name.as_str()))
}

pub(crate) fn draw(peer: &DeskHive, ticket: &Ticket) -> Vec<String> {
    let mut lines = vec![heading(peer, ticket)];
    if !ticket.labels.is_empty() {
        let labels: Vec<String> = ticket.labels.iter().map(u64::to_string).collect();
        lines.push(format!("  labels {}", labels.join(", ")));
    }
    lines.push(format!("  opened with: {}", ticket.content.escape_debug()));
    lines.extend(ticket.messages.iter().map(line::message));
    lines
}
