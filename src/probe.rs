//! Seeing whether a system is what it is taken for: the credentials, and each assumption that its documents leave
//! open.
//!
//! Only what reads is asked. What is told of the answers are statuses, the names of members and the kinds of their
//! values: never what people wrote, nor names, nor anything secret.

mod check;
mod deskhive;
mod lists;
mod messages;
mod qminder;
mod respondo;
mod scopes;
mod shape;

use std::sync::Arc;

use url::Url;

use crate::gates::KeyGate;
use crate::settings::{System, SystemKind};
use crate::systems::Couriers;

use check::Checks;

pub use check::{Check, Verdict};

/// Probes.
pub struct Probing<'a> {
    /// The systems, as they can be asked.
    pub systems: &'a Couriers,
    /// How the outside reaches us.
    pub public_url: &'a Url,
    /// Of the system's key, for what does not pass it by itself.
    pub gate: Option<Arc<KeyGate>>,
}

impl Probing<'_> {
    /// What is seen of `system`.
    pub async fn probe(&self, system: &System) -> Vec<Check> {
        let mut checks = Checks::default();
        match &system.kind {
            SystemKind::Qminder(qminder) => match self.systems.desk(&system.id) {
                Some(desk) => qminder::probe(&desk, qminder, &mut checks).await,
                None => checks.wrong("the system is at work", "it is not, yet"),
            },
            SystemKind::DeskHive(_) => match self.systems.helpdesk(&system.id) {
                Some(helpdesk) => deskhive::probe(&helpdesk, &mut checks).await,
                None => checks.wrong("the system is at work", "it is not, yet"),
            },
            SystemKind::Respondo(_) => match self.systems.hub(&system.id) {
                Some(hub) => {
                    if let Some(gate) = &self.gate {
                        gate.pass().await;
                    }
                    respondo::probe(&hub, &system.base_url, self.public_url, &mut checks).await;
                }
                None => checks.wrong("the system is at work", "it is not, yet"),
            },
        }
        checks.done()
    }
}
