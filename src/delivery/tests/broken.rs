//! One delivery that is broken, by whatever fault of ours, stops nobody else and is not tried in a hot loop.

use crate::model::{DeliveryId, Event, Happening};
use crate::settings::{Delivery, OnUnknown};

use super::courier::Act;
use super::world::{HOUR, MINUTE, World, millis, plain, secs};

const A: &str = "https://a.example.com/hook";
const B: &str = "https://b.example.com/hook";

fn hold() -> Delivery {
    Delivery {
        on_unknown: OnUnknown::Hold,
        ..plain()
    }
}

/// One ticket with three replies, and thirty others, in the same lane and another.
struct Scene {
    world: World,
    poison: DeliveryId,
    followers: [DeliveryId; 2],
    others: Vec<DeliveryId>,
}

impl Scene {
    async fn new(settings: Delivery) -> Self {
        let world = World::resting(settings);
        world.courier.otherwise(|_| Act::ok().after(millis(50)));
        let ticket = world.ticket(A).await;
        let poison = world.reply(ticket, "poison").await;
        let followers = [
            world.reply(ticket, "second").await,
            world.reply(ticket, "third").await,
        ];
        let mut others = Vec::new();
        for _ in 0..15 {
            others.push(world.send(A).await);
            others.push(world.send(B).await);
        }
        Self {
            world,
            poison,
            followers,
            others,
        }
    }

    fn calls_of_poison(&self) -> usize {
        let calls = self.world.courier.calls();
        calls
            .iter()
            .filter(|call| call.delivery == self.poison)
            .count()
    }

    async fn assert_others_arrive(&self) {
        assert_eq!(self.world.states(&self.others).await["unverified"], 30);
        assert_eq!(self.world.courier.calls_to(B).len(), 15);
    }
}

fn settles(event: &Event, id: DeliveryId) -> bool {
    matches!(&event.what, Happening::Settled(settled) if settled.delivery == id)
}

fn sets_aside(event: &Event, id: DeliveryId) -> bool {
    matches!(&event.what, Happening::SetAside(aside) if aside.head.delivery == id)
}

#[tokio::test(start_paused = true)]
async fn a_courier_that_panics_leaves_an_unknown_outcome_and_hurts_nobody() {
    for panic in [Act::Panic, Act::PanicAtOnce] {
        let mut scene = Scene::new(plain()).await;
        let poison = scene.poison;
        scene.world.courier.otherwise(move |call| {
            if call.delivery == poison && call.at < secs(2) {
                panic.clone()
            } else {
                Act::ok()
            }
        });
        scene.world.start();
        scene.world.pass(secs(3)).await;
        scene.assert_others_arrive().await;
        assert_eq!(scene.calls_of_poison(), 1);
        scene.world.pass(MINUTE).await;
        let story = scene.world.story(poison).await;
        assert_eq!(story.delivery.state.word(), "unverified");
        assert!(story.attempts[1].may_repeat);
        assert_eq!(scene.world.states(&scene.followers).await["unverified"], 2);
        scene.world.assert_empty();
    }
}

#[tokio::test(start_paused = true)]
async fn a_delivery_that_cannot_be_read_is_set_aside_and_its_followers_go_on() {
    let mut scene = Scene::new(plain()).await;
    scene.world.store.spoil(scene.poison);
    scene.world.start();
    scene.world.pass(secs(5)).await;
    scene.assert_others_arrive().await;
    assert_eq!(scene.calls_of_poison(), 0);
    assert_eq!(scene.world.store.set_aside().await.unwrap(), 1);
    assert_eq!(scene.world.states(&scene.followers).await["unverified"], 2);
    scene.world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_delivery_whose_outcome_cannot_be_planned_is_sent_once_and_set_aside() {
    for settings in [plain(), hold()] {
        let mut scene = Scene::new(settings).await;
        let poison = scene.poison;
        scene
            .world
            .hook(move |event| assert!(!settles(event, poison), "a fault in planning"));
        scene.world.start();
        scene.world.pass(24 * HOUR).await;
        scene.assert_others_arrive().await;
        assert_eq!(scene.calls_of_poison(), 1);
        assert!(scene.world.dead_reason(poison).await.contains("set aside"));
        assert_eq!(scene.world.states(&scene.followers).await["unverified"], 2);
        scene.world.assert_empty();
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_even_be_set_aside_is_tried_once_a_minute_and_holds_up_nobody() {
    for settings in [plain(), hold()] {
        let mut scene = Scene::new(settings).await;
        let poison = scene.poison;
        scene.world.hook(move |event| {
            assert!(
                !settles(event, poison) && !sets_aside(event, poison),
                "a fault in planning"
            );
        });
        scene.world.start();
        scene.world.pass(secs(2)).await;
        scene.assert_others_arrive().await;
        scene.world.pass(10 * MINUTE).await;
        assert!(scene.calls_of_poison() <= 11, "{}", scene.calls_of_poison());
        let questions = scene.world.look.questions();
        // The lane stays of use meanwhile.
        for _ in 0..20 {
            let id = scene.world.send(A).await;
            scene.world.pass(secs(7)).await;
            assert_eq!(scene.world.state(id).await, "unverified");
        }
        assert!(scene.world.look.questions() - questions < 300);
        // Once the fault is mended, everything arrives.
        scene.world.hook(|_| {});
        scene.world.pass(2 * MINUTE).await;
        let ended = ["unverified", "held"];
        assert!(ended.contains(&scene.world.state(poison).await));
    }
}

#[tokio::test(start_paused = true)]
async fn a_start_that_cannot_be_stored_means_no_call() {
    let mut scene = Scene::new(hold()).await;
    let poison = scene.poison;
    scene.world.hook(move |event| {
        let starts = matches!(&event.what, Happening::Started { delivery } if *delivery == poison);
        assert!(!starts, "a fault in planning");
    });
    scene.world.start();
    scene.world.pass(HOUR).await;
    scene.assert_others_arrive().await;
    assert_eq!(scene.calls_of_poison(), 0);
    scene.world.hook(|_| {});
    scene.world.pass(2 * MINUTE).await;
    assert_eq!(scene.world.state(poison).await, "unverified");
    scene.world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_wake_time_that_cannot_be_planned_for_an_hour_delays_only_its_own_lane() {
    let mut scene = Scene::new(plain()).await;
    scene.world.hook(|event| {
        assert!(
            !matches!(event.what, Happening::Kicked(_)),
            "a fault in planning"
        );
    });
    scene.world.start();
    scene.world.pass(HOUR).await;
    scene.assert_others_arrive().await;
    assert!(scene.world.look.questions() < 10_000);
    scene.world.hook(|_| {});
    scene.world.pass(MINUTE).await;
    scene.world.assert_empty();
}
