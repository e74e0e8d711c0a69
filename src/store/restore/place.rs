//! Where a restore happens in a store's folder, and in which order, so that an end at any moment leaves either the store
//! that was there, or the new one, or a folder that says that neither is whole.
//!
//! | in the folder | says |
//! | --- | --- |
//! | `restoring/` | a restore began; no process opens the store |
//! | `restoring/store/` | the new store, as far as it is built |
//! | `restoring/aside` | the name of the folder that the files of the old store are being moved to |
//! | `restoring/placing` | the new store is whole, the old one is gone; files of the new one are being moved |
//! | `restored/` | the restore has come to its end; it is to be taken away |

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use crate::model::Time;
use crate::store::open::LOCK_FILE;
use crate::store::private::give_to_owner_of;
use crate::store::witness;

const RESTORING: &str = "restoring";
const DONE: &str = "restored";
const LOG: &str = "db";

/// Whether a restore into `folder` has not come to its end, and no whole store is there. While the new one is being
/// built, the old one is what it was.
pub(in crate::store) fn is_under_way(folder: &Path) -> bool {
    let restoring = folder.join(RESTORING);
    let has_begun_to_move = || {
        ["aside", "placing"]
            .iter()
            .any(|it| restoring.join(it).exists())
    };
    restoring.exists() && (has_begun_to_move() || !folder.join(LOG).exists())
}

pub(super) struct Place {
    folder: PathBuf,
    restoring: PathBuf,
}

impl Place {
    pub(super) fn at(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            restoring: folder.join(RESTORING),
        }
    }

    /// Where the new store is built.
    pub(super) fn new_store(&self) -> PathBuf {
        self.restoring.join("store")
    }

    /// Takes away what an earlier restore has left. What it had moved aside stays there; what it had not moved yet
    /// follows; where that is, is told.
    pub(super) fn clear(&self) -> io::Result<Option<PathBuf>> {
        remove(&self.folder.join(DONE))?;
        if !self.restoring.exists() {
            return Ok(None);
        }
        let aside = fs::read_to_string(self.restoring.join("aside")).ok();
        if self.restoring.join("placing").exists() {
            for name in store_files(&self.folder)? {
                remove(&self.folder.join(name))?;
            }
        } else if let Some(aside) = &aside {
            self.move_to(aside)?;
        }
        sync(&self.folder)?;
        self.take_away()?;
        Ok(aside.map(|aside| self.folder.join(aside)))
    }

    /// Whether there is a store, or a part of one.
    pub(super) fn is_taken(&self) -> io::Result<bool> {
        Ok(!store_files(&self.folder)?.is_empty())
    }

    /// From now on no process opens the store.
    pub(super) fn begin(&self) -> io::Result<()> {
        fs::DirBuilder::new().mode(0o700).create(&self.restoring)?;
        sync(&self.folder)
    }

    /// Moves the store that is there into a folder of its own.
    pub(super) fn move_aside(&self, now: Time) -> io::Result<PathBuf> {
        let at = now.to_timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
        let names = (0..).map(|count| match count {
            0 => format!("before-restore-{at}"),
            count => format!("before-restore-{at}.{count}"),
        });
        let free = names
            .into_iter()
            .find(|name| !self.folder.join(name).exists());
        let name = free.unwrap_or_default();
        self.say("aside", &name)?;
        self.move_to(&name)?;
        Ok(self.folder.join(name))
    }

    fn move_to(&self, aside: &str) -> io::Result<()> {
        let to = self.folder.join(aside);
        if !to.exists() {
            fs::DirBuilder::new().mode(0o700).create(&to)?;
        }
        // What the disk has confirmed stays to the last: with that and without a log nothing begins anew.
        for name in store_files(&self.folder)? {
            fs::rename(self.folder.join(&name), to.join(&name))?;
        }
        give_to_owner_of(&self.folder, aside)?;
        sync(&to)?;
        sync(&self.folder)
    }

    /// Moves the new store to its place. It begins to be one with the end of that.
    pub(super) fn finish(&self) -> io::Result<()> {
        let new = self.new_store();
        let names = store_files(&new)?;
        for made in [RESTORING, LOCK_FILE] {
            give_to_owner_of(&self.folder, made)?;
        }
        self.say("placing", "")?;
        for name in names {
            fs::rename(new.join(&name), self.folder.join(&name))?;
        }
        sync(&self.folder)?;
        self.take_away()
    }

    /// In one step; what is left to do after that harms nobody.
    fn take_away(&self) -> io::Result<()> {
        let done = self.folder.join(DONE);
        fs::rename(&self.restoring, &done)?;
        sync(&self.folder)?;
        if let Some(parent) = self.folder.parent().filter(|it| !it.as_os_str().is_empty()) {
            sync(parent)?;
        }
        remove(&done)
    }

    fn say(&self, name: &str, what: &str) -> io::Result<()> {
        let mut file = File::create(self.restoring.join(name))?;
        file.write_all(what.as_bytes())?;
        file.sync_all()?;
        sync(&self.restoring)
    }
}

/// The files that make up the store in `folder`, what it goes by last, and in such an order that a part of them is none.
fn store_files(folder: &Path) -> io::Result<Vec<OsString>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let is_ours = name.to_str().is_some_and(|name| {
            [LOG, "conf", "blobs", witness::FILE].contains(&name)
                || name.starts_with("snap.")
                || name.starts_with("before-recovery")
        });
        if is_ours {
            found.push(name);
        }
    }
    found.sort_by_key(|name| (name == witness::FILE, name != LOG));
    Ok(found)
}

fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
