//! A backup or a restore that dies, or meets a full disk, at any of its steps: there is never a half that looks whole.

use std::fs;
use std::process::Output;

use super::shim::Faults;
use crate::daemon::{Daemon, LOOPBACK, ticket};

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A daemon that has ended, with tickets in its store of which a backup knows all but the last.
async fn scene() -> Daemon {
    let mut daemon = Daemon::configured(LOOPBACK);
    daemon.start().await;
    for number in 0..12 {
        post(&daemon, &format!("T-{number}")).await;
    }
    let file = daemon.folder().join("backup");
    daemon
        .ok(&["store", "backup", file.to_str().unwrap()])
        .await;
    post(&daemon, "later").await;
    assert_eq!(daemon.terminate().await, Some(0));
    daemon
}

async fn post(daemon: &Daemon, uid: &str) {
    let sent = ticket(uid, "http://127.0.0.1:9/hook");
    let (status, body) = daemon.post_ticket(&sent).await;
    assert_eq!(status, 201, "{body}");
}

/// The first ones, and some of those after.
fn some() -> impl Iterator<Item = u64> {
    (1..400).filter(|nth| *nth <= 4 || nth % 4 == 0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_breaks_off_anywhere_leaves_the_old_store_or_none_and_can_be_done_again() {
    for (call, effect) in [
        ("sync", "kill-before"),
        ("sync", "kill-after"),
        ("write", "ENOSPC"),
    ] {
        let daemon = scene().await;
        let backup = daemon.folder().join("backup");
        let again = ["store", "restore", "--replace", backup.to_str().unwrap()];
        let (mut met, mut refused) = (0, 0);
        for nth in some() {
            let rule = format!("{call} {nth} {effect}");
            let faults = Faults::under(&daemon).rule(&rule);
            faults.arm();
            let broken = daemon.run_with(faults.environment(), &again).await;
            faults.disarm();
            if broken.status.success() {
                break;
            }
            met += 1;
            if effect == "ENOSPC" {
                let words = said(&broken);
                assert_eq!(broken.status.code(), Some(74), "{rule}: {words}");
                assert!(words.contains("No space left"), "{rule}: {words}");
            }
            let check = daemon.run(&["store", "check"]).await;
            match check.status.code() {
                Some(0) => {}
                Some(65) => {
                    refused += 1;
                    let words = said(&check);
                    assert!(words.contains("has not come to its end"), "{rule}: {words}");
                }
                code => panic!("{rule}: {code:?}, {}", said(&check)),
            }
            let made_up = daemon.run(&again).await;
            assert!(made_up.status.success(), "{rule}: {}", said(&made_up));
            let sound = daemon.ok(&["store", "check"]).await;
            assert!(sound.contains(": sound, "), "{rule}: {sound}");
            assert!(!daemon.state().join("restoring").exists());
        }
        println!("{call} {effect}: {met} broken off, {refused} of them without a store after that");
        assert!(met > 6, "only {met}");
        let listed = daemon.json(&["tickets", "list"]).await;
        assert_eq!(listed.as_array().unwrap().len(), 12);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_breaks_off_anywhere_has_not_got_its_name() {
    let mut daemon = scene().await;
    daemon.start().await;
    // Where the shim can see it.
    let file = daemon.state().join("kept");
    for (call, effect) in [
        ("write", "ENOSPC"),
        ("write", "SHORT"),
        ("sync", "kill-before"),
    ] {
        let mut met = 0;
        for nth in 1..9 {
            let rule = format!("{call} {nth} {effect}");
            let faults = Faults::under(&daemon).rule(&rule);
            faults.arm();
            let command = ["store", "backup", file.to_str().unwrap()];
            let broken = daemon.run_with(faults.environment(), &command).await;
            faults.disarm();
            if broken.status.success() {
                break;
            }
            met += 1;
            assert!(
                !file.exists() || effect == "kill-before" && nth > 1,
                "{rule}"
            );
            if effect != "kill-before" {
                assert_eq!(broken.status.code(), Some(1), "{rule}: {}", said(&broken));
                assert!(!daemon.state().join("kept.unfinished").exists(), "{rule}");
            }
        }
        assert!(met > 0, "{call} {effect}");
        daemon
            .ok(&["store", "backup", file.to_str().unwrap()])
            .await;
        daemon
            .ok(&["store", "check", "--backup", file.to_str().unwrap()])
            .await;
        fs::remove_file(&file).unwrap();
    }
    assert_eq!(daemon.terminate().await, Some(0));
}
