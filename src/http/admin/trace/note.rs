//! What is neither a message nor a delivery, in words.

use crate::model::{MessageId, Status, TicketId, Time};
use crate::plan::Note;

use super::super::wire::Entry;

pub(super) fn told(at: Time, note: &Note) -> Entry {
    let about = |message: &MessageId| Some(message.0);
    match note {
        Note::Edited { message, revision } => Entry {
            message: about(message),
            ..Entry::new(
                at,
                "edited",
                format!("by its sender; revision {revision} now"),
            )
        },
        Note::ResponseUrl { message, moved } => Entry {
            message: about(message),
            ..Entry::new(
                at,
                "redirected",
                format!("answers go elsewhere from now on; deliveries that moved along: {moved}"),
            )
        },
        Note::Related { tickets } => Entry::new(
            at,
            "related",
            format!("to {} of the same conversation", numbered(tickets)),
        ),
        Note::Assigned { agent, by: None } => {
            Entry::new(at, "assigned", format!("to agent {agent}, by the operator"))
        }
        Note::Assigned {
            agent,
            by: Some(system),
        } => Entry::new(at, "assigned", format!("to agent {agent}, at {system}")),
        Note::Linked { system, remote } => Entry::new(
            at,
            "linked",
            format!("stands for ticket {remote} at {system}"),
        ),
        Note::Mended { system, what } => Entry::new(
            at,
            "mended",
            format!("{what} at {system}, by the operator's comparison"),
        ),
        Note::Vanished { system, remote } => {
            let text = format!(
                "ticket {remote} was deleted at {system}; nothing more is sent there, and none is made anew"
            );
            Entry::new(at, "unlinked", text)
        }
        Note::Surplus { system, remote } => {
            let text = format!(
                "ticket {remote} at {system} is one too many, made by a call whose answer was lost; it is cancelled there"
            );
            Entry::new(at, "surplus", text)
        }
        Note::Outranked { system, status, by } => {
            let text = format!(
                "{status} at {system} changes nothing here: it stands where {by} wants it, whose word goes before by mapping.status_wins"
            );
            Entry::new(at, "outranked", text)
        }
        Note::Elsewhere { system, from, to } => {
            Entry::new(at, "seen", format!("from {from} to {to} at {system}"))
        }
        Note::Followed { system, from, to } => {
            let what = if *to == Status::Closed {
                "closed"
            } else {
                "status"
            };
            Entry::new(at, what, format!("from {from} to {to}, following {system}"))
        }
        Note::Locked { locked: true } => Entry::new(at, "locked", "by the operator".to_owned()),
        Note::Locked { locked: false } => Entry::new(at, "unlocked", "by the operator".to_owned()),
        Note::Reopened { message } => Entry {
            message: about(message),
            ..Entry::new(at, "reopened", "by the customer's message".to_owned())
        },
        Note::Status { from, to, by } => {
            let what = if *to == Status::Closed {
                "closed"
            } else {
                "status"
            };
            Entry::new(at, what, format!("from {from} to {to}, by agent {by}"))
        }
        Note::Priority { from, to, by } => Entry::new(
            at,
            "priority",
            format!("from {from} to {to}, by agent {by}"),
        ),
        Note::Labels { labels, by } => {
            Entry::new(at, "labels", format!("{}, by agent {by}", listed(labels)))
        }
        Note::LoopBroken { changes } => Entry::new(
            at,
            "loop",
            format!(
                "mirrored {changes} times in a short while, so it is not mirrored any more; `tickets release` lets it go on"
            ),
        ),
        Note::Released => Entry::new(at, "released", "by the operator".to_owned()),
        Note::Removed { system, message } => Entry {
            message: about(message),
            ..Entry::new(at, "removed", format!("at {system}; nothing is taken back"))
        },
        Note::Unsaid { system, message } => Entry {
            message: about(message),
            ..Entry::new(
                at,
                "left out",
                format!("{system} takes no message without text"),
            )
        },
        Note::Urgency { system, from, to } => Entry::new(
            at,
            "priority",
            format!("from {from} to {to}, following {system}"),
        ),
        Note::Relabelled { system, labels } => Entry::new(
            at,
            "labels",
            format!("{}, following {system}", listed(labels)),
        ),
        Note::Ordered { delivery, order } => Entry {
            delivery: Some(delivery.0),
            ..Entry::new(at, "ordered", format!("{order}, by the operator"))
        },
    }
}

fn listed(labels: &[u64]) -> String {
    let labels: Vec<String> = labels.iter().map(u64::to_string).collect();
    match labels.as_slice() {
        [] => "none".to_owned(),
        _ => labels.join(", "),
    }
}

fn numbered(tickets: &[TicketId]) -> String {
    let numbers: Vec<String> = tickets.iter().map(TicketId::to_string).collect();
    match numbers.as_slice() {
        [one] => format!("ticket {one}"),
        _ => format!("tickets {}", numbers.join(", ")),
    }
}
