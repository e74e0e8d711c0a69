//! A store's folder is for the user that runs the daemon, and for nobody else: texts and addresses for replies are in it.

use std::fs::{self, Metadata, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _, fchown};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use rustix::process::geteuid;

/// What others may do, in a file's mode.
const OTHERS: u32 = 0o077;

/// Takes from others what they may do with the folder and the files in it, as a copy or another umask may have left them.
/// What is new is made for us alone.
pub(super) fn make_private(folder: &Path) -> io::Result<()> {
    if tighten(folder)? {
        tracing::warn!(folder = %folder.display(), "others could get at the store; they cannot any more");
    }
    tighten_within(folder)
}

fn tighten_within(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        // Links and sockets are not followed, and not the store's.
        let kind = fs::symlink_metadata(&path)?.file_type();
        if kind.is_dir() {
            tighten(&path)?;
            tighten_within(&path)?;
        } else if kind.is_file() {
            tighten(&path)?;
        }
    }
    Ok(())
}

/// Gives what we have made in somebody else's folder to whoever owns the folder, and so the store: a command that root
/// types while no daemon runs must leave nothing behind that the daemon may not open.
pub(super) fn give_to_owner(folder: &Path) -> io::Result<()> {
    let owner = fs::metadata(folder)?;
    if owner.uid() == geteuid().as_raw() {
        return Ok(());
    }
    for entry in fs::read_dir(folder)? {
        give_tree(&entry?.path(), &owner)?;
    }
    Ok(())
}

/// The same of `path`, with all that is in it, which is in `folder` or a folder in there.
pub(super) fn give_to_owner_of(folder: &Path, path: &Path) -> io::Result<()> {
    let owner = fs::metadata(folder)?;
    match owner.uid() == geteuid().as_raw() {
        true => Ok(()),
        false => give_tree(path, &owner),
    }
}

fn give_tree(path: &Path, owner: &Metadata) -> io::Result<()> {
    let kind = fs::symlink_metadata(path)?.file_type();
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            give_tree(&entry?.path(), owner)?;
        }
    }
    match kind.is_dir() || kind.is_file() {
        true => give(path, owner),
        false => Ok(()),
    }
}

/// The owner may exchange what stands there at any moment, for a link to something that is not theirs, too. So what is
/// looked at is what is given, and it has no other name.
fn give(path: &Path, owner: &Metadata) -> io::Result<()> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let found = opened.metadata()?;
    let is_alone = found.is_dir() || (found.is_file() && found.nlink() == 1);
    if found.uid() != geteuid().as_raw() || !is_alone {
        return Ok(());
    }
    match fchown(&opened, Some(owner.uid()), Some(owner.gid())) {
        // Another's group may be one that only root may give to.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(()),
        given => given,
    }
}

/// What belongs to somebody else than the folder does, and keeps its owner out.
pub(super) fn of_somebody_else(folder: &Path) -> Option<PathBuf> {
    let owner = fs::metadata(folder).ok()?.uid();
    let mut entries = fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let foreign = entries.find(|entry| entry.metadata().is_ok_and(|found| found.uid() != owner));
    foreign.map(|entry| entry.path())
}

fn tighten(path: &Path) -> io::Result<bool> {
    let mode = fs::metadata(path)?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(false);
    }
    fs::set_permissions(path, Permissions::from_mode(mode & 0o777 & !OTHERS))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_could_do_is_taken_from_them_and_links_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (store, elsewhere) = (folder.path().join("state"), folder.path().join("mine"));
        fs::create_dir_all(store.join("blobs")).unwrap();
        for file in [&store.join("db"), &store.join("blobs/1"), &elsewhere] {
            fs::write(file, "x").unwrap();
            fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
        }
        fs::set_permissions(&store, Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink(&elsewhere, store.join("link")).unwrap();
        make_private(&store).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&store), 0o700);
        assert_eq!(mode(&store.join("db")), 0o600);
        assert_eq!(mode(&store.join("blobs")), 0o700);
        assert_eq!(mode(&store.join("blobs/1")), 0o600);
        assert_eq!(mode(&elsewhere), 0o644);
    }
}
