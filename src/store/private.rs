//! A store's folder is for the user that runs the daemon, and for nobody else: texts and addresses for replies are in it.

use std::fs::{File, Permissions, metadata, read_dir, set_permissions, symlink_metadata};
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{self, AtFlags, Dir, FileType, Gid, Mode, OFlags, Stat, Uid};
use rustix::io::Errno;
use rustix::path::Arg;
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
    for entry in read_dir(folder)? {
        let path = entry?.path();
        // Links and sockets are not followed, and not the store's.
        let kind = symlink_metadata(&path)?.file_type();
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
    with_owner(folder, give_entries)
}

/// The same of what is called `name` in there, with all that is in it.
pub(super) fn give_to_owner_of(folder: &Path, name: &str) -> io::Result<()> {
    with_owner(folder, |folder, owner| give(folder, name, owner))
}

/// Nothing has to be given where the folder is our own.
fn with_owner(
    folder: &Path,
    give: impl FnOnce(BorrowedFd<'_>, &Stat) -> io::Result<()>,
) -> io::Result<()> {
    let folder = File::open(folder)?;
    let owner = fs::fstat(&folder)?;
    match owner.st_uid == geteuid().as_raw() {
        true => Ok(()),
        false => give(folder.as_fd(), &owner),
    }
}

fn give_entries(folder: BorrowedFd<'_>, owner: &Stat) -> io::Result<()> {
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if ![c".", c".."].contains(&name) {
            give(folder, name, owner)?;
        }
    }
    Ok(())
}

/// The owner may exchange what stands there at any moment, for a link to something that is not theirs, too. So each
/// folder is opened in the one that it is in, what is opened is what is given, and a file has no other name.
fn give(folder: BorrowedFd<'_>, name: impl Arg + Copy, owner: &Stat) -> io::Result<()> {
    let kind = |found: &Stat| FileType::from_raw_mode(found.st_mode);
    // To open anything else may do more than that.
    let seen = fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?;
    if !matches!(kind(&seen), FileType::Directory | FileType::RegularFile) {
        return Ok(());
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = fs::openat(folder, name, flags, Mode::empty())?;
    let found = fs::fstat(&opened)?;
    let is_folder = kind(&found) == FileType::Directory;
    if is_folder {
        give_entries(opened.as_fd(), owner)?;
    }
    let is_alone = is_folder || (kind(&found) == FileType::RegularFile && found.st_nlink == 1);
    if found.st_uid != geteuid().as_raw() || !is_alone {
        return Ok(());
    }
    let (user, group) = (Uid::from_raw(owner.st_uid), Gid::from_raw(owner.st_gid));
    match fs::fchown(&opened, Some(user), Some(group)) {
        // Another's group may be one that only root may give to.
        Err(Errno::PERM) => Ok(()),
        given => Ok(given?),
    }
}

/// What belongs to somebody else than the folder does, and keeps its owner out.
pub(super) fn of_somebody_else(folder: &Path) -> Option<PathBuf> {
    let owner = metadata(folder).ok()?.uid();
    let mut entries = read_dir(folder).ok()?.filter_map(Result::ok);
    let foreign = entries.find(|entry| entry.metadata().is_ok_and(|found| found.uid() != owner));
    foreign.map(|entry| entry.path())
}

fn tighten(path: &Path) -> io::Result<bool> {
    let mode = metadata(path)?.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(false);
    }
    set_permissions(path, Permissions::from_mode(mode & 0o777 & !OTHERS))?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use super::{Path, Permissions, make_private};

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
