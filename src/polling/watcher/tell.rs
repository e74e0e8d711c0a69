//! Telling the store what was seen, and what was missed.

use std::time::Duration;

use tokio::time::sleep;

use crate::model::{Happening, Observation, RemoteTicket};
use crate::plan::{Answer, Sighting};
use crate::polling::Party;
use crate::polling::memory::Fingerprint;
use crate::polling::report::{Heard, Untold};
use crate::store::{CommitError, Rank};

use super::look::Looked;
use super::round::Round;
use super::{Trouble, Watcher};

/// After the store's queue was full; doubled up to the longest.
const FULL_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_FULL_PAUSE: Duration = Duration::from_secs(8);
/// An answer is told so many times at most, as long as there is more in it.
const MOST_PARTS: usize = 64;

impl<R: Round> Watcher<R> {
    /// Tells of what was seen; `of`: whose it is, where that is known. It will be known by `seen` once all of it is
    /// told and settled.
    pub(super) async fn tell(
        &mut self,
        remote: &RemoteTicket,
        by: Observation,
        of: Option<&Party>,
        seen: Fingerprint,
    ) -> Result<Looked, Trouble> {
        let mut sighting = Sighting::default();
        // Planning takes a long thread in parts.
        for _ in 0..MOST_PARTS {
            sighting = match self.tell_part(remote, by, of).await? {
                Some(heard) => heard.sighting,
                None => Sighting::default(),
            };
            if !sighting.news {
                break;
            }
            self.news = true;
            let ticket = sighting.ticket.map(tracing::field::display);
            tracing::debug!(system = self.system(), ticket, "a poll brought news");
            if !sighting.ask_again {
                break;
            }
        }
        let looked = if sighting.ask_again {
            Looked::InDoubt
        } else if remote.unsettled && sighting.ticket.is_some() {
            Looked::Unsettled
        } else {
            Looked::Clear
        };
        match looked {
            Looked::Clear => self.memory.keep(&remote.id, seen),
            Looked::InDoubt | Looked::Unsettled | Looked::Unclear => self.memory.forget(&remote.id),
        }
        Ok(looked)
    }

    async fn tell_part(
        &self,
        remote: &RemoteTicket,
        by: Observation,
        of: Option<&Party>,
    ) -> Result<Option<Heard>, Trouble> {
        let mut pause = FULL_PAUSE;
        loop {
            let told = match of {
                Some(party) => {
                    let rank = Rank::Background;
                    let told = self.reporter.commit(&party.system, by, remote, rank).await;
                    told.map(Some).map_err(Untold::from)
                }
                None => {
                    let parties = &self.queue.parties;
                    self.reporter
                        .tell(parties, by, remote, Rank::Background)
                        .await
                }
            };
            match told {
                Ok(heard) => return Ok(heard),
                Err(Untold::Commit(CommitError::Full)) => wait_for_room(&mut pause).await,
                // The store has said so; the same would come of telling it again.
                Err(Untold::Commit(CommitError::SetAside(_))) => return Ok(None),
                Err(Untold::Commit(CommitError::Failed(reason))) => {
                    return Err(Trouble::Store(reason));
                }
                Err(Untold::Read(error)) => return Err(error.into()),
            }
        }
    }

    /// A ticket of ours is not there any more: whoever sees to the system learns that, once.
    pub(super) async fn miss(&mut self, remote: &str) -> Result<(), Trouble> {
        self.memory.forget(remote);
        for party in &self.queue.parties {
            let (system, id) = (party.system.clone(), remote.to_owned());
            if self.with.store.linked(system, id).await?.is_none() {
                continue;
            }
            let mut pause = FULL_PAUSE;
            let answer = loop {
                let vanished = self.with.clock.event(Happening::Vanished {
                    system: party.system.clone(),
                    remote: remote.to_owned(),
                });
                match self.with.store.commit(vanished, Rank::Background).await {
                    Ok(answer) => break answer,
                    Err(CommitError::Full) => wait_for_room(&mut pause).await,
                    Err(CommitError::SetAside(_)) => return Ok(()),
                    Err(CommitError::Failed(reason)) => return Err(Trouble::Store(reason)),
                }
            };
            if let Answer::Seen(sighting) = answer
                && sighting.news
            {
                tracing::error!(
                    system = party.system,
                    ticket = sighting.ticket.map(tracing::field::display),
                    remote,
                    "a ticket was deleted at its system; nothing more is sent to it"
                );
            }
        }
        Ok(())
    }
}

async fn wait_for_room(pause: &mut Duration) {
    sleep(*pause).await;
    *pause = (*pause * 2).min(LONGEST_FULL_PAUSE);
}
