//! What another dispatcher makes of the store that one left behind.

use crate::model::{Class, OperatorOrder};
use crate::settings::{Breaker, Delivery, OnUnknown};

use super::courier::Act;
use super::world::{HOUR, MINUTE, World, millis, plain, secs};

const A: &str = "https://a.example.com/hook";

fn hold() -> Delivery {
    Delivery {
        on_unknown: OnUnknown::Hold,
        ..plain()
    }
}

#[tokio::test(start_paused = true)]
async fn a_started_call_without_an_end_is_found_and_held() {
    let mut world = World::running(hold());
    world.courier.script(A, [Act::Hang]);
    let ticket = world.ticket(A).await;
    let id = world.reply(ticket, "first").await;
    let follower = world.reply(ticket, "second").await;
    world.pass(secs(1)).await;
    assert_eq!(world.courier.calls().len(), 1);
    assert_eq!(world.state(id).await, "started");
    world.killed().await;
    world.pass(MINUTE).await;
    assert_eq!(world.courier.at_url(A).now, 0);
    world.courier.script(A, [Act::ok()]);
    world.start();
    world.pass(HOUR).await;
    assert_eq!(
        world.courier.calls().len(),
        1,
        "nothing is sent again by itself"
    );
    assert_eq!(world.state(id).await, "held");
    assert_eq!(world.state(follower).await, "waiting");
    let last = world.delivery(id).await.last.unwrap();
    assert_eq!(last.class, Class::Unknown);

    world.order(OperatorOrder::Retry { delivery: id }).await;
    world.pass(secs(1)).await;
    assert_eq!(world.states(&[id, follower]).await["unverified"], 2);
    let calls = world.courier.calls();
    assert_eq!(calls[1].webhook_id, calls[0].webhook_id);
    let repeats: Vec<bool> = world
        .story(id)
        .await
        .attempts
        .iter()
        .map(|attempt| attempt.may_repeat)
        .collect();
    assert_eq!(repeats, [false, true]);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn with_hold_an_unknown_outcome_waits_for_a_person_and_a_certain_one_does_not() {
    let world = World::running(hold());
    world
        .courier
        .script(A, [Act::broken(), Act::refused(), Act::silent(), Act::ok()]);
    let id = world.send(A).await;
    world.pass(HOUR).await;
    assert_eq!(world.courier.calls().len(), 3);
    assert_eq!(world.state(id).await, "held");
    let cancelled = world.order(OperatorOrder::Cancel { delivery: id }).await;
    drop(cancelled);
    assert_eq!(world.state(id).await, "cancelled");
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn what_was_under_way_is_sent_again_with_resend() {
    let mut world = World::running(plain());
    world.courier.script(A, [Act::Hang]);
    let id = world.send(A).await;
    world.pass(secs(1)).await;
    world.killed().await;
    world.courier.script(A, [Act::ok()]);
    world.start();
    world.pass(secs(1)).await;
    assert_eq!(world.state(id).await, "unverified");
    let calls = world.courier.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[1].webhook_id, calls[0].webhook_id);
}

#[tokio::test(start_paused = true)]
async fn pauses_breakers_and_gone_urls_outlive_a_restart() {
    let settings = Delivery {
        breaker: Breaker {
            failures: 3,
            open_for: 20 * MINUTE,
        },
        ..plain()
    };
    let mut world = World::running(settings);
    let paused = "https://paused.example.com/hook";
    let broken = "https://broken.example.com/hook";
    let gone = "https://gone.example.com/hook";
    let down = |number: usize| format!("https://down.example.com/{number}");
    let until = world.now().plus(HOUR);
    world
        .courier
        .script(paused, [Act::throttled(Some(until)), Act::ok()]);
    world.courier.script(gone, [Act::gone(), Act::ok()]);
    world.courier.otherwise(|call| {
        if call.at > MINUTE {
            Act::ok()
        } else if call.url.contains("down") {
            Act::refused()
        } else {
            Act::broken()
        }
    });
    for _ in 0..5 {
        for url in [paused, broken, gone] {
            world.send(url).await;
        }
    }
    for number in 0..3 {
        world.send(&down(number)).await;
    }
    world.pass(secs(30)).await;
    for number in 3..6 {
        world.send(&down(number)).await;
    }
    world.pass(secs(1)).await;
    let calls = world.courier.calls().len();
    for _ in 0..20 {
        world.killed().await;
        world.start();
        world.pass(secs(50)).await;
    }
    assert_eq!(
        world.courier.calls().len(),
        calls,
        "nobody is called before the time"
    );
    world.pass(5 * MINUTE).await;
    let probed: Vec<_> = world.courier.calls()[calls..].to_vec();
    assert!(
        probed
            .iter()
            .all(|call| call.url.contains("broken") || call.url.contains("down"))
    );
    assert_eq!(world.courier.calls_to(broken).len(), 3 + 5);
    world.pass(HOUR).await;
    assert_eq!(world.courier.calls_to(paused).len(), 1 + 5);
    assert_eq!(world.courier.calls_to(gone).len(), 1);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn many_restarts_in_the_middle_of_everything_lose_nothing() {
    let mut world = World::running(plain());
    world.courier.otherwise(|call| {
        if call.delivery.0 % 3 == 0 && call.at < HOUR {
            Act::not_found().after(millis(30))
        } else {
            Act::ok().after(millis(70))
        }
    });
    let mut ids = Vec::new();
    for round in 0..30 {
        for number in 0..20 {
            ids.push(
                world
                    .send(&format!("https://h{}.example.com/{number}", round % 5))
                    .await,
            );
        }
        world.pass(millis(100)).await;
        world.killed().await;
        world.start();
    }
    world.pass(10 * HOUR).await;
    assert_eq!(world.states(&ids).await["unverified"], 600);
    world.assert_empty();
}
