//! Our own writing, seen where people write in the name that we use, too.

use crate::model::{DeliveryId, DeliveryState, Ticket};

use super::chain;
use super::command::route;
use super::draft::Draft;
use super::facts::Missing;
use super::fingerprint;

/// Whose doing a message is that was written in the name that we use, too.
pub(super) enum Whose {
    /// Ours: at this place of what we said.
    Ours(usize),
    Theirs,
    /// A call is under way that may have made it.
    InDoubt,
}

pub(super) fn whose(
    draft: &Draft<'_>,
    ticket: &Ticket,
    index: usize,
    user: &str,
    text: &str,
) -> Result<Whose, Missing> {
    let link = &ticket.links[index];
    let us = route(draft, &link.system).and_then(|route| route.user.as_deref());
    if us.is_some_and(|us| us != user) {
        return Ok(Whose::Theirs);
    }
    let same = fingerprint::of_text(text);
    let is_thread = route(draft, &link.system).is_some_and(|route| route.desk().is_none());
    let mut under_way = false;
    for (place, said) in link.said.iter().enumerate() {
        let may_be_it = match said.until {
            Some(until) => draft.now < until,
            None if !is_thread => true,
            None => {
                let begun = is_begun(draft, said.delivery)?;
                under_way |= begun;
                begun
            }
        };
        if may_be_it && said.text == same {
            return Ok(Whose::Ours(place));
        }
    }
    // Of a thread it will be known which message was made by that call; before, nobody can tell.
    Ok(if under_way && is_thread {
        Whose::InDoubt
    } else {
        Whose::Theirs
    })
}

/// Whether a call was made of `delivery` whose outcome is not known.
fn is_begun(draft: &Draft<'_>, id: DeliveryId) -> Result<bool, Missing> {
    let delivery = draft.readable(id)?;
    Ok(delivery.is_some_and(|delivery| {
        let is_under_way = matches!(delivery.state, DeliveryState::Started { .. });
        // Who gave up on it does not wait for its outcome either.
        is_under_way || (delivery.state.is_pending() && delivery.in_doubt_since.is_some())
    }))
}

/// A message that a call made whose answer has not come is its outcome. Whether nothing of it is open any more.
pub(super) fn is_outcome(
    draft: &mut Draft<'_>,
    id: DeliveryId,
    number: u64,
) -> Result<bool, Missing> {
    let Some(before) = draft.readable(id)? else {
        return Ok(true);
    };
    if before.mark.is_some_and(|mark| number <= mark) {
        return Ok(false);
    }
    if !matches!(before.state, DeliveryState::Delivered { .. }) {
        let mut delivery = before.clone();
        delivery.state = DeliveryState::Delivered {
            at: draft.now,
            verified: true,
        };
        if before.state.is_pending() {
            chain::leave(draft, &before)?;
        }
        draft.put_delivery(delivery);
        chain::rest(draft, before.lane)?;
    }
    Ok(true)
}
