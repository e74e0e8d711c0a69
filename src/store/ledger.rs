//! Events in, rows out: plans each event over what is written and what is staged, and keeps batches bounded.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::model::Event;
use crate::plan::{Answer, Facts, Missing, Numbers, Outcome, Step};

use super::keys;
use super::load::load;
use super::log;
use super::record::{self, RecordError};
use super::rows::{Batch, Read, Rows, RowsError, Scan, View};
use super::stage::{LoopNews, Stage};

/// Larger batches stall readers and grow the engine's memory.
pub(super) const MOST_ROWS: usize = 128;
/// How often one event may ask for another fact.
const MOST_LOOKUPS: usize = 1024;

/// What decides what an event leads to.
pub(crate) type Planner = Arc<dyn Fn(&Event, &Facts) -> Result<Outcome, Missing> + Send + Sync>;

/// What to answer, and what to tell of it in a trace.
pub(super) type Staged = (Answer, Option<Step>);

/// Why one event changed nothing. The next one is not affected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum EventError {
    #[error("planning panicked: {0}")]
    Panicked(String),
    #[error("{0}")]
    Unreadable(String),
    #[error("planning asked for too many facts")]
    Endless,
}

pub(super) struct Ledger<R: ?Sized> {
    planner: Planner,
    numbers: Numbers,
    incarnation: String,
    /// How many syncs there were, as the rows say.
    pub(super) syncs: u64,
    staged: Batch,
    /// Bytes staged or written since the last sync.
    pub(super) unsynced_bytes: usize,
    /// Whether a lane may have something to do earlier than before the last sync.
    pub(super) wakes: bool,
    /// Loop breaks that began or ended since the last sync.
    pub(super) loops: LoopNews,
    /// The cycle of the writer that is under way.
    pub(super) cycle: u64,
    /// The newest cycle whose rows may be visible.
    visible: Arc<AtomicU64>,
    rows: Arc<R>,
}

impl<R: Rows + ?Sized> Ledger<R> {
    pub(super) fn open(rows: Arc<R>, planner: Planner) -> Result<Self, RecordError> {
        let numbers = record::get(&rows, &keys::meta("numbers"))?.unwrap_or_default();
        refuse_lost_numbers(&rows, numbers)?;
        let mark: Option<String> = record::get(&rows, &keys::meta("syncs"))?;
        let syncs = mark.as_deref().and_then(log::number_in).unwrap_or_default();
        let incarnation = record::get(&rows, &keys::meta("incarnation"))?.unwrap_or_default();
        Ok(Self {
            planner,
            numbers,
            incarnation,
            syncs,
            staged: Batch::new(),
            unsynced_bytes: 0,
            wakes: false,
            loops: LoopNews::default(),
            cycle: 0,
            visible: Arc::default(),
            rows,
        })
    }

