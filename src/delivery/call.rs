//! One call: load, send, settle.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::model::{
    Attempt, Class, Delivery, DeliveryId, DeliveryState, Destination, Happening, Head, Lane,
    LaneId, SetAside, Settled, Time,
};
use crate::plan::{AfterSettle, Answer, OnUnknown};
use crate::store::{CommitError, Parcel, Rank, ReadError};
use crate::systems::Report;

use super::Delivering;

mod tell;

use tell::{tell, tell_set_aside, tell_too_old};

/// What a call led to.
#[derive(Debug)]
pub(super) enum Ended {
    /// A call was made and settled.
    Settled(Box<AfterSettle>, Class),
    /// The delivery is out of the way now: it was moved or set aside, or there is no time left to call.
    Cleared,
    /// No call was made: the delivery is not what its head says.
    MovedOn,
    /// What happened cannot be stored, or the store failed; the call must not be repeated soon.
    Stuck,
}

/// What a call goes by beside its delivery.
#[derive(Debug, Clone)]
pub(super) struct Terms {
    /// Its lane, as it is when the turn comes.
    pub(super) lane: Lane,
    /// Whether the host's gate remembers trouble by now.
    pub(super) host_troubled: Arc<AtomicBool>,
    /// No call begins from then on.
    pub(super) stop: CancellationToken,
    /// No call goes on from then on.
    pub(super) cut: CancellationToken,
}

/// Makes the call for `head`, once, and never panics.
pub(super) async fn call(with: Delivering, lane: LaneId, head: Head, terms: Terms) -> Ended {
    let calling = AssertUnwindSafe(load_send_settle(&with, lane, head, &terms)).catch_unwind();
    calling.await.unwrap_or_else(|_| {
        tracing::error!(ticket = %head.ticket, delivery = %head.delivery, "a delivery panicked; please report this");
        Ended::Stuck
    })
}

async fn load_send_settle(with: &Delivering, lane: LaneId, head: Head, terms: &Terms) -> Ended {
    let parcel = match with.store.parcel(head.delivery).await {
        Ok(Some(parcel)) => parcel,
        Ok(None) => return set_aside(with, lane, head, "its record is missing".to_owned()).await,
        Err(ReadError::Unreadable(reason)) => return set_aside(with, lane, head, reason).await,
        Err(ReadError::Failed(_)) => return Ended::Stuck,
    };
    if parcel.delivery.lane != lane {
        return Ended::MovedOn;
    }
    match parcel.delivery.state {
        DeliveryState::Due { .. } => {}
        DeliveryState::Started { at } => {
            // Only a daemon that ended in the middle leaves this behind.
            let report = Report::unanswered(
                Class::Unknown,
                "the daemon ended while the call was under way",
                None,
            );
            let call = Call {
                at,
                took: Duration::ZERO,
                may_repeat: false,
            };
            return settle(with, &parcel.delivery, lane, report, call, terms).await;
        }
        DeliveryState::Waiting
        | DeliveryState::Recorded { .. }
        | DeliveryState::Held { .. }
        | DeliveryState::Delivered { .. }
        | DeliveryState::Dead { .. }
        | DeliveryState::Cancelled { .. } => return Ended::MovedOn,
    }
    if is_misplaced(&parcel) {
        let delivery = head.delivery;
        return plain(with, Happening::Misplaced { delivery }).await;
    }
    if terms.stop.is_cancelled() {
        return Ended::Cleared;
    }
    if with.live.load().routes.is_dry_run(&parcel.delivery.system) {
        return withhold(with, head.delivery, false).await;
    }
    if is_unlinked(&parcel) {
        let delivery = head.delivery;
        return plain(with, Happening::Unlinked { delivery }).await;
    }
    if is_hopeless(with, &parcel.delivery, &terms.lane) {
        return give_up(with, &parcel.delivery).await;
    }
    let is_held = with.live.load().routes.schedule.on_unknown == OnUnknown::Hold;
    let command = &parcel.delivery.command;
    let begins = command.is_looked_up() || (is_held && parcel.delivery.reply().is_some());
    if begins {
        let delivery = head.delivery;
        match commit(with, Happening::Started { delivery }).await {
            Ok(Answer::Started) => {}
            Ok(_) => return Ended::MovedOn,
            Err(_) => return Ended::Stuck,
        }
    }
    let delivery = parcel.delivery.clone();
    let at = with.clock.now();
    let began = Instant::now();
    let report = send(with, parcel, &terms.cut).await;
    let took = began.elapsed();
    if report.withheld {
        return withhold(with, delivery.id, begins).await;
    }
    with.metrics.attempt(&delivery.system, report.class, took);
    let may_repeat = with.store.run().leaves_in_doubt(head.due);
    let call = Call {
        at,
        took,
        may_repeat,
    };
    settle(with, &delivery, lane, report, call, terms).await
}

/// When a call was made.
struct Call {
    at: Time,
    took: Duration,
    may_repeat: bool,
}

