//! What goes wrong on request, and how often.

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

#[derive(Debug)]
struct Rule<O> {
    /// None for every operation.
    operation: Option<O>,
    /// What a path has to begin with, up to a slash or its end; none for every path.
    below: Option<String>,
    fault: Fault,
    left: usize,
}

impl<O: Eq> Rule<O> {
    fn is_for(&self, operation: Option<&O>, path: &str) -> bool {
        let below = |start: &String| {
            let rest = path.strip_prefix(start.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.left > 0
            && (self.operation.is_none() || self.operation.as_ref() == operation)
            && self.below.as_ref().is_none_or(below)
    }
}

/// Faults that were ordered and have not happened.
#[derive(Debug)]
pub(crate) struct Faults<O>(Vec<Rule<O>>);

impl<O> Default for Faults<O> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<O: Copy + Eq> Faults<O> {
    pub(crate) fn order(&mut self, operation: Option<O>, fault: Fault, times: usize) {
        self.0.push(Rule {
            operation,
            below: None,
            fault,
            left: times,
        });
    }

    /// Orders a fault for whatever is asked at a path, or below it.
    pub(crate) fn order_below(&mut self, path: String, fault: Fault, times: usize) {
        self.0.push(Rule {
            operation: None,
            below: Some(path),
            fault,
            left: times,
        });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What goes wrong with the next request for this operation at this path, in the order of ordering.
    pub(crate) fn next(&mut self, operation: Option<O>, path: &str) -> Option<Fault> {
        let mut rules = self.0.iter_mut();
        let rule = rules.find(|rule| rule.is_for(operation.as_ref(), path))?;
        rule.left -= 1;
        Some(rule.fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_happen_in_their_order_and_as_often_as_was_said() {
        let mut faults = Faults::default();
        faults.order(Some('a'), Fault::Garbage, 2);
        faults.order(None, Fault::Hang, 1);
        let create = Some('a');
        assert_eq!(faults.next(create, "/"), Some(Fault::Garbage));
        assert_eq!(faults.next(Some('b'), "/"), Some(Fault::Hang));
        assert_eq!(faults.next(Some('b'), "/"), None);
        assert_eq!(faults.next(create, "/"), Some(Fault::Garbage));
        assert_eq!(faults.next(create, "/"), None);
    }

    #[test]
    fn a_fault_may_be_for_one_path_and_what_is_below() {
        let mut faults = Faults::default();
        faults.order_below("/a/1".to_owned(), Fault::Garbage, 3);
        for (path, expected) in [
            ("/a/1", true),
            ("/a/1/b", true),
            ("/a/12", false),
            ("/b/a/1", false),
        ] {
            let next = faults.next(Some('a'), path);
            assert_eq!(next.is_some(), expected, "{path}");
        }
        assert!(faults.next(None, "/a/1").is_some());
        assert!(faults.next(None, "/a/1").is_none());
    }
}
