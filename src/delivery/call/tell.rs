//! What the log and the metrics say of a call.

use crate::model::{Class, Delivery, DeliveryState, Lane};
use crate::plan::AfterSettle;

use super::super::Delivering;

/// One line for each call, and what is counted; more where something begins or ends with it.
pub(super) fn tell(with: &Delivering, lane_before: &Lane, after: &AfterSettle, class: Class) {
    tell_delivery(with, after, class);
    let system = after.delivery.system.as_str();
    if after.breaker_opened {
        let host = after.lane.host.as_str();
        tracing::warn!(system, lane = %after.lane.id, host, "too many failures in a row; the destination is left alone for a while");
    }
    match (&lane_before.pause, &after.lane.pause) {
        (None, Some(pause)) => {
            let reason = pause.reason.as_str();
            tracing::error!(system, reason, "the system is paused and keeps its queue");
        }
        (Some(_), None) => tracing::info!(system, "the system goes on"),
        (None, None) | (Some(_), Some(_)) => {}
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
        }
        DeliveryState::Held { .. } => {
            tracing::error!(delivery = %id, %ticket, system, command, attempt = number, detail, "the outcome is unknown; the delivery is held for a person");
        }
        DeliveryState::Cancelled { .. } if class == Class::Rejected => {
            with.metrics.delivery(system, "cancelled");
            tracing::error!(delivery = %id, %ticket, system, command, attempt = number, detail, "what it was about is not there any more; the link is ended");
        }
        DeliveryState::Waiting
        | DeliveryState::Due { .. }
        | DeliveryState::Started { .. }
        | DeliveryState::Cancelled { .. } => {
            let class = class.as_str();
            tracing::warn!(delivery = %id, %ticket, system, command, attempt = number, class, delay_ms, detail, "not delivered yet");
        }
    }
}
