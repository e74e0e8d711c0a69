//! Whose the store's files are when root types commands while the daemon, which has a user of its own, does not run.
//!
//! Only root can try that; anybody else passes.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::{Path, PathBuf};

use crate::daemon::{Daemon, LOOPBACK, ticket};

/// `nobody`, as on every Linux.
const SERVICE: u32 = 65_534;

/// All files and folders in `folder`, itself included.
fn all(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        match entry.file_type().unwrap().is_dir() {
            true => found.extend(all(&entry.path())),
            false => found.push(entry.path()),
        }
    }
    found
}

#[tokio::test]
async fn a_command_of_root_leaves_nothing_that_the_service_may_not_open() {
    if !rustix::process::geteuid().is_root() {
        println!("only root can give files away");
        return;
    }
    let mut daemon = Daemon::configured(LOOPBACK);
    daemon.start().await;
    let (status, _) = daemon
        .post_ticket(&ticket("mail-1", "http://127.0.0.1:9/"))
        .await;
    assert_eq!(status, 201);
    daemon.kill().await;
    // What root has there besides is not the store's, be it under another name.
    let state = daemon.state();
    let of_root = daemon.folder().join("of-root");
    fs::write(&of_root, "").unwrap();
    fs::hard_link(&of_root, state.join("another-name")).unwrap();
    for path in all(&state) {
        if path != state.join("another-name") {
            chown(path, Some(SERVICE), Some(SERVICE)).unwrap();
        }
    }
    let folder_of_root = daemon.folder().join("folder-of-root");
    fs::create_dir(&folder_of_root).unwrap();
    fs::write(folder_of_root.join("file"), "").unwrap();
    std::os::unix::fs::symlink(&of_root, state.join("blobs/link")).unwrap();
    std::os::unix::fs::symlink(&folder_of_root, state.join("link")).unwrap();
    let backup = daemon.folder().join("backup");
    let backup = backup.to_str().unwrap();
    for command in [
        &["status"][..],
        &["tickets", "lock", "1"],
        &["store", "check"],
        &["store", "backup", backup],
        &["store", "erase", "--author", "nobody-known"],
        &["store", "restore", "--replace", backup],
        &["tickets", "list"],
    ] {
        daemon.ok(command).await;
        let foreign: Vec<_> = all(&state)
            .into_iter()
            .filter(|path| fs::symlink_metadata(path).unwrap().uid() != SERVICE)
            .filter(|path| !path.ends_with("another-name") && !path.ends_with("link"))
            .collect();
        assert!(foreign.is_empty(), "{command:?}: {foreign:?}");
    }
    for path in [&of_root, &folder_of_root, &folder_of_root.join("file")] {
        assert_eq!(fs::metadata(path).unwrap().uid(), 0, "{}", path.display());
    }
}
