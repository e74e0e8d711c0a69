//! What is due is shown, and taken for delivered, until nothing is.

use crate::model::{Attempt, Class, Command, Delivery, DeliveryState, Fate, Happening, Settled};
use crate::store::DeliveryQuery;
use crate::systems::Shown;

use super::stage::Stage;

/// No sample leads to so many; one that seems to goes round in circles.
const MOST: usize = 1000;
/// The first name that is made up.
const FIRST_NAME: u64 = 1001;

/// One delivery, as it would be sent.
pub(super) struct Carried {
    pub(super) delivery: Delivery,
    /// Or why it cannot be.
    pub(super) shown: Result<Shown, String>,
}

/// Makes names up, and knows the ones that are given.
#[derive(Debug, Default)]
pub(super) struct Names {
    made_up: u64,
    /// What the next ticket that is made at a system will be called there.
    pub(super) next: Option<(String, String)>,
    /// The addresses for answers that were given with tickets, by system, the newest last.
    pub(super) addresses: Vec<(String, String)>,
}

impl Names {
    fn of(&mut self, delivery: &Delivery) -> Option<String> {
        match &delivery.command {
            Command::CreateTicket { .. } => {
                let given = self.next.take_if(|(system, _)| *system == delivery.system);
                Some(given.map_or_else(|| self.make_up(), |(_, name)| name))
            }
            Command::PushTicket(pushing) => {
                let (system, token) = (delivery.system.clone(), pushing.token.clone());
                self.addresses.push((system, token));
                Some(self.make_up())
            }
            Command::PostMessage | Command::PostEdit => Some(self.make_up()),
            Command::Reply(_)
            | Command::ReplaceRecord
            | Command::AddLabel(_)
            | Command::RemoveLabel(_)
            | Command::CancelTicket { .. }
            | Command::SendSms
            | Command::UpdateTicket => None,
        }
    }

    fn make_up(&mut self) -> String {
        self.made_up += 1;
        (FIRST_NAME + self.made_up - 1).to_string()
    }
}

impl Stage {
    /// Takes all that is due to where it goes.
    pub(super) async fn carry(&self, names: &mut Names) -> anyhow::Result<Vec<Carried>> {
        let mut carried = Vec::new();
        while let Some(delivery) = self.first_due().await? {
            anyhow::ensure!(carried.len() < MOST, "this would never end");
            if let DeliveryState::Due { at } = delivery.state {
                self.clock.reach(at);
            }
            let Some(parcel) = self.store.parcel(delivery.id).await? else {
                anyhow::bail!("delivery {} is not there", delivery.id);
            };
            let shown = self.couriers.shown(&parcel);
            if delivery.command.is_looked_up() {
                let delivery = delivery.id;
                self.commit(Happening::Started { delivery }).await?;
            }
            let remote_uid = match &shown {
                Ok(_) => names.of(&delivery),
                Err(_) => None,
            };
            let settled = settled(&delivery, &shown, remote_uid, self);
            self.commit(Happening::Settled(Box::new(settled))).await?;
            carried.push(Carried { delivery, shown });
        }
        Ok(carried)
    }

    /// The head that was planned first.
    async fn first_due(&self) -> anyhow::Result<Option<Delivery>> {
        let query = DeliveryQuery {
            state: Some("due".to_owned()),
            limit: MOST,
            ..DeliveryQuery::default()
        };
        let due = self.store.deliveries(query).await?;
        Ok(due.into_iter().min_by_key(|delivery| delivery.id))
    }
}

fn settled(
    delivery: &Delivery,
    shown: &Result<Shown, String>,
    remote_uid: Option<String>,
    stage: &Stage,
) -> Settled {
    use crate::clock::Clock as _;
    let (class, status, detail) = match shown {
        Ok(_) => (Class::Ok, Some(200), String::new()),
        Err(words) => (Class::Rejected, None, words.clone()),
    };
    Settled {
        delivery: delivery.id,
        lane: delivery.lane,
        revision: delivery.revision,
        attempt: Attempt {
            number: 0,
            at: stage.clock.now(),
            took_ms: 0,
            class,
            status,
            detail,
            next: None,
            may_repeat: false,
            fates: Vec::<Fate>::new(),
        },
        until: None,
        gone: false,
        remote_uid,
        vanished: false,
        failure: None,
        host_troubled: false,
    }
}
