//! The one place that remembers.
//!
//! Events go in, answers come out once what they rest on is safe on the disk; questions are answered from what is
//! safe on the disk. Behind this interface stands sled, and nothing outside knows that.
//!
//! A folder belongs to one process. One thread writes: it plans each event over what is stored, writes batches of at
//! most 128 rows on one tree, syncs, and only then answers (see `writer`). Any error of the disk is final:
//! [`Store::failures`] says so, and the process must end.

mod backup;
mod check;
mod engine;
mod engine_conf;
mod keys;
mod ledger;
mod load;
mod log;
mod memory;
mod open;
mod private;
mod questions;
mod queue;
mod read;
mod record;
mod restore;
mod rows;
mod safekeeping;
mod shelf;
mod stage;
mod traits;
mod verify;
mod witness;
mod writer;

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot, watch};
use tokio::time::Instant;

use crate::model::{Event, Incarnation, Time};
use crate::plan::Answer;

pub use backup::{Backup, BackupError, BackupFile, FileError, Heading};
pub use check::{Checked, Told};
pub use open::{OpenError, Run};
pub use queue::Rank;
pub use read::{
    Absence, Conversation, DeliveryQuery, DeliveryStory, DeskFigures, DueLanes, LaneSummary,
    LaneWork, MessageView, Mirrored, NoticeQuery, NoticeView, OpenLink, Overdue, Page, Parcel,
    Story, SystemCounts, TicketQuery, TicketView, Unsent,
};

pub use restore::{
    Restoration, RestoreError, RestoreOptions, Restored, Step, Steps, check_backup, restore,
};

pub(crate) use ledger::Planner;
pub(crate) use writer::{CommitObserver, StepObserver, SyncGate};

use backup::{Tap, TappedRows};
use ledger::Ledger;
use memory::MemoryRows;
use queue::{Queue, Refused};
use record::RecordError;
use rows::{Rows, RowsError};
use writer::{Job, Progress, Writer};

/// A commit that takes longer than this will not end: the engine can wait for ever.
const LONGEST_COMMIT: Duration = Duration::from_secs(30);
/// A commit that takes longer than this is no sound disk's.
const LONG_COMMIT: Duration = Duration::from_secs(5);
/// While the store is being closed, how often its last commits are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Questions answered at a time.
const MOST_READERS: usize = 4;

/// Why an event was not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitError {
    /// Too much is waiting; later.
    #[error("the store's queue is full")]
    Full,
    /// The store is closing or has failed; whether the event is stored is not known.
    #[error("the store failed: {0}")]
    Failed(String),
    /// This one event could not be planned, and changed nothing.
    #[error("the event was set aside: {0}")]
    SetAside(String),
}

/// Why a question was not answered.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error("the store failed: {0}")]
    Failed(String),
    /// One record is not what it should be.
    #[error("{0}")]
    Unreadable(String),
}

impl From<RecordError> for ReadError {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::Rows(error) => Self::Failed(error.to_string()),
            RecordError::Unreadable { .. } => Self::Unreadable(error.to_string()),
        }
    }
}

/// How to open a store.
pub struct StoreOptions {
    /// Its folder.
    pub path: PathBuf,
    /// The engine's page cache, in bytes.
    pub cache: u64,
    /// Whether the daemon opens it: it makes one where there is none, and its run is recorded. Others leave no
    /// trace of their own, so that the daemon still learns how its last run ended.
    pub create: bool,
    /// The time of opening.
    pub now: Time,
    /// Decides what an event leads to.
    pub(crate) planner: Planner,
    /// Told of each sync.
    pub(crate) observer: Option<CommitObserver>,
    /// Told of each step of a ticket's way.
    pub(crate) traces: Option<StepObserver>,
    /// Called before each sync of the writer.
    pub(crate) sync_gate: Option<SyncGate>,
}

/// A handle of the store; clones are the same store.
#[derive(Clone)]
pub struct Store(Arc<Shared>);

struct Shared {
    rows: Arc<dyn Rows>,
    tap: Arc<Tap>,
    commits: Commits,
    progress: Arc<Progress>,
    readers: Semaphore,
    incarnation: Incarnation,
    run: Run,
    restored: Vec<Restoration>,
    /// Whether whoever asks waits on the spot.
    #[cfg(test)]
    in_turn: bool,
}

