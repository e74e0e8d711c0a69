//! The disk is full, or gives errors, from the Nth call on: nobody is told that something is stored that is not, the
//! process ends by itself with 74, and when the disk works again so does the next start.

use std::collections::BTreeMap;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;
use ticketbridge_sim::{Behaviour, Receiver};
use tokio::task::JoinSet;

use super::disk::Disk;
use super::is_thorough;
use super::shim::Faults;
use crate::daemon::{Daemon, LOOPBACK, ticket};
use crate::traffic::{Chance, assert_one_name_each};

const SIDE_BY_SIDE: usize = 4;
const SOON: Duration = Duration::from_secs(30);
/// Tickets, each with a reply, that are tried in one run.
const TICKETS: u64 = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_from_the_nth_write_on_loses_nothing_and_ends_the_process_with_74() {
    let cases = each_call(60, |nth| {
        if nth.is_multiple_of(2) {
            "ENOSPC"
        } else {
            "SHORT"
        }
    });
    let met = all(&cases, "write", Store::New).await;
    assert!(met > 12, "only {met} runs met a full disk");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_the_disk_loses_nothing_and_ends_the_process_with_74() {
    for (call, last, at_least) in [("write", 40, 12), ("range", 30, 8), ("sync", 20, 8)] {
        let met = all(&each_call(last, eio), call, Store::New).await;
        assert!(met >= at_least, "only {met} runs met an error at {call}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_of_the_disk_while_a_store_is_recovered_loses_nothing_either() {
    for (call, last, at_least) in [
        ("write", 12, 6),
        ("range", 3, 1),
        ("sync", 10, 6),
        // The engine's `conf`, and twice its log: before the engine opens it.
        ("read", 6, 3),
    ] {
        let met = all(&each_call(last, eio), call, Store::BrokenOff).await;
        assert!(met >= at_least, "only {met} runs met an error at {call}");
    }
}

fn eio(nth: u64) -> &'static str {
    if nth.is_multiple_of(2) {
        "EIO"
    } else {
        "EIO-once"
    }
}

/// What there is before the fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Store {
    New,
    /// With tickets and replies in it, and the run before ended by a crash.
    BrokenOff,
}

/// All of the first calls, which are those of the start, and every fifth of the later ones.
fn each_call(last: u64, effect: impl Fn(u64) -> &'static str) -> Vec<String> {
    (1..=last)
        .filter(|nth| is_thorough() || *nth <= 6 || nth % 5 == 0)
        .map(|nth| format!("{nth} {}", effect(nth)))
        .collect()
}

/// How many of them struck.
async fn all(cases: &[String], call: &str, store: Store) -> usize {
    let mut waiting = cases.iter().map(|case| format!("{call} {case}"));
    let mut running = JoinSet::new();
    let mut met = 0;
    loop {
        while running.len() < SIDE_BY_SIDE
            && let Some(rule) = waiting.next()
        {
            running.spawn(run(rule, store));
        }
        match running.join_next().await {
            Some(ended) => met += usize::from(ended.unwrap()),
            None => return met,
        }
    }
}

#[derive(Default)]
struct Told {
    tickets: BTreeMap<u64, u64>,
    replies: Vec<String>,
}

/// Whether the fault was met.
async fn run(rule: String, store: Store) -> bool {
    let receiver = Receiver::start().await.unwrap();
    receiver.otherwise(|_| Some(Behaviour::ValidReply));
    let mut daemon = Daemon::configured(LOOPBACK);
    let plain = Faults::under(&daemon).journalled();
    let mut disk = Disk::new(daemon.state(), plain.journal());
    let mut told = Told::default();
    if store == Store::BrokenOff {
        plain.apply_to(&mut daemon);
        daemon.start().await;
        for uid in 100..100 + TICKETS {
            try_all(&mut daemon, &receiver, uid, &mut told).await;
        }
        daemon.kill().await;
    }
    let faults = Faults::under(&daemon).journalled().rule(&rule);
    faults.arm();
    faults.apply_to(&mut daemon);
    daemon.spawn();
    if !daemon.ends_before_ready().await {
        for uid in 0..TICKETS {
            try_all(&mut daemon, &receiver, uid, &mut told).await;
        }
        if faults.hits().is_empty() {
            daemon.signal(Signal::TERM);
        }
    }
    println!("{rule}, {store:?}: {}", faults.hits().trim());
    let code = daemon.ended().await;
    let was_met = !faults.hits().is_empty();
    let log = daemon.log();
    if was_met && code == Some(0) {
        // What fails after the store was closed in order costs nobody anything.
        assert!(log.contains("stopping"), "{rule}: {log}");
    } else {
        let expected = if was_met { 74 } else { 0 };
        assert_eq!(code, Some(expected), "{rule}: {log}");
    }
    assert!(!log.contains("a panic"), "{rule}: {log}");

    if rule.ends_with("ENOSPC") && was_met {
        // The service manager starts it again while the disk is still full.
        let full = Faults::under(&daemon).journalled().rule("write 1 ENOSPC");
        full.apply_to(&mut daemon);
        daemon.spawn();
        assert!(daemon.ends_before_ready().await, "{rule}: {}", daemon.log());
        assert_eq!(daemon.ended().await, Some(74), "{rule}: {}", daemon.log());
    }
    faults.disarm();
    // The machine that had such a disk may have been started anew as well.
    let nth: u64 = rule.split(' ').nth(1).unwrap().parse().unwrap();
    match nth % 3 {
        0 => drop(disk.cut(None)),
        1 => drop(disk.cut(Some(&mut Chance::of(nth)))),
        _ => {}
    }
    plain.apply_to(&mut daemon);
    daemon.start().await;
    for (uid, number) in &told.tickets {
        let (status, body) = daemon.post_ticket(&the_ticket(*uid, &receiver)).await;
        assert_eq!(
            (status, body["id"].as_u64(), &body["duplicate"]),
            (200, Some(*number), &json!(true)),
            "{rule}: {body}"
        );
    }
    let arrived = receiver
        .wait_until(SOON, |receiver| {
            let bodies: Vec<String> = receiver
                .received()
                .iter()
                .map(|got| String::from_utf8_lossy(&got.body).into_owned())
                .collect();
            told.replies
                .iter()
                .all(|text| bodies.iter().any(|body| body.contains(text)))
        })
        .await;
    assert!(
        arrived.is_ok(),
        "{rule}: {:?}\n{}",
        told.replies,
        daemon.log()
    );
    assert_one_name_each(&receiver);
    let (status, body) = daemon.post_ticket(&the_ticket(TICKETS, &receiver)).await;
    assert_eq!(status, 201, "{rule}: {body}");
    assert_eq!(
        daemon.terminate().await,
        Some(0),
        "{rule}: {}",
        daemon.log()
    );
    was_met
}

/// A ticket, its reply, and the reply's arrival, as far as the daemon lives.
async fn try_all(daemon: &mut Daemon, receiver: &Receiver, uid: u64, told: &mut Told) {
    let number = match daemon.try_post_ticket(&the_ticket(uid, receiver)).await {
        Ok((201, body)) => {
            let number = body["id"].as_u64().unwrap();
            told.tickets.insert(uid, number);
            number
        }
        Ok((status, body)) => return assert_eq!(status, 503, "{body}"),
        Err(_) => return,
    };
    let text = format!("reply to {uid}");
    match daemon.try_reply(number, &json!({ "content": text })).await {
        Ok((201, _)) => told.replies.push(text),
        Ok((status, body)) => return assert_eq!(status, 503, "{body}"),
        Err(_) => return,
    }
    let path = format!("/hook/{uid}");
    while receiver.received_at(&path).is_empty() && daemon.has_ended().is_none() {
        // Either may come, and the process gives no signal of its end.
        drop(receiver.wait_for(&path, 1, Duration::from_millis(20)).await);
    }
}

fn the_ticket(uid: u64, receiver: &Receiver) -> serde_json::Value {
    ticket(&format!("T-{uid}"), &receiver.url(&format!("/hook/{uid}")))
}
