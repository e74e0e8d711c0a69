//! What Qminder's refusals and silences mean for a delivery, and for whoever only asked.

use std::collections::HashSet;

use qminder_client::{Error, Kind};

use crate::model::{Class, LaneFailure, Time};
use crate::systems::trouble::{Trouble, chain};

/// What the call was to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To tell something. It changes nothing, so it may always be asked again.
    Question,
    /// To make a ticket: what is not there or does not fit is the line, which a person has to see to.
    Making,
    /// To send an SMS, which would be there twice.
    Sending,
    /// To change a ticket or what stands beside it.
    Change,
    /// To replace the record, which not every key may.
    Record,
}

/// What `error` means that came at `now`. None of `texts` will be found in its words.
pub(super) fn trouble(error: &Error, purpose: Purpose, now: Time, texts: &[&str]) -> Trouble {
    let is_question = purpose == Purpose::Question;
    let (class, failure) = match error.kind() {
        Kind::Throttled => (Class::Throttled, None),
        Kind::Credentials | Kind::Redirected => (Class::Paused, None),
        Kind::NotFound | Kind::Conflict if purpose == Purpose::Making => (Class::Paused, None),
        Kind::NotFound | Kind::Conflict | Kind::Invalid if is_question => (Class::Retry, None),
        Kind::NotFound | Kind::Conflict | Kind::Invalid => (Class::Rejected, None),
        Kind::Unavailable => {
            let is_servers = error.status().is_some_and(|status| status >= 500);
            let failure = is_servers.then_some(LaneFailure::ServerError);
            // A gateway that lost the answer says so, and the call has arrived all the same. 503 is said before.
            let twice = matches!(purpose, Purpose::Making | Purpose::Sending);
            match twice && is_servers && error.status() != Some(503) {
                true => (Class::Unknown, failure),
                false => (Class::Retry, failure),
            }
        }
        Kind::Unreachable => (Class::Retry, Some(LaneFailure::Silence)),
        Kind::Unanswered if is_question => (Class::Retry, Some(LaneFailure::Silence)),
        Kind::Unanswered => (Class::Unknown, Some(LaneFailure::Silence)),
        Kind::Unreadable if is_question => (Class::Retry, None),
        Kind::Unreadable => (Class::Unknown, None),
    };
    let until = error.retry_after().map(|retry_after| {
        let until = retry_after.until(now.to_timestamp());
        Time::from_timestamp(until)
    });
    let said = chain(error);
    let mut detail = match error.refusal() {
        Some(refusal) => without(said, Some(refusal.status), texts),
        None => said,
    };
    if let Some(advice) = advice(error, purpose) {
        detail = format!("{detail}: {advice}");
    }
    Trouble {
        status: error.status(),
        until: until.filter(|_| class == Class::Throttled),
        failure,
        ..Trouble::new(class, detail)
    }
}

/// Whether Qminder itself says that what the call is about is not there. What stands in front of it, and a wrong
/// address, say so without a word of Qminder's.
pub(super) fn is_gone(error: &Error) -> bool {
    let has_words = error
        .refusal()
        .is_some_and(|refusal| !refusal.message.trim().is_empty());
    error.kind() == Kind::NotFound && has_words
}

/// `said`, which came with `status`, unless it repeats what tickets say.
pub(super) fn without(said: String, status: Option<u16>, texts: &[&str]) -> String {
    if !texts.iter().any(|text| repeats(&said, text)) {
        return said;
    }
    let status = status
        .map(|status| format!(" {status}"))
        .unwrap_or_default();
    format!(
        "qminder answered{status}; what it said is left out, since it repeats the ticket's text"
    )
}

/// Whether some of `text` can be read in `said`: all of it, or as much as cannot be there by chance.
fn repeats(said: &str, text: &str) -> bool {
    const BY_CHANCE: usize = 12;
    // More than this of a text is not looked through.
    const LONGEST: usize = 20_000;
    let lower = |text: &str| -> Vec<char> { text.to_lowercase().chars().collect() };
    let said = lower(said);
    let text: String = text.trim().chars().take(LONGEST).collect();
    let text = lower(&text);
    if text.is_empty() {
        return false;
    }
    let parts = text.len().min(BY_CHANCE);
    let said: HashSet<&[char]> = said.windows(parts).collect();
    text.windows(parts).any(|part| said.contains(part))
}

fn advice(error: &Error, purpose: Purpose) -> Option<&'static str> {
    match (error.kind(), error.status()) {
        (Kind::Credentials, Some(402)) => Some("see whether the account is paid for"),
        (Kind::Credentials, Some(403)) if purpose == Purpose::Record => {
            Some("external data need a secret key, so check `api_key_file`")
        }
        (Kind::Credentials, _) => Some("check `api_key_file`"),
        (Kind::Redirected, _) => Some("a redirect, which is never followed; check `base_url`"),
        (Kind::NotFound | Kind::Conflict, _) if purpose == Purpose::Making => Some("check `line`"),
        (Kind::NotFound, _) if !is_gone(error) => Some("check `base_url`"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_ticket_says_is_found_in_what_qminder_says() {
        let said = "qminder refused with 400: Message 'My PIN is 1234, and' is too long";
        for (text, expected) in [
            ("Hello. My pin is 1234, and nobody may know", true),
            ("My PIN", true),
            ("  pin\n", true),
            ("", false),
            ("My password is 99", false),
            ("something else altogether", false),
        ] {
            assert_eq!(repeats(said, text), expected, "{text:?}");
        }
    }
}
