//! What the service manager is told, where there is one.
//!
//! A daemon that cannot tell it goes on all the same: what it is for does not depend on that.

use std::time::Duration;

use sd_notify::NotifyState;

/// How often the service manager wants to hear that all is well, where it does.
pub(super) fn watchdog() -> Option<Duration> {
    sd_notify::watchdog_enabled()
}

/// What goes on before tickets are taken.
pub(super) fn starting(status: &str) {
    tell(&[NotifyState::Status(status)]);
}

/// Tickets are taken.
pub(super) fn ready(status: &str) {
    tell(&[NotifyState::Ready, NotifyState::Status(status)]);
}

/// How it stands.
pub(super) fn status(status: &str) {
    tell(&[NotifyState::Status(status)]);
}

/// New settings are being read; [`reloaded`] follows in any case.
pub(super) fn reloading() {
    match NotifyState::monotonic_usec_now() {
        Ok(now) => tell(&[NotifyState::Reloading, now]),
        Err(error) => tracing::warn!(%error, "the service manager is not told of the reload"),
    }
}

/// That is over, whether they are in force or not.
pub(super) fn reloaded() {
    tell(&[NotifyState::Ready]);
}

/// No ticket is taken any more.
pub(super) fn stopping() {
    tell(&[
        NotifyState::Stopping,
        NotifyState::Status("stopping: calls in hand are finished"),
    ]);
}

/// All is well.
pub(super) fn alive() {
    tell(&[NotifyState::Watchdog]);
}

fn tell(states: &[NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "the service manager cannot be told");
    }
}
