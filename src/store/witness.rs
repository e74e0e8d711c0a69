//! What the disk has confirmed, kept beside the engine's files: the engine takes a damaged log for one that ends early
//! and says nothing, so the store has to know by itself how far its log reached.
//!
//! One short line, written over itself after each sync and before anybody is answered. It is not synced each time: it
//! may be older than the log, never newer. Where the log reaches less far than the line says, something was lost.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::open::LAYOUT;
use super::rows::RowsError;

pub(super) const FILE: &str = "confirmed";
const FORMAT: &str = "ticketbridge-confirmed-1";
/// Any version's line begins so.
const ANY_FORMAT: &str = "ticketbridge-confirmed-";

/// What the line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Confirmed {
    /// Which store it belongs to.
    pub(super) incarnation: String,
    /// How many syncs of the writer have returned.
    pub(super) syncs: u64,
    /// How many bytes the engine's log then had.
    pub(super) length: u64,
    /// How many of its segments were blank when the store was closed last.
    pub(super) blank: u64,
    /// Whether the store was closed after that, so that nothing may have changed since.
    pub(super) is_closed: bool,
}

/// The file, held open so that writing needs no new room on the disk.
pub(super) struct Witness {
    file: File,
    log: File,
    incarnation: String,
}

impl Witness {
    /// The file in `folder`, made where there is none; says that the store is open.
    pub(super) fn open(folder: &Path, incarnation: &str, syncs: u64) -> io::Result<Self> {
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(folder.join(FILE))?;
        let witness = Self {
            file,
            log: File::open(folder.join("db"))?,
            incarnation: incarnation.to_owned(),
        };
        witness.write(syncs)?;
        witness.file.sync_all()?;
        Ok(witness)
    }

    /// Says that sync number `syncs` has returned.
    pub(super) fn confirm(&self, syncs: u64) -> Result<(), RowsError> {
        self.write(syncs).map_err(|error| RowsError {
            what: format!("`{FILE}`: {error}"),
            damaged: false,
        })
    }

    fn write(&self, syncs: u64) -> io::Result<()> {
        let confirmed = Confirmed {
            incarnation: self.incarnation.clone(),
            syncs,
            length: self.log.metadata()?.len(),
            blank: 0,
            is_closed: false,
        };
        self.file.write_all_at(confirmed.line().as_bytes(), 0)
    }
}

/// Says that the store in `folder` is closed, with a log of `length` bytes of which so many segments are `blank`.
pub(super) fn close(folder: &Path, length: u64, blank: u64) -> io::Result<()> {
    match read(folder)? {
        Some(confirmed) => write_synced(
            folder,
            &Confirmed {
                length,
                blank,
                is_closed: true,
                ..confirmed
            },
        ),
        None => Ok(()),
    }
}

/// Says that what was confirmed still holds, but that the store is no longer closed: the engine is about to change it.
pub(super) fn reopen(folder: &Path, confirmed: &Confirmed) -> io::Result<()> {
    write_synced(
        folder,
        &Confirmed {
            is_closed: false,
            ..confirmed.clone()
        },
    )
}

fn write_synced(folder: &Path, confirmed: &Confirmed) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(folder.join(FILE))?;
    file.write_all_at(confirmed.line().as_bytes(), 0)?;
    file.sync_all()
}

