//! A store made from a backup, in a folder that has none, or in the place of the one that it has.
//!
//! The new store is built and looked at in a folder of its own, beside nothing that it could harm; only when it is whole
//! do its files come to their place. As long as that is going on, a folder says so, and no process opens the store.

mod build;
mod place;

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{DeliveryId, TicketId, Time};

use super::backup::{BackupFile, FileError, HandingError};
use super::check::{self, Checked};
use super::open::{self, OpenError, Opening};
use super::rows::Rows;
use super::witness;

pub(super) use place::is_under_way;

use build::{Identity, build};
use place::Place;

/// Numbers that are left out, so that those which the store gave after the backup are not given again.
const SKIPPED: u64 = 1_000_000;

/// That a store was made from a backup of another; kept in it, for each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restoration {
    /// The incarnation of the store that the backup was taken from.
    pub from: String,
    /// When it was taken.
    pub taken_at: Time,
    /// When it was restored.
    pub at: Time,
    /// The number that the next ticket had then.
    pub tickets: TicketId,
    /// The number that the next delivery had then: those before went out under the earlier incarnation, if they did,
    /// and still do.
    pub deliveries: DeliveryId,
}

/// What to restore into.
#[derive(Debug, Clone)]
pub struct RestoreOptions {
    /// The store's folder.
    pub path: PathBuf,
    /// The engine's page cache, in bytes.
    pub cache: u64,
    /// Whether a store that is there is moved aside.
    pub replace: bool,
    /// The time.
    pub now: Time,
}

/// What a restored store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Rows that were written.
    pub rows: u64,
    /// Its name.
    pub incarnation: String,
    /// It goes on as the store that it replaces, which has not changed since: nothing is skipped, nothing in doubt.
    pub goes_on: bool,
    /// Where the files lie of the store that was there.
    pub moved_to: Option<PathBuf>,
}

/// Why nothing was restored. What was there is there, as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// There is a store already.
    #[error(
        "there is a store in {0}: with --replace it is moved aside, into a folder beside the new one"
    )]
    Occupied(PathBuf),
    /// The backup cannot be used.
    #[error("cannot restore from {path}")]
    File {
        /// The backup.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: FileError,
    },
    /// What is in the backup does not hold together.
    #[error("what is in the backup does not hold together, nothing was restored: {}", first(.0))]
    Unsound(Checked),
    /// The folder, or what is in it.
    #[error(transparent)]
    Open(#[from] OpenError),
}

fn first(checked: &Checked) -> String {
    let shown: Vec<&str> = checked
        .findings
        .iter()
        .take(3)
        .map(String::as_str)
        .collect();
    format!("{} findings, such as: {}", checked.count, shown.join("; "))
}

/// How far it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Bytes of the backup that are written, of how many.
    Written(u64, u64),
    /// Rows that were looked at, of how many.
    Checked(u64, u64),
}

/// Hears how far it is.
pub type Steps = Arc<dyn Fn(Step) + Send + Sync>;

/// Makes a store of `file`. It takes as long as it takes, and waits for the disk.
///
/// # Errors
///
/// See [`RestoreError`].
pub fn restore(
    file: &Arc<BackupFile>,
    options: &RestoreOptions,
    told: &Steps,
) -> Result<Restored, RestoreError> {
    let path = options.path.as_path();
    let io_error = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(io_error)?;
    let lock = open::lock(path)?;
    let place = Place::at(path);
    let moved_before = place.clear().map_err(io_error)?;
    let is_taken = place.is_taken().map_err(io_error)?;
    if is_taken && !options.replace {
        return Err(RestoreError::Occupied(path.to_owned()));
    }
    let old = match (is_taken, &moved_before) {
        (true, _) => Some(path),
        (false, moved) => moved.as_deref(),
    };
    let goes_on = match old {
        Some(old) => is_unchanged_since(file, old).map_err(io_error)?,
        None => false,
    };
    let identity = match goes_on {
        true => Identity::Kept,
        false => Identity::Renewed { now: options.now },
    };
    place.begin().map_err(io_error)?;
    let made = make(file, &place.new_store(), options, identity, told);
    let restored = match made {
        Ok(made) => made,
        Err(error) => {
            // What is left of it says so at the next start, should that fail as well.
            if let Err(error) = place.clear() {
                tracing::warn!(%error, "cannot take away what is left of the restore");
            }
            return Err(error);
        }
    };
    let moved_to = match is_taken {
        true => Some(place.move_aside(options.now).map_err(io_error)?),
        false => moved_before,
    };
    place.finish().map_err(io_error)?;
    drop(lock);
    Ok(Restored {
        goes_on,
        moved_to,
        ..restored
    })
}

/// Builds the store in `folder`, and looks at it as it then lies on the disk.
fn make(
    file: &Arc<BackupFile>,
    folder: &Path,
    options: &RestoreOptions,
    identity: Identity,
    told: &Steps,
) -> Result<Restored, RestoreError> {
    let (cache, now) = (options.cache, options.now);
    let (incarnation, checked) = build_and_check(file, folder, cache, now, identity, told)?;
    if !checked.is_sound() {
        return Err(RestoreError::Unsound(checked));
    }
    Ok(Restored {
        rows: checked.rows(),
        incarnation,
        goes_on: false,
        moved_to: None,
    })
}

/// Makes a store of `file` in `folder`, which is not there yet, and looks at that as [`Store::check_rows`] does.
///
/// [`Store::check_rows`]: super::Store::check_rows
///
/// # Errors
///
/// See [`RestoreError`]; what does not hold together is no error here.
pub fn check_backup(
    file: &Arc<BackupFile>,
    folder: &Path,
    cache: u64,
    now: Time,
    told: &Steps,
) -> Result<Checked, RestoreError> {
    let (_, checked) = build_and_check(file, folder, cache, now, Identity::Kept, told)?;
    Ok(checked)
}

fn build_and_check(
    file: &Arc<BackupFile>,
    folder: &Path,
    cache: u64,
    now: Time,
    identity: Identity,
    told: &Steps,
) -> Result<(String, Checked), RestoreError> {
    build(file, folder, cache, identity, told).map_err(|error| match error {
        HandingError::File(source) => RestoreError::File {
            path: file.path().to_owned(),
            source,
        },
        HandingError::Rows(error) => RestoreError::Open(OpenError::Io {
            path: folder.to_owned(),
            source: io::Error::other(error),
        }),
    })?;
    let opened = open::open(&Opening {
        path: folder.to_owned(),
        cache,
        create: false,
        now,
    })?;
    let rows: Arc<dyn Rows> = Arc::new(opened.rows);
    let (hears, all) = (Arc::clone(told), file.stored);
    let told: check::Told = Arc::new(move |rows| hears(Step::Checked(rows, all)));
    let checked =
        check::check(&rows, now, &told).map_err(|error| open::unreadable(folder, error.into()))?;
    drop(rows);
    open::settle(folder, cache);
    drop(opened.lock);
    Ok((opened.incarnation.name().to_owned(), checked))
}

/// Whether the store in `folder` is the one that the backup was taken from when it was stopped, and nothing was written
/// to it since.
fn is_unchanged_since(file: &BackupFile, folder: &Path) -> io::Result<bool> {
    let Some(confirmed) = witness::read(folder)? else {
        return Ok(false);
    };
    let is_same = file.heading.stopped
        && confirmed.is_closed
        && file.heading.incarnation == confirmed.incarnation
        && file.heading.syncs == confirmed.syncs;
    Ok(is_same)
}
