//! The power goes, and comes back: what was acknowledged had been synced.

use std::time::Duration;

use tokio::time::sleep;

use super::disk::Disk;
use super::shim::Faults;
use crate::daemon::{Daemon, LOOPBACK};
use crate::traffic::{Chance, Traffic};

fn cuts() -> usize {
    std::env::var("CRASHES").map_or(50, |count| count.parse().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_by_50_power_cuts() {
    let mut chance = Chance::seeded();
    let mut daemon = Daemon::configured(LOOPBACK);
    let faults = Faults::under(&daemon).journalled();
    faults.apply_to(&mut daemon);
    let mut disk = Disk::new(daemon.state(), faults.journal());
    let traffic = Traffic::begin(&daemon).await;
    let (mut unsure, mut kept) = (0, 0);
    for _ in 0..cuts() {
        daemon.spawn();
        // Some cuts come while it is still starting.
        if chance.below(5) == 0 {
            sleep(Duration::from_millis(chance.below(200))).await;
        } else {
            daemon.wait_until_ready().await;
            sleep(Duration::from_millis(20 + chance.below(300))).await;
        }
        daemon.kill().await;
        let survivors = (chance.below(2) == 0).then_some(&mut chance);
        let left = disk.cut(survivors);
        unsure += left.unsure_blocks;
        kept += left.kept_blocks;
    }
    daemon.start().await;
    sleep(Duration::from_millis(300)).await;
    println!("{unsure} blocks were not synced, {kept} of them survived");
    assert!(unsure > kept && kept > 0, "the cuts cost nothing");
    traffic.settle(&daemon, cuts()).await;
    assert_eq!(daemon.terminate().await, Some(0));
}
