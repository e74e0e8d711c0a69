//! A ticket whose answers go elsewhere from now on.

use super::courier::Act;
use super::world::{HOUR, World, millis, plain, secs};

const OLD: &str = "https://old.example.com/hook";
const NEW: &str = "https://new.example.com/hook";

#[tokio::test(start_paused = true)]
async fn pending_deliveries_go_to_the_new_url_in_order_under_their_ids() {
    let world = World::running(plain());
    world.courier.script(OLD, [Act::not_found()]);
    let ticket = world.ticket(OLD).await;
    let mut ids = Vec::new();
    for number in 0..5 {
        ids.push(world.reply(ticket, &number.to_string()).await);
    }
    world.pass(secs(2)).await;
    world.redirect(ticket, NEW).await;
    world.pass(millis(1)).await;
    assert_eq!(world.states(&ids).await["unverified"], 5);
    let calls = world.courier.calls_to(NEW);
    let texts: Vec<&str> = calls.iter().map(|call| call.text.as_str()).collect();
    assert_eq!(texts, ["0", "1", "2", "3", "4"]);
    assert_eq!(
        calls[0].webhook_id,
        world.courier.calls_to(OLD)[0].webhook_id
    );
    world.pass(HOUR).await;
    assert_eq!(world.courier.calls_to(OLD).len(), 1);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_long_chain_goes_to_the_new_url_whole_and_in_order() {
    let world = World::running(plain());
    world.courier.script(OLD, [Act::not_found()]);
    let ticket = world.ticket(OLD).await;
    let mut ids = Vec::new();
    for number in 0..30 {
        ids.push(world.reply(ticket, &number.to_string()).await);
    }
    world.pass(secs(2)).await;
    world.redirect(ticket, NEW).await;
    world.pass(HOUR).await;
    assert_eq!(world.states(&ids).await["unverified"], 30);
    let calls = world.courier.calls_to(NEW);
    let order: Vec<_> = calls.iter().map(|call| call.delivery).collect();
    assert_eq!(order, ids);
    world.assert_empty();
}

/// The courier itself takes note of a delivery that is under way already.
#[tokio::test(start_paused = true)]
async fn what_is_under_way_at_the_old_url_is_not_sent_to_the_new_one_meanwhile() {
    let world = World::running(plain());
    world.courier.script(OLD, [Act::ok().after(secs(10))]);
    let ticket = world.ticket(OLD).await;
    let first = world.reply(ticket, "first").await;
    let second = world.reply(ticket, "second").await;
    world.pass(secs(1)).await;
    world.redirect(ticket, NEW).await;
    let other = world.send(NEW).await;
    world.pass(secs(8)).await;
    assert_eq!(world.state(other).await, "unverified");
    assert_eq!(world.courier.calls_to(NEW).len(), 1);
    world.pass(secs(2)).await;
    assert_eq!(world.states(&[first, second]).await["unverified"], 2);
    assert_eq!(world.courier.calls_to(OLD).len(), 1);
    assert_eq!(world.courier.calls_to(NEW)[1].delivery, second);
    world.pass(HOUR).await;
    assert_eq!(world.courier.calls().len(), 3);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn what_fails_at_the_old_url_goes_on_at_the_new_one() {
    let world = World::running(plain());
    world
        .courier
        .script(OLD, [Act::not_found().after(secs(10))]);
    let ticket = world.ticket(OLD).await;
    let ids = [
        world.reply(ticket, "first").await,
        world.reply(ticket, "second").await,
    ];
    world.pass(secs(1)).await;
    world.redirect(ticket, NEW).await;
    world.pass(secs(20)).await;
    assert_eq!(world.states(&ids).await["unverified"], 2);
    assert_eq!(world.courier.times(OLD), [0]);
    assert_eq!(world.courier.times(NEW), [15_000, 15_000]);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_new_url_frees_what_a_gone_one_holds() {
    let world = World::running(plain());
    world.courier.script(OLD, [Act::gone()]);
    world.send(OLD).await;
    world.pass(secs(1)).await;
    let ticket = world.ticket(OLD).await;
    let id = world.reply(ticket, "held").await;
    world.pass(HOUR).await;
    assert_eq!(world.state(id).await, "due");
    world.redirect(ticket, NEW).await;
    world.pass(millis(1)).await;
    assert_eq!(world.state(id).await, "unverified");
}
