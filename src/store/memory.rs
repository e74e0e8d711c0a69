//! Rows in memory, for tests on a paused clock and for what must leave nothing behind.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::rows::{Batch, Read, Rows, RowsError, Scan};

#[derive(Debug, Default)]
pub(super) struct MemoryRows(Mutex<BTreeMap<Vec<u8>, Vec<u8>>>);

impl Read for MemoryRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        Ok(self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned())
    }

    fn each(
        &self,
        scan: &Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), RowsError> {
        if scan.from >= scan.to || scan.limit == 0 {
            return Ok(());
        }
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let range = rows.range(scan.from.clone()..scan.to.clone());
        let range: Box<dyn Iterator<Item = _>> = if scan.backwards {
            Box::new(range.rev())
        } else {
            Box::new(range)
        };
        for (key, value) in range.take(scan.limit) {
            if !each(key, value) {
                break;
            }
        }
        Ok(())
    }
}

impl Rows for MemoryRows {
    fn apply(&self, batch: Batch) -> Result<(), RowsError> {
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in batch {
            match value {
                Some(value) => rows.insert(key, value),
                None => rows.remove(&key),
            };
        }
        Ok(())
    }

    fn sync(&self) -> Result<(), RowsError> {
        Ok(())
    }

    fn bytes(&self) -> Result<u64, RowsError> {
        let rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(rows
            .iter()
            .map(|(key, value)| (key.len() + value.len()) as u64)
            .sum())
    }
}
