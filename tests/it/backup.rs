//! Backups of a daemon under load, and what is made of them: by the command line alone, as an operator does it.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::{Behaviour, Receiver};
use tokio::time::Instant;

use crate::daemon::{Daemon, LOOPBACK, ticket};

const SOON: Duration = Duration::from_secs(30);

fn sent(number: u64) -> Value {
    let mut sent = ticket(&format!("T-{number}"), "http://127.0.0.1:9/hook");
    sent["content"] = json!(format!("content of {number} {}", "and more ".repeat(300)));
    sent
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_has_all_that_was_acknowledged_before_it_and_goes_on_as_a_store_of_its_own()
 {
    let mut daemon = Daemon::started().await;
    for number in 0..300 {
        assert_eq!(daemon.post_ticket(&sent(number)).await.0, 201);
    }
    let ends = Arc::new(AtomicBool::new(false));
    let acknowledged = Arc::new(AtomicU64::new(300));
    let file = daemon.folder().join("backup");
    let mut least = Vec::new();
    let load = async {
        let mut slowest = Duration::ZERO;
        while !ends.load(Ordering::SeqCst) {
            let number = acknowledged.load(Ordering::SeqCst);
            let began = Instant::now();
            assert_eq!(daemon.post_ticket(&sent(number)).await.0, 201);
            slowest = slowest.max(began.elapsed());
            acknowledged.store(number + 1, Ordering::SeqCst);
        }
        slowest
    };
    let copies = async {
        for _ in 0..5 {
            least.push(acknowledged.load(Ordering::SeqCst));
            daemon
                .ok(&["store", "backup", file.to_str().unwrap()])
                .await;
        }
        ends.store(true, Ordering::SeqCst);
    };
    let (slowest, ()) = tokio::join!(load, copies);
    println!("the slowest ticket took {slowest:?} while 5 backups were taken");
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!daemon.folder().join("backup.unfinished").exists());
    // The daemon has its store, and what it has is sound.
    let held = daemon
        .run(&["store", "restore", "--replace", file.to_str().unwrap()])
        .await;
    assert_eq!(held.status.code(), Some(75));
    assert_eq!(
        daemon.run(&["store", "compact", "x"]).await.status.code(),
        Some(75)
    );
    let checked = daemon.json(&["store", "check"]).await;
    assert_eq!(
        (&checked["sound"], &checked["findings_total"]),
        (&json!(true), &json!(0))
    );
    let all = acknowledged.load(Ordering::SeqCst);
    assert_eq!(daemon.terminate().await, Some(0));

    let mut other = Daemon::configured(LOOPBACK);
    other
        .ok(&["store", "restore", file.to_str().unwrap()])
        .await;
    other.ok(&["store", "check"]).await;
    other.start().await;
    let mut known = 0;
    for number in 0..all {
        let (status, body) = other.post_ticket(&sent(number)).await;
        if status == 200 {
            // Of what came meanwhile it has the first part, without a gap.
            assert_eq!(known, number, "{body}");
            known += 1;
        } else {
            assert!(body["id"].as_u64().unwrap() > 1_000_000, "{body}");
        }
    }
    assert!(
        known >= *least.last().unwrap() && known <= all,
        "{known} of {all}"
    );
    let story = other.ok(&["trace", "1"]).await;
    assert!(story.contains("restored"), "{story}");
    assert_eq!(other.terminate().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_that_went_out_after_the_backup_goes_out_again_under_the_same_id() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/hook", Behaviour::Status(500));
    let mut daemon = Daemon::started().await;
    let (_, taken) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/hook")))
        .await;
    let number = taken["id"].as_u64().unwrap();
    assert_eq!(
        daemon.reply(number, &json!({"content": "one"})).await.0,
        201
    );
    receiver.wait_for("/hook", 1, SOON).await.unwrap();
    let file = daemon.folder().join("backup");
    daemon
        .ok(&["store", "backup", file.to_str().unwrap()])
        .await;
    receiver.behave("/hook", Behaviour::ValidReply);
    let before = receiver.received_at("/hook").len();
    receiver.wait_for("/hook", before + 1, SOON).await.unwrap();
    assert_eq!(daemon.terminate().await, Some(0));
    let before = receiver.received_at("/hook").len();

    daemon
        .ok(&["store", "restore", "--replace", file.to_str().unwrap()])
        .await;
    daemon.start().await;
    receiver.wait_for("/hook", before + 1, SOON).await.unwrap();
    assert_eq!(
        daemon.reply(number, &json!({"content": "two"})).await.0,
        201
    );
    receiver.wait_for("/hook", before + 2, SOON).await.unwrap();
    let got = receiver.received_at("/hook");
    let ids: Vec<&str> = got.iter().map(|got| got.webhook_id().unwrap()).collect();
    assert!(ids[..=before].iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(ids[before + 1].ends_with("_1000002"), "{ids:?}");
    let name = |id: &str| id.split('_').nth(1).unwrap().to_owned();
    assert_ne!(name(ids[0]), name(ids[before + 1]), "{ids:?}");
    let story = daemon.ok(&["trace", "1"]).await;
    assert!(story.contains("may go out again"), "{story}");
    assert_eq!(daemon.terminate().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_compacted_store_goes_on_as_the_same() {
    let mut daemon = Daemon::started().await;
    for number in 0..40 {
        assert_eq!(daemon.post_ticket(&sent(number)).await.0, 201);
    }
    let status = daemon.json(&["status"]).await;
    assert_eq!(daemon.terminate().await, Some(0));
    let file = daemon.folder().join("small");
    let told = daemon
        .ok(&["store", "compact", file.to_str().unwrap()])
        .await;
    assert!(told.contains("store restore --replace"), "{told}");
    let told = daemon
        .ok(&["store", "restore", "--replace", file.to_str().unwrap()])
        .await;
    assert!(told.contains("goes on as store"), "{told}");
    daemon.start().await;
    let after = daemon.json(&["status"]).await;
    assert_eq!(
        status["store"]["incarnation"],
        after["store"]["incarnation"]
    );
    let (_, next) = daemon.post_ticket(&sent(40)).await;
    assert_eq!(next["id"], 41);
    let (status, again) = daemon.post_ticket(&sent(3)).await;
    assert_eq!((status, &again["id"]), (200, &json!(4)));
    assert_eq!(daemon.terminate().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_whole_backup_is_refused_and_no_store_is_made_of_it() {
    let mut daemon = Daemon::started().await;
    assert_eq!(daemon.post_ticket(&sent(1)).await.0, 201);
    let file = daemon.folder().join("backup");
    daemon
        .ok(&["store", "backup", file.to_str().unwrap()])
        .await;
    let config = daemon.config();
    let other = daemon
        .run(&["store", "backup", config.to_str().unwrap()])
        .await;
    assert_eq!(other.status.code(), Some(1), "somebody's file is kept");
    assert!(fs::read_to_string(&config).unwrap().contains("[store]"));
    assert_eq!(daemon.terminate().await, Some(0));
    let whole = fs::read(&file).unwrap();
    let target = Daemon::configured(LOOPBACK);
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    for (bytes, words, code) in [
        (&whole[..whole.len() - 1], "it is cut off", 65),
        (&damaged, "it is damaged at byte", 65),
        (b"something else".as_slice(), "it is no backup", 65),
        (b"ticketbridge-backup-7\n more", "use a newer program", 65),
    ] {
        fs::write(&file, bytes).unwrap();
        for command in [["restore", ""], ["check", "--backup"]] {
            let mut arguments = vec!["store", command[0]];
            arguments.extend(command[1..].iter().filter(|it| !it.is_empty()));
            arguments.push(file.to_str().unwrap());
            let refused = target.run(&arguments).await;
            let said = String::from_utf8_lossy(&refused.stderr);
            assert_eq!(refused.status.code(), Some(code), "{said}");
            assert!(said.contains(words), "{said}");
        }
        assert!(!target.state().exists());
    }
    let missing = target.run(&["store", "restore", "nowhere"]).await;
    assert_eq!(missing.status.code(), Some(1));
}
