//! The one thread that writes: takes what is queued, stages it in bounded batches, syncs, then answers everybody.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio::time::Instant;

use crate::model::Event;
use crate::plan::{Answer, Step};

use super::CommitError;
use super::ledger::{EventError, Ledger};
use super::queue::Queue;
use super::rows::{Rows, RowsError};
use super::stage::LoopNews;
use super::witness::Witness;

/// More unsynced bytes than this stall readers and let the engine's memory grow.
const MOST_UNSYNCED_BYTES: usize = 256 * 1024;
/// So that nobody waits for a whole queue.
const MOST_EVENTS: usize = 1024;

#[expect(
    clippy::large_enum_variant,
    reason = "nearly all jobs are of the larger kind, and none is kept for long"
)]
pub(super) enum Job {
    /// Plan and store this, and say what came of it.
    Take {
        event: Event,
        /// Refused if the writer comes to it only then.
        until: Option<Instant>,
        answer: oneshot::Sender<Result<Answer, CommitError>>,
    },
    /// Say when all that was taken before is safe.
    SayWhenDone(oneshot::Sender<()>),
}

/// What is to be done after the sync.
struct Pending {
    /// Who is answered,
    sender: oneshot::Sender<Result<Answer, CommitError>>,
    /// with this.
    answer: Result<Answer, CommitError>,
    /// And what is told of what happened.
    told: Option<Box<(Event, Step)>>,
}

/// What the writer shares with those who wait for it.
pub(super) struct Progress {
    /// The newest cycle whose rows may be visible.
    visible: Arc<AtomicU64>,
    /// The cycle whose rows are safe.
    synced: watch::Sender<u64>,
    /// Set while a cycle is under way.
    busy_since: Mutex<Option<Instant>>,
    /// Set once and for all.
    failed: watch::Sender<Option<String>>,
    /// Whether what lies on the disk is why.
    damaged: AtomicBool,
    woken: watch::Sender<()>,
    /// Tickets that ceased to be mirrored so far; changes also when one is mirrored again.
    loop_breaks: watch::Sender<u64>,
}

impl Progress {
    /// `visible` is the newest cycle of which a row may be visible.
    pub(super) fn new(visible: Arc<AtomicU64>) -> Self {
        Self {
            visible,
            synced: watch::Sender::new(0),
            busy_since: Mutex::new(None),
            failed: watch::Sender::new(None),
            damaged: AtomicBool::new(false),
            woken: watch::Sender::new(()),
            loop_breaks: watch::Sender::new(0),
        }
    }

    /// Waits until all that a reader can have seen so far is synced.
    pub(super) async fn settle(&self) -> Result<(), CommitError> {
        let seen = self.visible.load(Ordering::SeqCst);
        let mut synced = self.synced.subscribe();
        let mut failed = self.failed.subscribe();
        tokio::select! {
            biased;
            reached = synced.wait_for(|cycle| *cycle >= seen) => {
                reached.map(|_| ()).map_err(|_| CommitError::Failed("the writer is gone".to_owned()))
            }
            reason = failed.wait_for(Option::is_some) => {
                let reason = reason.ok().and_then(|reason| reason.clone());
                Err(CommitError::Failed(reason.unwrap_or_default()))
            }
        }
    }

    /// How long the present cycle has been going on; nothing while the writer is idle.
    pub(super) fn busy_for(&self) -> Option<Duration> {
        self.busy_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .map(|since| since.elapsed())
    }

    pub(super) fn set_busy(&self, since: Option<Instant>) {
        *self
            .busy_since
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = since;
    }

    pub(super) fn fail(&self, reason: String) {
        self.failed.send_if_modified(|failed| {
            let first = failed.is_none();
            if first {
                *failed = Some(reason);
            }
            first
        });
    }

    /// As [`Self::fail`], with what the engine says.
    pub(super) fn fail_with(&self, error: &RowsError) {
        if error.damaged {
            self.damaged.store(true, Ordering::SeqCst);
        }
        self.fail(error.to_string());
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::SeqCst)
    }

    pub(super) fn failure(&self) -> Option<String> {
        self.failed.borrow().clone()
    }

    pub(super) fn failures(&self) -> watch::Receiver<Option<String>> {
        self.failed.subscribe()
    }

    pub(super) fn syncs(&self) -> watch::Receiver<u64> {
        self.synced.subscribe()
    }

    pub(super) fn wake_ups(&self) -> watch::Receiver<()> {
        self.woken.subscribe()
    }

    pub(super) fn wake(&self) {
        self.woken.send_replace(());
    }

    pub(super) fn loop_breaks(&self) -> watch::Receiver<u64> {
        self.loop_breaks.subscribe()
    }

    pub(super) fn tell_loops(&self, news: LoopNews) {
        if news != LoopNews::default() {
            self.loop_breaks.send_modify(|count| *count += news.broken);
        }
    }
}

/// Told of each sync: how long staging, writing and syncing took, and for how many events.
pub(crate) type CommitObserver = Arc<dyn Fn(Duration, usize) + Send + Sync>;

/// Told of each step of a ticket's way, as soon as it is synced: what happened, and what was answered. Must not wait.
pub(crate) type StepObserver = Arc<dyn Fn(&Event, &Step, &Answer) + Send + Sync>;

