//! Opening the folder: one process at a time, known wreckage moved aside, anything else said and left alone.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::fs::{FlockOperation, flock};
use serde::{Deserialize, Serialize};

use crate::model::{Incarnation, Time};

use super::engine::{Engine, SledRows};
use super::engine_conf;
use super::keys;
use super::log;
use super::private::{give_to_owner, make_private, of_somebody_else};
use super::record::{self, RecordError};
use super::restore::{self, Restoration};
use super::rows::{Batch, Read as _, Rows, Scan};
use super::safekeeping;
use super::verify;
use super::witness::{self, Confirmed, Witness};

/// The layout that this program writes: which kinds of rows there are, where they stand, and what is in them. A number
/// for each that a released version has written; 1 was that of the time before.
pub(super) const LAYOUT: u32 = 2;
/// What says, in the store, that it was made from backups.
pub(super) const RESTORED: &str = "restored";
pub(super) const LOCK_FILE: &str = "ticketbridge.lock";
/// How often, and after which pause, something is asked of a folder whose engine has just been dropped.
const TRIES: u32 = 50;
const PAUSE: Duration = Duration::from_millis(20);

/// Why a store could not be opened. Nothing in the folder was deleted.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// None is there, and this caller may not create one.
    #[error("there is no store in {0}: `serve` creates one")]
    Absent(PathBuf),
    /// Another process has it open.
    #[error("the store in {0} is held by another process: ticketbridge is already running")]
    Held(PathBuf),
    /// What is there cannot be read as it should.
    #[error("the store in {path} is damaged, and left as it was found: {what}")]
    Damaged {
        /// The folder.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// What is there is not ours.
    #[error("{path} holds something that is not ticketbridge's store, it was left alone: {what}")]
    Alien {
        /// The folder.
        path: PathBuf,
        /// What is there.
        what: String,
    },
    /// A later version wrote it.
    #[error(
        "the store in {path} has layout {found}, this program knows up to {LAYOUT}: use a newer program"
    )]
    Newer {
        /// The folder.
        path: PathBuf,
        /// Its layout.
        found: u32,
    },
    /// A later version wrote its records.
    #[error(
        "the store in {path} has records of version {found}, this program knows up to {}: use a newer program",
        record::VERSION
    )]
    NewerRecords {
        /// The folder.
        path: PathBuf,
        /// Their version.
        found: u8,
    },
    /// Nothing reads it any more.
    #[error("the store in {path} has layout {found}, from before the first release")]
    Older {
        /// The folder.
        path: PathBuf,
        /// Its layout.
        found: u32,
    },
    /// A restore into the folder has not come to its end.
    #[error(
        "a restore into {0} has not come to its end, so there is no whole store: run `store restore` again"
    )]
    HalfRestored(PathBuf),
    /// The disk or its permissions.
    #[error("cannot open the store in {path}")]
    Io {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
}

/// One run of the daemon over the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When it opened the store.
    pub started_at: Time,
    /// Whether the run before ended without closing it.
    pub after_crash: bool,
    /// Whether it closed the store.
    closed: bool,
    /// When the first run after the last crash began.
    #[serde(default)]
    recovered_at: Option<Time>,
}

impl Run {
    /// Whether it is over and the store was closed.
    pub fn ended_in_order(&self) -> bool {
        self.closed
    }

    /// Whether a call that was due at this time may have been made by a run that crashed before it could say so.
    pub fn leaves_in_doubt(&self, due: Time) -> bool {
        self.recovered_at.is_some_and(|recovered| due < recovered)
    }

    pub(super) fn first(started_at: Time) -> Self {
        Self {
            started_at,
            after_crash: false,
            closed: false,
            recovered_at: None,
        }
    }

    /// The run that begins now, after `before`.
    fn after(before: Option<Self>, now: Time) -> Self {
        let after_crash = before.is_some_and(|run| !run.closed);
        let earlier = before.and_then(|run| run.recovered_at);
        Self {
            after_crash,
            recovered_at: if after_crash { Some(now) } else { earlier },
            ..Self::first(now)
        }
    }
}

pub(super) struct Opened {
    pub(super) rows: SledRows,
    pub(super) incarnation: Incarnation,
    pub(super) restored: Vec<Restoration>,
    pub(super) run: Run,
    pub(super) witness: Witness,
    pub(super) lock: File,
}

