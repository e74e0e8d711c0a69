//! Reads what the engine is about to read when it opens its log.
//!
//! The engine takes a part of the log that it cannot read for one that is not there, ends the log before it, and writes
//! zeros over what comes after: one error of the disk, perhaps a passing one, would lose what was acknowledged. So the
//! same is read first, and an error keeps the engine from being opened. What was read is in the system's cache then.
//!
//! That is no more than the engine reads: the head of each segment, and the segments since its last snapshot.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

const SEGMENT: u64 = 512 * 1024;
/// A checksum of four bytes, the segment's place in the whole log, and how far the log was safe.
const HEAD: u64 = 20;

/// Reads; a folder without a log has nothing to read.
pub(super) fn read(path: &Path) -> io::Result<()> {
    let log = match File::open(path.join("db")) {
        Ok(log) => log,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let length = log.metadata()?.len();
    let snapshot = last_snapshot(path)?;
    let mut segment = vec![0; usize::try_from(SEGMENT).unwrap_or_default()];
    let mut start = 0;
    while start + HEAD <= length {
        let mut head = [0; HEAD as usize];
        log.read_exact_at(&mut head, start)?;
        if place(&head) + SEGMENT > snapshot {
            let end = usize::try_from(SEGMENT.min(length - start)).unwrap_or_default();
            log.read_exact_at(&mut segment[..end], start)?;
        }
        start += SEGMENT;
    }
    Ok(())
}

/// Where in the whole log a segment stands; what is no head gives any number, which does no harm.
fn place(head: &[u8; HEAD as usize]) -> u64 {
    let mut place = [0; 8];
    place.copy_from_slice(&head[4..12]);
    let place = i64::from_le_bytes(place) ^ i64::MAX;
    // What is negative is not the place of a segment: it counts as behind every snapshot.
    u64::try_from(place).unwrap_or(u64::MAX - SEGMENT)
}

/// Up to where the newest snapshot has the log in it.
fn last_snapshot(path: &Path) -> io::Result<u64> {
    let mut last = 0;
    for entry in fs::read_dir(path)? {
        let name = entry?.file_name();
        let at = name
            .to_str()
            .and_then(|name| name.strip_prefix("snap."))
            .and_then(|at| u64::from_str_radix(at, 16).ok());
        last = last.max(at.unwrap_or(0));
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_snapshots_are_found_where_the_engine_puts_them() {
        let folder = tempfile::tempdir().unwrap();
        let open = || {
            let config = sled::Config::new().path(folder.path()).flush_every_ms(None);
            config.open().unwrap()
        };
        let db = open();
        for number in 0..300_u32 {
            db.insert(number.to_be_bytes(), vec![7; 4000]).unwrap();
        }
        db.flush().unwrap();
        drop(db);
        // The engine lets go of its lock a moment later.
        while sled::Config::new().path(folder.path()).open().is_err() {}
        let log = File::open(folder.path().join("db")).unwrap();
        let mut head = [0; HEAD as usize];
        for segment in 0..2 {
            log.read_exact_at(&mut head, segment * SEGMENT).unwrap();
            assert_eq!(place(&head), segment * SEGMENT);
        }
        let snapshot = last_snapshot(folder.path()).unwrap();
        assert!(snapshot > 2 * SEGMENT, "{snapshot}");
        read(folder.path()).unwrap();
    }

    #[test]
    fn a_log_that_cannot_be_read_is_an_error_and_none_is_not() {
        let folder = tempfile::tempdir().unwrap();
        read(folder.path()).unwrap();
        fs::write(folder.path().join("db"), [0; 10]).unwrap();
        read(folder.path()).unwrap();
        fs::remove_file(folder.path().join("db")).unwrap();
        fs::create_dir(folder.path().join("db")).unwrap();
        assert!(read(folder.path()).is_err());
    }
}
