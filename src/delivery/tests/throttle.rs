//! A receiver that says "not now" is left alone as a whole, for as long as it says.

use std::time::Duration;

use crate::model::OperatorOrder;
use crate::plan::Answer;

use super::courier::Act;
use super::world::{HOUR, MINUTE, World, millis, plain, secs};

const A: &str = "https://a.example.com/hook";
const SIBLING: &str = "https://a.example.com/other";

#[tokio::test(start_paused = true)]
async fn a_retry_after_pauses_the_whole_lane_in_full_and_costs_no_attempt() {
    let world = World::running(plain());
    let until = world.now().plus(7 * HOUR);
    world
        .courier
        .script(A, [Act::throttled(Some(until)), Act::ok()]);
    let mut ids = Vec::new();
    for _ in 0..10 {
        ids.push(world.send(A).await);
    }
    world.pass(6 * HOUR).await;
    let late = world.send(A).await;
    ids.push(late);
    let sibling = world.send(SIBLING).await;
    world.pass(millis(1)).await;
    assert_eq!(world.state(sibling).await, "unverified");
    world.pass(2 * HOUR).await;
    assert_eq!(world.states(&ids).await["unverified"], 11);
    let times: Vec<Duration> = world
        .courier
        .calls_to(A)
        .iter()
        .map(|call| call.at)
        .collect();
    assert_eq!(times.len(), 12);
    assert!(times[1] >= 7 * HOUR, "{times:?}");
    assert!(times[11] < 7 * HOUR + secs(1), "{times:?}");
    for id in ids {
        assert_eq!(world.delivery(id).await.attempts, 0);
    }
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn calls_under_way_when_the_pause_comes_change_nothing_about_it() {
    let world = World::running(plain());
    // Three successes open the lane to four calls.
    let ok = || Act::ok().after(secs(1));
    let until = world.now().plus(HOUR);
    let throttled = Act::throttled(Some(until)).after(secs(1));
    let slow = Act::ok().after(secs(5));
    world.courier.script(
        A,
        [
            ok(),
            ok(),
            ok(),
            throttled,
            slow.clone(),
            slow.clone(),
            slow,
            ok(),
        ],
    );
    for _ in 0..20 {
        world.send(A).await;
    }
    world.pass(2 * HOUR).await;
    let times = world.courier.times(A);
    let early = times.iter().filter(|at| **at < 3_600_000).count();
    assert_eq!(early, 7, "{times:?}");
    assert_eq!(times.len(), 21);
}

#[tokio::test(start_paused = true)]
async fn a_throttle_without_a_time_means_a_minute() {
    let world = World::running(plain());
    world
        .courier
        .script(A, [Act::throttled(None), Act::throttled(None), Act::ok()]);
    let id = world.send(A).await;
    world.pass(HOUR).await;
    assert_eq!(world.courier.times(A), [0, 60_000, 120_000]);
    assert_eq!(world.delivery(id).await.attempts, 0);
}

#[tokio::test(start_paused = true)]
async fn a_throttle_beyond_the_largest_age_ends_with_one_last_try() {
    let world = World::running(plain());
    let until = world.now().plus(30 * 24 * HOUR);
    world.courier.script(A, [Act::throttled(Some(until))]);
    let id = world.send(A).await;
    world.pass(10 * 24 * HOUR).await;
    assert_eq!(world.courier.times(A), [0, 3 * 24 * 3_600_000]);
    assert_eq!(
        world.dead_reason(id).await,
        "too old after 2 attempts: answered 429"
    );
}

#[tokio::test(start_paused = true)]
async fn a_queue_behind_a_receiver_that_always_says_later_ends_with_its_time_and_not_one_by_one() {
    let day = 24 * HOUR;
    let world = World::running(plain());
    let until = world.now().plus(1000 * day);
    world.courier.script(A, [Act::throttled(Some(until))]);
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(world.send(A).await);
        world.pass(MINUTE).await;
    }
    // After three days the first of them has its last try, after six the first of those that had not expired by then;
    // each is asked to wait for another three, and what had expired before that is given up on.
    world.pass(9 * day + HOUR).await;
    assert_eq!(world.states(&ids).await["dead"], 20);
    assert_eq!(world.courier.times(A).len(), 3, "the rest needed no call");
    assert_eq!(
        world.dead_reason(ids[19]).await,
        "too old after 0 attempts: its destination kept asking to wait"
    );
    // What comes afterwards is tried.
    world.courier.script(A, [Act::ok()]);
    let next = world.send(A).await;
    world.pass(4 * day).await;
    assert_eq!(world.state(next).await, "unverified");
}

#[tokio::test(start_paused = true)]
async fn a_gone_url_holds_what_comes_later_until_it_is_resumed() {
    let world = World::running(plain());
    world.courier.script(A, [Act::gone(), Act::ok()]);
    let first = world.send(A).await;
    world.pass(MINUTE).await;
    assert_eq!(world.dead_reason(first).await, "rejected: answered 410");
    let mut held = Vec::new();
    for _ in 0..5 {
        held.push(world.send(A).await);
    }
    let sibling = world.send(SIBLING).await;
    // Longer than the largest age, which does not count here.
    world.pass(10 * 24 * HOUR).await;
    assert_eq!(world.courier.calls_to(A).len(), 1);
    assert_eq!(world.state(sibling).await, "unverified");
    world.assert_empty();
    let lane = world.lane_id(A).await;
    let answer = world.order(OperatorOrder::Resume { lane }).await;
    assert!(matches!(answer, Answer::Lane(_)));
    world.pass(millis(1)).await;
    assert_eq!(world.states(&held).await["unverified"], 5);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_resumed_lane_does_not_wait_for_its_pause_any_longer() {
    let world = World::running(plain());
    let until = world.now().plus(24 * HOUR);
    world
        .courier
        .script(A, [Act::throttled(Some(until)), Act::ok()]);
    let id = world.send(A).await;
    let behind = world.send(A).await;
    world.pass(HOUR).await;
    let lane = world.lane_id(A).await;
    world.order(OperatorOrder::Resume { lane }).await;
    world.pass(millis(1)).await;
    // The throttled one has a due time of its own; what was never tried goes at once.
    assert_eq!(world.state(behind).await, "unverified");
    world.order(OperatorOrder::Retry { delivery: id }).await;
    world.pass(millis(1)).await;
    assert_eq!(world.state(id).await, "unverified");
}
