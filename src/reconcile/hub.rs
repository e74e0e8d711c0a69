//! A server that tells nothing of what it has: only our side of it can be looked at.

use crate::model::{Command, DeliveryState};
use crate::store::DeliveryQuery;

use super::Reconciling;
use super::desk::MOST_DELIVERIES;
use super::drift::{Cure, Drift, Found};
use super::ticket::{Halt, Looked, Side};

impl Reconciling {
    pub(super) async fn at_hub(&self, looked: &Looked<'_>, side: Side) -> Result<Side, Halt> {
        let query = DeliveryQuery {
            state: Some("dead".to_owned()),
            system: Some(looked.link.system.clone()),
            ticket: Some(looked.ticket.id),
            limit: MOST_DELIVERIES,
        };
        let dead = self.store.deliveries(query).await?.into_iter();
        let dead = dead.filter(|delivery| {
            let is_dead = matches!(delivery.state, DeliveryState::Dead { .. });
            is_dead && matches!(delivery.command, Command::PushTicket(_))
        });
        let lost = dead.map(|delivery| {
            let here = format!("message {}, dead", delivery.message);
            let cure = Cure::Retry(delivery.id);
            Found::new(Drift::Message, here, "never pushed", cure)
        });
        Ok(side.with(lost).counted(|tally| tally.untold += 1))
    }
}
