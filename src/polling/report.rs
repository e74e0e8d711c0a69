//! From what was seen of a ticket to the event that says so.

use std::sync::Arc;

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::model::{Event, Happening, Maker, Observation, Observed, RemoteTicket, TraceContext};
use crate::plan::{Answer, Sighting};
use crate::store::{CommitError, Rank, ReadError, Store};

/// A system that a ticket seen somewhere may concern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Its id.
    pub system: String,
    /// Whether a ticket that somebody began there becomes ours through this system.
    pub imports: bool,
}

/// What came of telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    /// The system that it concerns.
    pub system: String,
    /// What planning made of it.
    pub sighting: Sighting,
}

/// Why something could not be told.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    /// The store did not take it.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The store did not say whose it is.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Tells the store what was seen.
#[derive(Clone)]
pub struct Reporter {
    /// Where events go.
    pub store: Store,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
    /// What counts echoes.
    pub metrics: Arc<Metrics>,
    /// Where in a trace it happens that something is told, where somebody said so.
    pub trace: Option<TraceContext>,
}

impl Reporter {
    /// Tells of `remote` in the name of the one of `parties` that it concerns: that whose ticket it is linked to, whose
    /// delivery made it, or the first that imports. `None` where it stands for no ticket of ours.
    ///
    /// # Errors
    ///
    /// See [`Untold`].
    pub async fn tell(
        &self,
        parties: &[Party],
        by: Observation,
        remote: &RemoteTicket,
        rank: Rank,
    ) -> Result<Option<Heard>, Untold> {
        for party in parties {
            let (system, id) = (party.system.clone(), remote.id.clone());
            if self.store.linked(system, id).await?.is_some() {
                return Ok(Some(self.commit(&party.system, by, remote, rank).await?));
            }
        }
        match remote.made_by {
            // Which system's delivery it was, only planning knows.
            Maker::Us(_) => {
                for party in parties {
                    let heard = self.commit(&party.system, by, remote, rank).await?;
                    if heard.sighting.ticket.is_some() {
                        return Ok(Some(heard));
                    }
                }
                Ok(None)
            }
            Maker::Somebody => match parties.iter().find(|party| party.imports) {
                Some(party) => Ok(Some(self.commit(&party.system, by, remote, rank).await?)),
                None => Ok(None),
            },
            Maker::OtherBridge => Ok(None),
        }
    }

    /// Tells of `remote` in the name of `system`.
    ///
    /// # Errors
    ///
    /// See [`CommitError`].
    pub async fn commit(
        &self,
        system: &str,
        by: Observation,
        remote: &RemoteTicket,
        rank: Rank,
    ) -> Result<Heard, CommitError> {
        let observed = Happening::Observed(Box::new(Observed {
            system: system.to_owned(),
            by,
            remote: remote.clone(),
        }));
        let event = Event {
            trace: self.trace.clone(),
            ..self.clock.event(observed)
        };
        let answer = self.store.commit(event, rank).await?;
        let sighting = match answer {
            Answer::Seen(sighting) => sighting,
            // The system is configured no more, or the ticket cannot become ours.
            Answer::Refused(refusal) => {
                tracing::debug!(system, %refusal, "what was seen of a ticket is of no use");
                Sighting::default()
            }
            _ => {
                // The answer may hold text, so it is not logged.
                tracing::error!(system, "what was seen of a ticket was not answered as such");
                Sighting::default()
            }
        };
        self.metrics.echoed(system, sighting.echoes);
        Ok(Heard {
            system: system.to_owned(),
            sighting,
        })
    }
}
