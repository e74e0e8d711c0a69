//! What a system lists of its own: tickets that were made for ours and that no link of ours leads to.

use std::sync::Arc;

use crate::model::{
    DeliveryId, Link, LinkState, Maker, Mend, Phase, RemoteTicket, Ticket, TicketId, Time,
};
use crate::plan::Role;

use super::ask::Silent;
use super::drift::{Cure, Drift, Found};
use super::ticket::{Side, sorted};
use super::{Asked, Compared, Cursor, ReconcileError, Reconciling};

/// What stands in such a list.
struct Listed {
    tickets: Vec<RemoteTicket>,
    is_last: bool,
    asked_at: Time,
}

impl Reconciling {
    /// The list of the system after `system`, if there is one.
    pub(super) fn next_listing(&self, asked: &Asked, system: Option<&str>) -> Option<Cursor> {
        let systems = sorted(&asked.systems).into_iter();
        let mut rest = systems.filter(|id| system.is_none_or(|system| id.as_str() > system));
        rest.next().map(|system| Cursor::Listing {
            system: system.clone(),
            page: 1,
        })
    }

    pub(super) async fn compare_listing(
        &self,
        asked: &Asked,
        system: &str,
        page: u64,
        compared: &mut Compared,
    ) -> Result<Option<Cursor>, ReconcileError> {
        let listed = match self.list(system, page).await {
            Ok(Some(listed)) => listed,
            Ok(None) => return Ok(self.next_listing(asked, Some(system))),
            Err(Silent::All(stopped)) => {
                compared.stopped = Some(stopped);
                return Ok(Some(Cursor::Listing {
                    system: system.to_owned(),
                    page,
                }));
            }
            Err(Silent::This(reason)) => {
                tracing::debug!(system, reason, "a list cannot be compared");
                let side = Side::of(system, None).counted(|tally| tally.unclear += 1);
                self.conclude(asked.apply, None, side, compared).await?;
                return Ok(self.next_listing(asked, Some(system)));
            }
        };
        for remote in &listed.tickets {
            if let Some((ticket, found)) = self.extra(system, remote, listed.asked_at).await? {
                let side = Side::of(system, Some(&remote.id)).with([found]);
                self.conclude(asked.apply, ticket, side, compared).await?;
            }
        }
        Ok(match listed.is_last {
            true => self.next_listing(asked, Some(system)),
            false => Some(Cursor::Listing {
                system: system.to_owned(),
                page: page.saturating_add(1),
            }),
        })
    }

    /// A page of what the system lists; `None` where it lists nothing.
    async fn list(&self, system: &str, page: u64) -> Result<Option<Listed>, Silent> {
        let asked_at = self.clock.now();
        let silent = |trouble| Silent::of(system, &trouble, &*self.clock);
        if let Some(desk) = self.systems.desk(system) {
            let tickets = desk.open_tickets().await.map_err(silent)?;
            return Ok(Some(Listed {
                tickets,
                is_last: true,
                asked_at,
            }));
        }
        let Some(helpdesk) = self.systems.helpdesk(system) else {
            return Ok(None);
        };
        let found = helpdesk.page(page).await.map_err(silent)?;
        Ok(Some(Listed {
            is_last: page >= found.last || found.tickets.is_empty(),
            tickets: found.tickets,
            asked_at,
        }))
    }

    async fn extra(
        &self,
        system: &str,
        remote: &RemoteTicket,
        asked_at: Time,
    ) -> Result<Option<(Option<TicketId>, Found)>, ReconcileError> {
        let Maker::Us(by) = remote.made_by else {
            return Ok(None);
        };
        let made = self.store.delivery(by).await?.map(|story| story.delivery);
        let extra = |here: &str, cure| Found::new(Drift::Extra, here, &remote.status, cure);
        let Some(made) = made else {
            let cure = by_hand("nothing here made it, as far as is known: see whose it is");
            return Ok(Some((None, extra(&format!("no delivery {by}"), cure))));
        };
        // Where several systems list it, it is the business of the one that it was made through.
        if made.system != system || made.state.is_pending() {
            return Ok(None);
        }
        let id = made.ticket;
        let Some(now) = self.store.mirrored(id, vec![system.to_owned()]).await? else {
            let cure = by_hand("its ticket is not here any more: cancel it there");
            return Ok(Some((None, extra("no ticket", cure))));
        };
        if !now.pending.is_empty() {
            return Ok(None);
        }
        let live = self.live.load();
        let Some(link) = now.ticket.links.iter().find(|link| link.system == system) else {
            let cure = by_hand("its ticket is not mirrored there: cancel it there");
            return Ok(Some((Some(id), extra("no link", cure))));
        };
        let sharing = |link: &&Link| live.routes.share_queue(&link.system, system);
        let mut sharing = now.ticket.links.iter().filter(sharing);
        if sharing.any(|link| stands_for(link, &remote.id)) {
            return Ok(None);
        }
        let was_linked = self.store.linked(system.to_owned(), remote.id.clone());
        let is_surplus = link.surplus.contains(&remote.id) || was_linked.await?.is_some();
        if !is_surplus {
            return Ok(
                adopted(&now.ticket, link, remote, asked_at, by).map(|found| (Some(id), found))
            );
        }
        if remote.phase == Some(Phase::Ended) {
            return Ok(None);
        }
        let withdraws = live.routes.systems.get(system);
        let withdraws =
            withdraws.is_some_and(|route| matches!(route.role, Role::Desk(_) | Role::Helpdesk(_)));
        let cure = match withdraws {
            true => Cure::Mend(Mend::Surplus {
                remote: remote.id.clone(),
            }),
            false => by_hand("no call withdraws it: close it there"),
        };
        Ok(Some((Some(id), extra(&instead(link), cure))))
    }
}

/// Whether `link` leads there, now or while what was planned for it is still to be sent.
fn stands_for(link: &Link, remote: &str) -> bool {
    let is_next_wanted = matches!(link.state, LinkState::Wanted(_));
    link.remote.as_deref() == Some(remote)
        || (is_next_wanted && link.earlier.as_deref() == Some(remote))
}

/// One that a call made whose answer was lost.
fn adopted(
    ticket: &Ticket,
    link: &Link,
    remote: &RemoteTicket,
    asked_at: Time,
    by: DeliveryId,
) -> Option<Found> {
    let here = match link.state {
        LinkState::Wanted(wanted) if wanted == by => format!("delivery {by} given up"),
        _ => instead(link),
    };
    let cure = match ticket.loop_since {
        Some(_) => by_hand("its ticket is not mirrored any more"),
        None => Cure::Tell(Arc::new(remote.clone()), asked_at),
    };
    Some(Found::new(Drift::Extra, here, &remote.status, cure))
}

fn instead(link: &Link) -> String {
    match &link.remote {
        Some(remote) => format!("linked to {remote}"),
        None => "not linked".to_owned(),
    }
}

fn by_hand(words: &str) -> Cure {
    Cure::Person(words.to_owned())
}
