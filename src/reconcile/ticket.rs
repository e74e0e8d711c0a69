//! One ticket here, and what each system has of it.

use std::collections::BTreeSet;

use tokio::time::Instant;

use crate::model::{DeliveryId, DeliveryState, Link, LinkState, Mend, Status, Ticket, TicketId};
use crate::plan::{Role, Routes, SystemRoute};
use crate::store::Mirrored;

use super::ask::Silent;
use super::drift::{Cure, Drift, Found};
use super::tally::Tally;
use super::{Asked, Compared, Cursor, MOST_TICKETS, ReconcileError, Reconciling};

/// What there is to say about one ticket at one system.
pub(super) struct Side {
    pub(super) system: String,
    pub(super) remote: Option<String>,
    pub(super) found: Vec<Found>,
    pub(super) tally: Tally,
}

impl Side {
    pub(super) fn of(system: &str, remote: Option<&str>) -> Self {
        Self {
            system: system.to_owned(),
            remote: remote.map(str::to_owned),
            found: Vec::new(),
            tally: Tally::default(),
        }
    }

    pub(super) fn counted(mut self, count: impl FnOnce(&mut Tally)) -> Self {
        count(&mut self.tally);
        self
    }

    pub(super) fn with(mut self, found: impl IntoIterator<Item = Found>) -> Self {
        self.found.extend(found);
        self
    }
}

/// A link to be looked at.
pub(super) struct Looked<'a> {
    pub(super) ticket: &'a Ticket,
    pub(super) link: &'a Link,
    pub(super) route: &'a SystemRoute,
    /// Of the links that share their tickets, only one is compared in all.
    pub(super) is_first: bool,
}

/// Why a side was not compared.
pub(super) enum Halt {
    Silent(Silent),
    Error(ReconcileError),
}

impl<E: Into<ReconcileError>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

impl Reconciling {
    /// Where it goes on, if it does.
    pub(super) async fn compare_tickets(
        &self,
        asked: &Asked,
        after: TicketId,
        until: Instant,
        compared: &mut Compared,
    ) -> Result<Option<Cursor>, ReconcileError> {
        let tickets = self.store.tickets_after(after, MOST_TICKETS).await?;
        let (mut at, mut looked_at) = (after, 0);
        for id in &tickets {
            let sides = match self.sides(asked, *id).await? {
                Ok(sides) => sides,
                Err(stopped) => {
                    compared.stopped = Some(stopped);
                    return Ok(Some(Cursor::Tickets(at)));
                }
            };
            for side in sides {
                self.conclude(asked.apply, Some(*id), side, compared)
                    .await?;
            }
            at = *id;
            looked_at += 1;
            if Instant::now() >= until {
                break;
            }
        }
        let is_end = tickets.len() < MOST_TICKETS && looked_at == tickets.len();
        Ok(match is_end {
            false => Some(Cursor::Tickets(at)),
            true => self.next_listing(asked, None),
        })
    }

    /// A ticket on all sides; all or none, so that what is healed is not looked at twice.
    async fn sides(
        &self,
        asked: &Asked,
        id: TicketId,
    ) -> Result<Result<Vec<Side>, super::Stopped>, ReconcileError> {
        let Some(now) = self.store.mirrored(id, asked.systems.clone()).await? else {
            return Ok(Ok(Vec::new()));
        };
        let live = self.live.load_full();
        let routes = &live.routes;
        let mut sides = Vec::new();
        for system in &asked.systems {
            let Some(route) = routes.systems.get(system) else {
                continue;
            };
            let mut links = now.ticket.links.iter();
            let Some(index) = links.position(|link| link.system == *system) else {
                sides.extend(unmirrored(&now.ticket, system, route, routes));
                continue;
            };
            let looked = Looked {
                ticket: &now.ticket,
                link: &now.ticket.links[index],
                route,
                is_first: is_first_of_queue(&now.ticket, index, routes),
            };
            match self.side(&looked, &now).await {
                Ok(side) => sides.push(side),
                Err(Halt::Silent(Silent::All(stopped))) => return Ok(Err(stopped)),
                Err(Halt::Silent(Silent::This(reason))) => {
                    tracing::debug!(system, ticket = id.0, reason, "a link cannot be compared");
                    let side = Side::of(system, looked.link.remote.as_deref());
                    sides.push(side.counted(|tally| tally.unclear += 1));
                }
                Err(Halt::Error(error)) => return Err(error),
            }
        }
        Ok(Ok(sides))
    }

