//! Ending what differs, by events.

use crate::model::{Happening, Observation, OperatorOrder, TicketId};
use crate::plan::{Answer, Refusal};
use crate::store::Rank;

use super::drift::{Cure, Drift, Finding, Found, Outcome};
use super::ticket::Side;
use super::{Compared, ReconcileError, Reconciling};

/// So often at most what was said there is told: each time takes some of it.
const MOST_TOLD: usize = 64;

impl Reconciling {
    /// Adds what was found to the answer, healed or not.
    pub(super) async fn conclude(
        &self,
        apply: bool,
        ticket: Option<TicketId>,
        side: Side,
        compared: &mut Compared,
    ) -> Result<(), ReconcileError> {
        let tally = compared.tallies.entry(side.system.clone()).or_default();
        tally.compared += side.tally.compared;
        tally.pending += side.tally.pending;
        tally.gone += side.tally.gone;
        tally.untold += side.tally.untold;
        tally.unclear += side.tally.unclear;
        tally.records_unread += side.tally.records_unread;
        tally.closed_unmirrored += side.tally.closed_unmirrored;
        for found in side.found {
            let outcome = match apply {
                true => self.heal(ticket, &side.system, &found).await?,
                false => Outcome::Found,
            };
            compared.findings.push(Finding {
                ticket,
                system: side.system.clone(),
                remote: side.remote.clone(),
                drift: found.drift,
                here: found.here,
                there: found.there,
                outcome,
            });
        }
        Ok(())
    }

    async fn heal(
        &self,
        ticket: Option<TicketId>,
        system: &str,
        found: &Found,
    ) -> Result<Outcome, ReconcileError> {
        if let Some(id) = ticket
            && let Some(view) = self.store.ticket(id).await?
            && view.ticket.loop_since.is_some()
        {
            let words = "the ticket is not mirrored any more: `tickets release` it first";
            return Ok(Outcome::Left(words.to_owned()));
        }
        match &found.cure {
            Cure::Person(words) => Ok(Outcome::Left(words.clone())),
            Cure::Tell(remote, at) => {
                let reporter = self.reporter();
                let by = Observation::Asked { at: *at };
                for _ in 0..MOST_TOLD {
                    let heard = reporter.commit(system, by, remote, Rank::Agent).await?;
                    if !(heard.sighting.ask_again && heard.sighting.news) {
                        break;
                    }
                }
                if found.drift == Drift::Extra && !self.is_known(ticket, system, &remote.id).await?
                {
                    let words = "it is too old for what made it: cancel it there";
                    return Ok(Outcome::Left(words.to_owned()));
                }
                Ok(Outcome::Healed)
            }
            Cure::TellGone(remote) => {
                let vanished = Happening::Vanished {
                    system: system.to_owned(),
                    remote: remote.clone(),
                };
                let event = self.clock.event(vanished);
                self.store.commit(event, Rank::Agent).await?;
                Ok(Outcome::Healed)
            }
            Cure::Mend(what) => {
                let Some(ticket) = ticket else {
                    return Ok(Outcome::Left("its ticket is not here".to_owned()));
                };
                let (system, what) = (system.to_owned(), what.clone());
                let order = OperatorOrder::Mend {
                    ticket,
                    system,
                    what,
                };
                self.order(order).await
            }
            Cure::Retry(delivery) => {
                let delivery = *delivery;
                self.order(OperatorOrder::Retry { delivery }).await
            }
        }
    }

    async fn order(&self, order: OperatorOrder) -> Result<Outcome, ReconcileError> {
        let event = self.clock.event(Happening::Ordered(order));
        Ok(match self.store.commit(event, Rank::Agent).await? {
            Answer::Refused(Refusal::NotNow(why)) => Outcome::Left(why),
            Answer::Refused(_) => Outcome::Left("it is not there any more".to_owned()),
            _ => Outcome::Healed,
        })
    }

    /// Whether a link knows of a ticket there, be it as one too many.
    async fn is_known(
        &self,
        ticket: Option<TicketId>,
        system: &str,
        remote: &str,
    ) -> Result<bool, ReconcileError> {
        let Some(id) = ticket else {
            return Ok(false);
        };
        let found = self.store.ticket(id).await?;
        let links = found.map(|view| view.ticket.links).unwrap_or_default();
        let mut links = links.iter().filter(|link| link.system == system);
        Ok(links.any(|link| {
            let is_surplus = link.surplus.iter().any(|one| one == remote);
            is_surplus || link.remote.as_deref() == Some(remote)
        }))
    }
}
