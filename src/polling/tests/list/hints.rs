//! Notifications, where there are any.

use std::time::Duration;

use super::{importing, linked};
use crate::polling::Unseen;
use crate::polling::tests::board::{LONG_TURN, thread};
use crate::polling::tests::world::World;

/// So many tickets that the one of the hint is on a late page.
fn many() -> World {
    World::listing(&importing(), |board| {
        for id in 1..=15 {
            board.put(thread(&id.to_string(), "open", 100));
        }
        board.there().per_page = 1;
    })
}

fn about(asked: &[String]) -> Vec<&str> {
    let words = ["look", "followed"];
    let asked = asked.iter().map(String::as_str);
    let asked = asked.filter(|it| words.iter().any(|word| it.starts_with(word)));
    asked.collect()
}

#[tokio::test(start_paused = true)]
async fn a_hint_is_followed_once_and_said_to_be_after_that() {
    let world = many();
    world.board.after_turns(30).await;
    world.board.say("15", 1, "Hello");
    world.board.hint(1, "15", true);
    let asked = world.board.after_turns(1).await;
    assert_eq!(about(&asked), ["look 15"]);
    assert_eq!(world.said(15).await, ["Hello"]);
    let asked = world.board.after_turns(3).await;
    assert_eq!(about(&asked).last(), Some(&"followed 1"));
    world.board.after_turns(1).await;
    world.pass(Duration::from_secs(1800)).await;
    let asked = world.board.asked();
    assert!(about(&asked).is_empty(), "{asked:?}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn after_a_restart_what_nobody_read_is_followed_once_more() {
    let mut world = many();
    world.board.after_turns(30).await;
    world.restart().await;
    world.board.hint(1, "14", true);
    world.board.hint(2, "15", false);
    // This one is on the first page, which shows that nothing happened since.
    world.board.hint(3, "1", false);
    world.pass(LONG_TURN).await;
    let asked = world.board.asked();
    let followed = ["followed 3", "look 15", "followed 2"];
    assert_eq!(about(&asked), followed, "{asked:?}");
    world.pass(Duration::from_secs(1800)).await;
    let asked = world.board.asked();
    assert!(about(&asked).is_empty(), "{asked:?}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_waits_to_be_read_is_not_looked_at_for_a_hint() {
    let world = World::listing(&importing(), |board| board.put(thread("7", "open", 100)));
    world.board.after_turns(2).await;
    world.board.put(thread("7", "open", 50));
    world.board.hint(1, "7", false);
    let asked = world.board.after_turns(2).await;
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let expected = [
        "page 1",
        "hints",
        "thread 7",
        "page 1",
        "hints",
        "followed 1",
    ];
    assert_eq!(asked, expected);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_hint_about_what_does_not_concern_us_is_left_alone() {
    let world = linked(|board| board.put(thread("7", "open", 100))).await;
    world.board.put(thread("8", "open", 100));
    world.board.hint(1, "8", false);
    let asked = world.board.after_turns(3).await;
    assert!(about(&asked).is_empty(), "{asked:?}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_key_that_may_not_see_notifications_still_polls() {
    let world = World::listing(&importing(), |board| {
        board.put(thread("7", "open", 100));
        let refused = Unseen::Forbidden("not for this key".to_owned());
        board.there().broken.insert("hints".to_owned(), refused);
    });
    world.pass(Duration::from_secs(1)).await;
    assert!(world.find(1).await.is_some());
    world.pass(Duration::from_secs(3600)).await;
    assert_eq!(world.board.asked_for("hints").len(), 1);
    assert!(world.age("hive") < 67.0, "that is no outage");
    world.pass(Duration::from_secs(6 * 3600)).await;
    assert_eq!(world.board.asked_for("hints").len(), 1, "some day it may");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn notifications_that_alone_fail_do_not_stop_the_list_for_long() {
    let world = World::listing(&importing(), |board| {
        board.put(thread("7", "open", 100));
        let away = Unseen::Away("trouble there".to_owned());
        board.there().broken.insert("hints".to_owned(), away);
    });
    world.pass(Duration::from_secs(4)).await;
    assert_eq!(
        world.board.asked(),
        ["page 1", "hints"],
        "it counts as an outage"
    );
    world.pass(Duration::from_secs(500)).await;
    assert!(world.find(1).await.is_some());
    assert!(world.board.asked_for("hints").is_empty());
    assert!(world.age("hive") < 67.0);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_hint_that_cannot_be_said_to_be_followed_is_not_insisted_upon() {
    let world = World::listing(&importing(), |board| {
        board.put(thread("7", "open", 100));
        board.hint(1, "7", false);
        let refused = Unseen::Forbidden("not for this key".to_owned());
        board
            .there()
            .broken
            .insert("followed 1".to_owned(), refused);
    });
    world.pass(Duration::from_secs(600)).await;
    assert_eq!(world.board.asked_for("followed").len(), 1);
    assert!(world.age("hive") < 67.0);
    world.end().await;
}
