//! What an error means for the one who called.

/// What a caller can do about an error.
///
/// The list is closed: a match without a wildcard says what becomes of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Too many calls: 429, or 503 with a `Retry-After` that can be understood. Wait until
    /// [`retry_after`](crate::Error::retry_after); a 429 without one is usual, and Laravel's window is a minute.
    Throttled,
    /// The key is missing, wrong, expired, of an inactive agent, or without the scope: 401, a 400 that blames no field,
    /// a 403 to a call that is not about one ticket, or a page to log in. Every other call with this key may well fail
    /// too.
    Credentials,
    /// The ticket is closed to this key: a 403 (or 423) to a call about one ticket. Replies to a locked ticket are
    /// refused like this, and perhaps tickets of other agents; [`Ticket::is_locked`](crate::Ticket::is_locked) tells
    /// which, of a ticket that can be had.
    Locked,
    /// What the call is about is not there, or not for this key: 404, 410.
    NotFound,
    /// The same request will never work: 422, every other 4xx, and requests that cannot be made.
    Invalid,
    /// The address is not the API's: a redirect that does not lead to a page to log in. None is followed.
    Redirected,
    /// DeskHive, or what stands in front of it, is in trouble: 407, 408, 424, 425, every 5xx, statuses that mean
    /// nothing, and a 2xx that says of itself that it failed. Nothing was done, and the same request may work later.
    Unavailable,
    /// No connection came about; nothing was sent. The same request may work later.
    Unreachable,
    /// The request may have gone out, and no answer came. What is not idempotent has to be looked for before it is
    /// sent again.
    Unanswered,
    /// The status says that it worked, but the answer cannot be read. What is not idempotent has to be looked for.
    Unreadable,
}

/// What besides the status decides.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Circumstances {
    pub(crate) is_about_a_ticket: bool,
    pub(crate) has_retry_after: bool,
    pub(crate) leads_to_login: bool,
    /// It has a sentence and blames no field: so the key's absence is told.
    pub(crate) has_sentence_alone: bool,
}

impl Kind {
    /// The kind of an answer that is not 2xx.
    pub(crate) fn of_status(status: u16, of: Circumstances) -> Self {
        match status {
            429 => Self::Throttled,
            503 if of.has_retry_after => Self::Throttled,
            400 if of.has_sentence_alone => Self::Credentials,
            300..=399 if of.leads_to_login => Self::Credentials,
            403 | 423 if of.is_about_a_ticket => Self::Locked,
            401..=403 => Self::Credentials,
            404 | 410 => Self::NotFound,
            407 | 408 | 424 | 425 => Self::Unavailable,
            400..=499 => Self::Invalid,
            300..=399 => Self::Redirected,
            _ => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16) -> Kind {
        Kind::of_status(status, Circumstances::default())
    }

    #[test]
    fn every_status_has_a_kind() {
        for (statuses, expected) in [
            (300..=399, Kind::Redirected),
            (400..=400, Kind::Invalid),
            (401..=403, Kind::Credentials),
            (404..=404, Kind::NotFound),
            (405..=406, Kind::Invalid),
            (407..=408, Kind::Unavailable),
            (409..=409, Kind::Invalid),
            (410..=410, Kind::NotFound),
            (411..=423, Kind::Invalid),
            (424..=425, Kind::Unavailable),
            (426..=428, Kind::Invalid),
            (429..=429, Kind::Throttled),
            (430..=499, Kind::Invalid),
            (500..=999, Kind::Unavailable),
        ] {
            for status in statuses {
                assert_eq!(kind(status), expected, "{status}");
            }
        }
    }

    #[test]
    fn circumstances_decide_where_a_status_means_two_things() {
        let none = Circumstances::default();
        let ticket = Circumstances {
            is_about_a_ticket: true,
            ..none
        };
        let wait = Circumstances {
            has_retry_after: true,
            ..none
        };
        let login = Circumstances {
            leads_to_login: true,
            ..none
        };
        let sentence = Circumstances {
            has_sentence_alone: true,
            ..none
        };
        for (status, of, expected) in [
            (403, ticket, Kind::Locked),
            (423, ticket, Kind::Locked),
            (401, ticket, Kind::Credentials),
            (404, ticket, Kind::NotFound),
            (503, wait, Kind::Throttled),
            (500, wait, Kind::Unavailable),
            (302, login, Kind::Credentials),
            (404, login, Kind::NotFound),
            (400, sentence, Kind::Credentials),
            (422, sentence, Kind::Invalid),
        ] {
            assert_eq!(Kind::of_status(status, of), expected, "{status} {of:?}");
        }
    }
}
