//! What Qminder's refusals and silences mean for a delivery, and for whoever only asked.

use qminder_client::{Error, Kind};

use crate::model::{Class, LaneFailure, Time};
use crate::systems::discreet::without;
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
        Some(refusal) => without(said, "qminder", Some(refusal.status), texts),
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
