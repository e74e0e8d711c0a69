//! A disk so slow that those who wait for it would wait longer than any sender does: they are told in time.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::Instant;

use super::shim::Faults;
use crate::daemon::{Daemon, ticket};

/// Some 250 tickets fit between two syncs.
const SENDERS: usize = 3_000;
/// What a sender waits; Zapier gives up then.
const PATIENCE: Duration = Duration::from_secs(30);
const HOOK: &str = "https://example.com/hook";

/// What became of each, and how long its sender waited.
async fn all_at_once(daemon: &Daemon) -> Vec<(String, u16, bool, Duration)> {
    let mut senders = JoinSet::new();
    for number in 0..SENDERS {
        let (client, url) = (
            daemon.client().clone(),
            daemon.url("/brands/acme/external_tickets"),
        );
        senders.spawn(async move {
            let uid = format!("P-{number}");
            let began = Instant::now();
            let answered = client
                .post(url)
                .header("content-type", "application/json")
                .body(ticket(&uid, HOOK).to_string())
                .send()
                .await
                .unwrap();
            let may_come_again = answered.headers().contains_key("retry-after");
            let status = answered.status().as_u16();
            (uid, status, may_come_again, began.elapsed())
        });
    }
    senders.join_all().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_a_disk_that_is_too_slow_nobody_waits_longer_than_a_sender_does() {
    let mut daemon = Daemon::configured("");
    let faults = Faults::under(&daemon).rule("sync 1 slow-2500");
    faults.apply_to(&mut daemon);
    daemon.start().await;
    faults.arm();
    let told = all_at_once(&daemon).await;
    faults.disarm();
    let longest = told.iter().map(|(.., waited)| *waited).max().unwrap();
    let (taken, refused): (Vec<_>, Vec<_>) =
        told.iter().partition(|(_, status, ..)| *status == 201);
    println!(
        "{} taken, {} refused, nobody waited longer than {longest:?}",
        taken.len(),
        refused.len()
    );
    assert!(longest < PATIENCE, "{longest:?}");
    assert!(!taken.is_empty() && !refused.is_empty());
    for (uid, status, may_come_again, _) in &refused {
        assert_eq!((*status, *may_come_again), (503, true), "{uid}");
    }
    // Who was acknowledged is stored, and who was refused is not.
    for (uid, status, ..) in told.iter().step_by(7) {
        let (again, body) = daemon.post_ticket(&ticket(uid, HOOK)).await;
        let expected = if *status == 201 { 200 } else { 201 };
        assert_eq!(again, expected, "{uid}: {body}");
    }
    assert_eq!(daemon.terminate().await, Some(0));
}
