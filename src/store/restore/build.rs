//! The rows of a backup as a store in an empty folder.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use super::{Restoration, SKIPPED, Step, Steps};
use crate::model::{DeliveryId, TicketId, Time};
use crate::plan::Numbers;
use crate::store::backup::{BackupFile, HandingError, Part};
use crate::store::engine::{Engine, SledRows};
use crate::store::keys;
use crate::store::ledger::MOST_ROWS;
use crate::store::open::{self, LAYOUT, RESTORED};
use crate::store::record::{self, RecordError};
use crate::store::rows::{Batch, Rows, RowsError};
use crate::store::witness::Witness;
use crate::store::{engine_conf, log};

/// More unsynced bytes let the engine's memory grow.
const MOST_UNSYNCED_BYTES: usize = 256 * 1024;

/// Whether the new store goes on as the one that it is made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Identity {
    /// It does: nothing can have happened since.
    Kept,
    /// The other may have gone on: what it did since must not be taken for this one's doing, and the other way round.
    Renewed {
        /// The time.
        now: Time,
    },
}

/// Makes the store in `folder`, which is not there yet.
pub(in crate::store) fn build(
    file: &Arc<BackupFile>,
    folder: &Path,
    cache: u64,
    identity: Identity,
    told: &Steps,
) -> Result<(), HandingError> {
    let failed = |error: io::Error| HandingError::Rows(failed(&error));
    fs::DirBuilder::new()
        .mode(0o700)
        .create(folder)
        .map_err(failed)?;
    let engine = Engine::new(folder, cache);
    let building = Building {
        file: Arc::clone(file),
        engine: engine.clone(),
        told: Arc::clone(told),
        identity,
    };
    let at = folder.to_owned();
    engine
        .attend(move || building.run(&at))
        .map_err(failed)
        .flatten()?;
    open::settle(folder, cache);
    Ok(())
}

fn failed(error: &dyn std::fmt::Display) -> RowsError {
    RowsError {
        what: error.to_string(),
        damaged: false,
    }
}

struct Building {
    file: Arc<BackupFile>,
    engine: Engine,
    told: Steps,
    identity: Identity,
}

impl Building {
    fn run(self, folder: &Path) -> Result<(), HandingError> {
        let db = self.engine.open().map_err(|error| failed(&error))?;
        let written = self.write(folder, db.clone());
        if written.is_err() {
            // Closing it writes to a disk that has just failed.
            std::mem::forget(db);
        }
        written
    }

    fn write(&self, folder: &Path, db: sled::Db) -> Result<(), HandingError> {
        let failed = |error: io::Error| failed(&error);
        let log = File::open(folder.join("db")).map_err(failed)?;
        engine_conf::sync(folder).map_err(failed)?;
        let rows = SledRows::new(self.engine.clone(), db, log);
        let mut filling = Filling {
            rows: &rows,
            batch: Batch::new(),
            unsynced: 0,
        };
        let told = |done, all| (self.told)(Step::Written(done, all));
        self.file
            .each(Part::Stored, &told, |key, value| filling.add(key, value))?;
        if self.file.changed > 0 {
            self.file
                .each(Part::Changed, &told, |key, value| filling.add(key, value))?;
        }
        filling.write()?;
        let (incarnation, syncs) = self.name(&rows).map_err(|error| match error {
            RecordError::Rows(error) => error,
            error @ RecordError::Unreadable { .. } => failed(io::Error::other(error)),
        })?;
        rows.sync()?;
        Witness::open(folder, &incarnation, syncs).map_err(failed)?;
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
        Ok(())
    }

    /// Writes what the store says of itself, and tells its name and its last sync.
    fn name(&self, rows: &SledRows) -> Result<(String, u64), RecordError> {
        let before: String = record::get(rows, &keys::meta("incarnation"))?.unwrap_or_default();
        let mark: Option<String> = record::get(rows, &keys::meta("syncs"))?;
        let syncs = mark.as_deref().and_then(log::number_in).unwrap_or_default();
        let now = match self.identity {
            Identity::Kept => return Ok((before, syncs)),
            Identity::Renewed { now } => now,
        };
        let name = open::new_incarnation().map_err(|error| RowsError {
            what: error.to_string(),
            damaged: false,
        })?;
        let syncs = syncs + 1;
        let numbers: Numbers = record::get(rows, &keys::meta("numbers"))?.unwrap_or_default();
        let mut restored: Vec<Restoration> =
            record::get(rows, &keys::meta(RESTORED))?.unwrap_or_default();
        restored.push(Restoration {
            from: before,
            taken_at: self.file.heading.taken_at,
            at: now,
            tickets: TicketId(numbers.ticket),
            deliveries: DeliveryId(numbers.delivery),
        });
        // As after a crash: nobody knows what became of the calls that were under way, or were made since.
        let mut run: Value = record::get(rows, &keys::meta("run"))?.unwrap_or_default();
        if let Some(run) = run.as_object_mut() {
            run.insert("closed".to_owned(), Value::Bool(false));
        }
        let mut batch = Batch::new();
        for encoded in [
            record::encode(keys::meta("layout"), &LAYOUT),
            record::encode(keys::meta("incarnation"), &name),
            record::encode(keys::meta("numbers"), &numbers.skip(SKIPPED)),
            record::encode(keys::meta(RESTORED), &restored),
            record::encode(keys::meta("run"), &run),
            record::encode(keys::meta("syncs"), &log::mark(&name, syncs)),
        ] {
            batch.extend(encoded.into_iter().map(|(key, value)| (key, Some(value))));
        }
        rows.apply(batch)?;
        Ok((name, syncs))
    }
}

struct Filling<'a> {
    rows: &'a SledRows,
    batch: Batch,
    unsynced: usize,
}

impl Filling<'_> {
    fn add(&mut self, key: &[u8], value: Option<&[u8]>) -> Result<(), RowsError> {
        self.unsynced += key.len() + value.map_or(0, <[u8]>::len);
        self.batch.insert(key.to_vec(), value.map(<[u8]>::to_vec));
        if self.batch.len() >= MOST_ROWS {
            self.write()?;
        }
        if self.unsynced >= MOST_UNSYNCED_BYTES {
            self.write()?;
            self.rows.sync()?;
            self.unsynced = 0;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), RowsError> {
        match self.batch.is_empty() {
            true => Ok(()),
            false => self.rows.apply(std::mem::take(&mut self.batch)),
        }
    }
}
