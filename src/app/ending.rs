//! How the daemon ends: in order, or because its store failed.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;

use crate::alerts::{Alert, Alerts, Kind};
use crate::store::{CommitError, Store};

use super::ServeError;

/// After the store failed, this long is left for answers that say so.
const LAST_WORDS: Duration = Duration::from_millis(250);

/// Lets everything that was told to stop do so, for `grace`; then cuts what is left.
pub(super) async fn finish(tasks: &mut JoinSet<()>, grace: Duration, cut: &CancellationToken) {
    let deadline = Instant::now() + grace;
    loop {
        tokio::select! {
            ended = tasks.join_next() => {
                if ended.is_none() {
                    return;
                }
            }
            () = sleep_until(deadline), if !cut.is_cancelled() => {
                tracing::warn!("calls still under way are recorded as unknown");
                cut.cancel();
            }
            () = sleep_until(deadline + LAST_WORDS * 4) => return,
        }
    }
}

pub(super) async fn close(store: Store) -> Result<(), ServeError> {
    let damaged = store.is_damaged();
    match store.close().await {
        Ok(()) => Ok(()),
        Err(CommitError::Failed(reason)) if damaged => Err(ServeError::Damaged(reason)),
        Err(CommitError::Failed(reason)) => Err(ServeError::Store(reason)),
        Err(error) => Err(ServeError::Other(error.into())),
    }
}

/// Ends the process without closing the store: closing would write to it again.
pub(super) async fn fail(store: &Store, reason: &str, alerts: &Alerts) -> ! {
    let error = if store.is_damaged() {
        tracing::error!(
            reason,
            "the store is damaged; ending, and nothing in it is deleted"
        );
        ServeError::Damaged(reason.to_owned())
    } else {
        tracing::error!(
            reason,
            "the store failed; ending so that the next start can recover it"
        );
        ServeError::Store(reason.to_owned())
    };
    let alert = Alert::new(Kind::Store, "", error.to_string());
    tokio::join!(sleep(LAST_WORDS), alerts.last_words(&alert));
    std::mem::forget(store.clone());
    std::process::exit(i32::from(error.exit_code()))
}
