//! What goes wrong on request, and with which requests.

use std::time::Duration;

/// What goes wrong with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The work is done, and the connection closed without an answer.
    LoseAnswer,
    /// The connection is closed without an answer; the work is done after this time, or when the test lets it land.
    LandLate(Option<Duration>),
    /// The work is done twice, as by a gateway that lost the first answer; the second is answered.
    Duplicate,
    /// This status and body; no work is done.
    Status(u16, String),
    /// No answer and no work until the test releases it; no work at all if the client goes first.
    Hang,
    /// This status and a page of HTML; no work is done.
    Page(u16, String),
    /// 302 to this address; no work is done.
    Redirect(String),
    /// 502 with a page of HTML; no work is done.
    Garbage,
    /// The work is done, and the answer comes after this time.
    Slow(Duration),
}

/// The requests that a fault is for.
#[derive(Debug)]
pub(crate) enum Target<O> {
    Operation(O),
    /// Whatever is asked at a path, or below it.
    Below(String),
}

impl<O: Eq> Target<O> {
    pub(crate) fn is_hit(&self, operation: Option<&O>, path: &str) -> bool {
        match self {
            Self::Operation(wanted) => operation == Some(wanted),
            Self::Below(start) => {
                let rest = path.strip_prefix(start.as_str());
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_may_be_for_an_operation() {
        let target = Target::Operation('a');
        assert!(target.is_hit(Some(&'a'), "/"));
        assert!(!target.is_hit(Some(&'b'), "/"));
        assert!(!target.is_hit(None, "/"));
    }

    #[test]
    fn a_fault_may_be_for_one_path_and_what_is_below() {
        let target = Target::Below("/a/1".to_owned());
        for (path, expected) in [
            ("/a/1", true),
            ("/a/1/b", true),
            ("/a/12", false),
            ("/b/a/1", false),
        ] {
            assert_eq!(target.is_hit(Some(&'a'), path), expected, "{path}");
        }
        assert!(target.is_hit(None, "/a/1"));
    }
}
