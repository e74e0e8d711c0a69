//! Under which name each metric stands, and what is said of it.

use std::sync::PoisonError;

use super::Metrics;

impl Metrics {
    pub(super) fn register(&self) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        registry.register(
            "tickets_accepted",
            "External tickets stored and synced",
            self.tickets_accepted.clone(),
        );
        registry.register(
            "intake_rejected",
            "External tickets refused",
            self.intake_rejected.clone(),
        );
        registry.register(
            "intake_seconds",
            "Time to answer an external ticket",
            self.intake_seconds.clone(),
        );
        registry.register(
            "deliveries",
            "Deliveries that ended",
            self.deliveries.clone(),
        );
        registry.register(
            "attempts",
            "Calls made for deliveries",
            self.attempts.clone(),
        );
        registry.register(
            "attempt_seconds",
            "Time of a call",
            self.attempt_seconds.clone(),
        );
        registry.register(
            "pending",
            "Deliveries that are not finished",
            self.pending.clone(),
        );
        registry.register(
            "dead_letters",
            "Deliveries given up on and not yet settled by a person",
            self.dead_letters.clone(),
        );
        registry.register(
            "oldest_due_seconds",
            "How long the oldest due delivery waits",
            self.oldest_due_seconds.clone(),
        );
        registry.register(
            "throttled_seconds",
            "Time that receivers asked us to wait",
            self.throttled_seconds.clone(),
        );
        registry.register(
            "breaker_open",
            "Destinations left alone after failures",
            self.breaker_open.clone(),
        );
        registry.register("paused", "Whether the system is held", self.paused.clone());
        registry.register(
            "store_commit_seconds",
            "Time to plan, write and sync a batch",
            self.commit_seconds.clone(),
        );
        registry.register(
            "store_commit_batch_size",
            "Events in a batch",
            self.commit_batch_size.clone(),
        );
        registry.register(
            "store_bytes",
            "Size of the store on disk",
            self.store_bytes.clone(),
        );
        registry.register(
            "store_free_bytes",
            "Free space where the store is",
            self.store_free_bytes.clone(),
        );
        registry.register(
            "poll_age_seconds",
            "Time since the system was last polled with success",
            self.poll_age_seconds.clone(),
        );
        registry.register(
            "webhooks",
            "Webhooks that the system sent",
            self.webhooks.clone(),
        );
        registry.register(
            "echoes",
            "Changes elsewhere that were our own writes",
            self.echoes.clone(),
        );
        registry.register(
            "loop_breaks",
            "Tickets no longer mirrored because they changed too often",
            self.loop_breaks.clone(),
        );
        registry.register(
            "spans",
            "Parts of traces, by what became of them",
            self.spans.clone(),
        );
    }
}
