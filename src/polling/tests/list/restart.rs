//! What was remembered is lost; what is stored is not.

use std::time::Duration;

use super::importing;
use crate::polling::tests::board::{LONG_TURN, thread};
use crate::polling::tests::world::World;

#[tokio::test(start_paused = true)]
async fn after_a_restart_only_what_changed_is_read() {
    let mut world = World::listing(&importing(), |board| {
        for id in 1..=15 {
            board.put(thread(&id.to_string(), "open", 100));
        }
        board.say("3", 1, "Before");
    });
    world.pass(Duration::from_secs(600)).await;
    world.restart().await;
    world.board.asked();
    world.observed();
    world.pass(LONG_TURN).await;
    let asked = world.board.asked();
    assert!(asked.contains(&"page 1".to_owned()), "{asked:?}");
    assert!(
        !asked.iter().any(|it| it.starts_with("thread")),
        "{asked:?}"
    );
    assert_eq!(world.observed(), 0);

    world.board.say("3", 2, "Meanwhile");
    world.board.put(thread("5", "closed", 20));
    world.restart().await;
    world.pass(LONG_TURN).await;
    let read = world.board.asked_for("thread");
    assert_eq!(read, ["thread 3", "thread 5"]);
    assert_eq!(world.said(3).await, ["Before", "Meanwhile"]);
    assert_eq!(world.state(5).await.2, "closed");
    world.end().await;
}

/// The list looks the same afterwards: only the link knows that there may be more.
#[tokio::test(start_paused = true)]
async fn what_was_not_settled_is_read_again_after_a_restart() {
    let mut world = World::listing(&importing(), |board| {
        board.put(thread("7", "open", 0));
        board.say("7", 1, "One");
    });
    world.pass(Duration::from_millis(200)).await;
    assert!(world.link(1).await.unheard);
    world.board.say("7", 2, "Two");
    world.restart().await;
    world.pass(Duration::ZERO).await;
    world.pass(Duration::from_millis(100)).await;
    assert_eq!(world.said(1).await, ["One", "Two"]);
    world.board.say("7", 3, "Three");
    world.pass(LONG_TURN).await;
    assert_eq!(world.said(1).await, ["One", "Two", "Three"]);
    assert!(!world.link(1).await.unheard);
    world.end().await;
}
