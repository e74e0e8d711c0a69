//! Copies of the store, taken while it goes on: one point in time of it, whatever is written meanwhile.
//!
//! All rows are read once, in the order of their keys, in pieces; and every batch that is written from the beginning on
//! is copied as well (`tap`). Both together are the store as it was after the last of these batches, and a batch holds
//! whole events. Nobody waits for a backup: whoever takes it too slowly gets none.

mod file;
mod frames;
mod tap;

use std::sync::Arc;

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::model::Time;

use super::keys;
use super::log;
use super::open::LAYOUT;
use super::record;
use super::rows::{Read as _, Rows, RowsError, Scan};
use super::writer::Progress;
use super::{Commits, Store};

pub use file::{BackupFile, FileError};
pub use frames::Heading;

pub(super) use file::{HandingError, Part};
pub(super) use tap::{Tap, TappedRows};

use frames::{Encoder, Payload};
use tap::{OpenTap, Overflow};

/// Rows are read and handed on in pieces of about so many bytes.
const PIECE: usize = if cfg!(test) { 4 * 1024 } else { 256 * 1024 };
/// Pieces that may wait for whoever takes the backup.
const MOST_PIECES: usize = 4;

/// Why there is no backup, or not to its end.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BackupError {
    /// One at a time.
    #[error("another backup is being taken")]
    UnderWay,
    /// More was written than whoever takes the backup has fetched.
    #[error(
        "the backup was given up: more was stored meanwhile than could be handed over; intake does not wait for it"
    )]
    TooSlow,
    /// The store failed.
    #[error("the store failed: {0}")]
    Failed(String),
}

/// The bytes of a backup, as they are made. Dropped early, it is given up.
#[derive(Debug)]
pub struct Backup(mpsc::Receiver<Result<Bytes, BackupError>>);

impl Backup {
    /// The next bytes; nothing after the last ones, or after an error. Only what comes to that end is whole.
    pub async fn next(&mut self) -> Option<Result<Bytes, BackupError>> {
        self.0.recv().await
    }
}

impl Store {
    /// Begins a backup of the store.
    ///
    /// # Errors
    ///
    /// See [`BackupError`].
    pub async fn backup(&self, now: Time) -> Result<Backup, BackupError> {
        let (tap, rows) = (Arc::clone(&self.0.tap), Arc::clone(&self.0.rows));
        // The writer holds the tap while it writes.
        let begun = tokio::task::spawn_blocking(move || {
            let mark: Result<Option<String>, _> = record::get(&rows, &keys::meta("syncs"));
            (tap.open(), mark)
        });
        let failed = |error: &dyn std::fmt::Display| BackupError::Failed(error.to_string());
        let (tap, mark) = begun.await.map_err(|error| failed(&error))?;
        let tap = tap.ok_or(BackupError::UnderWay)?;
        let mark = mark.map_err(|error| failed(&error))?;
        let (sender, receiver) = mpsc::channel(MOST_PIECES);
        let heading = Heading {
            layout: LAYOUT,
            incarnation: self.incarnation().name().to_owned(),
            syncs: mark.as_deref().and_then(log::number_in).unwrap_or_default(),
            taken_at: now,
            stopped: matches!(&self.0.commits, Commits::Thread { folder, .. } if !folder.records_run),
            program: env!("CARGO_PKG_VERSION").to_owned(),
        };
        let copying = Copying {
            rows: Arc::clone(&self.0.rows),
            progress: Arc::clone(&self.0.progress),
            to: sender,
        };
        let runtime = Handle::current();
        tokio::task::spawn_blocking(move || {
            if let Err(Stopped::Failed(error)) = copying.run(&heading, tap, &runtime) {
                // Whoever took it may be gone.
                drop(copying.to.blocking_send(Err(error)));
            }
        });
        Ok(Backup(receiver))
    }
}

struct Copying {
    rows: Arc<dyn Rows>,
    progress: Arc<Progress>,
    to: mpsc::Sender<Result<Bytes, BackupError>>,
}

/// Why it does not come to its end.
enum Stopped {
    /// Nobody takes it any more.
    Left,
    Failed(BackupError),
}

impl From<Overflow> for Stopped {
    fn from(_: Overflow) -> Self {
        Self::Failed(BackupError::TooSlow)
    }
}

impl From<RowsError> for Stopped {
    fn from(error: RowsError) -> Self {
        Self::Failed(BackupError::Failed(error.what))
    }
}

impl Copying {
    fn run(&self, heading: &Heading, tap: OpenTap, runtime: &Handle) -> Result<(), Stopped> {
        let (mut encoder, first) = Encoder::begin(heading);
        self.send(first)?;
        let mut from = Some(Vec::new());
        while let Some(key) = from {
            // These first: they are what must not pile up.
            for batch in tap.fetch()? {
                self.send(encoder.changed(&batch))?;
            }
            let (rows, next) = self.read(key)?;
            if rows.rows > 0 {
                self.send(encoder.stored(&rows))?;
            }
            from = next;
        }
        for batch in tap.close()? {
            self.send(encoder.changed(&batch))?;
        }
        // Nothing that a crash could still undo goes out.
        runtime
            .block_on(self.progress.settle())
            .map_err(|error| Stopped::Failed(BackupError::Failed(error.to_string())))?;
        if let Some(reason) = self.progress.failure() {
            return Err(Stopped::Failed(BackupError::Failed(reason)));
        }
        self.send(encoder.end())
    }

    /// The rows from `key` on that make up a piece, and where the next one begins.
    fn read(&self, key: Vec<u8>) -> Result<(Payload, Option<Vec<u8>>), Stopped> {
        let mut rows = Payload::default();
        let mut last = None;
        let scan = Scan::all_from(key);
        let read = self.rows.each(&scan, &mut |key, value| {
            rows.push(key, Some(value));
            let go_on = rows.bytes.len() < PIECE;
            if !go_on {
                last = Some(key.to_vec());
            }
            go_on
        });
        if let Err(error) = read {
            self.progress.fail_with(&error);
            return Err(error.into());
        }
        let next = last.map(|mut key| {
            key.push(0);
            key
        });
        Ok((rows, next))
    }

    fn send(&self, bytes: Vec<u8>) -> Result<(), Stopped> {
        let sent = self.to.blocking_send(Ok(Bytes::from(bytes)));
        sent.map_err(|_| Stopped::Left)
    }
}
