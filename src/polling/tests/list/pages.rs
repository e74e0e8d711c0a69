//! One page in a turn, and turns at their pace.

use std::time::Duration;

use tokio::time::Instant;

use super::importing;
use crate::polling::tests::board::{LONG_TURN, thread};
use crate::polling::tests::world::{World, helpdesk};

fn gaps(turns: &[Instant]) -> Vec<f64> {
    let gaps = turns.windows(2).map(|two| (two[1] - two[0]).as_secs_f64());
    gaps.collect()
}

#[tokio::test(start_paused = true)]
async fn the_first_page_takes_turns_with_the_others_with_one_request_in_each_interval() {
    let world = World::listing(&helpdesk("hive", "hive", ""), |board| {
        for id in 0..250 {
            board.put(thread(&id.to_string(), "open", 100));
        }
    });
    world.pass(Duration::from_secs(4 * 15)).await;
    let asked = world.board.asked();
    assert_eq!(
        asked[..8],
        [
            "page 1", "hints", "page 2", "hints", "page 1", "hints", "page 3", "hints"
        ]
    );
    world.pass(Duration::from_secs(600)).await;
    let gaps = gaps(&world.board.turns());
    assert!(gaps.iter().all(|gap| *gap > 13.4), "{gaps:?}");
    assert!(world.find(1).await.is_none(), "nobody asked us to import");
    assert_eq!(world.observed(), 0);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn quiet_turns_come_less_often_and_news_brings_them_back() {
    let world = World::listing(&importing(), |board| board.put(thread("7", "open", 100)));
    world.pass(Duration::from_secs(600)).await;
    let quiet = gaps(&world.board.turns());
    assert!(
        quiet[0] < 17.0,
        "there was news in the first turn: {quiet:?}"
    );
    let stretched = &quiet[4..];
    let bounds = 53.9..66.1;
    assert!(stretched.len() > 3, "{quiet:?}");
    assert!(
        stretched.iter().all(|gap| bounds.contains(gap)),
        "{quiet:?}"
    );
    assert!(world.age("hive") < 67.0);

    world.board.say("7", 1, "Hello");
    world.board.after_turns(1).await;
    let began = Instant::now();
    world.board.after_turns(1).await;
    assert!(began.elapsed() < Duration::from_secs(18));
    assert_eq!(world.said(1).await, ["Hello"]);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn turns_are_not_stretched_before_every_page_was_read() {
    let world = World::listing(&helpdesk("hive", "hive", ""), |board| {
        for id in 0..60 {
            board.put(thread(&id.to_string(), "open", 100));
        }
        board.there().per_page = 10;
    });
    // Six pages: the first one five times, and each other once.
    world.pass(Duration::from_secs(9 * 17)).await;
    let asked = world.board.asked_for("page");
    assert!(asked.contains(&"page 6".to_owned()), "{asked:?}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_question_from_elsewhere_is_asked_at_once_and_the_pace_is_back() {
    let world = World::listing(&importing(), |board| board.put(thread("7", "open", 100)));
    world.pass(Duration::from_secs(900)).await;
    world.board.asked();
    world.board.after_turns(1).await;
    world.polling.questions.ask("hive", "7");
    world.pass(Duration::from_millis(1)).await;
    assert_eq!(world.board.asked(), ["look 7"]);
    world.pass(Duration::from_secs(16)).await;
    assert_eq!(world.board.asked_for("page"), ["page 1"]);
    world.pass(LONG_TURN).await;
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_list_that_claims_more_pages_than_it_has_is_read_anew_from_its_end() {
    let world = World::listing(&helpdesk("hive", "hive", ""), |board| {
        for id in 0..3 {
            board.put(thread(&id.to_string(), "open", 100));
        }
        board.there().per_page = 2;
        board.there().claimed = 1_000_000;
    });
    let mut asked = world.board.after_turns(8).await;
    asked.retain(|it| it.starts_with("page"));
    let pages = [1, 2, 1, 3, 1, 2, 1, 3].map(|number| format!("page {number}"));
    assert_eq!(asked, pages);
    world.end().await;
}
