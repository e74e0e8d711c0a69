//! When a delivery is tried again, and when it is given up on.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::live::Live;
use crate::model::{Happening, OperatorOrder};
use crate::plan::{Answer, delay};
use crate::settings::Delivery;

use super::courier::Act;
use super::delivery_settings;
use super::world::{HOUR, MINUTE, World, millis, plain, secs};

const URL: &str = "https://a.example.com/hook";

#[tokio::test(start_paused = true)]
async fn tries_come_exactly_when_the_schedule_says() {
    let world = World::running(delivery_settings());
    let drawn = Arc::new(Mutex::new(Vec::<u64>::new()));
    let seen = Arc::clone(&drawn);
    world.hook(move |event| {
        if matches!(event.what, Happening::Settled(_)) {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&event.random[..8]);
            let mut seen = seen.lock().unwrap();
            let random = u64::from_le_bytes(bytes);
            if seen.last() != Some(&random) {
                seen.push(random);
            }
        }
    });
    world.courier.script(URL, [Act::not_found()]);
    world.send(URL).await;
    world.pass(12 * HOUR).await;
    let schedule = Live::new(super::world::settings(delivery_settings()))
        .routes
        .schedule;
    let calls = world.courier.calls_to(URL);
    assert!(calls.len() > 15, "{}", calls.len());
    let drawn = drawn.lock().unwrap();
    for (number, pair) in calls.windows(2).enumerate() {
        let attempts = u32::try_from(number).unwrap() + 1;
        let expected = delay(&schedule, attempts, drawn[number]);
        let waited = pair[1].at - pair[0].at;
        assert!(
            waited >= expected - millis(1) && waited <= expected + millis(2),
            "try {attempts}: {waited:?} instead of {expected:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn without_jitter_the_waits_double() {
    let world = World::running(plain());
    world.courier.script(URL, [Act::not_found()]);
    world.send(URL).await;
    world.pass(secs(320)).await;
    let seconds: Vec<u128> = world
        .courier
        .times(URL)
        .iter()
        .map(|at| at / 1000)
        .collect();
    assert_eq!(seconds, [0, 5, 15, 35, 75, 155, 315]);
}

#[tokio::test(start_paused = true)]
async fn what_is_too_old_becomes_a_dead_letter_that_says_why() {
    let settings = Delivery {
        max_age: secs(100),
        ..plain()
    };
    let world = World::running(settings);
    world.courier.script(URL, [Act::not_found()]);
    let ticket = world.ticket(URL).await;
    let id = world.reply(ticket, "old").await;
    world.pass(secs(90)).await;
    let follower = world.reply(ticket, "young").await;
    world.pass(secs(20)).await;
    let seconds: Vec<u128> = world
        .courier
        .times(URL)
        .iter()
        .map(|at| at / 1000)
        .collect();
    // The last try comes when the age is reached, and the follower's first follows at once.
    assert_eq!(seconds, [0, 5, 15, 35, 75, 100, 100, 105]);
    assert_eq!(
        world.dead_reason(id).await,
        "too old after 6 attempts: answered 404"
    );
    world.pass(MINUTE * 10).await;
    assert_eq!(world.state(follower).await, "dead");
    let calls = world.courier.calls().len();
    world.pass(24 * HOUR).await;
    assert_eq!(world.courier.calls().len(), calls);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_that_is_ordered_again_has_a_new_age_and_goes_first() {
    let world = World::running(plain());
    world
        .courier
        .script(URL, [Act::rejected(), Act::not_found(), Act::ok()]);
    let id = world.send(URL).await;
    world.pass(HOUR).await;
    assert_eq!(world.state(id).await, "dead");
    let answer = world.order(OperatorOrder::Retry { delivery: id }).await;
    assert!(matches!(answer, Answer::Done(_)));
    world.pass(Duration::from_secs(6)).await;
    assert_eq!(world.state(id).await, "unverified");
    assert_eq!(world.story(id).await.attempts.len(), 3);
    let ids: Vec<_> = world
        .courier
        .calls()
        .into_iter()
        .map(|call| call.webhook_id)
        .collect();
    assert!(ids.iter().all(|other| *other == ids[0]));
    world.assert_empty();
}
