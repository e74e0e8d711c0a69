//! What is written while a backup is taken, told to whoever takes it.
//!
//! The writer never waits for that: what is not fetched in time is dropped, and the backup given up.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::frames::Payload;
use crate::store::rows::{Batch, Read, Rows, RowsError, Scan};

/// Bytes that may wait to be fetched. The writer makes some 25 MB/s at most.
const MOST_WAITING: usize = 32 * 1024 * 1024;

/// The batches that were written since it was opened and not fetched yet; nothing while it is closed.
#[derive(Debug, Default)]
pub(in crate::store) struct Tap(Mutex<Option<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    batches: VecDeque<Payload>,
    bytes: usize,
    overflowed: bool,
}

/// More was written than fetched.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Overflow;

impl Tap {
    fn waiting(&self) -> MutexGuard<'_, Option<Waiting>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens it, unless it is open; from then on nothing is written that it does not tell.
    pub(super) fn open(self: &Arc<Self>) -> Option<OpenTap> {
        let mut waiting = self.waiting();
        if waiting.is_some() {
            return None;
        }
        *waiting = Some(Waiting::default());
        Some(OpenTap {
            tap: Arc::clone(self),
            is_open: true,
        })
    }

    fn write(&self, rows: &dyn Rows, batch: Batch) -> Result<(), RowsError> {
        // Held while it is written: whoever opens the tap finds in the rows what it did not tell.
        let mut waiting = self.waiting();
        if let Some(waiting) = waiting.as_mut().filter(|waiting| !waiting.overflowed) {
            let mut payload = Payload::default();
            for (key, value) in &batch {
                payload.push(key, value.as_deref());
            }
            waiting.bytes += payload.bytes.len();
            waiting.batches.push_back(payload);
            if waiting.bytes > MOST_WAITING {
                *waiting = Waiting {
                    overflowed: true,
                    ..Waiting::default()
                };
            }
        }
        rows.apply(batch)
    }
}

/// Closes the tap when it is dropped.
pub(super) struct OpenTap {
    tap: Arc<Tap>,
    is_open: bool,
}

impl OpenTap {
    /// The batches that wait, oldest first.
    pub(super) fn fetch(&self) -> Result<VecDeque<Payload>, Overflow> {
        match self.tap.waiting().as_mut() {
            Some(waiting) if !waiting.overflowed => {
                waiting.bytes = 0;
                Ok(std::mem::take(&mut waiting.batches))
            }
            _ => Err(Overflow),
        }
    }

    /// The last ones: what is written from now on is not told any more.
    pub(super) fn close(mut self) -> Result<VecDeque<Payload>, Overflow> {
        self.is_open = false;
        match self.tap.waiting().take() {
            Some(waiting) if !waiting.overflowed => Ok(waiting.batches),
            _ => Err(Overflow),
        }
    }
}

impl Drop for OpenTap {
    fn drop(&mut self) {
        if self.is_open {
            *self.tap.waiting() = None;
        }
    }
}

/// Rows of which each batch goes past a tap.
pub(in crate::store) struct TappedRows {
    rows: Arc<dyn Rows>,
    tap: Arc<Tap>,
}

impl TappedRows {
    pub(in crate::store) fn new(rows: impl Rows + 'static) -> Self {
        Self {
            rows: Arc::new(rows),
            tap: Arc::default(),
        }
    }

    pub(in crate::store) fn tap(&self) -> Arc<Tap> {
        Arc::clone(&self.tap)
    }
}

impl Read for TappedRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.rows.get(key)
    }

    fn each(
        &self,
        scan: &Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), RowsError> {
        self.rows.each(scan, each)
    }
}

impl Rows for TappedRows {
    fn apply(&self, batch: Batch) -> Result<(), RowsError> {
        self.tap.write(&*self.rows, batch)
    }

    fn sync(&self) -> Result<(), RowsError> {
        self.rows.sync()
    }

    fn failure(&self) -> Option<RowsError> {
        self.rows.failure()
    }

    fn bytes(&self) -> Result<u64, RowsError> {
        self.rows.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::memory::MemoryRows;

    fn batch(value: Vec<u8>) -> Batch {
        [(b"k".to_vec(), Some(value))].into()
    }

    #[test]
    fn one_at_a_time_may_listen_and_hears_what_was_written_since() {
        let rows = TappedRows::new(MemoryRows::default());
        rows.apply(batch(vec![1])).unwrap();
        let open = rows.tap().open().unwrap();
        assert!(rows.tap().open().is_none());
        rows.apply(batch(vec![2])).unwrap();
        rows.apply(batch(vec![3])).unwrap();
        assert_eq!(open.fetch().unwrap().len(), 2);
        assert_eq!(open.fetch().unwrap().len(), 0);
        drop(open);
        rows.apply(batch(vec![4])).unwrap();
        let open = rows.tap().open().unwrap();
        assert_eq!(open.fetch().unwrap().len(), 0);
    }

    #[test]
    fn what_nobody_fetches_fills_no_memory_and_holds_up_nobody() {
        let rows = TappedRows::new(MemoryRows::default());
        let open = rows.tap().open().unwrap();
        let mebibyte = vec![0; 1 << 20];
        for _ in 0..40 {
            rows.apply(batch(mebibyte.clone())).unwrap();
        }
        assert_eq!(open.fetch().unwrap_err(), Overflow);
        assert!(rows.tap.waiting().as_ref().unwrap().batches.is_empty());
        assert_eq!(rows.get(b"k").unwrap(), Some(mebibyte));
    }
}
