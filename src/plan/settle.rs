//! What the end of a call means for its delivery, its lane and its host.

use std::time::Duration;

use crate::model::{
    Attempt, Breaker, Class, Command, DeadReason, Delivery, DeliveryId, DeliveryState, HostState,
    Lane, LaneFailure, Link, Settled, Time,
};

use super::chain;
use super::draft::Draft;
use super::facts::{Missing, Slot};
use super::intake;
use super::linked;
use super::outcome::{AfterSettle, Answer, Refusal, Write};
use super::pause;
use super::reply;
use super::routes::OnUnknown;
use super::schedule;

/// The wait that a receiver gets who throttles without saying for how long.
const UNNAMED_THROTTLE: Duration = Duration::from_secs(60);

/// A throttled call costs no attempt, so something else must keep a receiver from being called in a circle.
const SHORTEST_THROTTLE: Duration = Duration::from_secs(1);

/// What names a parent is never longer (the intake's own bound), so a longer name would find nothing, and the receiver
/// chooses it.
const LONGEST_REMOTE_UID: usize = 512;

pub(super) fn started(draft: &mut Draft<'_>, id: DeliveryId) -> Result<Answer, Missing> {
    let Some(mut delivery) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    if !matches!(delivery.state, DeliveryState::Due { .. }) {
        return Ok(Answer::Refused(Refusal::Stale));
    }
    let (lane, now) = (delivery.lane, draft.now);
    delivery.state = DeliveryState::Started { at: now };
    // What was recorded once is remembered from now on.
    let is_seen = match delivery.command {
        Command::PostMessage | Command::PostEdit => true,
        Command::SendSms => delivery.recorded_at.is_some(),
        _ => false,
    };
    if is_seen && let Some(mut ticket) = draft.ticket(delivery.ticket)? {
        if delivery.mark.is_none() {
            let mut links = ticket.links.iter();
            let link = links.find(|link| link.system == delivery.system);
            delivery.mark = link.map(Link::newest_heard);
        }
        if linked::will_be_seen(draft, &mut ticket, &delivery)? {
            draft.put_ticket(ticket);
        }
    }
    draft.put_delivery(delivery);
    chain::wake(draft, lane, now)?;
    Ok(Answer::Started)
}

pub(super) fn settled(draft: &mut Draft<'_>, settled: &Settled) -> Result<Answer, Missing> {
    let Some(before) = draft.delivery(settled.delivery)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    let Some(mut lane) = draft.lane(settled.lane)? else {
        return Ok(Answer::Refused(Refusal::NotFound("lane")));
    };
    let lane_opened = settle_lane(draft, &mut lane, settled);
    draft.put_lane(lane.clone());
    let (host, host_opened) = settle_host(draft, &lane, settled)?;

    let mut delivery = before.clone();
    let is_final = matches!(settled.attempt.class, Class::Ok | Class::Rejected);
    let is_same = before.revision == settled.revision || (!is_final && before.reply().is_none());
    if before.state.is_pending() && settled.vanished {
        record(draft, &mut delivery, settled, None);
        delivery.state = linked::out_of_sight(&delivery, draft.now);
    } else if before.state.is_pending() && is_same {
        settle_delivery(draft, &mut delivery, &lane, settled);
    } else if before.state.is_pending() {
        // What it says has changed since, so whatever became of the call, it is still to be sent.
        record(draft, &mut delivery, settled, None);
        if matches!(before.state, DeliveryState::Started { .. }) {
            delivery.state = DeliveryState::Due { at: draft.now };
        }
    } else if settled.attempt.class == Class::Ok {
        // Called off or given up on while the call was under way, and it arrived all the same.
        record(draft, &mut delivery, settled, None);
        delivery.state = delivered(&delivery, settled, draft.now);
    }
    match &before.command {
        Command::Reply(_) if settled.attempt.class == Class::Ok => {
            remember_remote_uid(draft, &delivery, settled)?;
        }
        Command::CreateTicket { .. } if settled.attempt.class == Class::Ok => {
            if let Some(remote) = &settled.remote_uid {
                linked::made(draft, &delivery, remote)?;
            }
        }
        Command::PushTicket(_) if settled.attempt.class == Class::Ok => {
            linked::pushed(draft, &delivery, settled.remote_uid.as_deref())?;
        }
        // Where an echo was the outcome already, that has its number, and another one is somebody else's.
        Command::PostMessage | Command::PostEdit
            if settled.attempt.class == Class::Ok
                && !matches!(before.state, DeliveryState::Delivered { .. }) =>
        {
            if let Some(number) = &settled.remote_uid {
                linked::posted(draft, &delivery, number)?;
            }
        }
        Command::UpdateTicket if settled.attempt.class == Class::Ok && is_same => {
            linked::updated(draft, &delivery)?;
        }
        _ => {}
    }
    if before.reply().is_none()
        && !delivery.state.is_pending()
        && let Some(ticket) = draft.ticket(delivery.ticket)?
    {
        // More may wait to be told than was planned at a time.
        draft.put_ticket(ticket);
    }
    if settled.vanished {
        forget_vanished(draft, &delivery)?;
    }
    if before.state.is_pending() && !delivery.state.is_pending() {
        chain::leave(draft, &before)?;
    }
    draft.put_delivery(delivery.clone());
    if matches!(before.state, DeliveryState::Started { .. }) {
        delivery = follow_redirect(draft, delivery)?;
    }
    if delivery.lane != settled.lane
        && let DeliveryState::Due { at } = delivery.state
    {
        chain::wake(draft, delivery.lane, at)?;
    }
    chain::rest(draft, settled.lane)?;
    let lane = draft.lane(settled.lane)?.unwrap_or(lane);
    Ok(Answer::Settled(Box::new(AfterSettle {
        lane: *lane,
        host,
        delivery: *delivery,
        breaker_opened: lane_opened || host_opened,
    })))
}

