//! Questions without answers, and new settings.

use std::time::Duration;

use super::importing;
use crate::polling::Unseen;
use crate::polling::tests::board::{LONG_TURN, thread};
use crate::polling::tests::world::{IMPORTS, World, helpdesk};

fn away() -> Unseen {
    Unseen::Away("it does not answer".to_owned())
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_waited_out_ever_longer_and_nothing_is_lost() {
    let world = World::listing(&importing(), |board| board.put(thread("7", "open", 100)));
    world.board.after_turns(1).await;
    world.board.there().trouble = Some(away());
    world.pass(LONG_TURN).await;
    world.board.asked();
    world.pass(Duration::from_secs(3600)).await;
    let tries = world.board.asked();
    assert!((5..=12).contains(&tries.len()), "{tries:?}");
    assert!(tries.iter().all(|it| it == "page 1"), "{tries:?}");
    assert!(world.age("hive") > 3600.0);

    world.board.say("7", 1, "Is anybody there?");
    world.board.there().trouble = None;
    world.pass(Duration::from_secs(670)).await;
    assert_eq!(world.said(1).await, ["Is anybody there?"]);
    assert!(world.age("hive") < 67.0);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_system_that_says_how_long_to_wait_is_left_alone_that_long() {
    let world = World::listing(&importing(), |board| board.put(thread("7", "open", 100)));
    world.board.after_turns(1).await;
    let until = world.now().plus(Duration::from_secs(7200));
    world.board.there().trouble = Some(Unseen::Throttled {
        until: Some(until),
        detail: "too many calls".to_owned(),
    });
    world.board.after_turns(1).await;
    world.board.there().trouble = None;
    let rest = until.since(world.now());
    world.pass(rest - Duration::from_secs(1)).await;
    assert!(world.board.asked().is_empty());
    world.pass(Duration::from_secs(2)).await;
    assert_eq!(world.board.asked(), ["page 1", "hints"]);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn one_broken_ticket_does_not_stop_the_others() {
    let world = World::listing(&importing(), |board| {
        for id in 1..=4 {
            board.put(thread(&id.to_string(), "open", 100));
        }
        let nonsense = Unseen::Unclear("the answer makes no sense".to_owned());
        let mut there = board.there();
        there.broken.insert("thread 2".to_owned(), nonsense.clone());
        there.broken.insert("look 2".to_owned(), nonsense);
    });
    world.pass(Duration::from_secs(600)).await;
    assert!(world.find(3).await.is_some() && world.find(4).await.is_none());
    assert!(world.age("hive") < 67.0, "the poll as such works");
    world.board.there().broken.clear();
    world.pass(LONG_TURN).await;
    assert!(world.find(4).await.is_some());
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn threads_that_fail_in_a_row_are_an_outage_after_which_all_are_read() {
    let world = World::listing(&importing(), |board| {
        for id in 1..=9 {
            board.put(thread(&id.to_string(), "open", 100));
            let question = format!("thread {id}");
            board.there().broken.insert(question, away());
        }
    });
    world.pass(Duration::from_secs(1)).await;
    let asked = world.board.asked();
    let expected = ["page 1", "hints", "thread 1", "thread 2", "thread 3"];
    assert_eq!(asked, expected);
    world.board.there().broken.clear();
    world.pass(LONG_TURN).await;
    assert!(world.board.asked().contains(&"look 3".to_owned()));
    assert!(world.find(9).await.is_some());
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_the_disk_is_low() {
    let world = World::listing(&importing(), |board| board.put(thread("7", "open", 100)));
    world.polling.room.look("/".as_ref(), u64::MAX).unwrap();
    world.pass(LONG_TURN).await;
    assert!(world.board.asked().is_empty());
    world.polling.room.look("/".as_ref(), 0).unwrap();
    world.pass(LONG_TURN * 3).await;
    assert!(world.find(1).await.is_some());
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_poller_that_panics_begins_anew() {
    let world = World::listing(&importing(), |board| board.there().panics = true);
    world.board.put(thread("7", "open", 100));
    world.pass(LONG_TURN).await;
    assert!(world.find(1).await.is_some());
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_new_begins_and_what_is_gone_ends() {
    let world = World::listing(&importing(), |board| board.put(thread("7", "open", 100)));
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.board.asked(), ["page 1", "hints", "thread 7"]);
    world.reload(&(importing() + &helpdesk("other", "other", "")));
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(
        world.board.asked(),
        ["page 1", "hints"],
        "only the new one began"
    );
    world.reload("");
    world.pass(Duration::from_secs(600)).await;
    assert!(world.board.asked().is_empty());
    let faster = format!("{IMPORTS}\npoll_interval = \"5s\"");
    world.reload(&helpdesk("hive", "hive", &faster));
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.board.asked_for("page").len(), 1);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_is_imported_from_now_on_is_read_though_it_was_seen_before() {
    let world = World::listing(&helpdesk("hive", "hive", ""), |board| {
        board.put(thread("7", "open", 100));
    });
    world.pass(LONG_TURN).await;
    assert!(world.find(1).await.is_none());
    world.reload(&importing());
    world.pass(LONG_TURN).await;
    assert!(world.find(1).await.is_some());
    world.end().await;
}
