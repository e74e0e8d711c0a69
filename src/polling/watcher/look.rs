//! Looking at one ticket.

use crate::model::{Observation, RemoteTicket};
use crate::polling::Unseen;

use super::round::Round;
use super::{Trouble, Watcher};

/// So many may be gone at once without one that is there.
const MOST_MISSING: usize = 3;
/// Tickets that cannot be read are told to the operator once, so many at most.
const MOST_UNCLEAR: usize = 1024;
/// So many tickets in a row about which there is no answer are taken for an outage.
const UNCLEAR_IN_A_ROW: usize = 3;

/// What came of looking at one ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::polling) enum Looked {
    /// What was seen is told.
    Clear,
    /// What was seen may be older than what is known.
    InDoubt,
    /// More may have been said by then than the answer has.
    Unsettled,
    /// There was no answer about this ticket.
    Unclear,
}

impl<R: Round> Watcher<R> {
    /// Looks at one ticket and tells what is seen.
    pub(super) async fn look(&mut self, remote: &str) -> Result<Looked, Trouble> {
        let by = Observation::Asked {
            at: self.with.clock.now(),
        };
        let found = R::find(&self.with, self.system(), remote).await;
        self.take_in(remote, found, by).await
    }

    /// Tells of what was found when one ticket was asked for.
    pub(super) async fn take_in(
        &mut self,
        remote: &str,
        found: Result<Option<RemoteTicket>, Unseen>,
        by: Observation,
    ) -> Result<Looked, Trouble> {
        let found = match found {
            Ok(found) => found,
            // One broken ticket is not yet an outage.
            Err(Unseen::Unclear(detail) | Unseen::Away(detail)) => {
                return self.saw_nothing(remote, detail);
            }
            Err(unseen) => return Err(unseen.into()),
        };
        self.unclear.remove(remote);
        self.unclear_in_a_row.clear();
        let is_ours = self.is_linked(remote).await?;
        let Some(ticket) = found else {
            if is_ours {
                self.missing.insert(remote.to_owned());
            }
            return Ok(Looked::Clear);
        };
        self.met_ours |= is_ours;
        self.hear();
        R::tell_found(self, &ticket, by).await
    }

    fn saw_nothing(&mut self, remote: &str, detail: String) -> Result<Looked, Trouble> {
        self.unclear_in_a_row.insert(remote.to_owned());
        if self.unclear_in_a_row.len() >= UNCLEAR_IN_A_ROW {
            self.unclear_in_a_row.clear();
            return Err(Unseen::Away(detail).into());
        }
        let room = self.unclear.len() < MOST_UNCLEAR;
        if room && self.unclear.insert(remote.to_owned()) {
            let system = self.system();
            tracing::warn!(system, remote, detail, "a ticket cannot be looked at");
        }
        Ok(Looked::Unclear)
    }

    /// Whether a ticket there is or was linked to one of ours.
    pub(super) async fn is_linked(&self, remote: &str) -> Result<bool, Trouble> {
        for party in &self.queue.parties {
            let (system, id) = (party.system.clone(), remote.to_owned());
            if self.with.store.linked(system, id).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Many that are gone at once, and none that is there, are not ours gone but somebody else's answers: of another
    /// account's key, or another server. Their links stay.
    pub(super) async fn tell_missing(&mut self) -> Result<(), Trouble> {
        let missing = std::mem::take(&mut self.missing);
        if missing.len() > MOST_MISSING && !self.met_ours {
            let words = format!(
                "none of {} linked tickets is there: is the key of the same account, and the address right?",
                missing.len()
            );
            return Err(Unseen::Forbidden(words).into());
        }
        for remote in missing {
            self.miss(&remote).await?;
        }
        Ok(())
    }
}
