//! What the log and the metrics say of a call.

use crate::alerts::{Alert, Kind};
use crate::model::{Class, DeadReason, Delivery, DeliveryState, Head, Lane};
use crate::plan::AfterSettle;

use super::super::Delivering;

/// One line for each call, and what is counted; more where something begins or ends with it.
pub(super) fn tell(with: &Delivering, lane_before: &Lane, after: &AfterSettle, class: Class) {
    tell_delivery(with, after, class);
    let system = after.delivery.system.as_str();
    if after.breaker_opened {
        tell_breaker(with, lane_before, after);
    }
    match (&lane_before.pause, &after.lane.pause) {
        (None, Some(pause)) => {
            let reason = pause.reason.as_str();
            tracing::error!(system, reason, "the system is paused and keeps its queue");
            with.alerts.raise(&Alert {
                since: Some(pause.since),
                ..of_pause(&after.lane, reason)
            });
        }
        (Some(_), None) => tracing::info!(system, "the system goes on"),
        (None, None) | (Some(_), Some(_)) => {}
    }
    if with.alerts.awaits_ends() {
        tell_ends(with, after);
    }
}

/// It is the lane's or its host's.
fn tell_breaker(with: &Delivering, lane_before: &Lane, after: &AfterSettle) {
    let (lane, host) = (&after.lane, after.lane.host.as_str());
    let system = lane.to.system();
    tracing::warn!(system, lane = %lane.id, host, "too many failures in a row; the destination is left alone for a while");
    let was_open = lane_before.breaker.open_until.is_some();
    let is_lanes = lane.breaker.open_until.is_some() && !was_open;
    with.alerts.raise(&if is_lanes {
        of_lane(lane)
    } else {
        of_host(lane)
    });
}

/// What is not so after this call has ended, if it ever was: whatever ended it, a person's order or a call.
fn tell_ends(with: &Delivering, after: &AfterSettle) {
    let lane = &after.lane;
    if lane.pause.is_none() {
        with.alerts.end(&of_pause(lane, "the system goes on"));
    }
    if lane.breaker.open_until.is_none() {
        with.alerts.end(&of_lane(lane));
    }
    if after
        .host
        .as_ref()
        .is_some_and(|host| host.open_until.is_none())
    {
        with.alerts.end(&of_host(lane));
    }
}

fn of_pause(lane: &Lane, detail: &str) -> Alert {
    let system = lane.to.system();
    Alert::new(Kind::Paused, system, detail).at(system)
}

fn of_lane(lane: &Lane) -> Alert {
    let (number, host) = (lane.id, lane.host.as_str());
    let detail = format!("lane {number} at {host}");
    Alert::new(Kind::Breaker, number.to_string(), detail).at(lane.to.system())
}

fn of_host(lane: &Lane) -> Alert {
    let host = lane.host.as_str();
    let detail = format!("all of {host}");
    Alert::new(Kind::Breaker, host, detail).at(lane.to.system())
}

/// A delivery's time was up, and it was given up on without another call.
pub(super) fn tell_too_old(with: &Delivering, delivery: &Delivery) {
    let (id, ticket, system) = (delivery.id, delivery.ticket, delivery.system.as_str());
    with.metrics.delivery(system, "dead");
    tracing::error!(delivery = %id, %ticket, system, command = delivery.command.word(), "a delivery became a dead letter: its time was up while its destination took nothing");
    let detail = "too old, while its destination took nothing".to_owned();
    with.alerts.raise(&dead(delivery, detail));
}

/// A delivery cannot go on because of its record.
pub(super) fn tell_set_aside(with: &Delivering, head: Head, reason: &str) {
    tracing::error!(ticket = %head.ticket, delivery = %head.delivery, %reason, "a delivery is set aside");
    with.alerts.raise(&Alert {
        ticket: Some(head.ticket),
        delivery: Some(head.delivery),
        ..Alert::new(Kind::DeadLetter, "", "set aside, because of its record")
    });
}

fn dead(delivery: &Delivery, detail: String) -> Alert {
    Alert {
        ticket: Some(delivery.ticket),
        delivery: Some(delivery.id),
        ..Alert::new(Kind::DeadLetter, "", detail).at(&delivery.system)
    }
}

/// Why it is dead, without what a receiver said: that may quote what it was sent.
fn why_dead(reason: &DeadReason, status: Option<u16>) -> String {
    match (reason, status) {
        (DeadReason::Rejected(_), Some(status)) => format!("refused with {status}"),
        (DeadReason::Rejected(_), None) => "it can never be sent as it is".to_owned(),
        (DeadReason::TooOld { attempts, .. }, Some(status)) => {
            format!("too old after {attempts} attempts, the last answered {status}")
        }
        (DeadReason::TooOld { attempts, .. }, None) => {
            format!("too old after {attempts} attempts, the last without an answer")
        }
        (DeadReason::SetAside(_), _) => "set aside, because of its record".to_owned(),
    }
}

fn tell_delivery(with: &Delivering, after: &AfterSettle, class: Class) {
    let delivery = &after.delivery;
    let Some(attempt) = &delivery.last else {
        return;
    };
    let Delivery { id, ticket, .. } = delivery;
    let (system, command) = (delivery.system.as_str(), delivery.command.word());
    let (number, took_ms, detail) = (attempt.number, attempt.took_ms, attempt.detail.as_str());
    let now = with.clock.now();
    let delay_ms = attempt
        .next
        .map(|next| u64::try_from(next.since(now).as_millis()).unwrap_or(u64::MAX));
    if class == Class::Throttled
        && let Some(until) = after.lane.paused_until
    {
        with.metrics.throttled(system, until.since(now));
    }
    match &delivery.state {
        DeliveryState::Delivered { verified, .. } => {
            let outcome = if *verified { "delivered" } else { "unverified" };
            with.metrics.delivery(system, outcome);
            tracing::info!(delivery = %id, %ticket, system, command, attempt = number, took_ms, verified, "delivered");
        }
        DeliveryState::Dead { reason, .. } => {
            with.metrics.delivery(system, "dead");
            tracing::error!(delivery = %id, %ticket, system, command, attempt = number, %reason, "a delivery became a dead letter");
            let detail = why_dead(reason, attempt.status);
            with.alerts.raise(&dead(delivery, detail));
        }
        DeliveryState::Held { .. } => {
            tracing::error!(delivery = %id, %ticket, system, command, attempt = number, detail, "the outcome is unknown; the delivery is held for a person");
        }
        DeliveryState::Cancelled { .. } if class == Class::Rejected => {
            with.metrics.delivery(system, "cancelled");
            tracing::error!(delivery = %id, %ticket, system, command, attempt = number, detail, "what it was about is not there any more; the link is ended");
        }
        DeliveryState::Due { .. } if class == Class::Ok => {
            tracing::debug!(delivery = %id, %ticket, system, command, attempt = number, "delivered, and there is more to say by now");
        }
        DeliveryState::Waiting
        | DeliveryState::Due { .. }
        | DeliveryState::Started { .. }
        | DeliveryState::Recorded { .. }
        | DeliveryState::Cancelled { .. } => {
            let class = class.as_str();
            tracing::warn!(delivery = %id, %ticket, system, command, attempt = number, class, delay_ms, detail, "not delivered yet");
        }
    }
}