/// What was confirmed; nothing where there is no such file, or where it was never written whole.
pub(super) fn read(folder: &Path) -> io::Result<Option<Confirmed>> {
    let text = match std::fs::read(folder.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let confirmed = std::str::from_utf8(&text).ok().and_then(Confirmed::parse);
    if confirmed.is_none() {
        tracing::warn!(
            file = FILE,
            "what the disk has confirmed is unreadable; whether the log is whole cannot be told this time"
        );
    }
    Ok(confirmed)
}

/// The layout of the store in `folder`, as the line says. Later versions may say other things in other words, but this
/// one second, and a sum last of all.
pub(super) fn layout(folder: &Path) -> io::Result<Option<u32>> {
    let text = match std::fs::read(folder.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(std::str::from_utf8(&text).ok().and_then(layout_in))
}

fn layout_in(line: &str) -> Option<u32> {
    let (said, check) = line.trim_end().rsplit_once(" check=")?;
    let mut words = said.split(' ');
    let is_ours = check == check_of(said) && words.next()?.starts_with(ANY_FORMAT);
    let layout = words.next()?.strip_prefix("layout=")?;
    layout.parse().ok().filter(|_| is_ours)
}

impl Confirmed {
    /// Always of the same length, for the same incarnation.
    fn line(&self) -> String {
        let Self {
            incarnation,
            syncs,
            length,
            blank,
            is_closed,
        } = self;
        let closed = u8::from(*is_closed);
        let said = format!(
            "{FORMAT} layout={LAYOUT:04} store={incarnation} syncs={syncs:020} log={length:020} blank={blank:020} closed={closed}"
        );
        let check = check_of(&said);
        format!("{said} check={check}\n")
    }

    fn parse(line: &str) -> Option<Self> {
        let (said, check) = line.trim_end().rsplit_once(" check=")?;
        let mut words = said.split(' ');
        if check != check_of(said) || words.next() != Some(FORMAT) {
            return None;
        }
        words.next()?.strip_prefix("layout=")?;
        Some(Self {
            incarnation: words.next()?.strip_prefix("store=")?.to_owned(),
            syncs: words.next()?.strip_prefix("syncs=")?.parse().ok()?,
            length: words.next()?.strip_prefix("log=")?.parse().ok()?,
            blank: words.next()?.strip_prefix("blank=")?.parse().ok()?,
            is_closed: words.next()? == "closed=1",
        })
    }
}

fn check_of(said: &str) -> String {
    hex::encode(&Sha256::digest(said)[..4])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path()).unwrap(), None);
        let log = folder.path().join("db");
        std::fs::write(&log, [0; 700]).unwrap();
        let witness = Witness::open(folder.path(), "0123456789ab", 7).unwrap();
        let mut said = Confirmed {
            incarnation: "0123456789ab".to_owned(),
            syncs: 7,
            length: 700,
            blank: 0,
            is_closed: false,
        };
        assert_eq!(read(folder.path()).unwrap(), Some(said.clone()));
        std::fs::write(&log, [0; 900]).unwrap();
        witness.confirm(u64::MAX).unwrap();
        (said.syncs, said.length) = (u64::MAX, 900);
        assert_eq!(read(folder.path()).unwrap(), Some(said.clone()));
        close(folder.path(), 524_288, 2).unwrap();
        (said.length, said.blank, said.is_closed) = (524_288, 2, true);
        assert_eq!(read(folder.path()).unwrap(), Some(said));
    }

    #[test]
    fn any_version_says_its_layout() {
        let said = "ticketbridge-confirmed-9 layout=0041 of=something else";
        let line = format!("{said} check={}\n", check_of(said));
        assert_eq!(layout_in(&line), Some(41));
        assert_eq!(layout_in(&line.replace("41", "42")), None);
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(layout(folder.path()).unwrap(), None);
        std::fs::write(folder.path().join("db"), "").unwrap();
        drop(Witness::open(folder.path(), "0123456789ab", 7).unwrap());
        assert_eq!(layout(folder.path()).unwrap(), Some(LAYOUT));
    }

    #[test]
    fn a_line_that_was_changed_says_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE);
        let line = Confirmed {
            incarnation: "0123456789ab".to_owned(),
            syncs: 41,
            length: 9,
            blank: 3,
            is_closed: true,
        }
        .line();
        for (place, byte) in line.bytes().enumerate().take(line.len() - 1) {
            let mut changed = line.clone().into_bytes();
            changed[place] = byte ^ 1;
            std::fs::write(&file, changed).unwrap();
            assert_eq!(read(folder.path()).unwrap(), None, "at {place}");
            std::fs::write(&file, &line[..place]).unwrap();
            assert_eq!(read(folder.path()).unwrap(), None, "cut at {place}");
        }
    }
}
