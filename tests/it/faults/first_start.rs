//! The power goes at each call of a start, one after the other, until a start gets through.

use tokio::task::JoinSet;

use super::disk::Disk;
use super::is_thorough;
use super::shim::Faults;
use crate::daemon::{Daemon, LOOPBACK, ticket};
use crate::traffic::Chance;

/// More calls than a start makes.
const MOST: u64 = 60;
const SIDE_BY_SIDE: usize = 4;

/// How often each is tried: once with nothing left of what was not synced, then with what chance leaves.
fn tries(has_tickets: bool) -> u64 {
    match (is_thorough(), has_tickets) {
        (true, _) => 8,
        (false, false) => 4,
        (false, true) => 2,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_at_any_call_of_the_first_start_leaves_what_starts() {
    let calls = at_each_call("write kill-before", false).await;
    assert!(calls > 8, "a first start writes more than {calls} times");
    let calls = at_each_call("sync kill-after", false).await;
    assert!(calls > 3, "a first start syncs more than {calls} times");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_cut_at_any_call_of_a_start_after_a_crash_loses_nothing() {
    let calls = at_each_call("write kill-before", true).await;
    assert!(calls > 3, "a recovery writes more than {calls} times");
    let calls = at_each_call("sync kill-after", true).await;
    assert!(calls > 3, "a recovery syncs more than {calls} times");
}

#[tokio::test]
async fn what_a_power_cut_left_of_the_engines_conf_is_moved_aside_and_nothing_is_lost() {
    let mut daemon = Daemon::configured(LOOPBACK);
    daemon.start().await;
    assert_eq!(daemon.post_ticket(&to_nobody(1)).await.0, 201);
    daemon.kill().await;
    let conf = daemon.state().join("conf");
    let whole = std::fs::read(&conf).unwrap();
    let (words, checksum) = whole.split_at(whole.len() - 4);
    for left in [
        [&vec![0; words.len()], checksum].concat(),
        words.to_owned(),
        vec![0; whole.len()],
        Vec::new(),
    ] {
        std::fs::write(&conf, &left).unwrap();
        daemon.start().await;
        assert_eq!(daemon.post_ticket(&to_nobody(1)).await.0, 200, "{left:?}");
        daemon.kill().await;
        assert_eq!(std::fs::read(&conf).unwrap(), whole);
    }
    assert!(daemon.state().join("aside.conf").exists());
}

/// How many such calls there are in a start.
async fn at_each_call(rule: &'static str, has_tickets: bool) -> u64 {
    let mut running = JoinSet::new();
    let mut nth = 0;
    let mut last = MOST;
    loop {
        while running.len() < SIDE_BY_SIDE && nth < last {
            nth += 1;
            running.spawn(async move { (nth, at_call(rule, nth, has_tickets).await) });
        }
        match running.join_next().await {
            Some(ended) => {
                let (nth, was_met) = ended.unwrap();
                if !was_met {
                    last = last.min(nth - 1);
                }
            }
            None => break,
        }
    }
    assert!(last < MOST, "a start makes too many calls");
    last
}

/// Whether a start makes that many calls.
async fn at_call(rule: &str, nth: u64, has_tickets: bool) -> bool {
    let rule = rule.replace(' ', &format!(" {nth} "));
    for way in 0..tries(has_tickets) {
        let mut chance = (way > 0).then(|| Chance::of(nth * 10 + way));
        let mut daemon = Daemon::configured(LOOPBACK);
        let plain = Faults::under(&daemon).journalled();
        let mut disk = Disk::new(daemon.state(), plain.journal());
        plain.apply_to(&mut daemon);
        if has_tickets {
            daemon.start().await;
            for uid in 0..20 {
                let (status, body) = daemon.post_ticket(&to_nobody(uid)).await;
                assert_eq!(status, 201, "{body}");
            }
            daemon.kill().await;
            disk.cut(None);
        }
        let faults = Faults::under(&daemon).journalled().rule(&rule);
        faults.arm();
        faults.apply_to(&mut daemon);
        daemon.spawn();
        if !daemon.ends_before_ready().await {
            faults.disarm();
            assert!(faults.hits().is_empty(), "{rule}: {}", faults.hits());
            assert_eq!(daemon.terminate().await, Some(0));
            return false;
        }
        daemon.ended().await;
        disk.cut(chance.as_mut());
        plain.apply_to(&mut daemon);
        daemon.start().await;
        for uid in 0..20 {
            let (status, body) = daemon.post_ticket(&to_nobody(uid)).await;
            let expected = if has_tickets { 200 } else { 201 };
            assert_eq!(status, expected, "{rule} {way}: {body}");
        }
        // All that was acknowledged now outlasts another cut.
        daemon.kill().await;
        disk.cut(None);
        daemon.start().await;
        for uid in 0..20 {
            let (status, body) = daemon.post_ticket(&to_nobody(uid)).await;
            assert_eq!(status, 200, "{rule} {way}: {body}");
        }
        daemon.kill().await;
    }
    true
}

fn to_nobody(uid: u64) -> serde_json::Value {
    ticket(&format!("T-{uid}"), "http://127.0.0.1:9/hook")
}
