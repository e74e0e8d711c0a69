//! Where nothing is due, nothing is asked.

use super::courier::Act;
use super::world::{HOUR, World, plain, secs};

#[tokio::test(start_paused = true)]
async fn hours_pass_without_a_question_while_nothing_is_due() {
    let world = World::running(plain());
    let url = "https://a.example.com/hook";
    let until = world.now().plus(50 * HOUR);
    world
        .courier
        .script(url, [Act::throttled(Some(until)), Act::ok()]);
    let gone = "https://gone.example.com/hook";
    world.courier.script(gone, [Act::gone()]);
    for _ in 0..100 {
        world.send(url).await;
        world.send(gone).await;
    }
    for number in 0..50 {
        world.send(&format!("https://h{number}.example.com/")).await;
    }
    world.pass(secs(10)).await;
    world.assert_empty();
    let before = world.look.questions();
    world.pass(40 * HOUR).await;
    assert_eq!(world.look.questions(), before);
    world.pass(20 * HOUR).await;
    assert_eq!(world.courier.calls_to(url).len(), 101);
    let before = world.look.questions();
    world.pass(1000 * HOUR).await;
    assert_eq!(world.look.questions(), before);
}

#[tokio::test(start_paused = true)]
async fn a_hanging_call_costs_no_questions() {
    let world = World::running(plain());
    let url = "https://a.example.com/hook";
    world.courier.script(url, [Act::Hang]);
    for _ in 0..100 {
        world.send(url).await;
    }
    world.pass(secs(10)).await;
    let before = world.look.questions();
    world.pass(100 * HOUR).await;
    assert_eq!(world.look.questions(), before);
}

#[tokio::test(start_paused = true)]
async fn one_delivery_costs_a_handful_of_questions() {
    let world = World::running(plain());
    world.pass(secs(1)).await;
    let before = world.look.questions();
    for _ in 0..100 {
        world.send("https://a.example.com/hook").await;
        world.pass(secs(1)).await;
    }
    let asked = world.look.questions() - before;
    assert!(asked <= 600, "{asked} questions for 100 deliveries");
}
