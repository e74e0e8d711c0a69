//! Rows in sled, with the sync that sled's own flush is not.

use std::fs::File;

use super::rows::{Batch, Read, Rows, RowsError, Scan};

pub(super) struct SledRows {
    db: sled::Db,
    /// Our own handle of the log; kept open from before the first write, so that no error of the disk is missed.
    log: File,
}

impl SledRows {
    pub(super) fn new(db: sled::Db, log: File) -> Self {
        Self { db, log }
    }
}

fn failed(error: impl Into<sled::Error>) -> RowsError {
    let error = error.into();
    RowsError {
        what: error.to_string(),
        damaged: matches!(error, sled::Error::Corruption { .. }),
    }
}

impl Read for SledRows {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        Ok(self
            .db
            .get(key)
            .map_err(failed)?
            .map(|value| value.to_vec()))
    }

    fn each(
        &self,
        scan: &Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), RowsError> {
        if scan.from >= scan.to || scan.limit == 0 {
            return Ok(());
        }
        let mut range = self.db.range(scan.from.as_slice()..scan.to.as_slice());
        for _ in 0..scan.limit {
            let next = if scan.backwards {
                range.next_back()
            } else {
                range.next()
            };
            let Some(row) = next else {
                break;
            };
            let (key, value) = row.map_err(failed)?;
            if !each(&key, &value) {
                break;
            }
        }
        Ok(())
    }
}

impl Rows for SledRows {
    fn apply(&self, batch: Batch) -> Result<(), RowsError> {
        let mut rows = sled::Batch::default();
        for (key, value) in batch {
            match value {
                Some(value) => rows.insert(key, value),
                None => rows.remove(key),
            }
        }
        self.db.apply_batch(rows).map_err(failed)
    }

    fn sync(&self) -> Result<(), RowsError> {
        self.db.flush().map_err(failed)?;
        // sled's flush is a sync_file_range on Linux: it neither empties the disk's cache nor records the new length.
        self.log.sync_data().map_err(failed)
    }

    fn bytes(&self) -> Result<u64, RowsError> {
        self.db.size_on_disk().map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_corrupted_counts_as_damaged() {
        let corrupted = sled::Error::Corruption { at: None, bt: () };
        assert!(failed(corrupted).damaged);
        assert!(!failed(std::io::Error::other("the disk is full")).damaged);
    }
}