async fn settle(
    with: &Delivering,
    delivery: &Delivery,
    lane: LaneId,
    report: Report,
    call: Call,
    terms: &Terms,
) -> Ended {
    let class = report.class;
    let settled = Settled {
        delivery: delivery.id,
        lane,
        revision: delivery.revision,
        attempt: Attempt {
            number: 0,
            at: call.at,
            took_ms: u64::try_from(call.took.as_millis()).unwrap_or(u64::MAX),
            class,
            status: report.status,
            detail: report.detail,
            next: None,
            may_repeat: call.may_repeat,
            fates: report.fates,
        },
        until: report.until,
        gone: report.gone,
        remote_uid: report.remote_uid,
        vanished: report.vanished,
        failure: report.failure,
        host_troubled: terms.host_troubled.load(Ordering::Relaxed),
    };
    match commit(with, Happening::Settled(Box::new(settled))).await {
        Ok(Answer::Settled(after)) => {
            tell(with, &terms.lane, &after, class);
            Ended::Settled(after, class)
        }
        Ok(_) => Ended::MovedOn,
        Err(CommitError::SetAside(reason)) => unsettled(with, delivery, class, &reason).await,
        Err(CommitError::Full | CommitError::Failed(_)) => Ended::Stuck,
    }
}

/// A call was made and its outcome cannot be planned: the delivery is set aside, so that it is not sent over and
/// over.
async fn unsettled(with: &Delivering, before: &Delivery, class: Class, reason: &str) -> Ended {
    let Ok(Some(parcel)) = with.store.parcel(before.id).await else {
        return Ended::Stuck;
    };
    let delivery = parcel.delivery;
    let (DeliveryState::Due { at: due } | DeliveryState::Started { at: due }) = delivery.state
    else {
        return Ended::MovedOn;
    };
    let head = Head {
        due,
        retried: delivery.attempts > 0,
        ticket: delivery.ticket,
        delivery: delivery.id,
    };
    let class = class.as_str();
    let reason = format!("its call ended ({class}), but that cannot be stored: {reason}");
    set_aside(with, delivery.lane, head, reason).await
}

/// Sends, and never panics; what is still under way at `cut` is unknown.
async fn send(with: &Delivering, mut parcel: Parcel, cut: &CancellationToken) -> Report {
    // Where the call is told of itself, it has a place of its own.
    if with.live.load().routes.traces.is_some() {
        parcel.delivery.trace = parcel.delivery.call_context();
    }
    let webhook_id = parcel.delivery.webhook_id(with.store.incarnation());
    let sending = AssertUnwindSafe(async { with.courier.deliver(parcel, webhook_id).await });
    let sending = sending.catch_unwind();
    tokio::select! {
        report = sending => report.unwrap_or_else(|_| {
            Report::unanswered(Class::Unknown, "the adapter panicked; please report this", None)
        }),
        () = cut.cancelled() => {
            Report::unanswered(Class::Unknown, "the daemon stopped while the call was under way", None)
        }
    }
}

/// Whether its time is up and another call would only tell what is known.
fn is_hopeless(with: &Delivering, delivery: &Delivery, lane: &Lane) -> bool {
    let max_age = with.live.load().routes.schedule.max_age;
    let expires_at = delivery.expires_at(lane, max_age);
    expires_at <= with.clock.now() && lane.takes_nothing_of(expires_at)
}

async fn give_up(with: &Delivering, delivery: &Delivery) -> Ended {
    let what = Happening::Expired {
        delivery: delivery.id,
    };
    match commit(with, what).await {
        Ok(Answer::Settled(_)) => {
            tell_too_old(with, delivery);
            Ended::Cleared
        }
        Ok(_) => Ended::MovedOn,
        Err(_) => Ended::Stuck,
    }
}

/// Its system is in dry-run mode: what would be sent is written down.
async fn withhold(with: &Delivering, delivery: DeliveryId, begun: bool) -> Ended {
    tracing::info!(%delivery, "recorded instead of sent: its system is in dry-run mode");
    plain(with, Happening::Withheld { delivery, begun }).await
}

/// Whether it goes by a ticket at its system that was not made.
fn is_unlinked(parcel: &Parcel) -> bool {
    let conversation = parcel.conversation.as_deref();
    let links = conversation.map(|conversation| conversation.ticket.links.as_slice());
    let mut links = links.unwrap_or_default().iter();
    links.any(|link| link.is_unmade_for(&parcel.delivery))
}

fn is_misplaced(parcel: &Parcel) -> bool {
    let Destination::ResponseUrl(to) = &parcel.to else {
        return false;
    };
    parcel
        .wanted_url
        .as_ref()
        .is_some_and(|wanted| wanted != to)
}

async fn set_aside(with: &Delivering, lane: LaneId, head: Head, reason: String) -> Ended {
    tell_set_aside(with, head, &reason);
    plain(with, Happening::SetAside(SetAside { lane, head, reason })).await
}

async fn plain(with: &Delivering, what: Happening) -> Ended {
    match commit(with, what).await {
        Ok(Answer::Refused(_)) => Ended::MovedOn,
        Ok(_) => Ended::Cleared,
        Err(_) => Ended::Stuck,
    }
}

async fn commit(with: &Delivering, what: Happening) -> Result<Answer, CommitError> {
    let event = with.clock.event(what);
    with.store.commit(event, Rank::Outcome).await
}
