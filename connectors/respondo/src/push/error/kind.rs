//! What an error means for the one who pushed.

/// What a caller can do about an error.
///
/// The list is closed: a match without a wildcard says what becomes of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Too many calls: 429, or 503 with a `Retry-After` that can be understood. Wait until
    /// [`retry_after`](super::Error::retry_after).
    Throttled,
    /// The token is wrong, or not of this brand: 403. Also 401, 402 and 407, which something in front of the server
    /// says. Every other push with this token may well fail too.
    Credentials,
    /// 422: the server has this `external_uid` already, or takes a blank field amiss, which a
    /// [`Request`](crate::push::Request) does not have. Where an earlier try is in doubt, it has arrived.
    Duplicate,
    /// 404 and 410: there is no such brand at this address, for this ticket and for every other.
    NotFound,
    /// The same request will never work: a 200 that says `Invalid payload schema.`, 400 and every other 4xx, and
    /// requests that cannot be made.
    Invalid,
    /// The address is not the API's: a redirect, none of which is followed (servers redirect http to https), or a page
    /// for people in place of JSON. Nothing was done.
    Misdirected,
    /// The server, or what stands in front of it, is in trouble: 408, 424, 425, every 5xx, and statuses that mean
    /// nothing. The same request may work later; behind a gateway (502, 504) the server may have the ticket, and will
    /// then say [`Duplicate`](Self::Duplicate).
    Unavailable,
    /// No connection came about; nothing was sent. The same request may work later.
    Unreachable,
    /// The request may have gone out, and no answer came: the server may have the ticket. Sent again, it is there once,
    /// or refused as a [`Duplicate`](Self::Duplicate).
    Unanswered,
    /// The status says that it worked, but the answer does not; as after [`Unanswered`](Self::Unanswered), the server
    /// may have the ticket.
    Unreadable,
}

impl Kind {
    /// The kind of an answer that is no success by its status, or, with 2xx, by its own words.
    pub(super) fn of_status(status: u16, has_retry_after: bool) -> Self {
        match status {
            429 => Self::Throttled,
            503 if has_retry_after => Self::Throttled,
            401..=403 | 407 => Self::Credentials,
            422 => Self::Duplicate,
            404 | 410 => Self::NotFound,
            408 | 424 | 425 => Self::Unavailable,
            200..=299 | 400..=499 => Self::Invalid,
            300..=399 => Self::Misdirected,
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
            (100..=199, Kind::Unavailable),
            (200..=299, Kind::Invalid),
            (300..=399, Kind::Misdirected),
            (400..=400, Kind::Invalid),
            (401..=403, Kind::Credentials),
            (404..=404, Kind::NotFound),
            (405..=406, Kind::Invalid),
            (407..=407, Kind::Credentials),
            (408..=408, Kind::Unavailable),
            (409..=409, Kind::Invalid),
            (410..=410, Kind::NotFound),
            (411..=421, Kind::Invalid),
            (422..=422, Kind::Duplicate),
            (423..=423, Kind::Invalid),
            (424..=425, Kind::Unavailable),
            (426..=428, Kind::Invalid),
            (429..=429, Kind::Throttled),
            (430..=499, Kind::Invalid),
            (500..=999, Kind::Unavailable),
        ] {
            for status in statuses {
                assert_eq!(Kind::of_status(status, false), expected, "{status}");
                let waiting = match status {
                    503 => Kind::Throttled,
                    _ => expected,
                };
                assert_eq!(Kind::of_status(status, true), waiting, "{status}");
            }
        }
    }
}