    /// The newest cycle of which a row may be visible.
    pub(super) fn visible(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.visible)
    }

    /// Stages what `event` leads to. Its answer may be given, and what there is to tell told, once [`Ledger::write`] and a
    /// sync are done.
    pub(super) fn take(&mut self, event: &Event) -> Result<Result<Staged, EventError>, RowsError> {
        let outcome = match self.plan(event)? {
            Ok(outcome) => outcome,
            Err(error) => return Ok(Err(error)),
        };
        let mut stage = Stage::default();
        let batch = {
            let view = View {
                rows: &*self.rows,
                staged: &self.staged,
            };
            let staged = outcome
                .writes
                .iter()
                .try_for_each(|write| stage.add(&view, write, event.at));
            let (wakes, loops) = (stage.wakes, stage.loops);
            match staged.and_then(|()| stage.finish(&view)) {
                Ok(batch) => {
                    self.wakes |= wakes;
                    self.loops.add(loops);
                    batch
                }
                Err(RecordError::Rows(error)) => return Err(error),
                Err(error @ RecordError::Unreadable { .. }) => {
                    return Ok(Err(EventError::Unreadable(error.to_string())));
                }
            }
        };
        self.stage(batch, outcome.numbers)?;
        Ok(Ok((outcome.answer, outcome.step)))
    }

    fn stage(&mut self, mut batch: Batch, numbers: Numbers) -> Result<(), RowsError> {
        if batch.is_empty() {
            return Ok(());
        }
        if numbers != self.numbers {
            self.numbers = numbers;
            let row = record::encode(keys::meta("numbers"), &numbers);
            batch.extend(row.into_iter().map(|(key, value)| (key, Some(value))));
        }
        let added = batch
            .keys()
            .filter(|key| !self.staged.contains_key(*key))
            .count();
        if self.staged.len() + added > MOST_ROWS {
            self.write()?;
        }
        for (key, value) in batch {
            let length = |value: &Option<Vec<u8>>| value.as_ref().map_or(0, Vec::len);
            let (of_key, new) = (key.len(), length(&value));
            // What is staged already is written once.
            let old = self.staged.insert(key, value);
            let old = old.map_or(0, |old| of_key + length(&old));
            self.unsynced_bytes = (self.unsynced_bytes + of_key + new).saturating_sub(old);
        }
        Ok(())
    }

    /// Writes what is staged, and last of all, in the same batch, the number of the sync that is to follow.
    pub(super) fn write_for_sync(&mut self) -> Result<(), RowsError> {
        if self.staged.len() >= MOST_ROWS {
            self.write()?;
        }
        self.syncs += 1;
        let row = record::encode(
            keys::meta("syncs"),
            &log::mark(&self.incarnation, self.syncs),
        );
        self.staged
            .extend(row.into_iter().map(|(key, value)| (key, Some(value))));
        self.write()
    }

    /// Writes what is staged, in one batch.
    pub(super) fn write(&mut self) -> Result<(), RowsError> {
        if self.staged.is_empty() {
            return Ok(());
        }
        // Before the first row can be seen, so that no reader takes it for synced.
        self.visible.store(self.cycle, Ordering::SeqCst);
        self.rows.apply(std::mem::take(&mut self.staged))
    }

    fn plan(&self, event: &Event) -> Result<Result<Outcome, EventError>, RowsError> {
        let mut facts = Facts::new(self.numbers);
        for _ in 0..MOST_LOOKUPS {
            let planned = catch_unwind(AssertUnwindSafe(|| (self.planner)(event, &facts)));
            let Missing(lookup) = match planned {
                Ok(Ok(outcome)) => return Ok(Ok(outcome)),
                Ok(Err(missing)) => missing,
                Err(panic) => return Ok(Err(EventError::Panicked(panic_text(panic.as_ref())))),
            };
            let view = View {
                rows: &*self.rows,
                staged: &self.staged,
            };
            match load(&view, &lookup) {
                Ok(fact) => facts.learn(lookup, fact),
                Err(RecordError::Rows(error)) => return Err(error),
                Err(error @ RecordError::Unreadable { .. }) => {
                    return Ok(Err(EventError::Unreadable(error.to_string())));
                }
            }
        }
        Ok(Err(EventError::Endless))
    }
}

/// A number that is out and would be given out again means that a part of the store is lost.
fn refuse_lost_numbers(rows: &impl Read, next: Numbers) -> Result<(), RecordError> {
    for (kind, next) in [
        (b't', next.ticket),
        (b'd', next.delivery),
        (b'n', next.lane),
    ] {
        let newest = rows.scan(&Scan::prefix(vec![kind]).backwards().limit(1))?;
        let newest = newest.first().and_then(|(key, _)| keys::number_at(key, 1));
        if let Some(newest) = newest.filter(|newest| *newest >= next) {
            return Err(RecordError::Unreadable {
                key: keys::meta("numbers").escape_ascii().to_string(),
                what: format!("says that {next} is next, but there is {newest} already"),
            });
        }
    }
    Ok(())
}

/// What a panic said, unless that was put together when it happened: then it may quote what a message says.
fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .copied()
        .unwrap_or("for a reason that is not shown")
        .to_owned()
}
