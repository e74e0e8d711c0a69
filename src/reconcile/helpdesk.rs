//! A thread that people answer.

use crate::model::{LinkState, Mend, RemoteTicket, Ticket};
use crate::plan::SystemRoute;

use super::Reconciling;
use super::desk::{missing, told};
use super::drift::{Cure, Drift, Found};
use super::ticket::{Halt, Looked, Side};

impl Reconciling {
    pub(super) async fn at_helpdesk(&self, looked: &Looked<'_>, side: Side) -> Result<Side, Halt> {
        let link = looked.link;
        let (Some(remote), true) = (link.remote.as_deref(), looked.is_first) else {
            return Ok(side.counted(|tally| tally.compared += 1));
        };
        let Some(helpdesk) = self.systems.helpdesk(&link.system) else {
            return Ok(side.counted(|tally| tally.unclear += 1));
        };
        let asked_at = self.clock.now();
        let there = helpdesk.look(remote).await;
        let there = there.map_err(|trouble| self.silent(link, &trouble))?;
        let is_gone = link.state == LinkState::Gone;
        let Some(there) = there else {
            return Ok(match is_gone {
                true => side.counted(|tally| tally.gone += 1),
                false => side
                    .counted(|tally| tally.compared += 1)
                    .with([missing(link, remote)]),
            });
        };
        let side = side.counted(|tally| tally.compared += 1);
        if is_gone {
            let cure = Cure::Tell(std::sync::Arc::new(there.clone()), asked_at);
            let back = Found::new(Drift::Back, "deleted", there.status, cure);
            return Ok(side.with([back]));
        }
        let known = told(link, &there, asked_at);
        let is_known = !known.iter().any(|found| found.drift != Drift::Unheard);
        let side = side.with(known);
        // What changed there counts before it is changed back.
        let side = side.with(
            is_known
                .then(|| standing(looked.ticket, looked.route, &there))
                .into_iter()
                .flatten(),
        );
        let posts = self.lost_posts(looked, &there).await?;
        Ok(side.with(posts))
    }
}

/// Where it stands there and how urgent it is, where that is not what it is here.
fn standing(ticket: &Ticket, route: &SystemRoute, there: &RemoteTicket) -> Vec<Found> {
    let mut found = Vec::new();
    let state = || Cure::Mend(Mend::State);
    // A word that is not known stands where somebody there wants it.
    if route.mapping.meaning(&there.status).is_some()
        && !route.mapping.agrees(ticket.status, &there.status)
    {
        let here = ticket.status.to_string();
        found.push(Found::new(Drift::Status, here, &there.status, state()));
    }
    if let Some(urgent) = there.priority
        && urgent != route.mapping.seen_priority(ticket.priority)
    {
        let (here, there) = (ticket.priority.to_string(), urgent.to_string());
        found.push(Found::new(Drift::Priority, here, there, state()));
    }
    found
}
