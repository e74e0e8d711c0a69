//! In real time, over the store on disk: its threads answer later than they write, so that answers overtake each
//! other and wake-ups come at any moment.

use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use crate::model::DeliveryId;

use super::courier::Act;
use super::world::{World, millis, plain, secs};

/// Waits until these have arrived; fails if one is overlooked.
async fn arrive(world: &World, ids: &[DeliveryId]) {
    let all = async {
        for id in ids {
            while world.state(*id).await != "unverified" {
                sleep(Duration::from_micros(200)).await;
            }
        }
    };
    if timeout(secs(10), all).await.is_err() {
        panic!("overlooked: {:?}", world.states(ids).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_that_comes_as_its_lane_falls_asleep_is_not_overlooked() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::on_disk(plain(), folder.path());
    world.start();
    let url = "https://a.example.com/hook";
    let began = Instant::now();
    let mut step = 0_u64;
    while began.elapsed() < secs(4) {
        step += 1;
        let first = world.send(url).await;
        // Somewhere between the first one's call and the lane's end in memory.
        sleep(Duration::from_micros((step * 37) % 1500)).await;
        let second = world.send(url).await;
        arrive(&world, &[first, second]).await;
    }
    world.stopped().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_is_not_overlooked_while_the_store_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::on_disk(plain(), folder.path());
    world.start();
    for round in 0..60 {
        let url = format!("https://h{round}.example.com/hook");
        let until = world.now().plus(super::world::HOUR);
        let ok = || Act::ok().after(millis(1));
        let throttled = Act::throttled(Some(until)).after(millis(3));
        // By then the lane has four slots, and asks for more whenever a reply comes.
        world
            .courier
            .script(&url, [ok(), ok(), ok(), ok(), ok(), throttled, ok()]);
        let mut ids = Vec::new();
        for _ in 0..30 {
            ids.push(world.send(&url).await);
        }
        let at_pause = |world: &World| world.courier.calls_to(&url).len();
        let throttled = async {
            while world.lane(&url).await.paused_until.is_none() {
                sleep(Duration::from_micros(200)).await;
            }
        };
        timeout(secs(10), throttled).await.unwrap();
        // What began before the pause was known is in flight at most.
        sleep(millis(5)).await;
        let calls = at_pause(&world);
        for _ in 0..5 {
            world.send(&url).await;
        }
        sleep(millis(10)).await;
        assert_eq!(at_pause(&world), calls, "round {round}");
    }
    world.stopped().await;
}
