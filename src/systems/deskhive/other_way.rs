//! A ticket that is closed to the agent whose key we have may be open to the installation's key, locked, or not there.

use deskhive_client::{Error, Kind};

use crate::model::Class;
use crate::store::Parcel;
use crate::systems::{Report, Trouble, Turn};

use super::access::Access;
use super::courier::{looking, vanished};
use super::fault::{Purpose, is_gone};
use super::helpdesk::Helpdesk;

impl Helpdesk {
    /// The way to a ticket after the agent's was refused with `error`; otherwise what becomes of the delivery.
    pub(super) async fn other_way(
        &self,
        error: &Error,
        parcel: &Parcel,
        remote: u64,
        turn: &mut Turn,
    ) -> Result<Access<'_>, Box<Report>> {
        let Some(internal) = self.internal() else {
            return Err(Box::new(
                self.no_other_way(error, parcel, remote, turn).await,
            ));
        };
        let report = match self.ticket(internal, remote, turn).await {
            Ok(ticket) if ticket.is_locked => locked(error),
            Ok(_) => return Ok(internal),
            Err(inside) if is_gone(&inside) => self.vanished(parcel, error).await,
            Err(inside) if inside.kind() == Kind::Locked => {
                let words =
                    "the ticket there is closed to the agent's key and to the installation's";
                refused(error, words)
            }
            Err(inside) => looking(self.trouble(&inside, internal, Purpose::Question), parcel),
        };
        Err(Box::new(report))
    }

    /// What the agent may not do, and nobody else can.
    async fn no_other_way(
        &self,
        error: &Error,
        parcel: &Parcel,
        remote: u64,
        turn: &mut Turn,
    ) -> Report {
        if is_gone(error) {
            return self.vanished(parcel, error).await;
        }
        if error.kind() == Kind::NotFound {
            return self.failed(error, self.external(), Purpose::Question, parcel);
        }
        match self.ticket(self.external(), remote, turn).await {
            Ok(ticket) if ticket.is_locked => locked(error),
            Ok(_) => refused(error, "the agent may not do this with the ticket there"),
            Err(again) if is_gone(&again) => self.vanished(parcel, error).await,
            Err(again) if again.kind() == Kind::Locked => {
                let words = "the ticket there is closed to the agent whose key it is: assign it to them, or set \
                             `internal_key_file` of the system";
                refused(error, words)
            }
            Err(again) => looking(
                self.trouble(&again, self.external(), Purpose::Question),
                parcel,
            ),
        }
    }

    async fn vanished(&self, parcel: &Parcel, error: &Error) -> Report {
        match self.absent().await {
            Ok(()) => vanished("the ticket is not there any more", error.status()),
            Err(trouble) => looking(trouble, parcel),
        }
    }
}

fn locked(error: &Error) -> Report {
    refused(error, "the ticket is locked there: unlock it, then retry")
}

fn refused(error: &Error, words: &str) -> Report {
    Trouble {
        status: error.status(),
        ..Trouble::new(Class::Rejected, words)
    }
    .into_report()
}