/// How to open.
#[derive(Clone)]
pub(super) struct Opening {
    pub(super) path: PathBuf,
    pub(super) cache: u64,
    pub(super) create: bool,
    pub(super) now: Time,
}

pub(super) fn open(opening: &Opening) -> Result<Opened, OpenError> {
    let opened = open_as_it_is(opening);
    let path = opening.path.as_path();
    // Also where it cannot be opened: that, too, may have made files.
    let given = match path.exists() {
        true => give_to_owner(path),
        false => Ok(()),
    };
    match (opened, given) {
        (Ok(_), Err(source)) => {
            let path = path.to_owned();
            Err(OpenError::Io { path, source })
        }
        (Err(OpenError::Io { path: at, source }), _)
            if source.kind() == io::ErrorKind::PermissionDenied =>
        {
            let path = of_somebody_else(path).unwrap_or(at);
            Err(OpenError::Io { path, source })
        }
        (opened, _) => opened,
    }
}

fn open_as_it_is(opening: &Opening) -> Result<Opened, OpenError> {
    let path = opening.path.as_path();
    let io_error = |path: &Path| {
        let path = path.to_owned();
        move |source| OpenError::Io { path, source }
    };
    // Before anything is changed, be it a lock.
    if let Some(found) = witness::layout(path).map_err(io_error(path))?
        && found > LAYOUT
    {
        let path = path.to_owned();
        return Err(OpenError::Newer { path, found });
    }
    if restore::is_under_way(path) {
        lock(path)?;
        return Err(OpenError::HalfRestored(path.to_owned()));
    }
    let log_path = path.join("db");
    let is_new = !log_path.try_exists().map_err(io_error(&log_path))?;
    if is_new && !path.join(witness::FILE).exists() {
        if !opening.create {
            return Err(OpenError::Absent(path.to_owned()));
        }
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(io_error(path))?;
    }
    verify::refuse_alien(path, &log_path)?;
    let lock = lock(path)?;
    if opening.create {
        make_private(path).map_err(io_error(path))?;
    }
    move_unfinished_snapshots(path).map_err(io_error(path))?;
    engine_conf::move_torn_aside(path).map_err(io_error(path))?;

    let confirmed = witness::read(path).map_err(io_error(&path.join(witness::FILE)))?;
    let copied = verify::before_opening(path, &log_path, confirmed.as_ref())?;
    let engine = Engine::new(path, opening.cache);
    let (own_engine, own_opening) = (engine.clone(), opening.clone());
    let begun = engine
        .attend(move || open_engine(own_engine, &own_opening, confirmed))
        .map_err(io_error(path))
        .flatten();
    match begun {
        Ok(Begun {
            rows,
            incarnation,
            restored,
            run,
            witness,
        }) => {
            if copied {
                safekeeping::discard(path).map_err(io_error(path))?;
            }
            Ok(Opened {
                rows,
                incarnation,
                restored,
                run,
                witness,
                lock,
            })
        }
        // The next start puts back what was copied.
        Err(error @ OpenError::Io { .. }) => Err(error),
        Err(error) => {
            if copied {
                length_once_let_go(&log_path)
                    .and_then(|_| safekeeping::put_back(path))
                    .map_err(io_error(path))?;
            }
            Err(error)
        }
    }
}

/// What a store is once it is open.
struct Begun {
    rows: SledRows,
    incarnation: Incarnation,
    /// The backups that it was made from.
    restored: Vec<Restoration>,
    run: Run,
    /// What the disk confirms from now on.
    witness: Witness,
}

fn open_engine(
    engine: Engine,
    opening: &Opening,
    confirmed: Option<Confirmed>,
) -> Result<Begun, OpenError> {
    let db = open_sled_once_let_go(&engine, &opening.path)?;
    let begun = begin(opening, engine, db.clone(), confirmed);
    if matches!(begun, Err(OpenError::Io { .. })) {
        // Closing it writes to the disk that has just failed, and panics where that fails again.
        std::mem::forget(db);
    }
    begun
}

