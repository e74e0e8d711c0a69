//! How much is read in a turn, and in which order.

use super::importing;
use crate::polling::tests::board::{LONG_TURN, thread};
use crate::polling::tests::world::World;

#[tokio::test(start_paused = true)]
async fn a_turn_reads_so_much_and_the_next_ones_go_on() {
    let world = World::listing(&importing(), |board| {
        for id in 100..150 {
            board.put(thread(&id.to_string(), "open", 100));
        }
    });
    let mut read: Vec<String> = Vec::new();
    for number in [20, 20, 10, 0] {
        let mut asked = world.board.after_turns(1).await;
        asked.retain(|it| it.starts_with("thread"));
        assert_eq!(asked.len(), number, "{asked:?}");
        read.extend(asked);
    }
    let all: Vec<String> = (100..150).map(|id| format!("thread {id}")).collect();
    assert_eq!(read, all, "each once, in the order of the list");
    world.pass(LONG_TURN).await;
    assert!(world.find(50).await.is_some() && world.find(51).await.is_none());
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn linked_tickets_that_are_open_go_before_those_that_are_over() {
    let world = World::listing(&importing(), |board| {
        board.put(thread("1", "open", 100));
        board.put(thread("2", "open", 100));
    });
    world.board.after_turns(1).await;
    world.board.put(thread("1", "closed", 90));
    world.board.after_turns(2).await;
    world.board.put(thread("1", "closed", 80));
    world.board.put(thread("2", "on_hold", 80));
    let mut asked = world.board.after_turns(1).await;
    asked.retain(|it| it.starts_with("thread"));
    assert_eq!(asked, ["thread 2", "thread 1"]);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn linked_tickets_go_before_new_ones_and_starve_none() {
    let world = World::listing(&importing(), |board| {
        for id in 100..130 {
            board.put(thread(&id.to_string(), "open", 100));
        }
    });
    world.board.after_turns(3).await;
    assert!(world.find(30).await.is_some());
    // From now on all of them change all the time, and there are new ones.
    for id in 200..210 {
        world.board.put(thread(&id.to_string(), "open", 100));
    }
    let mut read: Vec<String> = Vec::new();
    for turn in 0..2 {
        for id in 100..130 {
            world.board.put(thread(&id.to_string(), "open", 90 - turn));
        }
        let mut asked = world.board.after_turns(1).await;
        asked.retain(|it| it.starts_with("thread"));
        assert_eq!(asked.len(), 20, "{asked:?}");
        let new = asked.iter().filter(|it| it.starts_with("thread 2")).count();
        assert_eq!(new, 5, "{asked:?}");
        assert!(asked[0].starts_with("thread 1"), "{asked:?}");
        read.extend(asked);
    }
    let mut linked: Vec<String> = read;
    linked.retain(|it| it.starts_with("thread 1"));
    let once: Vec<String> = (100..130).map(|id| format!("thread {id}")).collect();
    assert_eq!(linked, once, "each once before any twice");
    world.end().await;
}
