//! What a status means.

/// What a receiver's status means for the reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// The receiver has it.
    Accepted,
    /// It may work later.
    Retry,
    /// It may work later, when the receiver says so.
    Throttled,
    /// It will never work.
    Rejected,
    /// It will never work, and neither will anything else at this URL.
    Gone,
}

/// The class of an answer with `status`; `has_retry_after` says whether its `Retry-After` could be understood.
///
/// The format knows no statuses, so this is HTTP's meaning, kind to the reply: what the receiver's owner can put right
/// within hours (credentials, a workflow switched off) is tried again, and so is a status outside of 200 to 599, which
/// means nothing.
pub fn classify(status: u16, has_retry_after: bool) -> Class {
    match status {
        200..=299 => Class::Accepted,
        410 => Class::Gone,
        401 | 403 | 404 | 407 | 408 | 409 | 423 | 424 | 425 => Class::Retry,
        429 => Class::Throttled,
        503 if has_retry_after => Class::Throttled,
        300..=499 => Class::Rejected,
        _ => Class::Retry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_the_class_that_was_decided() {
        // The exceptions, written down once more; everything else goes by its hundred.
        let exceptions = [
            (401, Class::Retry),
            (403, Class::Retry),
            (404, Class::Retry),
            (407, Class::Retry),
            (408, Class::Retry),
            (409, Class::Retry),
            (410, Class::Gone),
            (423, Class::Retry),
            (424, Class::Retry),
            (425, Class::Retry),
            (429, Class::Throttled),
        ];
        for status in 200..=599 {
            let expected = exceptions
                .into_iter()
                .find(|(exception, _)| *exception == status)
                .map_or_else(
                    || match status / 100 {
                        2 => Class::Accepted,
                        5 => Class::Retry,
                        _ => Class::Rejected,
                    },
                    |(_, class)| class,
                );
            assert_eq!(classify(status, false), expected, "{status}");
            if status != 503 {
                assert_eq!(
                    classify(status, true),
                    expected,
                    "{status} with Retry-After"
                );
            }
        }
        assert_eq!(classify(503, true), Class::Throttled);
    }

    #[test]
    fn a_status_that_means_nothing_is_tried_again() {
        for status in [0, 100, 101, 103, 199, 600, 999, u16::MAX] {
            for has_retry_after in [false, true] {
                assert_eq!(classify(status, has_retry_after), Class::Retry);
            }
        }
    }
}