/// What was begun stayed where it was when its answers were sent elsewhere; now that its call has failed, it goes there.
/// It would wait for ever behind a URL that is gone.
fn follow_redirect(
    draft: &mut Draft<'_>,
    delivery: Box<Delivery>,
) -> Result<Box<Delivery>, Missing> {
    if !matches!(delivery.state, DeliveryState::Due { .. }) {
        return Ok(delivery);
    }
    let wanted = reply::wanted_lane(draft, &delivery)?;
    if wanted == delivery.lane {
        return Ok(delivery);
    }
    let mut moving = delivery.clone();
    chain::change_lane(draft, &mut moving, wanted)?;
    chain::enqueue(draft, moving)?;
    chain::leave(draft, &delivery)?;
    Ok(draft.delivery(delivery.id)?.unwrap_or(delivery))
}

/// Gives up on a delivery whose time is up without another call, while its lane's breaker is open or its receiver
/// keeps asking to wait: one call for each of a long queue, one at a time, would keep them for days.
pub(super) fn expired(draft: &mut Draft<'_>, id: DeliveryId) -> Result<Answer, Missing> {
    let Some(before) = draft.delivery(id)? else {
        return Ok(Answer::Refused(Refusal::NotFound("delivery")));
    };
    let Some(lane) = draft.lane(before.lane)? else {
        return Ok(Answer::Refused(Refusal::NotFound("lane")));
    };
    let expires_at = before.expires_at(&lane, draft.routes.schedule.max_age);
    let is_up = draft.now >= expires_at && lane.takes_nothing_of(expires_at);
    let is_due = matches!(before.state, DeliveryState::Due { .. });
    if !is_up || !is_due {
        return Ok(Answer::Refused(Refusal::Stale));
    }
    let mut delivery = before.clone();
    let last = match &before.last {
        Some(last) => last.detail.clone(),
        None if lane.breaker.open_until.is_some() => "its destination answered nobody".to_owned(),
        None => "its destination kept asking to wait".to_owned(),
    };
    let reason = DeadReason::TooOld {
        attempts: before.tries,
        last,
    };
    delivery.state = DeliveryState::Dead {
        at: draft.now,
        reason,
    };
    chain::leave(draft, &before)?;
    draft.put_delivery(delivery.clone());
    chain::rest(draft, lane.id)?;
    let lane = draft.lane(lane.id)?.unwrap_or(lane);
    Ok(Answer::Settled(Box::new(AfterSettle {
        lane: *lane,
        host: None,
        delivery: *delivery,
        breaker_opened: false,
    })))
}

/// What a command was about is not there any more: neither is the link.
fn forget_vanished(draft: &mut Draft<'_>, delivery: &Delivery) -> Result<(), Missing> {
    let Some(ticket) = draft.ticket(delivery.ticket)? else {
        return Ok(());
    };
    let link = ticket
        .links
        .iter()
        .find(|link| link.system == delivery.system);
    let remote = match &delivery.command {
        Command::CancelTicket { remote } => Some(remote.clone()),
        _ => link.and_then(|link| link.remote.clone()),
    };
    if let Some(remote) = remote {
        linked::vanished(draft, delivery.ticket, &delivery.system, &remote)?;
    }
    if let Some(mut ticket) = draft.ticket(delivery.ticket)? {
        linked::keep_untold(draft, &mut ticket, delivery);
        draft.put_ticket(ticket);
    }
    Ok(())
}

