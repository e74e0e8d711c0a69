//! The proof: killed again and again in the middle of everything, nothing acknowledged is lost, and nothing arrives
//! under two names.

use std::time::Duration;

use tokio::time::sleep;

use crate::daemon::{Daemon, LOOPBACK};
use crate::traffic::{Chance, Traffic};

const KILLS: usize = 25;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_25_kills_and_no_reply_arrives_under_two_ids() {
    let mut chance = Chance::seeded();
    let mut daemon = Daemon::configured(LOOPBACK);
    daemon.start().await;
    let traffic = Traffic::begin(&daemon).await;
    for _ in 0..KILLS {
        // Chance decides how far it gets; the seed decides chance.
        sleep(Duration::from_millis(20 + chance.below(300))).await;
        daemon.kill().await;
        daemon.start().await;
    }
    sleep(Duration::from_millis(300)).await;
    traffic.settle(&daemon, KILLS).await;
    assert_eq!(daemon.terminate().await, Some(0));
}
