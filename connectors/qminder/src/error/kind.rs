//! What an error means for the one who called.

/// What a caller can do about an error.
///
/// The list is closed: a match without a wildcard says what becomes of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Too many calls: 429, or 503 with a `Retry-After` that can be understood. Wait until
    /// [`retry_after`](crate::Error::retry_after), or for a while of one's own: Qminder documents no such header.
    Throttled,
    /// The key is missing, wrong, or of the wrong kind, or the account is not paid for: 401 to 403. External data
    /// answers 403 to a key that is not *secret*. Every other call with this key may well fail too.
    Credentials,
    /// What the call is about is not there: 404, 410.
    NotFound,
    /// The call does not fit what is there, such as a line that is disabled: 409.
    Conflict,
    /// The same request will never work: 400, 422, every other 4xx, and requests that cannot be made.
    Invalid,
    /// The address is not the API's: a redirect, which is not followed.
    Redirected,
    /// Qminder, or what stands in front of it, is in trouble: 407, 408, 423 to 425, every 5xx, and statuses that mean
    /// nothing. The same request may work later.
    Unavailable,
    /// No connection came about; nothing was sent. The same request may work later.
    Unreachable,
    /// The request may have gone out, and no answer came. What is not idempotent has to be looked for before it is
    /// sent again.
    Unanswered,
    /// It worked, but the answer cannot be read. What the call made has to be looked for.
    Unreadable,
}

impl Kind {
    /// The kind of an answer that is not 2xx; `has_retry_after` says whether its `Retry-After` could be understood.
    pub(crate) fn of_status(status: u16, has_retry_after: bool) -> Self {
        match status {
            429 => Self::Throttled,
            503 if has_retry_after => Self::Throttled,
            401..=403 => Self::Credentials,
            404 | 410 => Self::NotFound,
            409 => Self::Conflict,
            407 | 408 | 423..=425 => Self::Unavailable,
            400..=499 => Self::Invalid,
            300..=399 => Self::Redirected,
            _ => Self::Unavailable,
        }
    }

    /// The kind of a GraphQL error, by its `errorType`: the official client's list of those that no repetition helps.
    pub(crate) fn of_graphql(error_type: &str) -> Self {
        match error_type {
            "NOT_FOUND" => Self::NotFound,
            "PERMISSION_DENIED" => Self::Credentials,
            "BAD_REQUEST" | "FIELD_NOT_FOUND" | "INVALID_ARGUMENT" | "InvalidSyntax"
            | "ValidationError" => Self::Invalid,
            _ => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_a_kind() {
        for (statuses, expected) in [
            (300..=399, Kind::Redirected),
            (400..=400, Kind::Invalid),
            (401..=401, Kind::Credentials),
            (402..=403, Kind::Credentials),
            (404..=404, Kind::NotFound),
            (405..=406, Kind::Invalid),
            (407..=408, Kind::Unavailable),
            (409..=409, Kind::Conflict),
            (410..=410, Kind::NotFound),
            (411..=422, Kind::Invalid),
            (423..=425, Kind::Unavailable),
            (426..=428, Kind::Invalid),
            (429..=429, Kind::Throttled),
            (430..=499, Kind::Invalid),
            (500..=999, Kind::Unavailable),
        ] {
            for status in statuses {
                assert_eq!(Kind::of_status(status, false), expected, "{status}");
                if status != 503 {
                    assert_eq!(Kind::of_status(status, true), expected, "{status}");
                }
            }
        }
        assert_eq!(Kind::of_status(503, true), Kind::Throttled);
    }
}