fn settle_lane(draft: &Draft<'_>, lane: &mut Lane, settled: &Settled) -> bool {
    let schedule = &draft.routes.schedule;
    let mut opened = false;
    match settled.failure {
        None if is_answer(settled) => lane.breaker = Breaker::default(),
        None => {}
        Some(LaneFailure::Silence | LaneFailure::ServerError) => {
            lane.breaker.failures = lane.breaker.failures.saturating_add(1);
            if lane.breaker.failures >= schedule.breaker.failures {
                opened = lane.breaker.open_until.is_none();
                lane.breaker.open_until = Some(
                    draft
                        .now
                        .plus(schedule.breaker.open_for.min(schedule.max_delay)),
                );
            }
        }
    }
    if settled.attempt.class == Class::Throttled {
        lane.throttled_at = Some(draft.now);
        let until = throttled_until(draft, settled);
        lane.paused_until = Some(
            lane.paused_until
                .map_or(until, |current| current.max(until)),
        );
    } else if settled.attempt.class == Class::Ok {
        lane.throttled_at = None;
        if lane.paused_until.is_some_and(|until| until <= draft.now) {
            lane.paused_until = None;
        }
    }
    match settled.attempt.class {
        Class::Paused => pause::begin(draft, lane, &settled.attempt.detail),
        Class::Ok => pause::end(draft, lane),
        // What the system itself refuses for the delivery's own sake, it refuses no longer for any other.
        Class::Rejected if settled.attempt.status.is_some() => pause::end(draft, lane),
        Class::Rejected | Class::Retry | Class::Throttled | Class::Unknown => {}
    }
    if settled.gone && lane.gone_since.is_none() {
        lane.gone_since = Some(draft.now);
    }
    opened
}

/// Whether the receiver was heard at all: a call that was cut off, or never made, says nothing about it.
fn is_answer(settled: &Settled) -> bool {
    settled.attempt.status.is_some() || settled.attempt.class == Class::Ok
}

/// In full as far as `max_age` goes, and never so soon that a receiver which says "at once" is called in a circle;
/// where it did not say, a minute.
fn throttled_until(draft: &Draft<'_>, settled: &Settled) -> Time {
    let schedule = &draft.routes.schedule;
    match settled.until {
        Some(until) => until
            .max(draft.now.plus(SHORTEST_THROTTLE))
            .min(draft.now.plus(schedule.max_age)),
        None => draft.now.plus(UNNAMED_THROTTLE.min(schedule.max_delay)),
    }
}

/// A host is left alone once as many different lanes as the rule says got no answer at all, in a row.
fn settle_host(
    draft: &mut Draft<'_>,
    lane: &Lane,
    settled: &Settled,
) -> Result<(Option<HostState>, bool), Missing> {
    let rule = draft.routes.schedule.breaker;
    if settled.failure != Some(LaneFailure::Silence) {
        let is_answer = is_answer(settled) || settled.failure.is_some();
        if !is_answer || !settled.host_troubled || draft.host(&lane.host)? == HostState::default() {
            return Ok((None, false));
        }
        draft.put_host(lane.host.clone(), HostState::default());
        return Ok((Some(HostState::default()), false));
    }
    let mut host = draft.host(&lane.host)?;
    let is_news = !host.silent_lanes.contains(&lane.id);
    if is_news && host.silent_lanes.len() < rule.failures as usize {
        host.silent_lanes.push(lane.id);
    }
    let enough = host.silent_lanes.len() >= rule.failures as usize;
    let was_open = host.open_until.is_some();
    if enough && (is_news || host.open_until.is_some_and(|until| until <= draft.now)) {
        host.open_until = Some(
            draft
                .now
                .plus(rule.open_for.min(draft.routes.schedule.max_delay)),
        );
    } else if !is_news {
        return Ok((None, false));
    }
    draft.put_host(lane.host.clone(), host.clone());
    let opened = host.open_until.is_some() && !was_open;
    Ok((Some(host), opened))
}