    async fn side(&self, looked: &Looked<'_>, before: &Mirrored) -> Result<Side, Halt> {
        let link = looked.link;
        let side = Side::of(&link.system, link.remote.as_deref());
        if before.pending.contains(&link.system) {
            return Ok(side.counted(|tally| tally.pending += 1));
        }
        if let LinkState::Wanted(by) = link.state {
            if !looked.is_first {
                return Ok(side);
            }
            let found = self.never_made(by).await?;
            return Ok(match found {
                Some(found) => side.with([found]).counted(|tally| tally.compared += 1),
                None => side.counted(|tally| tally.pending += 1),
            });
        }
        let side = match &looked.route.role {
            Role::Desk(_) => self.at_desk(looked, side).await?,
            Role::Helpdesk(_) => self.at_helpdesk(looked, side).await?,
            Role::Hub => self.at_hub(looked, side).await?,
        };
        // What changed while it was asked for says nothing.
        let asked = vec![link.system.clone()];
        let after = self.store.mirrored(looked.ticket.id, asked).await?;
        let is_still = after.is_some_and(|after| {
            let mut links = after.ticket.links.iter();
            let same = links.find(|now| now.system == link.system) == Some(link);
            same && after.pending.is_empty() && after.ticket.updated_at == looked.ticket.updated_at
        });
        Ok(match is_still {
            true => side,
            false => {
                Side::of(&link.system, link.remote.as_deref()).counted(|tally| tally.pending += 1)
            }
        })
    }

    /// What was to make a ticket there and is not pending.
    async fn never_made(&self, by: DeliveryId) -> Result<Option<Found>, ReconcileError> {
        let story = self.store.delivery(by).await?;
        let Some(delivery) = story.map(|story| story.delivery) else {
            let cure = Cure::Mend(Mend::Ticket);
            let here = "its delivery is gone";
            return Ok(Some(Found::new(Drift::Missing, here, "never made", cure)));
        };
        let here = format!("delivery {by} {}", delivery.state.word());
        let cure = match delivery.state {
            DeliveryState::Dead { .. } => Cure::Retry(by),
            DeliveryState::Cancelled { .. } if delivery.in_doubt_since.is_some() => Cure::Person(
                "its outcome was in doubt when it was called off: see whether it is there"
                    .to_owned(),
            ),
            DeliveryState::Cancelled { .. } => Cure::Mend(Mend::Ticket),
            DeliveryState::Waiting
            | DeliveryState::Due { .. }
            | DeliveryState::Started { .. }
            | DeliveryState::Recorded { .. }
            | DeliveryState::Held { .. }
            | DeliveryState::Delivered { .. } => return Ok(None),
        };
        Ok(Some(Found::new(Drift::Missing, here, "never made", cure)))
    }
}

/// A ticket that has no link although its brand mirrors to the system.
fn unmirrored(ticket: &Ticket, system: &str, route: &SystemRoute, routes: &Routes) -> Option<Side> {
    let brand = routes.brands.get(&ticket.brand)?;
    let makes = match &route.role {
        Role::Helpdesk(helpdesk) => helpdesk.makes_tickets,
        Role::Desk(_) | Role::Hub => true,
    };
    if !makes || !brand.mirror_to.iter().any(|id| id == system) {
        return None;
    }
    let side = Side::of(system, None);
    if ticket.status == Status::Closed {
        return Some(side.counted(|tally| tally.closed_unmirrored += 1));
    }
    let cure = Cure::Mend(Mend::Ticket);
    let found = Found::new(Drift::Unmirrored, ticket.status.to_string(), "-", cure);
    Some(side.with([found]))
}

/// What concerns the system's ticket, and not the record beside it, is compared once by those that share it.
fn is_first_of_queue(ticket: &Ticket, index: usize, routes: &Routes) -> bool {
    let system = &ticket.links[index].system;
    let mut links = ticket.links.iter();
    links.position(|other| routes.share_queue(&other.system, system)) == Some(index)
}

/// The systems of a set, in their order.
pub(super) fn sorted(systems: &[String]) -> Vec<&String> {
    let set: BTreeSet<&String> = systems.iter().collect();
    set.into_iter().collect()
}
