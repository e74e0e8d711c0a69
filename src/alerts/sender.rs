//! The task that sends: waits until something is due, posts it, and keeps what was not taken.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::gather::{Batch, Gathering, Kept, State};
use super::post::{Post, PostError};
use super::{Alerts, Kind, body};

/// What is left when the daemon ends gets so long.
pub(super) const LAST_WORDS: Duration = Duration::from_secs(2);

pub(super) async fn run(alerts: &Alerts, to: &impl Post, stop: &CancellationToken) {
    loop {
        let news = alerts.0.news.notified();
        let now = Instant::now();
        let taken = alerts.gathering().take(now);
        let Some((kind, state, batch)) = taken else {
            let due = alerts.gathering().next_due(now);
            tokio::select! {
                () = news => {}
                () = sleep_until(due.unwrap_or(now)), if due.is_some() => {}
                () = stop.cancelled() => return,
            }
            continue;
        };
        let posted = tokio::select! {
            posted = to.post(body::to_wire(kind, state, &batch)) => posted,
            () = after(stop, LAST_WORDS) => Err(PostError::TimedOut),
        };
        settle(alerts, kind, state, batch, posted);
        if stop.is_cancelled() {
            return;
        }
    }
}

/// What is left, when all else has ended and [`run`] has, too.
pub(super) async fn finish(alerts: &Alerts, to: &impl Post) {
    let mut rest = std::mem::take(&mut *alerts.gathering());
    send_the_rest(&mut rest, to).await;
}

/// Each once and at once, as far as the time goes.
pub(super) async fn send_the_rest(rest: &mut Gathering, to: &impl Post) {
    let sending = async {
        while let Some((kind, state, batch)) = rest.take_any() {
            if let Err(error) = to.post(body::to_wire(kind, state, &batch)).await {
                tracing::error!(alert = kind.as_str(), %error, "an alert cannot be sent, and the daemon ends");
                return;
            }
        }
    };
    if timeout(LAST_WORDS, sending).await.is_err() {
        tracing::error!("an alert was not sent before the daemon ended");
    }
}

fn settle(alerts: &Alerts, kind: Kind, state: State, batch: Batch, posted: Result<(), PostError>) {
    let alert = kind.as_str();
    match posted {
        Ok(()) => {
            if alerts.gathering().sent(kind, state, Instant::now()) {
                tracing::info!(alert, "alerts are taken again");
            }
        }
        // Meanwhile the settings may have changed.
        Err(_) if !alerts.wants(kind) => {}
        Err(error) => {
            let kept = alerts
                .gathering()
                .failed(kind, state, batch, Instant::now());
            match kept {
                Kept::ForTheFirstTime => {
                    tracing::error!(alert, %error, "an alert cannot be sent; it is tried again");
                }
                Kept::Again => tracing::debug!(alert, %error, "an alert still cannot be sent"),
                Kept::GivenUp(count) => {
                    tracing::error!(alert, count, %error, "alerts could not be sent for a day and are given up on");
                }
            }
        }
    }
}

async fn after(stop: &CancellationToken, moment: Duration) {
    stop.cancelled().await;
    tokio::time::sleep(moment).await;
}
