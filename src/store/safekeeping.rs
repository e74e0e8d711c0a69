//! A copy of the engine's files, taken where its log may be damaged: opening changes them, and if they turn out to be
//! damaged, they must lie there as they were found.

use std::fs::{self, File};
use std::io;
use std::path::Path;

const KEPT: &str = "before-recovery";
const UNFINISHED: &str = "before-recovery.unfinished";

/// Copies the engine's files aside. A copy that an earlier start has left behind is put back first: that start did not
/// come to know what they are worth.
pub(super) fn keep(folder: &Path) -> io::Result<()> {
    put_back(folder)?;
    let copy = folder.join(UNFINISHED);
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    fs::create_dir(&copy)?;
    for name in engine_files(folder)? {
        let to = copy.join(&name);
        fs::copy(folder.join(&name), &to)?;
        File::open(to)?.sync_all()?;
    }
    File::open(&copy)?.sync_all()?;
    fs::rename(copy, folder.join(KEPT))?;
    File::open(folder)?.sync_all()
}

/// The engine's files as they were when they were copied; nothing happens where no copy is kept. Interrupted, it can be
/// done again. They become other files under the same names, so that an engine that has not let go of them yet, and it
/// may still be writing, does not reach them.
pub(super) fn put_back(folder: &Path) -> io::Result<()> {
    let kept = folder.join(KEPT);
    if !kept.exists() {
        return Ok(());
    }
    for name in engine_files(folder)? {
        if !kept.join(&name).exists() {
            fs::remove_file(folder.join(name))?;
        }
    }
    for name in engine_files(&kept)? {
        let unfinished = folder.join(format!("{UNFINISHED}.{name}"));
        fs::copy(kept.join(&name), &unfinished)?;
        File::open(&unfinished)?.sync_all()?;
        fs::rename(unfinished, folder.join(name))?;
    }
    discard(folder)
}

/// The copy is not needed any more.
pub(super) fn discard(folder: &Path) -> io::Result<()> {
    let unfinished = folder.join(UNFINISHED);
    fs::rename(folder.join(KEPT), &unfinished)?;
    File::open(folder)?.sync_all()?;
    fs::remove_dir_all(unfinished)
}

fn engine_files(folder: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if let Some(name) = name.to_str()
            && (name == "db" || name == "conf" || name.starts_with("snap."))
        {
            found.push(name.to_owned());
        }
    }
    Ok(found)
}