fn settle_delivery(draft: &mut Draft<'_>, delivery: &mut Delivery, lane: &Lane, settled: &Settled) {
    let now = draft.now;
    let schedule = &draft.routes.schedule;
    let expires_at = delivery.expires_at(lane, schedule.max_age);
    let next = match settled.attempt.class {
        Class::Ok => Next::Delivered,
        Class::Rejected => Next::Dead,
        Class::Unknown if schedule.on_unknown == OnUnknown::Hold && delivery.reply().is_some() => {
            Next::Held
        }
        // Neither an attempt nor time passes while a system is paused.
        Class::Paused => Next::Kept,
        Class::Throttled if now >= expires_at => Next::TooOld,
        // The pause is that of the URL it came from.
        Class::Throttled if delivery.lane != settled.lane => Next::Again(now),
        Class::Throttled => Next::Again(lane.paused_until.unwrap_or(now).min(expires_at.max(now))),
        Class::Retry | Class::Unknown => {
            delivery.attempts = delivery.attempts.saturating_add(1);
            let delay = schedule::delay(schedule, delivery.attempts, draft.chance(0));
            let is_doubtful = settled.attempt.class == Class::Unknown;
            let at = if is_doubtful && delivery.command.is_looked_up() {
                delivery.in_doubt_since.get_or_insert(settled.attempt.at);
                now.plus(delay.max(schedule.look_after))
            } else if is_doubtful && delivery.reply().is_none() {
                // What lands late would undo what is sent at once.
                now.plus(delay.max(schedule.look_after))
            } else {
                now.plus(delay)
            };
            if now >= expires_at {
                Next::TooOld
            } else {
                Next::Again(at.min(expires_at))
            }
        }
    };
    match next {
        // It moved behind another one during the call, and its turn comes when that has left.
        Next::Held | Next::Kept | Next::Again(_) if delivery.state == DeliveryState::Waiting => {
            record(draft, delivery, settled, None);
        }
        // It is not to be sent again before a person says so.
        Next::Held | Next::Kept | Next::Again(_)
            if matches!(delivery.state, DeliveryState::Recorded { .. }) =>
        {
            record(draft, delivery, settled, None);
        }
        Next::Delivered => {
            record(draft, delivery, settled, None);
            delivery.state = delivered(delivery, settled, now);
        }
        Next::Dead => {
            record(draft, delivery, settled, None);
            let reason = DeadReason::Rejected(settled.attempt.detail.clone());
            delivery.state = DeliveryState::Dead { at: now, reason };
        }
        Next::TooOld => {
            record(draft, delivery, settled, None);
            let reason = DeadReason::TooOld {
                attempts: delivery.tries,
                last: settled.attempt.detail.clone(),
            };
            delivery.state = DeliveryState::Dead { at: now, reason };
        }
        Next::Held => {
            record(draft, delivery, settled, None);
            delivery.state = DeliveryState::Held { at: now };
        }
        Next::Kept => {
            let probe_at = lane.pause.as_ref().and_then(|pause| pause.probe_at);
            record(draft, delivery, settled, Some(probe_at.unwrap_or(now)));
            delivery.state = DeliveryState::Due { at: now };
        }
        Next::Again(at) => {
            record(draft, delivery, settled, Some(at));
            delivery.state = DeliveryState::Due { at };
        }
    }
}

enum Next {
    Delivered,
    Dead,
    TooOld,
    Held,
    /// As it is, while its system is paused.
    Kept,
    Again(Time),
}

/// What a system answers is what it did; a response URL's answer confirms something only as a reply response.
fn delivered(delivery: &Delivery, settled: &Settled, at: Time) -> DeliveryState {
    DeliveryState::Delivered {
        at,
        verified: settled.remote_uid.is_some() || delivery.reply().is_none(),
    }
}

/// Keeps this try as the delivery's last; the one before becomes a record of its own.
fn record(draft: &mut Draft<'_>, delivery: &mut Delivery, settled: &Settled, next: Option<Time>) {
    let earlier = delivery.last.take();
    let after_unknown = earlier
        .as_ref()
        .is_some_and(|earlier| earlier.class == Class::Unknown);
    if let Some(earlier) = earlier {
        draft.write(Write::Attempt(delivery.id, earlier));
    }
    delivery.tries = delivery.tries.saturating_add(1);
    delivery.last = Some(Attempt {
        number: delivery.tries,
        next,
        may_repeat: settled.attempt.may_repeat || after_unknown,
        ..settled.attempt.clone()
    });
}

/// From a valid reply response on, the receiver's name for the reply finds it, so that a later ticket that names
/// it as parent threads.
fn remember_remote_uid(
    draft: &mut Draft<'_>,
    delivery: &Delivery,
    settled: &Settled,
) -> Result<(), Missing> {
    let bounds = 1..=LONGEST_REMOTE_UID;
    let Some(uid) = settled
        .remote_uid
        .as_ref()
        .filter(|uid| bounds.contains(&uid.len()))
    else {
        return Ok(());
    };
    let Some(mut message) = draft.message(delivery.ticket, delivery.message)? else {
        return Ok(());
    };
    if message.remote_uid.as_ref() == Some(uid) {
        return Ok(());
    }
    message.remote_uid = Some(uid.clone());
    draft.put_message(message);
    let known = draft.facts.uid(&delivery.brand, uid)?;
    let slot = Slot::Reply;
    let named = draft.facts.named(&delivery.brand, uid, &slot, &known)?;
    if named.is_some() {
        return Ok(());
    }
    draft.write(Write::Uid {
        brand: delivery.brand.clone(),
        uid: uid.clone(),
        slot,
        ticket: delivery.ticket,
        message: delivery.message,
    });
    if known.is_empty() {
        let children = draft.facts.waiting(&delivery.brand, uid)?;
        intake::end_waiting(draft, &delivery.brand, uid, &children)?;
        intake::relate(
            draft,
            delivery.ticket,
            children.iter().map(|child| child.ticket),
        )?;
    }
    Ok(())
}
