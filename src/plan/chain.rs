//! Chains and wake times: exactly one delivery of a chain is not waiting, unless it is recorded, and a lane wakes no
//! later than its earliest head allows.

use crate::model::{
    DeadReason, Delivery, DeliveryId, DeliveryState, Head, Lane, LaneId, SetAside, TicketId, Time,
};

use super::draft::Draft;
use super::facts::Missing;
use super::outcome::{Answer, Refusal, Write};
use super::recorded;

/// How many unreadable records one event sets aside, so that its rows stay in one batch.
const MOST_SET_ASIDE: usize = 24;

/// Puts `delivery` into its chain: due now if the chain is empty, else behind what is there.
pub(super) fn enqueue(draft: &mut Draft<'_>, mut delivery: Box<Delivery>) -> Result<(), Missing> {
    if draft.routes.is_dry_run(&delivery.system) {
        recorded::keep(draft, delivery);
        return Ok(());
    }
    let mut chain = draft.facts.chain_front(delivery.lane, delivery.ticket)?;
    // What leaves with this event holds nobody up.
    let leaving = |id: &DeliveryId| {
        let mut touched = draft.touched();
        touched.any(|other| other.id == *id && !other.state.is_pending())
    };
    chain.retain(|id| !leaving(id));
    let made_here = draft.touched().any(|other| {
        other.lane == delivery.lane && other.ticket == delivery.ticket && other.state.is_pending()
    });
    if chain.is_empty() && !made_here {
        delivery.state = DeliveryState::Due { at: draft.now };
        wake(draft, delivery.lane, draft.now)?;
    } else {
        delivery.state = DeliveryState::Waiting;
    }
    draft.put_delivery(delivery);
    Ok(())
}

/// Gives `delivery` another lane; the time that its old one held it does not count towards its age.
pub(super) fn change_lane(
    draft: &Draft<'_>,
    delivery: &mut Delivery,
    lane: LaneId,
) -> Result<(), Missing> {
    if let Some(old) = draft.lane(delivery.lane)? {
        let from = delivery
            .age_from
            .max(old.resumed_at.unwrap_or(delivery.age_from));
        let held = old
            .gone_since
            .map(|gone| draft.now.since(gone.max(from)))
            .unwrap_or_default();
        delivery.age_from = from.plus(held);
    }
    delivery.lane = lane;
    Ok(())
}

/// Takes a delivery that is no longer pending out of its chain, and lets the next one move up.
pub(super) fn leave(draft: &mut Draft<'_>, before: &Delivery) -> Result<(), Missing> {
    if before.state == DeliveryState::Waiting {
        return Ok(());
    }
    move_up(draft, before.lane, before.ticket, before.id)
}

fn move_up(
    draft: &mut Draft<'_>,
    lane: LaneId,
    ticket: TicketId,
    leaving: DeliveryId,
) -> Result<(), Missing> {
    let front = draft.facts.chain_front(lane, ticket)?;
    let Some(next) = front.into_iter().find(|id| *id != leaving) else {
        return Ok(());
    };
    if let Some(next) = draft.readable(next)? {
        return head(draft, next);
    }
    // A record that cannot be read must not keep what has happened from being stored, nor hold back those behind it.
    let chain = draft.facts.chain(lane, ticket)?;
    let followers = chain.into_iter().filter(|id| *id != leaving);
    for next in followers.take(MOST_SET_ASIDE) {
        if let Some(next) = draft.readable(next)? {
            return head(draft, next);
        }
        draft.write(Write::SetAside {
            lane,
            head: Head {
                due: draft.now,
                retried: false,
                ticket,
                delivery: next,
            },
            reason: "its record cannot be read".to_owned(),
        });
    }
    Ok(())
}

fn head(draft: &mut Draft<'_>, mut next: Box<Delivery>) -> Result<(), Missing> {
    if next.state == DeliveryState::Waiting && draft.routes.is_dry_run(&next.system) {
        recorded::keep(draft, next);
    } else if next.state == DeliveryState::Waiting {
        let (lane, now) = (next.lane, draft.now);
        next.state = DeliveryState::Due { at: now };
        draft.put_delivery(next);
        wake(draft, lane, now)?;
    }
    Ok(())
}

