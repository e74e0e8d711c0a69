//! Each ticket's replies arrive in order, and no ticket waits for another.

use crate::model::OperatorOrder;
use crate::settings::{Delivery, OnUnknown};

use super::courier::Act;
use super::world::{HOUR, World, millis, plain, secs};

const A: &str = "https://a.example.com/hook";
const B: &str = "https://b.example.com/hook";

#[tokio::test(start_paused = true)]
async fn replies_of_a_ticket_arrive_in_order_and_one_at_a_time() {
    let world = World::running(plain());
    world.courier.script(A, [Act::ok().after(millis(700))]);
    let tickets = [world.ticket(A).await, world.ticket(A).await];
    for round in 0..5 {
        for ticket in tickets {
            world.reply(ticket, &format!("{round}")).await;
        }
    }
    world.pass(HOUR).await;
    for ticket in tickets {
        let calls = world.courier.calls_to(A);
        let texts: Vec<String> = calls
            .into_iter()
            .filter(|call| call.ticket == ticket)
            .map(|call| call.text)
            .collect();
        assert_eq!(texts, ["0", "1", "2", "3", "4"]);
    }
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_failing_head_holds_back_its_own_ticket_alone() {
    let world = World::running(plain());
    let bad = world.ticket(A).await;
    world.courier.otherwise(move |call| {
        if call.ticket == bad {
            Act::not_found()
        } else {
            Act::ok()
        }
    });
    let head = world.reply(bad, "head").await;
    let follower = world.reply(bad, "follower").await;
    let mut others = Vec::new();
    for _ in 0..20 {
        others.push(world.send(A).await);
        others.push(world.send(B).await);
    }
    world.pass(millis(1)).await;
    assert_eq!(world.states(&others).await["unverified"], 40);
    assert_eq!(world.state(head).await, "due");
    assert_eq!(world.state(follower).await, "waiting");
    world.pass(HOUR).await;
    assert_eq!(world.state(follower).await, "waiting");
    let calls = world.courier.calls();
    assert!(calls.iter().all(|call| call.delivery != follower));
}

#[tokio::test(start_paused = true)]
async fn a_dead_head_frees_its_followers() {
    let world = World::running(plain());
    world.courier.script(A, [Act::rejected(), Act::ok()]);
    let ticket = world.ticket(A).await;
    let head = world.reply(ticket, "head").await;
    let followers = [
        world.reply(ticket, "second").await,
        world.reply(ticket, "third").await,
    ];
    world.pass(millis(1)).await;
    assert_eq!(world.dead_reason(head).await, "rejected: answered 400");
    assert_eq!(world.states(&followers).await["unverified"], 2);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_follower_waits_for_the_end_of_a_call_that_is_called_off() {
    for on_unknown in [OnUnknown::Resend, OnUnknown::Hold] {
        let mut world = World::resting(Delivery {
            on_unknown,
            ..plain()
        });
        // Eight successes give the lane its four slots.
        let slow = Act::not_found().after(secs(10));
        let script = std::iter::repeat_n(Act::ok(), 8).chain([slow, Act::ok()]);
        world.courier.script(A, script);
        for _ in 0..8 {
            world.send(A).await;
            world.pass(millis(1)).await;
        }
        let ticket = world.ticket(A).await;
        let first = world.reply(ticket, "first").await;
        let second = world.reply(ticket, "second").await;
        world.start();
        world.pass(secs(1)).await;
        world.order(OperatorOrder::Cancel { delivery: first }).await;
        let other = world.send(A).await;
        world.pass(secs(1)).await;
        assert_eq!(world.state(other).await, "unverified");
        assert_eq!(world.state(second).await, "due");
        world.pass(secs(8) + millis(1)).await;
        assert_eq!(world.state(first).await, "cancelled");
        assert_eq!(world.state(second).await, "unverified");
        world.assert_empty();
    }
}

#[tokio::test(start_paused = true)]
async fn every_try_has_the_same_id_and_text() {
    let world = World::running(plain());
    world.courier.script(
        A,
        [
            Act::broken(),
            Act::silent(),
            Act::throttled(None),
            Act::ok(),
        ],
    );
    let id = world.send(A).await;
    world.pass(HOUR).await;
    let calls = world.courier.calls_to(A);
    assert_eq!(calls.len(), 4);
    for call in &calls {
        assert_eq!(call.webhook_id, format!("msg_memory_{id}"));
        assert_eq!((call.delivery, call.text.as_str()), (id, "reply"));
    }
    let story = world.story(id).await;
    let repeats: Vec<bool> = story
        .attempts
        .iter()
        .map(|attempt| attempt.may_repeat)
        .collect();
    // The one after the unknown outcome may be a second arrival.
    assert_eq!(repeats, [false, false, true, false]);
}

#[tokio::test(start_paused = true)]
async fn what_was_accepted_is_not_sent_again_over_days() {
    let world = World::running(plain());
    for _ in 0..50 {
        world.send(A).await;
    }
    world.pass(secs(5 * 24 * 3600)).await;
    assert_eq!(world.courier.calls().len(), 50);
}
