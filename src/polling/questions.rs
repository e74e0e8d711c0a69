//! What webhooks leave to the pollers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Tickets of one system that are remembered at a time. What is left out waits for the poll.
const MOST: usize = 1024;

/// Tickets of systems that something was heard of, and what is to be asked of them; clones are the same.
#[derive(Debug, Clone, Default)]
pub struct Questions(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// By system.
    left: Mutex<BTreeMap<String, Left>>,
    woken: watch::Sender<()>,
}

/// What was left for one system.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// By the system's ids, and whether to look at once.
    pub(super) tickets: BTreeMap<String, bool>,
    /// There were more.
    pub(super) overflown: bool,
}

impl Questions {
    /// Something else than the poller has changed what is known of a ticket.
    pub fn heard(&self, system: &str, remote: &str) {
        self.leave(system, remote, false);
    }

    /// The same, and somebody must ask how the ticket is now.
    pub fn ask(&self, system: &str, remote: &str) {
        self.leave(system, remote, true);
        self.0.woken.send_replace(());
    }

    fn leave(&self, system: &str, remote: &str, look: bool) {
        let mut left = self.left();
        let left = left.entry(system.to_owned()).or_default();
        if let Some(known) = left.tickets.get_mut(remote) {
            *known |= look;
        } else if left.tickets.len() < MOST {
            left.tickets.insert(remote.to_owned(), look);
        } else {
            left.overflown = true;
        }
    }

    /// Takes what was left for a system.
    pub(super) fn take(&self, system: &str) -> Left {
        self.left().remove(system).unwrap_or_default()
    }

    /// Takes what was left for a system, and says whether to look at this ticket.
    #[cfg(test)]
    pub(crate) fn takes(&self, system: &str, remote: &str) -> bool {
        self.take(system).tickets.get(remote) == Some(&true)
    }

    /// Changes when there is something to ask.
    pub(super) fn wake_ups(&self) -> watch::Receiver<()> {
        self.0.woken.subscribe()
    }

    fn left(&self) -> MutexGuard<'_, BTreeMap<String, Left>> {
        self.0.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_kept_until_it_is_taken_and_their_number_is_bounded() {
        let questions = Questions::default();
        let mut woken = questions.wake_ups();
        questions.heard("desk", "1");
        assert!(!woken.has_changed().unwrap());
        questions.ask("desk", "1");
        questions.heard("desk", "1");
        questions.ask("other", "2");
        assert!(woken.has_changed().unwrap());
        woken.mark_unchanged();
        let left = questions.take("desk");
        assert_eq!(left.tickets, BTreeMap::from([("1".to_owned(), true)]));
        assert_eq!(questions.take("desk"), Left::default());
        for id in 0..=MOST {
            questions.ask("desk", &id.to_string());
        }
        let left = questions.take("desk");
        assert_eq!((left.tickets.len(), left.overflown), (MOST, true));
        assert_eq!(questions.take("other").tickets.len(), 1);
    }
}
