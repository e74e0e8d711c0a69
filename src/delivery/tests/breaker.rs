//! A destination that fails again and again is left alone, and asked now and then whether it is back.

use crate::settings::{Breaker, Delivery};

use super::courier::Act;
use super::world::{HOUR, World, millis, plain, secs};

const A: &str = "https://a.example.com/hook";
const SIBLING: &str = "https://a.example.com/other";

/// Retries do not come in between.
fn settings(failures: u32) -> Delivery {
    Delivery {
        breaker: Breaker {
            failures,
            open_for: secs(30),
        },
        first_delay: HOUR,
        ..plain()
    }
}

#[tokio::test(start_paused = true)]
async fn a_lane_opens_after_failures_in_a_row_then_sends_one_probe_at_a_time() {
    for bad in [Act::broken(), Act::refused()] {
        let world = World::running(settings(4));
        world.courier.script(A, [bad]);
        for _ in 0..100 {
            world.send(A).await;
        }
        world.pass(secs(100)).await;
        assert_eq!(world.courier.times(A), [0, 0, 0, 0, 30_000, 60_000, 90_000]);
        let sibling = world.send(SIBLING).await;
        world.pass(millis(1)).await;
        assert_eq!(world.state(sibling).await, "unverified");
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_probe_is_alone_and_its_success_closes_the_breaker() {
    let world = World::running(settings(4));
    let slow = Act::ok().after(secs(10));
    world.courier.script(
        A,
        [
            Act::broken(),
            Act::broken(),
            Act::broken(),
            Act::broken(),
            slow,
            Act::ok(),
        ],
    );
    for _ in 0..100 {
        world.send(A).await;
    }
    world.pass(secs(50)).await;
    let times = world.courier.times(A);
    assert_eq!(times[..6], [0, 0, 0, 0, 30_000, 40_000]);
    assert_eq!(times.len(), 100);
    assert_eq!(world.lane(A).await.breaker, Default::default());
}

#[tokio::test(start_paused = true)]
async fn any_answer_in_between_begins_the_count_anew() {
    let world = World::running(settings(3));
    world.courier.script(
        A,
        [
            Act::broken(),
            Act::broken(),
            Act::not_found(),
            Act::broken(),
            Act::refused(),
            Act::rejected(),
            Act::broken(),
            Act::broken(),
            Act::broken(),
        ],
    );
    for _ in 0..20 {
        world.send(A).await;
    }
    world.pass(secs(1)).await;
    assert_eq!(world.courier.calls().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn what_is_no_answer_does_not_close_a_breaker() {
    let world = World::running(settings(3));
    let panic = Act::Panic;
    world
        .courier
        .script(A, [Act::refused(), Act::refused(), panic, Act::refused()]);
    for _ in 0..20 {
        world.send(A).await;
    }
    world.pass(secs(1)).await;
    assert_eq!(world.courier.calls().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn one_lane_in_silence_never_closes_its_host() {
    let world = World::running(settings(3));
    world.courier.script(A, [Act::refused()]);
    for _ in 0..50 {
        world.send(A).await;
    }
    world.pass(24 * HOUR).await;
    let sibling = world.send(SIBLING).await;
    world.pass(millis(1)).await;
    assert_eq!(world.state(sibling).await, "unverified");
}

#[tokio::test(start_paused = true)]
async fn as_many_silent_lanes_in_a_row_close_their_host_and_one_probe_opens_it() {
    let world = World::running(settings(5));
    let host = |number: usize| format!("https://down.example.com/{number}");
    world.courier.otherwise(|call| {
        if call.url.contains("down") && call.at < secs(70) {
            Act::refused().after(millis(100))
        } else {
            Act::ok().after(millis(100))
        }
    });
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(world.send(&host(number)).await);
    }
    world.pass(secs(1)).await;
    assert_eq!(world.courier.calls().len(), 5);
    for number in 5..40 {
        ids.push(world.send(&host(number)).await);
    }
    let elsewhere = world.send("https://up.example.com/").await;
    world.pass(secs(1)).await;
    assert_eq!(world.state(elsewhere).await, "unverified");
    assert_eq!(world.courier.calls().len(), 6, "the host is left alone");
    // One probe after 30 s, another after 30 more; the third finds it back, and then all go.
    world.pass(secs(66)).await;
    assert_eq!(world.courier.calls().len(), 8);
    world.pass(secs(40)).await;
    let states = world.states(&ids).await;
    assert_eq!(states["unverified"], 33, "{states:?}");
    world.pass(2 * HOUR).await;
    assert_eq!(world.states(&ids).await["unverified"], 40);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn server_errors_and_answers_between_silences_never_close_a_host() {
    let world = World::running(settings(3));
    world.courier.otherwise(|call| {
        let last = call.url.chars().last().unwrap();
        match last {
            'e' => Act::broken(),
            's' => Act::refused(),
            _ => Act::ok(),
        }
    });
    for round in 0..10 {
        world
            .send(&format!("https://h.example.com/{round}/s"))
            .await;
        world.pass(millis(1)).await;
        world
            .send(&format!("https://h.example.com/{round}/second/s"))
            .await;
        world.pass(millis(1)).await;
        world
            .send(&format!("https://h.example.com/{round}/e"))
            .await;
        world.pass(millis(1)).await;
    }
    assert_eq!(world.courier.calls().len(), 30);
    let id = world.send("https://h.example.com/ok").await;
    world.pass(millis(1)).await;
    assert_eq!(world.state(id).await, "unverified");
}

#[tokio::test(start_paused = true)]
async fn an_answer_to_a_call_that_began_before_the_trouble_counts() {
    let world = World::running(settings(3));
    let host = |path: &str| format!("https://h.example.com/{path}");
    world.courier.otherwise(|call| {
        if call.url.ends_with("slow") {
            Act::ok().after(secs(5))
        } else {
            Act::refused()
        }
    });
    world.send(&host("slow")).await;
    world.pass(secs(1)).await;
    world.send(&host("1")).await;
    world.send(&host("2")).await;
    world.pass(secs(6)).await;
    // The slow answer came after those two; a third in a row would have closed the host.
    world.send(&host("3")).await;
    world.pass(secs(1)).await;
    let id = world.send(&host("4")).await;
    world.pass(secs(1)).await;
    assert_eq!(world.story(id).await.attempts.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_long_queue_to_a_dead_url_is_given_up_on_when_its_time_is_up_without_a_call_for_each() {
    let world = World::running(Delivery {
        max_age: HOUR,
        ..settings(4)
    });
    world.courier.script(A, [Act::refused()]);
    let mut ids = Vec::new();
    for _ in 0..1000 {
        ids.push(world.send(A).await);
    }
    world.pass(HOUR - secs(1)).await;
    assert_eq!(world.states(&ids).await.get("dead"), None);
    let calls = world.courier.times(A).len();
    world.pass(secs(62)).await;
    assert_eq!(world.states(&ids).await.get("dead"), Some(&1000));
    assert!(world.courier.times(A).len() <= calls + 3);
    let reason = world.dead_reason(ids[999]).await;
    assert!(reason.contains("too old after 0 attempts"), "{reason}");
}
