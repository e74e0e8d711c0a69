//! What a Respondo server's refusals and silences mean for a delivery.

use respondo_client::push::{Error, Kind};
use respondo_client::send::RetryAfter;

use crate::model::{Class, LaneFailure, Time};
use crate::systems::trouble::{Trouble, chain};

/// What it says of whatever it refuses.
const KNOWN: [&str; 7] = [
    "Invalid payload schema.",
    "Unable to create ticket.",
    "not authorized",
    "Bad Request",
    "Not Found",
    "Not Acceptable",
    "Unprocessable Entity",
];

/// What `error` means that came at `now`.
pub(super) fn trouble(error: &Error, now: Time) -> Trouble {
    let status = error.status();
    let (class, failure) = match error.kind() {
        Kind::Throttled => (Class::Throttled, None),
        // None of these is about this one ticket.
        Kind::Credentials | Kind::Misdirected | Kind::NotFound => (Class::Paused, None),
        Kind::Duplicate | Kind::Invalid => (Class::Rejected, None),
        Kind::Unavailable => match status {
            // What stands in front of it may have lost an answer, and of two at once it takes one and says this.
            Some(500..) if status != Some(503) => (Class::Unknown, Some(LaneFailure::ServerError)),
            Some(503) => (Class::Retry, Some(LaneFailure::ServerError)),
            _ => (Class::Retry, None),
        },
        Kind::Unreachable => (Class::Retry, Some(LaneFailure::Silence)),
        Kind::Unanswered => (Class::Unknown, Some(LaneFailure::Silence)),
        Kind::Unreadable => (Class::Unknown, None),
    };
    let advice = match error.kind() {
        Kind::Credentials => Some("check `token_name` and `token_file` of the system"),
        Kind::Misdirected => Some("check `base_url` of the system"),
        Kind::NotFound => Some("check `remote_brand` and `path` of the system"),
        Kind::Duplicate => Some("another ticket there has this uid already"),
        _ => None,
    };
    // Of its own words only those that it has for everybody: others may repeat the ticket's text.
    let said = match error.refusal() {
        Some(refusal)
            if refusal.message.is_empty() || KNOWN.contains(&refusal.message.as_str()) =>
        {
            chain(error)
        }
        Some(refusal) => format!("respondo answered {}", refusal.status),
        None => chain(error),
    };
    let until = error.retry_after().map(|retry_after| match retry_after {
        RetryAfter::After(wait) => now.plus(wait),
        RetryAfter::At(moment) => Time::from_timestamp(moment),
    });
    Trouble {
        status,
        until: until.filter(|_| class == Class::Throttled),
        failure,
        ..Trouble::new(
            class,
            match advice {
                Some(advice) => format!("{said}: {advice}"),
                None => said,
            },
        )
    }
}
