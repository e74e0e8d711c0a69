//! What lies in the state's folder, and who may read it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use crate::daemon::{Daemon, ticket};

/// Everything under `path`, and that, with its permissions.
fn modes(path: &Path) -> Vec<(PathBuf, u32)> {
    let metadata = fs::symlink_metadata(path).unwrap();
    let mut all = vec![(path.to_owned(), metadata.permissions().mode() & 0o777)];
    if metadata.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            all.extend(modes(&entry.unwrap().path()));
        }
    }
    all
}

fn assert_private(state: &Path) {
    for (path, mode) in modes(state) {
        let private = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode, private, "{}", path.display());
    }
}

#[tokio::test]
async fn state_is_the_services_alone_whatever_the_umask_and_its_socket_goes_with_it() {
    let mut daemon = Daemon::configured("");
    daemon.do_before("umask 000;");
    daemon.start().await;
    daemon
        .post_ticket(&ticket("T-1", "https://example.com/hook"))
        .await;
    assert_private(&daemon.state());
    assert!(daemon.state().join("admin.sock").exists());
    assert_eq!(daemon.terminate().await, Some(0));
    assert!(!daemon.state().join("admin.sock").exists());
    assert_private(&daemon.state());

    // As a copy from elsewhere may be.
    for (path, mode) in modes(&daemon.state()) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode | 0o044)).unwrap();
    }
    daemon.start().await;
    assert_private(&daemon.state());
    assert_eq!(daemon.terminate().await, Some(0));
}

#[tokio::test]
async fn an_http_socket_in_the_file_system_is_for_all_who_get_there_and_goes_with_the_daemon() {
    let mut daemon = Daemon::configured("");
    let config = fs::read_to_string(daemon.config()).unwrap();
    let listen = format!("listen = \"{}\"", daemon.address());
    let both = format!("{listen}\nops_listen = \"unix:ops.sock\"");
    fs::write(daemon.config(), config.replace(&listen, &both)).unwrap();
    daemon.do_before("umask 077;");
    daemon.spawn();
    daemon.says("taking tickets", 1).await;
    let socket = daemon.folder().join("ops.sock");
    let mode = fs::metadata(&socket).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o666);
    assert_eq!(daemon.terminate().await, Some(0));
    assert!(!socket.exists());
}
