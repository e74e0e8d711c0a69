//! What goes wrong on request, and how often.

use std::time::Duration;

/// What goes wrong with a request that arrives.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The work is done, and the connection closed without an answer.
    LoseAnswer,
    /// The connection is closed without an answer; the work is done after this time, or when the test lets it land.
    LandLate(Option<Duration>),
    /// The work is done twice, as by a gateway that lost the first answer; the second is answered, which is 422.
    Duplicate,
    /// The work is done twice at the same time; the second finds the first only in the database, which is 500.
    Race,
    /// This status and body; no work is done.
    Status(u16, String),
    /// No answer and no work until the test releases it; no work at all if the client goes first.
    Hang,
    /// 502 with a page of HTML, as by the proxy before a server that is gone; no work is done.
    Garbage,
    /// 503 with a page of HTML, as while the server is being updated; no work is done.
    Maintenance,
    /// 307 to the same address under `https`, as by a server that insists on TLS; no work is done.
    ForceSsl,
    /// The work is done, and the answer comes after this time.
    Slow(Duration),
}

/// What goes wrong with a reply that an agent sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplyFault {
    /// The answer comes and is lost: who was called knows nothing of it.
    LoseAnswer,
    /// The connection is closed as soon as the reply is sent.
    HangUp,
}

/// Faults that were ordered and have not happened, in the order of ordering.
#[derive(Debug)]
pub(crate) struct Faults<F>(Vec<Rule<F>>);

#[derive(Debug)]
struct Rule<F> {
    /// The uid of the one ticket that it is for; none for any.
    uid: Option<String>,
    fault: F,
    left: usize,
}

impl<F> Default for Faults<F> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<F: Clone> Faults<F> {
    pub(crate) fn order(&mut self, uid: Option<&str>, fault: F, times: usize) {
        self.0.push(Rule {
            uid: uid.map(str::to_owned),
            fault,
            left: times,
        });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// What goes wrong next with a ticket of this uid.
    pub(crate) fn next(&mut self, uid: &str) -> Option<F> {
        let is_for = |rule: &&mut Rule<F>| rule.uid.as_deref().is_none_or(|wanted| wanted == uid);
        let mut rules = self.0.iter_mut().filter(|rule| rule.left > 0);
        let rule = rules.find(is_for)?;
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
        faults.order(None, Fault::Hang, 0);
        faults.order(Some("b"), Fault::Race, 1);
        faults.order(None, Fault::Garbage, 2);
        faults.order(None, Fault::ForceSsl, 1);
        let mut next = |uid| faults.next(uid);
        assert_eq!(next("a"), Some(Fault::Garbage));
        assert_eq!(next("b"), Some(Fault::Race));
        assert_eq!(next("b"), Some(Fault::Garbage));
        assert_eq!(next("a"), Some(Fault::ForceSsl));
        assert_eq!(next("a"), None);
    }
}