enum Commits {
    /// The writer's thread; taken when it is joined.
    Thread {
        queue: Arc<Queue<Job>>,
        thread: Mutex<Option<thread::JoinHandle<()>>>,
        folder: Folder,
    },
    /// At once, by whoever asks.
    Here(Mutex<Ledger<dyn Rows>>),
}

struct Folder {
    path: PathBuf,
    cache: u64,
    records_run: bool,
    lock: Mutex<Option<File>>,
}

impl Store {
    /// Opens the folder and starts the writer.
    ///
    /// # Errors
    ///
    /// See [`OpenError`]. Nothing is deleted, whatever is found.
    pub fn open(options: StoreOptions) -> Result<Self, OpenError> {
        let opened = open::open(&open::Opening {
            path: options.path.clone(),
            cache: options.cache,
            create: options.create,
            now: options.now,
        })?;
        let rows = TappedRows::new(opened.rows);
        let tap = rows.tap();
        let rows: Arc<dyn Rows> = Arc::new(rows);
        let ledger = Ledger::open(Arc::clone(&rows), options.planner).map_err(|error| {
            // As where the store was opened: a disk that failed is not written to.
            std::mem::forget(Arc::clone(&rows));
            open::unreadable(&options.path, error)
        })?;
        let queue = Arc::new(Queue::new());
        let progress = Arc::new(Progress::new(ledger.visible()));
        let writer = Writer {
            ledger,
            rows: Arc::clone(&rows),
            witness: Some(opened.witness),
            queue: Arc::clone(&queue),
            progress: Arc::clone(&progress),
            observer: options.observer,
            traces: options.traces,
            gate: options.sync_gate,
        };
        let thread = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run_to_the_end())
            .map_err(|source| OpenError::Io {
                path: options.path.clone(),
                source,
            })?;
        let folder = Folder {
            path: options.path,
            cache: options.cache,
            records_run: options.create,
            lock: Mutex::new(Some(opened.lock)),
        };
        Ok(Self(Arc::new(Shared {
            rows,
            tap,
            commits: Commits::Thread {
                queue,
                thread: Mutex::new(Some(thread)),
                folder,
            },
            progress,
            readers: Semaphore::new(MOST_READERS),
            incarnation: opened.incarnation,
            restored: opened.restored,
            run: opened.run,
            #[cfg(test)]
            in_turn: false,
        })))
    }

    /// A store that forgets everything when it is dropped and commits at once, for tests on a paused clock and for
    /// what must leave nothing behind.
    #[must_use]
    pub fn in_memory(planner: Planner, now: Time) -> Self {
        let rows = TappedRows::new(MemoryRows::default());
        let tap = rows.tap();
        let rows: Arc<dyn Rows> = Arc::new(rows);
        let ledger = Ledger::open(Arc::clone(&rows), planner)
            .unwrap_or_else(|_| unreachable!("empty rows are readable"));
        Self(Arc::new(Shared {
            rows,
            tap,
            commits: Commits::Here(Mutex::new(ledger)),
            progress: Arc::new(Progress::new(Arc::default())),
            readers: Semaphore::new(MOST_READERS),
            incarnation: Incarnation::named("memory"),
            restored: Vec::new(),
            run: Run::first(now),
            #[cfg(test)]
            in_turn: false,
        }))
    }

    /// What tells this store's ids from those of any other.
    pub fn incarnation(&self) -> &Incarnation {
        &self.0.incarnation
    }

    /// The backups that it was made from, one after the other, oldest first.
    pub fn restorations(&self) -> &[Restoration] {
        &self.0.restored
    }

    /// The present run; where the store was opened beside the daemon, the daemon's last one.
    pub fn run(&self) -> Run {
        self.0.run
    }

    /// Whether the daemon opened it, so that [`Store::run`] is under way.
    pub fn is_running(&self) -> bool {
        match &self.0.commits {
            Commits::Thread { folder, .. } => folder.records_run,
            Commits::Here(_) => true,
        }
    }

    /// Plans and stores `event`; returns once that is synced.
    ///
    /// # Errors
    ///
    /// See [`CommitError`].
    pub async fn commit(&self, event: Event, rank: Rank) -> Result<Answer, CommitError> {
        self.commit_within(event, rank, rank.patience()).await
    }

    /// As [`Store::commit`], for whoever has less patience than its rank.
    async fn commit_within(
        &self,
        event: Event,
        rank: Rank,
        patience: Option<Duration>,
    ) -> Result<Answer, CommitError> {
        match &self.0.commits {
            Commits::Thread { queue, .. } => {
                if self.0.progress.failure().is_some() {
                    return Err(self.closed());
                }
                let (sender, receiver) = oneshot::channel();
                queue
                    .push(
                        rank,
                        Job::Take {
                            event,
                            until: patience.map(|patience| Instant::now() + patience),
                            answer: sender,
                        },
                    )
                    .map_err(|refused| match refused {
                        Refused::Full => CommitError::Full,
                        Refused::Closed => self.closed(),
                    })?;
                #[cfg(test)]
                let receiver = self.wait_in_turn(receiver);
                match receiver.await {
                    Ok(answer) => answer,
                    Err(_) => Err(self.closed()),
                }
            }
            Commits::Here(ledger) => {
                let mut ledger = ledger.lock().unwrap_or_else(PoisonError::into_inner);
                let taken = ledger
                    .take(&event)
                    .map_err(|error| CommitError::Failed(error.to_string()))?;
                ledger
                    .write()
                    .map_err(|error| CommitError::Failed(error.to_string()))?;
                if std::mem::take(&mut ledger.wakes) {
                    self.0.progress.wake();
                }
                self.0
                    .progress
                    .tell_loops(std::mem::take(&mut ledger.loops));
                taken
                    .map(|(answer, _)| answer)
                    .map_err(|error| CommitError::SetAside(error.to_string()))
            }
        }
    }

    /// Puts a question to the writer, behind what it has in hand, and returns once it has answered: it goes round, and
    /// what it took before is synced. Costs no sync of its own.
    ///
    /// # Errors
    ///
    /// See [`CommitError`].
    pub async fn answers(&self) -> Result<(), CommitError> {
        let Commits::Thread { queue, .. } = &self.0.commits else {
            return Ok(());
        };
        let (sender, receiver) = oneshot::channel();
        queue
            .push(Rank::Outcome, Job::SayWhenDone(sender))
            .map_err(|_| self.closed())?;
        receiver.await.map_err(|_| self.closed())
    }

    /// Changes with each sync of the writer; carries nothing that matters.
    pub fn syncs(&self) -> watch::Receiver<u64> {
        self.0.progress.syncs()
    }

    fn closed(&self) -> CommitError {
        CommitError::Failed(
            self.0
                .progress
                .failure()
                .unwrap_or_else(|| "it is closed".to_owned()),
        )
    }

    /// Changes when a lane may have something to do earlier than before; carries nothing else.
    pub fn wake_ups(&self) -> watch::Receiver<()> {
        self.0.progress.wake_ups()
    }

    /// How many tickets ceased to be mirrored since it was opened, because they changed implausibly often. Changes also
    /// when one is mirrored again; [`Store::looping`] says which are not.
    pub fn loop_breaks(&self) -> watch::Receiver<u64> {
        self.0.progress.loop_breaks()
    }

    /// Lets all who wait for wake-ups look again, such as after a change of settings.
    pub fn nudge(&self) {
        self.0.progress.wake();
    }

    /// Becomes `Some` when the store has failed for good.
    pub fn failures(&self) -> watch::Receiver<Option<String>> {
        self.0.progress.failures()
    }

    /// Whether the store failed because what lies on the disk is damaged, so that a new start does not help.
    pub fn is_damaged(&self) -> bool {
        self.0.progress.is_damaged()
    }

    /// Whether the store works; notices a commit that does not end.
    ///
    /// # Errors
    ///
    /// Why it does not work.
    pub fn check(&self) -> Result<(), String> {
        check(&self.0.progress, self.0.rows.failure())
    }

    /// Ends when the store does not work any more, with the reason.
    pub fn fails(&self) -> impl Future<Output = String> + Send + use<> {
        let progress = Arc::clone(&self.0.progress);
        // The last handle of the rows is what closes them.
        let rows = Arc::downgrade(&self.0.rows);
        async move {
            loop {
                let failure = rows.upgrade().and_then(|rows| rows.failure());
                if let Err(reason) = check(&progress, failure) {
                    return reason;
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        }
    }

    /// For how long a commit has been under way, where that is longer than it should be; what comes now would wait
    /// behind it.
    pub fn stalled_for(&self) -> Option<Duration> {
        let busy = self.0.progress.busy_for();
        busy.filter(|busy| *busy > LONG_COMMIT)
    }

    /// Lets its threads take no part in the order of events: whoever commits waits on the spot until the writer has
    /// answered, and questions are answered at once. A case that is run again then goes the same way.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn in_turn(mut self) -> Self {
        if let Some(shared) = Arc::get_mut(&mut self.0) {
            shared.in_turn = true;
        }
        self
    }

    #[cfg(test)]
    fn wait_in_turn<T>(&self, mut receiver: oneshot::Receiver<T>) -> oneshot::Receiver<T> {
        if !self.0.in_turn {
            return receiver;
        }
        let (sender, answered) = oneshot::channel();
        loop {
            match receiver.try_recv() {
                Ok(answer) => {
                    drop(sender.send(answer));
                    return answered;
                }
                Err(oneshot::error::TryRecvError::Empty) => thread::yield_now(),
                Err(oneshot::error::TryRecvError::Closed) => return answered,
            }
        }
    }

    /// Fails the store as an error of the disk would, for tests of those who use it.
    #[cfg(test)]
    pub(crate) fn fail(&self, reason: &str) {
        self.0.progress.fail(reason.to_owned());
    }

    /// Ends the writer after what is queued, says in the store that this run ended in order, and closes it. Every
    /// other handle must be gone for the last step.
    ///
    /// # Errors
    ///
    /// If the store fails at that. A writer that is stuck is left behind then: whoever asked ends the process.
    pub async fn close(self) -> Result<(), CommitError> {
        let fails = self.fails();
        let closing = tokio::task::spawn_blocking(move || self.close_now());
        tokio::select! {
            closed = closing => closed.map_err(|error| CommitError::Failed(error.to_string()))?,
            reason = fails => Err(CommitError::Failed(reason)),
        }
    }

    fn close_now(self) -> Result<(), CommitError> {
        let Commits::Thread {
            queue,
            thread,
            folder,
        } = &self.0.commits
        else {
            return Ok(());
        };
        queue.close();
        let joined = thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
            .map(thread::JoinHandle::join);
        if let Some(Err(_)) = joined {
            self.0.progress.fail("the writer panicked".to_owned());
        }
        if let Some(reason) = self.0.progress.failure() {
            return Err(CommitError::Failed(reason));
        }
        let failed = |error: &dyn std::fmt::Display| CommitError::Failed(error.to_string());
        if folder.records_run {
            self.0.progress.set_busy(Some(Instant::now()));
            let written = open::write_closed(&*self.0.rows, self.0.run);
            self.0.progress.set_busy(None);
            if let Err(error) = written {
                // Dropping the engine would write again.
                std::mem::forget(self);
                return Err(failed(&error));
            }
        }
        let (path, cache) = (folder.path.clone(), folder.cache);
        let lock = folder
            .lock
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Ok(shared) = Arc::try_unwrap(self.0) {
            drop(shared);
            open::settle(&path, cache);
        }
        if let Err(error) = private::give_to_owner(&path) {
            tracing::warn!(%error, "some of the store's files do not belong to whoever owns its folder");
        }
        drop(lock);
        Ok(())
    }

    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Arc<dyn Rows>) -> Result<T, RecordError> + Send + 'static,
    ) -> Result<T, ReadError> {
        if let Commits::Here(_) = self.0.commits {
            return Ok(question(&self.0.rows)?);
        }
        #[cfg(test)]
        if self.0.in_turn {
            return Ok(question(&self.0.rows)?);
        }
        let permit = self
            .0
            .readers
            .acquire()
            .await
            .map_err(|error| ReadError::Failed(error.to_string()))?;
        let rows = Arc::clone(&self.0.rows);
        let answer = tokio::task::spawn_blocking(move || question(&rows)).await;
        drop(permit);
        self.settled(answer.map_err(|error| ReadError::Failed(error.to_string()))?)
            .await
    }

    /// An answer, once all that can have been seen for it is synced.
    async fn settled<T>(&self, answer: Result<T, RecordError>) -> Result<T, ReadError> {
        if let Err(RecordError::Rows(error)) = &answer {
            self.0.progress.fail_with(error);
        }
        self.0
            .progress
            .settle()
            .await
            .map_err(|error| ReadError::Failed(error.to_string()))?;
        Ok(answer?)
    }
}

fn check(progress: &Progress, in_background: Option<RowsError>) -> Result<(), String> {
    if let Some(error) = in_background {
        progress.fail_with(&error);
    }
    if let Some(busy) = progress.busy_for()
        && busy > LONGEST_COMMIT
    {
        progress.fail(format!("a commit has not ended for {} s", busy.as_secs()));
    }
    progress.failure().map_or(Ok(()), Err)
}

#[cfg(test)]
pub(crate) mod tests;
