//! The watchdog is fed while the daemon is idle, and not while its writer is stuck, whatever else answers.

use std::time::Duration;

use tokio::time::Instant;

use super::shim::Faults;
use crate::daemon::{Daemon, LOOPBACK, answer, ticket};
use crate::service::manager::Manager;

/// The service manager would wait for so long.
const LIMIT: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_daemon_whose_disk_hangs_feeds_no_watchdog_although_it_answers() {
    let mut daemon = Daemon::configured(LOOPBACK);
    let faults = Faults::under(&daemon).rule("sync 1 hang");
    faults.apply_to(&mut daemon);
    let manager = Manager::watching(&mut daemon, LIMIT);
    daemon.start().await;
    // Nothing happens, and it is fed.
    for _ in 0..3 {
        manager.told_until("WATCHDOG=1").await;
    }
    faults.arm();
    let stuck = tokio::spawn(answer(
        daemon
            .client()
            .post(daemon.url("/brands/acme/external_tickets"))
            .header("content-type", "application/json")
            .body(ticket("T-1", "http://127.0.0.1:9/hook").to_string()),
    ));
    faults.struck().await;
    // What was told before that.
    while let Some(_before) = manager.told_within(Duration::ZERO).await {}
    let began = Instant::now();
    while let Some(left) = (LIMIT * 3).checked_sub(began.elapsed()) {
        if let Some(told) = manager.told_within(left).await {
            assert_ne!(told, "WATCHDOG=1", "after {:?}", began.elapsed());
        }
    }
    let alive = daemon.client().get(daemon.url("/healthz")).send().await;
    assert!(alive.unwrap().status().is_success());
    assert!(daemon.log().contains("the watchdog is not fed"));
    daemon.kill().await;
    drop(stuck.await);
}
