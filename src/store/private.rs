//! A store's folder is for the user that runs the daemon, and for nobody else: texts and addresses for replies are in it.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

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
