//! Tells each ticket's way, from intake to the last reply, as a trace: to the collector that `[traces]` names, in
//! OpenTelemetry's protocol.
//!
//! Every part of a trace is told once it is over, out of what was synced: an event that was taken, a call that ended.
//! Whoever hands one over goes on at once: a bounded number is kept, one task sends them, and what a collector does not
//! take is counted and gone. The daemon never depends on any of this. No part holds what a message says, a name, a
//! response URL or a secret.

mod batch;
mod collector;
mod span;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::live::Live;
use crate::metrics::{Metrics, SpanOutcome};
use crate::model::Event;
use crate::plan::{Answer, Step};

use batch::Batches;
use collector::Collector;

/// So many are kept until they are sent.
const MOST_KEPT: usize = 4096;

/// Where parts of traces are handed over; clones are the same.
#[derive(Clone)]
pub struct Traces(Arc<Shared>);

struct Shared {
    live: Arc<ArcSwap<Live>>,
    clock: Arc<dyn Clock>,
    metrics: Arc<Metrics>,
    kept: mpsc::Sender<Span>,
    /// Taken by whoever sends.
    to_send: Mutex<Option<mpsc::Receiver<Span>>>,
}

impl Traces {
    /// For the settings in force, whichever these are at the time.
    #[must_use]
    pub fn new(live: Arc<ArcSwap<Live>>, clock: Arc<dyn Clock>, metrics: Arc<Metrics>) -> Self {
        let (kept, to_send) = mpsc::channel(MOST_KEPT);
        Self(Arc::new(Shared {
            live,
            clock,
            metrics,
            kept,
            to_send: Mutex::new(Some(to_send)),
        }))
    }

    /// An event was taken, and what it led to is synced.
    pub fn tell(&self, event: &Event, step: &Step, answer: &Answer) {
        let live = self.0.live.load();
        if !step.context.sampled || live.settings.traces.endpoint.is_none() {
            return;
        }
        let Some(span) = span::of(event, step, answer, self.0.clock.now()) else {
            return;
        };
        if self.0.kept.try_send(span).is_err() {
            self.0.metrics.spans(SpanOutcome::Dropped, 1);
        }
    }

    /// Sends what is handed over until `stop`, and then what is left, as far as a short time goes.
    pub async fn run(self, stop: CancellationToken) {
        let to_send = &self.0.to_send;
        let to_send = to_send
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(to_send) = to_send else {
            return;
        };
        let collector = Collector::new(Arc::clone(&self.0.live));
        let metrics = Arc::clone(&self.0.metrics);
        Batches::new(to_send, collector, metrics).run(stop).await;
    }
}