/// Sees to it that the lane wakes for a head that is due at `due`.
pub(super) fn wake(draft: &mut Draft<'_>, lane: LaneId, due: Time) -> Result<(), Missing> {
    let Some(mut lane) = draft.lane(lane)? else {
        return Ok(());
    };
    let Some(opens) = lane.opens_for(due) else {
        return Ok(());
    };
    if lane.wake.is_none_or(|wake| wake > opens) {
        lane.wake = Some(opens);
        draft.put_lane(lane);
    }
    Ok(())
}

/// Sets the lane's wake time from what it now holds; a time that has passed may stay while something is due.
pub(super) fn rest(draft: &mut Draft<'_>, lane: LaneId) -> Result<(), Missing> {
    let Some(mut lane) = draft.lane(lane)? else {
        return Ok(());
    };
    let earliest = earliest_due(draft, lane.id)?;
    let wake = earliest.and_then(|due| lane.opens_for(due));
    let still_right = match (lane.wake, wake) {
        (Some(current), Some(wanted)) => current <= draft.now && wanted <= draft.now,
        (current, wanted) => current == wanted,
    };
    if !still_right && lane.wake != wake {
        lane.wake = wake;
        draft.put_lane(lane);
    }
    Ok(())
}

fn earliest_due(draft: &Draft<'_>, lane: LaneId) -> Result<Option<Time>, Missing> {
    let stored = draft.facts.next_due(lane)?;
    let untouched = stored
        .iter()
        .filter(|head| draft.touched().all(|delivery| delivery.id != head.delivery))
        .map(|head| head.due);
    let touched = draft
        .touched()
        .filter(|delivery| delivery.lane == lane)
        .filter_map(|delivery| match delivery.state {
            DeliveryState::Due { at } => Some(at),
            _ => None,
        });
    Ok(untouched.chain(touched).min())
}

pub(super) fn kicked(draft: &mut Draft<'_>, lane: LaneId) -> Result<Answer, Missing> {
    if draft.lane(lane)?.is_none() {
        return Ok(Answer::Refused(Refusal::NotFound("lane")));
    }
    rest(draft, lane)?;
    Ok(match draft.lane(lane)? {
        Some(lane) => Answer::Lane(lane),
        None => Answer::Refused(Refusal::NotFound("lane")),
    })
}

/// Lets a lane go on that was held, paused or broken.
pub(super) fn resume(draft: &mut Draft<'_>, lane: LaneId) -> Result<Option<Box<Lane>>, Missing> {
    let Some(mut lane) = draft.lane(lane)? else {
        return Ok(None);
    };
    lane.paused_until = None;
    lane.throttled_at = None;
    lane.gone_since = None;
    lane.resumed_at = Some(draft.now);
    lane.breaker = crate::model::Breaker::default();
    lane.pause = None;
    let id = lane.id;
    draft.put_lane(lane);
    rest(draft, id)?;
    draft.lane(id)
}

/// Moves a head that cannot be sent out of the way, where a person finds it: as a dead letter if its own record can be
/// read, else beside the deliveries.
pub(super) fn set_aside(draft: &mut Draft<'_>, aside: &SetAside) -> Result<Answer, Missing> {
    let id = aside.head.delivery;
    if let Some(before) = draft.readable(id)? {
        // It may have been begun, or tried again by order, since its due row was read.
        let is_head = matches!(
            before.state,
            DeliveryState::Due { .. } | DeliveryState::Started { .. }
        );
        if before.lane != aside.lane || !is_head {
            return Ok(Answer::Refused(Refusal::Stale));
        }
        let mut delivery = before.clone();
        delivery.state = DeliveryState::Dead {
            at: draft.now,
            reason: DeadReason::SetAside(aside.reason.clone()),
        };
        draft.put_delivery(delivery);
    } else {
        let chain = draft.facts.chain(aside.lane, aside.head.ticket)?;
        if !chain.contains(&id) {
            // It was removed, in order, since its due row was read.
            return Ok(Answer::Refused(Refusal::Stale));
        }
        draft.write(Write::SetAside {
            lane: aside.lane,
            head: aside.head,
            reason: aside.reason.clone(),
        });
    }
    move_up(draft, aside.lane, aside.head.ticket, id)?;
    Ok(Answer::Done(format!(
        "delivery {id} is set aside: {}",
        aside.reason
    )))
}
