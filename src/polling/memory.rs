//! What was told already, so that a poll in which nothing changed makes no events.

use std::collections::HashMap;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::model::RemoteTicket;

/// Of so many tickets it is known what was told of them.
const MOST: usize = 32_768;
/// What was told this long ago is told again: planning has the last word on what is news.
const LASTS: Duration = Duration::from_secs(3600);

/// How each ticket of a queue was when it was last told, as far as nothing else has been heard of it since.
#[derive(Debug, Default)]
pub(super) struct Memory(HashMap<String, (Fingerprint, Instant)>);

/// What tells one state of a ticket from any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// Of all that a list shows of a ticket: nothing of what was said there, nor of when that was asked for.
    pub(super) fn of_listed(remote: &RemoteTicket) -> Self {
        Self::of(&RemoteTicket {
            messages: None,
            unsettled: false,
            ..remote.clone()
        })
    }

    /// Of all that was seen.
    pub(super) fn of(remote: &RemoteTicket) -> Self {
        let mut short = [0; 16];
        // Text and numbers always become JSON; what did not would be told once an hour.
        let digest = Sha256::digest(serde_json::to_vec(remote).unwrap_or_default());
        short.copy_from_slice(&digest[..16]);
        Self(short)
    }
}

impl Memory {
    /// Whether this was told of the ticket the last time.
    pub(super) fn knows(&self, remote: &str, seen: Fingerprint) -> bool {
        self.told(remote) == Some(seen)
    }

    /// What was told of the ticket the last time.
    pub(super) fn told(&self, remote: &str) -> Option<Fingerprint> {
        let known = self.0.get(remote);
        let (told, _) = known.filter(|(_, at)| at.elapsed() < LASTS)?;
        Some(*told)
    }

    /// This was told.
    pub(super) fn keep(&mut self, remote: &str, told: Fingerprint) {
        if self.0.len() >= MOST && !self.0.contains_key(remote) {
            self.0.retain(|_, (_, at)| at.elapsed() < LASTS);
            if self.0.len() >= MOST {
                return;
            }
        }
        self.0.insert(remote.to_owned(), (told, Instant::now()));
    }

    /// Something else was heard of the ticket.
    pub(super) fn forget(&mut self, remote: &str) {
        self.0.remove(remote);
    }

    /// Anything may have been heard.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::window::ticket;
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_the_last_state_is_known_and_only_for_a_while() {
        let mut memory = Memory::default();
        let (new, called) = (ticket("1", "NEW", 1), ticket("1", "CALLED", 2));
        let (new, called) = (Fingerprint::of(&new), Fingerprint::of(&called));
        assert!(!memory.knows("1", new));
        memory.keep("1", new);
        assert!(memory.knows("1", new) && !memory.knows("1", called) && !memory.knows("2", new));
        memory.keep("1", called);
        assert!(!memory.knows("1", new) && memory.knows("1", called));
        memory.forget("1");
        assert!(!memory.knows("1", called));
        memory.keep("1", called);
        tokio::time::advance(LASTS).await;
        assert!(!memory.knows("1", called));
    }

    #[tokio::test(start_paused = true)]
    async fn it_is_bounded_and_makes_room_when_time_has_passed() {
        let mut memory = Memory::default();
        let seen = Fingerprint::of(&ticket("1", "NEW", 1));
        for id in 0..=MOST {
            memory.keep(&id.to_string(), seen);
        }
        let last = MOST.to_string();
        assert_eq!((memory.0.len(), memory.knows(&last, seen)), (MOST, false));
        tokio::time::advance(LASTS).await;
        memory.keep(&last, seen);
        assert_eq!((memory.0.len(), memory.knows(&last, seen)), (1, true));
    }
}