/// Reads what the store says of itself, and records that a run begins.
fn begin(
    opening: &Opening,
    engine: Engine,
    db: sled::Db,
    confirmed: Option<Confirmed>,
) -> Result<Begun, OpenError> {
    let path = opening.path.as_path();
    let io_error = |source| OpenError::Io {
        path: path.to_owned(),
        source,
    };
    let log = File::open(path.join("db")).map_err(io_error)?;
    if opening.create {
        // Each time, since a first start may have ended before it came here.
        engine_conf::sync(path).map_err(io_error)?;
        sync_folder(path).map_err(io_error)?;
    }
    let has_other_trees = db.tree_names().len() > 1;
    let rows = SledRows::new(engine, db, log);
    let unreadable = |error| unreadable(path, error);
    let first = rows.scan(&Scan::prefix(Vec::new()).limit(1));
    let is_empty = first.map_err(|error| unreadable(error.into()))?.is_empty();
    refuse_newer_records(path, &rows)?;
    let layout: Option<u32> = record::get(&rows, &keys::meta("layout")).map_err(unreadable)?;
    let incarnation: Option<String> =
        record::get(&rows, &keys::meta("incarnation")).map_err(unreadable)?;
    let mark: Option<String> = record::get(&rows, &keys::meta("syncs")).map_err(unreadable)?;
    if let Some(confirmed) = &confirmed {
        verify::after_opening(path, confirmed, incarnation.as_deref(), mark.as_deref())?;
    }
    match layout {
        Some(LAYOUT) => {}
        Some(found) => {
            let path = path.to_owned();
            return Err(match found > LAYOUT {
                true => OpenError::Newer { path, found },
                false => OpenError::Older { path, found },
            });
        }
        None if is_empty && !has_other_trees => {}
        None => {
            return Err(OpenError::Alien {
                path: path.to_owned(),
                what: "a sled database of something else".to_owned(),
            });
        }
    }
    let incarnation = match incarnation {
        Some(incarnation) => incarnation,
        None => new_incarnation().map_err(io_error)?,
    };
    let before: Option<Run> = record::get(&rows, &keys::meta("run")).map_err(unreadable)?;
    let run = match before {
        Some(before) if !opening.create => before,
        before => Run::after(before, opening.now),
    };
    let mut syncs = mark.as_deref().and_then(log::number_in).unwrap_or_default();
    if opening.create {
        syncs += 1;
        write_meta(&rows, &incarnation, run, syncs).map_err(|error| OpenError::Io {
            path: path.to_owned(),
            source: io::Error::other(error),
        })?;
    }
    let witness = Witness::open(path, &incarnation, syncs).map_err(io_error)?;
    if confirmed.is_none() {
        sync_folder(path).map_err(io_error)?;
    }
    let restored: Vec<Restoration> = record::get(&rows, &keys::meta(RESTORED))
        .map_err(unreadable)?
        .unwrap_or_default();
    let earlier = restored.iter().map(|it| (it.from.clone(), it.deliveries));
    Ok(Begun {
        rows,
        incarnation: Incarnation::after(incarnation, earlier),
        restored,
        run,
        witness,
    })
}

/// A later version may write what a store says of itself otherwise.
fn refuse_newer_records(path: &Path, rows: &SledRows) -> Result<(), OpenError> {
    let own = rows.scan(&Scan::prefix(keys::meta("")));
    for (_, value) in own.map_err(|error| unreadable(path, error.into()))? {
        if let Some(found) = value.first().copied().filter(|it| *it > record::VERSION) {
            let path = path.to_owned();
            return Err(OpenError::NewerRecords { path, found });
        }
    }
    Ok(())
}

/// What a record that cannot be had says about the store.
pub(super) fn unreadable(path: &Path, error: RecordError) -> OpenError {
    let path = path.to_owned();
    match error {
        RecordError::Rows(error) if !error.damaged => OpenError::Io {
            path,
            source: io::Error::other(error),
        },
        error => OpenError::Damaged {
            path,
            what: error.to_string(),
        },
    }
}

/// Says in the store that this run ends in order.
pub(super) fn write_closed(rows: &dyn Rows, run: Run) -> Result<(), super::rows::RowsError> {
    rows.apply(rows_of(record::encode(
        keys::meta("run"),
        &Run {
            closed: true,
            ..run
        },
    )))?;
    rows.sync()
}

