//! Rows in sled, with the sync that sled's own flush is not.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::rows::{Batch, Read, Rows, RowsError, Scan};

/// How often an engine at work is asked for errors that it met in the background.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long work that meets such an error may take to say so itself.
const GRACE: Duration = Duration::from_secs(1);

/// sled over one folder, open or not.
///
/// It writes in the background, and an error there is noted in its configuration; but whoever waits for that write is
/// not always told, and then waits for ever.
#[derive(Clone)]
pub(super) struct Engine {
    config: sled::Config,
}

impl Engine {
    /// With `cache` bytes of pages in memory.
    pub(super) fn new(path: &Path, cache: u64) -> Self {
        let config = sled::Config::new()
            .path(path)
            .cache_capacity(cache)
            .flush_every_ms(None);
        Self { config }
    }

    pub(super) fn open(&self) -> sled::Result<sled::Db> {
        self.config.open()
    }

    /// Does `work` in a thread of its own; that is left behind where the engine failed and the work does not end.
    pub(super) fn attend<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> io::Result<T> {
        let (sender, done) = mpsc::channel();
        let working = thread::Builder::new()
            .name("store-opening".to_owned())
            .spawn(move || drop(sender.send(work())))?;
        let panicked = || io::Error::other("the engine panicked");
        loop {
            match done.recv_timeout(LOOK_EVERY) {
                Ok(result) => {
                    return working.join().map(|()| result).map_err(|_| panicked());
                }
                Err(RecvTimeoutError::Disconnected) => return Err(panicked()),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if let Some(error) = self.failure() {
                return done
                    .recv_timeout(GRACE)
                    .map_err(|_| io::Error::other(error));
            }
        }
    }

    /// What the engine met in the background.
    fn failure(&self) -> Option<sled::Error> {
        self.config.global_error().err()
    }
}

pub(super) struct SledRows {
    engine: Engine,
    db: sled::Db,
    /// Our own handle of the log; kept open from before the first write, so that no error of the disk is missed.
    log: File,
}

impl SledRows {
    pub(super) fn new(engine: Engine, db: sled::Db, log: File) -> Self {
        Self { engine, db, log }
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

    fn failure(&self) -> Option<RowsError> {
        self.engine.failure().map(failed)
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

    #[test]
    fn work_that_panics_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Engine::new(folder.path(), 1024 * 1024);
        let ended = engine.attend(|| panic!("the engine panics"));
        assert_eq!(ended.unwrap_err().to_string(), "the engine panicked");
    }
}
