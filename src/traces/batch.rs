//! The task that sends: gathers for a moment, posts what there is, and keeps a batch that may be taken later.

use std::sync::Arc;
use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::metrics::{Metrics, SpanOutcome};

use super::collector::{Collect, Taken};

/// So many are posted at once.
const MOST_AT_ONCE: usize = 512;
/// So long a part of a trace waits for others.
const GATHER_FOR: Duration = Duration::from_secs(2);
/// Between tries of the same batch, unless the collector wants another time.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(5);
/// A batch that was not taken for so long is given up on, for the sake of newer ones.
const TRY_FOR: Duration = Duration::from_secs(60);
/// What is left when the daemon ends gets so long.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Sends what is handed over.
pub(super) struct Batches<C> {
    to_send: mpsc::Receiver<Span>,
    collector: C,
    metrics: Arc<Metrics>,
    /// Whether the last batch was not taken.
    in_trouble: bool,
}

impl<C: Collect> Batches<C> {
    pub(super) fn new(to_send: mpsc::Receiver<Span>, collector: C, metrics: Arc<Metrics>) -> Self {
        Self {
            to_send,
            collector,
            metrics,
            in_trouble: false,
        }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut batch = Vec::new();
        loop {
            let gathered = tokio::select! {
                gathered = gather(&mut self.to_send, &mut batch) => gathered,
                () = stop.cancelled() => break,
            };
            if !gathered {
                break;
            }
            tokio::select! {
                () = self.send(&batch) => batch.clear(),
                () = stop.cancelled() => break,
            }
        }
        if timeout(LAST_WORDS, self.send_the_rest(&mut batch))
            .await
            .is_err()
        {
            self.lose(&batch, "the daemon ends");
        }
    }

    /// Posts what was handed over so far.
    async fn send_the_rest(&mut self, batch: &mut Vec<Span>) {
        loop {
            while batch.len() < MOST_AT_ONCE
                && let Ok(span) = self.to_send.try_recv()
            {
                batch.push(span);
            }
            if batch.is_empty() {
                return;
            }
            match self.collector.collect(batch).await {
                Ok(taken) => self.count(batch, taken),
                Err(error) => self.lose(batch, &error.to_string()),
            }
            batch.clear();
        }
    }

    /// Posts a batch until it is taken or given up on.
    async fn send(&mut self, batch: &[Span]) {
        let began = Instant::now();
        loop {
            let error = match self.collector.collect(batch).await {
                Ok(taken) => {
                    self.count(batch, taken);
                    return;
                }
                Err(error) => error,
            };
            if !self.in_trouble {
                self.in_trouble = true;
                tracing::warn!(%error, "traces cannot be sent; newer ones are kept as far as there is room");
            }
            let pause = error.after().unwrap_or(TRY_AGAIN_AFTER);
            if !error.is_passing() || began.elapsed() + pause > TRY_FOR {
                self.lose(batch, &error.to_string());
                return;
            }
            sleep(pause).await;
        }
    }

    fn count(&mut self, batch: &[Span], taken: Taken) {
        let all = batch.len() as u64;
        match taken {
            Taken::AllBut(refused) => {
                let refused = refused.min(all);
                self.metrics.spans(SpanOutcome::Exported, all - refused);
                self.metrics.spans(SpanOutcome::Refused, refused);
                if std::mem::take(&mut self.in_trouble) {
                    tracing::info!("traces are taken again");
                }
            }
            Taken::Unwanted => self.metrics.spans(SpanOutcome::Dropped, all),
        }
    }

    fn lose(&self, batch: &[Span], reason: &str) {
        tracing::debug!(reason, spans = batch.len(), "parts of traces are lost");
        self.metrics.spans(SpanOutcome::Refused, batch.len() as u64);
    }
}

/// Waits for the first, and a moment for more; `false` if there will be none.
async fn gather(to_send: &mut mpsc::Receiver<Span>, batch: &mut Vec<Span>) -> bool {
    if batch.is_empty() {
        match to_send.recv().await {
            Some(span) => batch.push(span),
            None => return false,
        }
    }
    let until = Instant::now() + GATHER_FOR;
    while batch.len() < MOST_AT_ONCE {
        match tokio::time::timeout_at(until, to_send.recv()).await {
            Ok(Some(span)) => batch.push(span),
            Ok(None) | Err(_) => break,
        }
    }
    true
}
