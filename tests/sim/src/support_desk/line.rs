//! Requests, calls and tickets as lines to read.
//!
//! What came from outside is escaped, so that it can neither break the line nor steer the terminal.

use ticketbridge_sim::respondo::{Exchange, Seen, Status, Thread};

use crate::by_hand;

pub(crate) fn request(seen: &Seen) -> String {
    let refused = seen.refused.as_deref();
    by_hand::request(&seen.method, &seen.path, seen.answered, refused)
}

pub(crate) fn exchange(exchange: &Exchange) -> String {
    let method = exchange.head.split(' ').next().unwrap_or_default();
    let answer = match &exchange.answered {
        Some((status, _)) => status.to_string(),
        None => "no answer".to_owned(),
    };
    let url = exchange.url.escape_debug();
    format!("{method} {url} for ticket {} -> {answer}", exchange.ticket)
}

/// The lines of a thread, each text two spaces deeper than what it answers.
pub(crate) fn thread(thread: &Thread, depth: usize) -> Vec<String> {
    let ticket = &thread.ticket;
    let status = match ticket.status {
        Status::Open => "open",
        Status::Solved => "solved",
    };
    let first = format!(
        "{}{} {status} {} ({}): {}",
        "  ".repeat(depth),
        ticket.id,
        ticket.external_uid.escape_debug(),
        ticket.author.username.escape_debug(),
        ticket.content.escape_debug()
    );
    let notes = ticket.notes.iter();
    let notes = notes.map(|note| format!("{}  note: {}", "  ".repeat(depth), note.escape_debug()));
    let answers = thread.answers.iter();
    let answers = answers.flat_map(|answer| self::thread(answer, depth + 1));
    std::iter::once(first).chain(notes).chain(answers).collect()
}
