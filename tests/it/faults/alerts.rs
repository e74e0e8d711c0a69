//! What the operator is told of the disk and of a store that failed.

use std::time::Duration;

use ticketbridge_sim::{Behaviour, Receiver};
use tokio::time::Instant;

use super::shim::Faults;
use crate::alerts::{ALARM, expected, to, told};
use crate::daemon::{Daemon, LOOPBACK, ticket};

const SOON: Duration = Duration::from_secs(30);
const NOBODY: &str = "http://127.0.0.1:9/hook";

#[tokio::test]
async fn a_low_disk_is_told_and_so_is_that_there_is_room_again() {
    let alarm = Receiver::start().await.unwrap();
    alarm.behave(ALARM, Behaviour::Empty(204));
    let mut daemon = Daemon::configured(LOOPBACK);
    daemon.configure_more(&to(&alarm));
    let faults = Faults::under(&daemon).can_be_low();
    faults.apply_to(&mut daemon);
    daemon.start().await;
    faults.fill();
    alarm.wait_for(ALARM, 1, SOON).await.unwrap();
    faults.make_room();
    daemon.says("the disk has room again", 1).await;
    assert_eq!(daemon.terminate().await, Some(0));
    assert_eq!(
        told(&alarm),
        expected(&[("disk", "begun", 1), ("disk", "over", 1)])
    );
}

#[tokio::test]
async fn a_store_that_fails_is_told_before_the_process_ends_with_74() {
    for (behaviour, longest) in [
        (Behaviour::Empty(204), Duration::from_secs(2)),
        // What never answers delays the end by 2 s.
        (Behaviour::Hang, Duration::from_secs(10)),
    ] {
        let alarm = Receiver::start().await.unwrap();
        alarm.behave(ALARM, behaviour);
        let mut daemon = Daemon::configured(LOOPBACK);
        daemon.configure_more(&to(&alarm));
        let faults = Faults::under(&daemon).rule("sync 1 EIO");
        faults.apply_to(&mut daemon);
        daemon.start().await;
        faults.arm();
        let began = Instant::now();
        let refused = daemon.try_post_ticket(&ticket("T-1", NOBODY)).await;
        assert!(!matches!(refused, Ok((201, _))), "{refused:?}");
        assert_eq!(daemon.ended().await, Some(74), "{}", daemon.log());
        let took = began.elapsed();
        assert!(took < longest, "{took:?}\n{}", daemon.log());
        assert_eq!(told(&alarm), expected(&[("store", "begun", 1)]));
    }
}
