//! Requests that are shown before the ticket is made which they are about: something stands for its id.

use std::borrow::Cow;

use crate::model::{Command, DeliveryId, LinkState};
use crate::store::Parcel;

use super::Shown;

/// An id that any kind of system could give, and none has given.
const NOT_GIVEN: &str = "18446744073709551557";

/// A parcel as it would be if the ticket that it is about were made already.
pub(super) struct Presumed<'a> {
    parcel: Cow<'a, Parcel>,
    /// What is to make it.
    by: Option<DeliveryId>,
}

impl<'a> Presumed<'a> {
    pub(super) fn of(parcel: &'a Parcel) -> Self {
        let mut presumed = Self {
            parcel: Cow::Borrowed(parcel),
            by: None,
        };
        let conversation = parcel.conversation.as_deref();
        let links = conversation.map(|conversation| conversation.ticket.links.as_slice());
        let mut links = links.unwrap_or_default().iter();
        let place = links.position(|link| link.is_unmade_for(&parcel.delivery));
        let Some(place) = place else {
            return presumed;
        };
        let mut changed = parcel.clone();
        if let Some(conversation) = &mut changed.conversation {
            let link = &mut conversation.ticket.links[place];
            if let LinkState::Wanted(by) = link.state {
                presumed.by = Some(by);
            }
            link.remote = Some(NOT_GIVEN.to_owned());
        }
        if let Command::CancelTicket { remote } = &mut changed.delivery.command {
            NOT_GIVEN.clone_into(remote);
        }
        presumed.parcel = Cow::Owned(changed);
        presumed
    }

    pub(super) fn parcel(&self) -> &Parcel {
        &self.parcel
    }

    /// Says in words what stands for the id.
    pub(super) fn named(&self, mut shown: Shown) -> Shown {
        if let Some(by) = self.by {
            let words = format!("{{ticket made by delivery {by}}}");
            for request in &mut shown.requests {
                request.target = request.target.replace(NOT_GIVEN, &words);
            }
        }
        shown
    }
}