/// Called before each sync; what a test needs to hold one up.
pub(crate) type SyncGate = Arc<dyn Fn() + Send + Sync>;

pub(super) struct Writer {
    pub(super) ledger: Ledger<dyn Rows>,
    pub(super) rows: Arc<dyn Rows>,
    /// Nothing where the rows are in memory.
    pub(super) witness: Option<Witness>,
    pub(super) queue: Arc<Queue<Job>>,
    pub(super) progress: Arc<Progress>,
    pub(super) observer: Option<CommitObserver>,
    pub(super) traces: Option<StepObserver>,
    pub(super) gate: Option<SyncGate>,
}

impl Writer {
    /// As `run`; where that panics, the store has failed, and everybody is told.
    pub(super) fn run_to_the_end(self) {
        let (queue, progress) = (Arc::clone(&self.queue), Arc::clone(&self.progress));
        if catch_unwind(AssertUnwindSafe(|| self.run())).is_err() {
            let reason = "the writer panicked".to_owned();
            progress.fail(reason.clone());
            refuse_all(&queue, &reason);
        }
    }

    /// Works until the queue is closed and empty, or the engine fails. After a failure the engine is left as it is,
    /// not dropped: dropping it would write again.
    fn run(mut self) {
        let mut cycle = 0;
        while let Some(first) = self.queue.next() {
            cycle += 1;
            let began = Instant::now();
            self.progress.set_busy(Some(began));
            let (mut answers, mut asked) = (Vec::new(), Vec::new());
            match self.cycle(cycle, first, &mut answers, &mut asked) {
                Ok(()) => {
                    self.progress.set_busy(None);
                    if !answers.is_empty() {
                        self.progress.synced.send_replace(cycle);
                        if let Some(observer) = &self.observer {
                            observer(began.elapsed(), answers.len());
                        }
                    }
                    // Before the answers, so that whoever was answered finds the dispatcher told.
                    if std::mem::take(&mut self.ledger.wakes) {
                        self.progress.wake();
                    }
                    self.progress
                        .tell_loops(std::mem::take(&mut self.ledger.loops));
                    for pending in answers {
                        self.tell(&pending);
                        // Whoever asked may be gone; what was stored stays stored.
                        drop(pending.sender.send(pending.answer));
                    }
                    for sender in asked {
                        let _gone = sender.send(());
                    }
                }
                Err(error) => {
                    self.progress.fail_with(&error);
                    for Pending { sender, .. } in answers {
                        drop(sender.send(Err(CommitError::Failed(error.to_string()))));
                    }
                    refuse_all(&self.queue, &error.to_string());
                    std::mem::forget(self);
                    return;
                }
            }
        }
    }

    fn tell(&self, pending: &Pending) {
        if let (Some(observer), Some(told), Ok(answer)) =
            (&self.traces, &pending.told, &pending.answer)
        {
            observer(&told.0, &told.1, answer);
        }
    }

    fn cycle(
        &mut self,
        cycle: u64,
        first: Job,
        answers: &mut Vec<Pending>,
        asked: &mut Vec<oneshot::Sender<()>>,
    ) -> Result<(), RowsError> {
        self.ledger.cycle = cycle;
        self.ledger.unsynced_bytes = 0;
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                // Nothing of it was looked at.
                Job::Take { until, answer, .. }
                    if until.is_some_and(|until| Instant::now() > until) =>
                {
                    let _gone = answer.send(Err(CommitError::Full));
                }
                Job::Take {
                    event,
                    answer: sender,
                    ..
                } => {
                    let (answer, step, fault) = match self.ledger.take(&event) {
                        Ok(Ok((answer, step))) => (Ok(answer), step, None),
                        Ok(Err(error)) => (Err(set_aside(&event, error)), None, None),
                        Err(error) => {
                            let failed = CommitError::Failed(error.to_string());
                            (Err(failed), None, Some(error))
                        }
                    };
                    answers.push(Pending {
                        sender,
                        answer,
                        told: step.map(|step| Box::new((event, step))),
                    });
                    if let Some(fault) = fault {
                        return Err(fault);
                    }
                }
                Job::SayWhenDone(sender) => asked.push(sender),
            }
            let full =
                answers.len() >= MOST_EVENTS || self.ledger.unsynced_bytes >= MOST_UNSYNCED_BYTES;
            next = if full { None } else { self.queue.try_next() };
        }
        if self.ledger.unsynced_bytes == 0 {
            return Ok(());
        }
        self.ledger.write_for_sync()?;
        if let Some(gate) = &self.gate {
            gate();
        }
        self.rows.sync()?;
        match &self.witness {
            Some(witness) => witness.confirm(self.ledger.syncs),
            None => Ok(()),
        }
    }
}

fn refuse_all(queue: &Queue<Job>, reason: &str) {
    queue.close();
    while let Some(job) = queue.try_next() {
        if let Job::Take { answer, .. } = job {
            drop(answer.send(Err(CommitError::Failed(reason.to_owned()))));
        }
    }
}

fn set_aside(event: &Event, error: EventError) -> CommitError {
    tracing::error!(at = %event.at, %error, "an event could not be planned; it is set aside and nothing was changed");
    CommitError::SetAside(error.to_string())
}
