//! What is sent: one JSON object, whose shape is documented in the manual and only ever grows.

use serde::Serialize;

use super::Kind;
use super::gather::{Batch, Example, State};

#[derive(Serialize)]
struct Body<'a> {
    kind: &'static str,
    state: &'static str,
    count: u64,
    since: String,
    systems: Vec<&'a str>,
    text: String,
    examples: Vec<Shown<'a>>,
    host: &'a str,
}

#[derive(Serialize)]
struct Shown<'a> {
    at: String,
    systems: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<u64>,
    detail: &'a str,
}

/// As JSON.
pub(super) fn to_wire(kind: Kind, state: State, batch: &Batch) -> String {
    let host = rustix::system::uname();
    let host = host.nodename().to_str().unwrap_or_default();
    let systems: Vec<&str> = batch.systems.iter().map(String::as_str).collect();
    let body = Body {
        kind: kind.as_str(),
        state: match state {
            State::Begun => "begun",
            State::Over => "over",
        },
        count: batch.count,
        since: batch.since.to_string(),
        text: text(kind, state, batch, host, &systems),
        systems,
        examples: batch.examples.iter().map(shown).collect(),
        host,
    };
    serde_json::to_string(&body)
        .unwrap_or_else(|_| unreachable!("text, numbers and lists are always JSON"))
}

/// One line for people: whatever shows nothing else shows this.
fn text(kind: Kind, state: State, batch: &Batch, host: &str, systems: &[&str]) -> String {
    let mut text = format!("ticketbridge on {host}: {}", kind.told(state, batch.count));
    if !systems.is_empty() {
        text.push_str(&format!(" ({})", systems.join(", ")));
    }
    let tickets: Vec<String> = batch
        .examples
        .iter()
        .filter_map(|example| example.alert.ticket)
        .map(|ticket| ticket.to_string())
        .collect();
    match tickets.as_slice() {
        [] => {}
        [one] => text.push_str(&format!("; ticket {one}")),
        many if many.len() as u64 == batch.count => {
            text.push_str(&format!("; tickets {}", many.join(", ")));
        }
        some => text.push_str(&format!("; tickets {} and more", some.join(", "))),
    }
    text
}

fn shown(example: &Example) -> Shown<'_> {
    let alert = &example.alert;
    Shown {
        at: example.at.to_string(),
        systems: alert.systems.iter().map(String::as_str).collect(),
        ticket: alert.ticket.map(|id| id.0),
        delivery: alert.delivery.map(|id| id.0),
        detail: &alert.detail,
    }
}
