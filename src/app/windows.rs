//! What systems look like to those who watch them.

use std::sync::Arc;

use crate::http::Hearing;
use crate::model::{Incarnation, RemoteTicket};
use crate::polling::{
    AllThreads, Hint, ListPage, Looking, Questions, Threads, Unseen, Window, Windows,
};
use crate::systems::deskhive::Helpdesk;
use crate::systems::qminder::{Desk, seen};
use crate::systems::{Couriers, Trouble};

/// The windows onto the systems that are configured, as they are when somebody looks.
pub(super) fn windows(couriers: &Arc<Couriers>) -> Windows {
    let couriers = Arc::clone(couriers);
    Arc::new(move |system: &str| {
        let desk = couriers.desk(system)?;
        Some(desk as Arc<dyn Window>)
    })
}

/// The ways to look at the systems whose tickets are threads, as they are when somebody looks.
pub(super) fn threads(couriers: &Arc<Couriers>) -> AllThreads {
    let couriers = Arc::clone(couriers);
    Arc::new(move |system: &str| {
        let helpdesk = couriers.helpdesk(system)?;
        Some(helpdesk as Arc<dyn Threads>)
    })
}

/// How webhooks are understood by a daemon whose store is of this incarnation.
pub fn hearing(incarnation: &Incarnation, questions: &Questions) -> Hearing {
    let incarnation = incarnation.to_owned();
    Hearing {
        qminder: Arc::new(move |ticket| seen(ticket, &incarnation, false)),
        questions: questions.clone(),
    }
}

impl Window for Desk {
    fn look<'a>(&'a self, remote: &'a str) -> Looking<'a, Option<RemoteTicket>> {
        Box::pin(async move { Desk::look(self, remote).await.map_err(unseen) })
    }

    fn open_tickets(&self) -> Looking<'_, Vec<RemoteTicket>> {
        Box::pin(async move { Desk::open_tickets(self).await.map_err(unseen) })
    }
}

impl Threads for Helpdesk {
    fn page(&self, number: u64) -> Looking<'_, ListPage> {
        Box::pin(async move {
            let page = Helpdesk::page(self, number).await.map_err(unseen)?;
            Ok(ListPage {
                tickets: page.tickets,
                last: page.last,
                at: page.at,
            })
        })
    }

    fn thread<'a>(&'a self, listed: &'a RemoteTicket) -> Looking<'a, Option<RemoteTicket>> {
        Box::pin(async move { Helpdesk::thread(self, listed).await.map_err(unseen) })
    }

    fn look<'a>(&'a self, remote: &'a str) -> Looking<'a, Option<RemoteTicket>> {
        Box::pin(async move { Helpdesk::look(self, remote).await.map_err(unseen) })
    }

    fn hints(&self) -> Looking<'_, Vec<Hint>> {
        Box::pin(async move {
            let heard_of = self.heard_of().await.map_err(unseen)?.into_iter();
            let hints = heard_of.map(|heard_of| Hint {
                id: heard_of.id,
                remote: heard_of.remote,
                is_read: heard_of.is_read,
            });
            Ok(hints.collect())
        })
    }

    fn followed(&self, hint: u64) -> Looking<'_, ()> {
        Box::pin(async move { self.acted_upon(hint).await.map_err(unseen) })
    }
}

fn unseen(trouble: Trouble) -> Unseen {
    Unseen::of(trouble.class, trouble.until, trouble.detail)
}
