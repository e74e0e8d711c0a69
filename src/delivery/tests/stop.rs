//! Stopping in order.

use crate::model::{Class, Happening};
use crate::settings::{Delivery, OnUnknown, Rate};

use super::courier::Act;
use super::world::{HOUR, World, millis, plain, secs};

const A: &str = "https://a.example.com/hook";

#[tokio::test(start_paused = true)]
async fn after_stop_no_call_begins_and_those_in_hand_are_settled() {
    let mut world = World::running(plain());
    world.courier.otherwise(|_| Act::ok().after(secs(5)));
    let mut ids = Vec::new();
    for number in 0..40 {
        let url = format!("https://h{}.example.com/hook", number % 8);
        ids.push(world.send(&url).await);
    }
    world.pass(secs(1)).await;
    assert_eq!(world.courier.overall().now, 8);
    world.stop();
    for _ in 0..5 {
        ids.push(world.send("https://late.example.com/hook").await);
        world.pass(millis(100)).await;
    }
    assert!(!world.is_done());
    world.pass(secs(4)).await;
    assert!(world.is_done());
    assert_eq!(world.courier.calls().len(), 8);
    assert_eq!(world.states(&ids).await["unverified"], 8);
    world.stopped().await;
    world.courier.otherwise(|_| Act::ok());
    world.start();
    world.pass(secs(1)).await;
    assert_eq!(world.states(&ids).await["unverified"], 45);
}

#[tokio::test(start_paused = true)]
async fn calls_that_were_chosen_together_do_not_begin_once_the_first_brought_the_stop() {
    for on_unknown in [OnUnknown::Resend, OnUnknown::Hold] {
        let settings = Delivery {
            on_unknown,
            ..plain()
        };
        let mut world = World::resting(settings);
        let mut ids = Vec::new();
        for number in 0..10 {
            ids.push(
                world
                    .send(&format!("https://h{number}.example.com/hook"))
                    .await,
            );
        }
        world.start();
        let stop = world.stop_token();
        world.hook(move |event| {
            if matches!(event.what, Happening::Settled(_)) {
                stop.cancel();
            }
        });
        world.pass(secs(1)).await;
        assert!(world.is_done());
        world.stopped().await;
        assert_eq!(world.courier.calls().len(), 1);
        let states = world.states(&ids).await;
        assert_eq!((states["unverified"], states["due"]), (1, 9));
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_at_the_cut_is_settled_as_unknown() {
    for (on_unknown, state) in [(OnUnknown::Resend, "due"), (OnUnknown::Hold, "held")] {
        let settings = Delivery {
            on_unknown,
            ..plain()
        };
        let mut world = World::running(settings);
        world.courier.script(A, [Act::Hang]);
        let id = world.send(A).await;
        world.pass(secs(1)).await;
        world.stop();
        world.pass(secs(9)).await;
        assert!(!world.is_done());
        world.cut();
        world.stopped().await;
        let delivery = world.delivery(id).await;
        assert_eq!(delivery.state.word(), state);
        let last = delivery.last.unwrap();
        assert_eq!((last.class, last.took_ms), (Class::Unknown, 10_000));
    }
}

#[tokio::test(start_paused = true)]
async fn a_breaker_stays_as_it_is_when_its_probe_is_cut_off() {
    let mut world = World::running(plain());
    world.courier.script(A, [Act::refused()]);
    for _ in 0..20 {
        world.send(A).await;
    }
    world.pass(secs(1)).await;
    let before = world.lane(A).await.breaker;
    assert!(before.open_until.is_some());
    world.courier.script(A, [Act::Hang]);
    world.pass(secs(31)).await;
    world.stop();
    world.cut();
    world.stopped().await;
    assert_eq!(world.lane(A).await.breaker, before);
}

#[tokio::test(start_paused = true)]
async fn nobody_who_waits_at_a_gate_delays_the_end() {
    let settings = Delivery {
        rate: Rate {
            per_second: 0.001,
            burst: 1,
        },
        max_in_flight: 3,
        ..plain()
    };
    let mut world = World::running(settings);
    let until = world.now().plus(HOUR);
    world.courier.script(A, [Act::throttled(Some(until))]);
    for number in 0..50 {
        world.send(A).await;
        world.send(&format!("https://h.example.com/{number}")).await;
    }
    world.pass(secs(10)).await;
    world.stop();
    world.pass(millis(1)).await;
    assert!(world.is_done());
    world.stopped().await;
}
