//! What an operator meets whose store was damaged: one clear line, exit 65, the files as they were, and commands that
//! say the same.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::daemon::{Daemon, ticket};

/// The engine's files.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| {
            let name = entry.file_name().into_string().unwrap();
            (name, fs::read(entry.path()).unwrap())
        })
        .filter(|(name, _)| name == "db" || name == "conf" || name.starts_with("snap."))
        .collect()
}

async fn with_tickets(is_killed: bool) -> Daemon {
    let mut daemon = Daemon::started().await;
    for number in 0..40 {
        let ticket = ticket(&format!("T-{number}"), "http://127.0.0.1:9/hook");
        assert_eq!(daemon.post_ticket(&ticket).await.0, 201);
    }
    if is_killed {
        daemon.kill().await;
    } else {
        assert_eq!(daemon.terminate().await, Some(0));
    }
    daemon
}

async fn is_refused(daemon: &mut Daemon, words: &[&str]) {
    let found = files(&daemon.state());
    daemon.spawn();
    assert_eq!(daemon.ended().await, Some(65), "{}", daemon.log());
    let log = daemon.log();
    let said = log.lines().last().unwrap().to_owned();
    for words in words {
        assert!(said.contains(words), "{words:?} is not in {said:?}");
    }
    let status = daemon.run(&["status"]).await;
    assert_eq!(status.status.code(), Some(65));
    let told = String::from_utf8_lossy(&status.stderr).into_owned();
    for words in words {
        assert!(told.contains(words), "{words:?} is not in {told:?}");
    }
    assert!(files(&daemon.state()) == found, "the files were changed");
}

#[tokio::test]
async fn a_log_that_was_cut_off_ends_every_start_with_65() {
    for is_killed in [false, true] {
        let mut daemon = with_tickets(is_killed).await;
        let log = daemon.state().join("db");
        let length = fs::metadata(&log).unwrap().len();
        let file = fs::File::options().write(true).open(log).unwrap();
        file.set_len(length / 3).unwrap();
        is_refused(&mut daemon, &["is damaged, and left as it was found"]).await;
    }
}

#[tokio::test]
async fn a_changed_bit_after_a_crash_is_named_by_its_place() {
    let mut daemon = with_tickets(true).await;
    let log = daemon.state().join("db");
    let mut bytes = fs::read(&log).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&log, bytes).unwrap();
    is_refused(&mut daemon, &["`db` cannot be read at byte"]).await;
}

#[tokio::test]
async fn a_folder_of_something_else_is_left_alone_with_65() {
    let mut daemon = Daemon::started().await;
    assert_eq!(daemon.terminate().await, Some(0));
    fs::remove_dir_all(daemon.state()).unwrap();
    fs::create_dir(daemon.state()).unwrap();
    fs::write(daemon.state().join("db"), "letters of somebody else").unwrap();
    is_refused(&mut daemon, &["is not ticketbridge's store", "left alone"]).await;
}

#[tokio::test]
async fn a_store_whose_log_is_gone_is_not_begun_anew() {
    let mut daemon = with_tickets(true).await;
    fs::remove_file(daemon.state().join("db")).unwrap();
    is_refused(&mut daemon, &["`db` is missing"]).await;
}
