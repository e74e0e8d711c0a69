//! What systems look like to those who watch them.

use std::sync::Arc;

use crate::http::Hearing;
use crate::model::RemoteTicket;
use crate::polling::{Looking, Questions, Unseen, Window, Windows};
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

/// How webhooks are understood by a daemon whose store is of this incarnation.
pub(super) fn hearing(incarnation: &str, questions: &Questions) -> Hearing {
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

fn unseen(trouble: Trouble) -> Unseen {
    Unseen::of(trouble.class, trouble.until, trouble.detail)
}
