//! What DeskHive's refusals and silences mean for a delivery, and for whoever only asked.

use deskhive_client::{Error, Kind};

use crate::model::{Class, LaneFailure, Time};
use crate::systems::discreet::without;
use crate::systems::trouble::{Trouble, chain};

use super::access::Key;

/// What the call was to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To tell of one ticket. It changes nothing, so it may always be asked again.
    Question,
    /// To tell what there is, which every key may ask.
    Listing,
    /// To make a customer: no two of them have one address, so it may be repeated.
    Customer,
    /// To make a ticket, which would be there twice.
    Making,
    /// To add a message, which would be there twice.
    Posting,
    /// To change a ticket.
    Change,
}

impl Purpose {
    /// Whether the same may be done again although it may have been done.
    fn may_be_repeated(self) -> bool {
        match self {
            Self::Question | Self::Listing | Self::Customer => true,
            // A change may be, too, but what is seen meanwhile may be our own doing.
            Self::Making | Self::Posting | Self::Change => false,
        }
    }

    /// Whether it is about one ticket that may not be there.
    fn is_about_a_ticket(self) -> bool {
        match self {
            Self::Question | Self::Posting | Self::Change => true,
            Self::Listing | Self::Customer | Self::Making => false,
        }
    }
}

/// What `error` means that came at `now` to a call with `key`. None of `texts` will be found in its words.
pub(super) fn trouble(
    error: &Error,
    purpose: Purpose,
    key: Key,
    now: Time,
    texts: &[&str],
) -> Trouble {
    let status = error.status();
    let may_be_repeated = purpose.may_be_repeated();
    let unknown = match may_be_repeated {
        true => Class::Retry,
        false => Class::Unknown,
    };
    let (class, failure) = match error.kind() {
        Kind::Throttled => (Class::Throttled, None),
        Kind::Credentials | Kind::Redirected => (Class::Paused, None),
        // Any server may say that it does not know an address, so this one is asked again.
        Kind::NotFound if !is_gone(error) => (Class::Retry, None),
        Kind::NotFound if !purpose.is_about_a_ticket() => (Class::Paused, None),
        Kind::Locked | Kind::NotFound | Kind::Invalid => (Class::Rejected, None),
        Kind::Unavailable => {
            let is_servers = status.is_some_and(|status| status >= 500);
            let failure = is_servers.then_some(LaneFailure::ServerError);
            // A gateway that lost the answer says so, and the call has arrived all the same; so it may have where a
            // success says that it is none. 503 is said before.
            let may_have_arrived = match status {
                Some(503) => false,
                Some(200..=299 | 500..) => true,
                _ => false,
            };
            match may_have_arrived {
                true => (unknown, failure),
                false => (Class::Retry, failure),
            }
        }
        Kind::Unreachable => (Class::Retry, Some(LaneFailure::Silence)),
        Kind::Unanswered => (unknown, Some(LaneFailure::Silence)),
        // Others that are asked may be told apart from it.
        Kind::Unreadable if purpose == Purpose::Question => (Class::Rejected, None),
        Kind::Unreadable => (unknown, None),
    };
    let until = error.retry_after().map(|retry_after| {
        let until = retry_after.until(now.to_timestamp());
        Time::from_timestamp(until)
    });
    let said = chain(error);
    let mut detail = match error.refusal() {
        Some(refusal) => without(said, "deskhive", Some(refusal.status), texts),
        None => said,
    };
    if let Some(advice) = advice(error, purpose, key) {
        detail = format!("{detail}: {advice}");
    }
    Trouble {
        status,
        until: until.filter(|_| class == Class::Throttled),
        failure,
        ..Trouble::new(class, detail)
    }
}

/// Whether DeskHive itself says that what the call is about is not there, or not for this key. What stands in front
/// of it, and a wrong address, say so without a word of DeskHive's.
pub(super) fn is_gone(error: &Error) -> bool {
    let has_words = error
        .refusal()
        .is_some_and(|refusal| !refusal.message.trim().is_empty());
    error.kind() == Kind::NotFound && has_words
}

/// Whether the ticket is closed to the key, or not there.
pub(super) fn is_closed(error: &Error) -> bool {
    matches!(error.kind(), Kind::Locked | Kind::NotFound)
}

fn advice(error: &Error, purpose: Purpose, key: Key) -> Option<String> {
    let setting = key.setting();
    match (error.kind(), error.status()) {
        (Kind::Credentials, Some(403)) if key == Key::Installation => Some(format!(
            "the key of `{setting}` needs the scopes customers:create, customers:list, tickets:create, tickets:list, \
             tickets:read, tickets:update, messages:create and messages:list"
        )),
        (Kind::Credentials, _) => Some(format!("check `{setting}`")),
        (Kind::Redirected, _) => {
            Some("a redirect, which is never followed; check `base_url`".to_owned())
        }
        (Kind::NotFound, _) if !is_gone(error) || !purpose.is_about_a_ticket() => {
            Some("check `base_url`".to_owned())
        }
        _ => None,
    }
}
