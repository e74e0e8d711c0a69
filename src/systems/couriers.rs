//! All ways out, as the settings in force have them: each parcel takes the one that its lane leads to.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::clock::Clock;
use crate::gates::KeyGate;
use crate::model::{Class, Destination, Incarnation};
use crate::store::Parcel;

use super::carried;
use super::deskhive::{Helpdesk, HelpdeskWays};
use super::presumed::Presumed;
use super::qminder::{Desk, DeskWays};
use super::respondo::{Hub, HubWays};
use super::{Courier, Delivering, Report, ResponseUrls, Shown, Ways};

/// What the settings come to, before anything is called.
pub struct AllWays {
    /// To response URLs.
    pub replies: Ways,
    /// To each configured system, by id.
    pub systems: BTreeMap<String, SystemWays>,
}

/// How one system is reached.
pub enum SystemWays {
    /// A Qminder.
    Qminder(Box<DeskWays>),
    /// A Respondo server.
    Respondo(Box<HubWays>),
    /// A DeskHive.
    DeskHive(Box<HelpdeskWays>),
}

/// Tells the gate of a system's key, by the system's id.
pub trait Gates: Fn(&str) -> Option<Arc<KeyGate>> {}

impl<F: Fn(&str) -> Option<Arc<KeyGate>>> Gates for F {}

/// Delivers to response URLs and to systems.
pub struct Couriers {
    current: ArcSwap<Each>,
    clock: Arc<dyn Clock>,
    incarnation: Incarnation,
}

struct Each {
    replies: ResponseUrls,
    systems: BTreeMap<String, SystemCourier>,
}

enum SystemCourier {
    Qminder(Arc<Desk>),
    Respondo(Arc<Hub>),
    DeskHive(Arc<Helpdesk>),
}

impl Couriers {
    /// Delivers by these `ways` until others replace them, from the store of this incarnation. What only asks a
    /// system passes its gate of `gates`.
    #[must_use]
    pub fn new(
        ways: AllWays,
        gates: impl Gates,
        clock: Arc<dyn Clock>,
        incarnation: &Incarnation,
    ) -> Self {
        let incarnation = incarnation.to_owned();
        let current = ArcSwap::from_pointee(Each::new(ways, gates, &clock, &incarnation));
        Self {
            current,
            clock,
            incarnation,
        }
    }

    /// Uses other ways from now on, all of them at once; calls under way end as they began.
    pub fn replace(&self, ways: AllWays, gates: impl Gates) {
        let each = Each::new(ways, gates, &self.clock, &self.incarnation);
        self.current.store(Arc::new(each));
    }

    /// The Qminder system of this id, if there is one in the settings in force.
    pub fn desk(&self, system: &str) -> Option<Arc<Desk>> {
        match self.current.load().systems.get(system)? {
            SystemCourier::Qminder(desk) => Some(Arc::clone(desk)),
            SystemCourier::DeskHive(_) | SystemCourier::Respondo(_) => None,
        }
    }

    /// The DeskHive system of this id, if there is one in the settings in force.
    pub fn helpdesk(&self, system: &str) -> Option<Arc<Helpdesk>> {
        match self.current.load().systems.get(system)? {
            SystemCourier::DeskHive(helpdesk) => Some(Arc::clone(helpdesk)),
            SystemCourier::Qminder(_) | SystemCourier::Respondo(_) => None,
        }
    }

    /// The Respondo server of this id, if there is one in the settings in force.
    pub fn hub(&self, system: &str) -> Option<Arc<Hub>> {
        match self.current.load().systems.get(system)? {
            SystemCourier::Respondo(hub) => Some(Arc::clone(hub)),
            SystemCourier::Qminder(_) | SystemCourier::DeskHive(_) => None,
        }
    }

    /// What would be sent for `parcel`, without sending it.
    ///
    /// # Errors
    ///
    /// In words, why nothing can be sent.
    pub fn shown(&self, parcel: &Parcel) -> Result<Shown, String> {
        let current = self.current.load();
        let presumed = Presumed::of(parcel);
        let parcel = presumed.parcel();
        let shown = match &parcel.to {
            Destination::ResponseUrl(_) => {
                let name = parcel.delivery.webhook_id(&self.incarnation);
                Ok(current.replies.shown(parcel, &name))
            }
            Destination::System(id) => match current.systems.get(id) {
                Some(SystemCourier::Qminder(desk)) => desk.shown(parcel),
                Some(SystemCourier::Respondo(hub)) => hub.shown(parcel),
                Some(SystemCourier::DeskHive(helpdesk)) => helpdesk.shown(parcel),
                None => Err(not_configured(id)),
            },
        };
        shown.map(|shown| presumed.named(shown))
    }

    async fn send(&self, parcel: Parcel, webhook_id: String) -> Report {
        let current = self.current.load_full();
        let Destination::System(id) = &parcel.to else {
            return current.replies.deliver(parcel, webhook_id).await;
        };
        let words = match current.systems.get(id) {
            Some(SystemCourier::Qminder(desk)) => return desk.deliver(parcel, webhook_id).await,
            Some(SystemCourier::Respondo(hub)) => return hub.deliver(parcel, webhook_id).await,
            Some(SystemCourier::DeskHive(helpdesk)) => {
                return helpdesk.deliver(parcel, webhook_id).await;
            }
            None => not_configured(id),
        };
        Report::unanswered(Class::Paused, words, None)
    }
}

impl Courier for Couriers {
    fn deliver(&self, parcel: Parcel, webhook_id: String) -> Delivering<'_> {
        let context = parcel.delivery.trace.clone();
        let call = self.send(parcel, webhook_id);
        Box::pin(async move { carried::within(context.as_ref(), call).await })
    }
}

impl Each {
    fn new(
        ways: AllWays,
        gates: impl Gates,
        clock: &Arc<dyn Clock>,
        incarnation: &Incarnation,
    ) -> Self {
        // One without a gate is none of those that the gates were made for.
        let systems = ways.systems.into_iter().filter_map(|(id, ways)| {
            let courier = match ways {
                SystemWays::Qminder(ways) => {
                    let gate = gates(&id)?;
                    let desk = Desk::new(*ways, gate, Arc::clone(clock), incarnation.to_owned());
                    SystemCourier::Qminder(Arc::new(desk))
                }
                SystemWays::Respondo(ways) => {
                    SystemCourier::Respondo(Arc::new(Hub::new(*ways, Arc::clone(clock))))
                }
                SystemWays::DeskHive(ways) => {
                    let (gate, clock) = (gates(&id)?, Arc::clone(clock));
                    let helpdesk = Helpdesk::new(*ways, gate, clock, incarnation.to_owned());
                    SystemCourier::DeskHive(Arc::new(helpdesk))
                }
            };
            Some((id, courier))
        });
        Self {
            systems: systems.collect(),
            replies: ResponseUrls::new(ways.replies, Arc::clone(clock)),
        }
    }
}

fn not_configured(id: &str) -> String {
    format!(
        "the system {id:?} is not configured any more: restore it, or discard what is meant for it"
    )
}