/// Opens and closes once more, so that the next start has nothing to replay, and notes how long the log then is. The
/// run has ended in order already, so what goes wrong here only costs the next start some time.
pub(super) fn settle(path: &Path, cache: u64) {
    if let Err(error) = log::inspect(path, None) {
        tracing::warn!(%error, "the closed store cannot be read; it is left as it is");
        return;
    }
    let engine = Engine::new(path, cache);
    let (own_engine, own_path) = (engine.clone(), path.to_owned());
    let opened_again = engine
        .attend(move || open_sled_once_let_go(&own_engine, &own_path).map(drop))
        .map_err(|source| OpenError::Io {
            path: path.to_owned(),
            source,
        })
        .flatten();
    if let Err(error) = opened_again {
        let error: &dyn std::error::Error = &error;
        return tracing::warn!(error, "the closed store does not open again");
    }
    let noted = length_once_let_go(&path.join("db")).and_then(|length| match length {
        Some(length) => witness::close(path, length, log::blank_segments(path)?),
        None => Ok(()),
    });
    if let Err(error) = noted {
        tracing::warn!(%error, "the length of the closed log could not be noted");
    }
}

/// The engine lets go of its lock a moment after it is dropped; whoever holds ours waits for that.
fn open_sled_once_let_go(engine: &Engine, path: &Path) -> Result<sled::Db, OpenError> {
    for _ in 1..TRIES {
        match open_sled(engine, path) {
            Err(OpenError::Held(_)) => std::thread::park_timeout(PAUSE),
            opened => return opened,
        }
    }
    open_sled(engine, path)
}

/// How long the log is, once the engine has let go of it; nothing if it does not.
fn length_once_let_go(log: &Path) -> io::Result<Option<u64>> {
    let log = File::open(log)?;
    for _ in 0..TRIES {
        match flock(&log, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(Some(log.metadata()?.len())),
            Err(rustix::io::Errno::WOULDBLOCK) => std::thread::park_timeout(PAUSE),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}

fn write_meta(
    rows: &SledRows,
    incarnation: &str,
    run: Run,
    syncs: u64,
) -> Result<(), super::rows::RowsError> {
    let mut batch = rows_of(record::encode(keys::meta("layout"), &LAYOUT));
    batch.extend(rows_of(record::encode(
        keys::meta("incarnation"),
        &incarnation,
    )));
    batch.extend(rows_of(record::encode(keys::meta("run"), &run)));
    let mark = log::mark(incarnation, syncs);
    batch.extend(rows_of(record::encode(keys::meta("syncs"), &mark)));
    rows.apply(batch)?;
    rows.sync()
}

fn rows_of(rows: Vec<(Vec<u8>, Vec<u8>)>) -> Batch {
    rows.into_iter()
        .map(|(key, value)| (key, Some(value)))
        .collect()
}

pub(super) fn new_incarnation() -> io::Result<String> {
    let mut bytes = [0; 6];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}

pub(super) fn lock(path: &Path) -> Result<File, OpenError> {
    let file = path.join(LOCK_FILE);
    let opened = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&file);
    let lock = opened.map_err(|source| OpenError::Io { path: file, source })?;
    match flock(&lock, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(lock),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(OpenError::Held(path.to_owned())),
        Err(source) => Err(OpenError::Io {
            path: path.to_owned(),
            source: source.into(),
        }),
    }
}

/// A crash while sled writes a snapshot leaves a file that it refuses to open later. It was never committed, and
/// the log has all that is in it.
fn move_unfinished_snapshots(path: &Path) -> io::Result<()> {
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        let Some(name) = name.to_str() else {
            continue;
        };
        if name.starts_with("snap.") && name.ends_with(".generating") {
            let aside = format!("aside.{name}");
            fs::rename(path.join(name), path.join(&aside))?;
            tracing::warn!(
                file = name,
                moved_to = aside,
                "moved an unfinished snapshot aside; nothing is lost by that"
            );
        }
    }
    Ok(())
}

fn open_sled(engine: &Engine, path: &Path) -> Result<sled::Db, OpenError> {
    let damaged = |what: String| OpenError::Damaged {
        path: path.to_owned(),
        what,
    };
    match catch_unwind(AssertUnwindSafe(|| engine.open())) {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(sled::Error::Io(error))) if error.to_string().contains("could not acquire lock") => {
            Err(OpenError::Held(path.to_owned()))
        }
        Ok(Err(sled::Error::Io(error))) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(damaged(format!("a file is cut off ({error})")))
        }
        Ok(Err(sled::Error::Io(source))) => Err(OpenError::Io {
            path: path.to_owned(),
            source,
        }),
        Ok(Err(error)) => Err(damaged(error.to_string())),
        Err(_) => Err(damaged("the engine panicked while reading it".to_owned())),
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()?;
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => File::open(parent)?.sync_all(),
        _ => Ok(()),
    }
}
