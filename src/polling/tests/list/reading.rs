//! Threads are read when there may be something new in them.

use std::time::Duration;

use super::{importing, linked};
use crate::model::{LinkState, Observation, Status};
use crate::polling::tests::board::{LONG_TURN, thread};
use crate::polling::tests::world::{World, helpdesk};
use crate::store::Rank;

#[tokio::test(start_paused = true)]
async fn a_ticket_is_read_at_first_sight_and_then_when_it_changed() {
    let world = World::listing(&importing(), |board| {
        board.put(thread("7", "open", 100));
        board.put(thread("8", "open", 100));
        board.say("8", 1, "Before we came");
        board.put(thread("8", "open", 90));
    });
    world.pass(Duration::from_secs(1)).await;
    let read = world.board.asked_for("thread");
    assert_eq!(read, ["thread 7", "thread 8"]);
    assert_eq!(world.said(2).await, ["Before we came"]);
    // Also after all that was told is looked up in the store again.
    world.pass(Duration::from_secs(3 * 3600)).await;
    assert!(world.board.asked_for("thread").is_empty());
    assert_eq!(world.observed(), 2);

    world.board.put(thread("7", "closed", 50));
    world.pass(LONG_TURN).await;
    assert_eq!(world.board.asked_for("thread"), ["thread 7"]);
    let ended = (Status::Closed, LinkState::Ended, "closed".to_owned());
    assert_eq!(world.state(1).await, ended);
    // A thread that is over can go on.
    world.board.put(thread("7", "open", 40));
    world.pass(LONG_TURN).await;
    assert_eq!(world.state(1).await.0, Status::Open);
    assert!(world.find(3).await.is_none());
    world.end().await;
}

/// Labels and the like may change without another time on the ticket.
#[tokio::test(start_paused = true)]
async fn whatever_differs_on_the_list_is_a_change() {
    let world = World::listing(&importing(), |board| board.put(thread("7", "open", 100)));
    world.pass(LONG_TURN).await;
    world.board.asked();
    let mut seen = thread("7", "open", 100);
    seen.details = vec![("Floor".to_owned(), "2".to_owned())];
    world.board.put(seen.clone());
    world.pass(LONG_TURN).await;
    assert_eq!(world.board.asked_for("thread"), ["thread 7"]);
    assert_eq!(world.link(1).await.details, seen.details);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_does_not_concern_us_is_not_read() {
    let world = linked(|board| board.put(thread("7", "open", 100))).await;
    world.board.put(thread("8", "open", 60));
    world.board.put(thread("7", "in_progress", 50));
    world.pass(LONG_TURN).await;
    assert_eq!(world.board.asked_for("thread"), ["thread 7"]);
    world.end().await;

    let world = World::listing(&importing(), |board| board.put(thread("9", "closed", 100)));
    world.pass(LONG_TURN).await;
    assert!(world.board.asked_for("thread").is_empty());
    world.end().await;
}

/// The second message was said in the second in which the ticket changed before, so the list shows nothing of it.
#[tokio::test(start_paused = true)]
async fn a_thread_that_changed_just_now_is_read_again() {
    let world = World::listing(&importing(), |board| {
        board.put(thread("7", "open", 0));
        board.say("7", 1, "One");
    });
    world.pass(Duration::from_millis(200)).await;
    assert_eq!(world.said(1).await, ["One"]);
    world.board.say("7", 2, "Two");
    world.pass(Duration::from_secs(5)).await;
    assert_eq!(world.said(1).await, ["One", "Two"]);
    // By then it is settled.
    world.board.asked();
    world.pass(Duration::from_secs(600)).await;
    let asked = world.board.asked();
    assert!(!asked.iter().any(|it| it.ends_with('7')), "{asked:?}");
    assert!(!world.link(1).await.unheard);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_overtaken_leads_to_another_look() {
    let world = World::listing(&importing(), |board| board.put(thread("7", "open", 100)));
    world.board.after_turns(2).await;
    world.board.there().slow = Duration::from_millis(400);
    world.board.put(thread("7", "on_hold", 60));
    let mut asked = Vec::new();
    for _ in 0..700 {
        world.pass(Duration::from_millis(100)).await;
        asked.extend(world.board.asked());
        if asked.contains(&"thread 7".to_owned()) {
            break;
        }
    }
    // Somebody else is faster, while the answer is on its way.
    let now = thread("7", "in_progress", 50);
    world.board.put(now.clone());
    let told = world.reporter();
    let told = told.commit("hive", Observation::Told, &now, Rank::Intake);
    assert!(told.await.unwrap().sighting.news);
    world.pass(Duration::from_millis(900)).await;
    assert_eq!(world.state(1).await.2, "in_progress");
    assert!(world.board.asked_for("look").is_empty());
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.board.asked_for("look"), ["look 7"]);
    world.pass(LONG_TURN).await;
    assert_eq!(world.state(1).await.2, "in_progress");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_long_thread_is_taken_in_whole_from_one_answer() {
    let world = World::listing(&importing(), |board| {
        board.put(thread("7", "open", 100));
        for number in 1..=100 {
            board.say("7", number, &format!("message {number}"));
        }
        board.put(thread("7", "open", 100));
    });
    world.pass(Duration::from_secs(1)).await;
    let said = world.said(1).await;
    assert_eq!((said.len(), said[99].as_str()), (100, "message 100"));
    assert_eq!(world.board.asked(), ["page 1", "hints", "thread 7"]);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn systems_of_one_key_are_asked_once_and_each_knows_its_own() {
    let systems = helpdesk("a", "hive", "") + &importing();
    let world = World::listing(&systems, |board| board.put(thread("7", "open", 100)));
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.board.asked(), ["page 1", "hints", "thread 7"]);
    assert_eq!(world.link(1).await.system, "hive");
    world.board.put(thread("7", "closed", 50));
    world.pass(LONG_TURN).await;
    assert_eq!(world.state(1).await.2, "closed");
    assert!(world.find(2).await.is_none());
    assert!(world.age("a") < 67.0 && world.age("hive") < 67.0);
    world.end().await;
}
