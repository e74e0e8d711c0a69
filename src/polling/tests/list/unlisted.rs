//! Tickets of ours that are on no page.

use std::time::Duration;

use super::{importing, linked};
use crate::model::{LinkState, Phase, RemoteTicket};
use crate::polling::tests::board::{LONG_TURN, thread};
use crate::polling::tests::world::World;

#[tokio::test(start_paused = true)]
async fn who_was_on_no_page_of_a_round_is_looked_at_and_then_in_turns() {
    let world = linked(|board| {
        for id in 10..20 {
            board.put(thread(&id.to_string(), "open", 100));
        }
    })
    .await;
    {
        let mut there = world.board.there();
        there.hidden = (12..20).map(|id| id.to_string()).collect();
        there.per_page = 1;
    }
    world.board.after_turns(1).await;
    let mut asked = world.board.after_turns(8).await;
    asked.retain(|it| it.starts_with("look"));
    let all: Vec<String> = (12..20).map(|id| format!("look {id}")).collect();
    assert_eq!(
        asked[..8],
        all,
        "the longest unseen first, each once before any twice"
    );
    // What is seen there is news as anything else.
    world.board.put(thread("15", "closed", 50));
    world.board.after_turns(10).await;
    assert_eq!(world.state(6).await.1, LinkState::Ended);
    let asked = world.board.after_turns(10).await;
    assert!(!asked.contains(&"look 15".to_owned()), "{asked:?}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn who_is_on_a_later_page_is_not_looked_at() {
    let world = linked(|board| {
        for id in 10..15 {
            board.put(thread(&id.to_string(), "open", 100));
        }
        board.there().per_page = 5;
    })
    .await;
    world.board.there().per_page = 1;
    world.board.after_turns(2).await;
    let asked = world.board.after_turns(20).await;
    assert!(!asked.iter().any(|it| it.starts_with("look")), "{asked:?}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_deleted_ticket_is_told_once() {
    let world = World::listing(&importing(), |board| {
        board.put(thread("7", "open", 100));
        board.put(thread("8", "open", 100));
    });
    world.board.after_turns(2).await;
    world.board.there().tickets.remove(0);
    world.written();
    let asked = world.board.after_turns(1).await;
    assert!(asked.contains(&"look 7".to_owned()), "{asked:?}");
    assert_eq!(world.link(1).await.state, LinkState::Gone);
    assert_eq!(world.link(2).await.state, LinkState::Waiting);
    assert_eq!(world.written(), 1);
    let asked = world.board.after_turns(5).await;
    assert!(!asked.contains(&"look 7".to_owned()), "{asked:?}");
    // It was only out of sight.
    world.board.put(thread("7", "open", 100));
    world.pass(LONG_TURN).await;
    assert_eq!(world.link(1).await.state, LinkState::Waiting);
    world.end().await;
}

/// A key of another account, or another server, knows none of ours, whatever else it knows.
#[tokio::test(start_paused = true)]
async fn where_nothing_of_ours_is_there_nothing_is_believed_to_be_deleted() {
    let world = linked(|board| {
        for id in 1..=8 {
            board.put(thread(&id.to_string(), "open", 100));
        }
    })
    .await;
    let stranger = thread("99", "open", 100);
    let all = std::mem::replace(&mut world.board.there().tickets, vec![stranger]);
    world.pass(Duration::from_secs(3 * 3600)).await;
    for number in 1..=8 {
        let state = world.link(number).await.state;
        assert_eq!(state, LinkState::Waiting, "{number}");
    }
    assert!(world.age("hive") > 3600.0, "somebody must see to it");
    // The right key again: one is there, and the others are gone indeed.
    world.board.there().tickets = all.into_iter().take(1).collect();
    world.pass(Duration::from_secs(3600)).await;
    let mut gone = 0;
    for number in 1..=8 {
        gone += u32::from(world.link(number).await.state == LinkState::Gone);
    }
    assert_eq!(gone, 7);
    world.end().await;
}

/// What was on a page before the key was exchanged says nothing of what is there now.
#[tokio::test(start_paused = true)]
async fn what_is_missing_is_believed_on_a_page_without_ours_only_if_another_one_is_there() {
    let world = World::listing(&importing(), |board| {
        for id in 1..=8 {
            board.put(thread(&id.to_string(), "open", 100));
        }
        for id in 20..40 {
            board.put(thread(&id.to_string(), "closed", 100));
        }
        board.there().per_page = 8;
    });
    // The first page has ours, and the fourth is the last.
    world.board.after_turns(6).await;
    let gone = ["1", "2", "3", "4"];
    let is_there = |ticket: &RemoteTicket| !gone.contains(&ticket.id.as_str());
    world.board.there().tickets.retain(is_there);
    let asked = world.board.after_turns(12).await;
    for number in 1..=4 {
        assert_eq!(world.link(number).await.state, LinkState::Gone, "{number}");
    }
    assert!(asked.contains(&"look 5".to_owned()), "{asked:?}");
    let is_over = |ticket: &RemoteTicket| ticket.phase == Some(Phase::Ended);
    world.board.there().tickets.retain(is_over);
    world.pass(Duration::from_secs(3600)).await;
    for number in 5..=8 {
        let state = world.link(number).await.state;
        assert_eq!(state, LinkState::Waiting, "{number}");
    }
    world.end().await;
}
