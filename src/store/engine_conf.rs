//! The engine's file `conf`, which says how its log is laid out. The engine neither syncs it nor opens a log whose
//! `conf` is broken, so that a power cut in the first hours of a store could lock everything in.
//!
//! What it says is the same for every store of ours. Nothing else is ever taken for a broken one.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// What the engine writes, before a checksum of four bytes.
const WORDS: &[u8] = b"segment_size: 524288\nuse_compression: false\nversion: 0.34\n";
const CHECKSUM: usize = 4;
const NAME: &str = "conf";
/// Up to this length the engine takes it for empty, and writes it again.
const TAKEN_FOR_EMPTY: usize = 8;

/// Makes sure that it is on the disk. The folder is to be synced after that.
pub(super) fn sync(path: &Path) -> io::Result<()> {
    File::open(path.join(NAME))?.sync_all()
}

/// Where a power cut has left only parts of it, moves it aside; the engine writes it again.
pub(super) fn move_torn_aside(path: &Path) -> io::Result<()> {
    let found = match fs::read(path.join(NAME)) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if is_torn(&found) {
        let aside = format!("aside.{NAME}");
        fs::rename(path.join(NAME), path.join(&aside))?;
        tracing::warn!(
            file = NAME,
            moved_to = aside,
            "moved a file aside of which a crash has left only parts; nothing is lost by that"
        );
    }
    Ok(())
}

/// Whether it is what we would write, with something missing.
fn is_torn(found: &[u8]) -> bool {
    let words = &found[..found.len().min(WORDS.len())];
    let is_ours = words
        .iter()
        .zip(WORDS)
        .all(|(found, ours)| *found == 0 || found == ours);
    let whole = WORDS.len() + CHECKSUM;
    let is_readable = found.len() == whole && words == WORDS;
    let is_kept = found.len() > TAKEN_FOR_EMPTY && found.len() <= whole;
    is_kept && is_ours && !is_readable
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written() -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let config = sled::Config::new().path(folder.path()).flush_every_ms(None);
        drop(config.open().unwrap());
        fs::read(folder.path().join(NAME)).unwrap()
    }

    #[test]
    fn only_parts_of_what_the_engine_writes_are_torn() {
        let whole = written();
        assert_eq!(&whole[..WORDS.len()], WORDS);
        assert!(!is_torn(&whole));
        let zeros = vec![0; whole.len()];
        let without_checksum = &whole[..WORDS.len()];
        let mut half = whole.clone();
        half[..20].fill(0);
        for torn in [&zeros, without_checksum, &half, &whole[..9]] {
            assert!(is_torn(torn), "{torn:?}");
        }
        let mut wrong_checksum = whole.clone();
        wrong_checksum[WORDS.len()] ^= 1;
        let other = String::from_utf8_lossy(WORDS).replace("524288", "262144");
        let mut flipped = whole.clone();
        flipped[3] ^= 1;
        let longer = [zeros.as_slice(), &[0]].concat();
        for kept in [
            wrong_checksum.as_slice(),
            other.as_bytes(),
            &flipped,
            &longer,
            b"",
            &[0; TAKEN_FOR_EMPTY],
            b"letters of somebody else",
        ] {
            assert!(!is_torn(kept), "{kept:?}");
        }
    }
}
