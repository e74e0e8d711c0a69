//! What changes at a system happens here once, whatever order and however often it is told.

use std::time::Duration;

use super::window::ticket;
use super::world::{IMPORTS, World, desk};
use crate::model::{LinkState, Observation, Status};
use crate::store::Rank;

fn importing() -> String {
    desk("desk", 1, IMPORTS)
}

#[tokio::test(start_paused = true)]
async fn a_visit_becomes_a_ticket_once_and_is_followed_to_its_end() {
    let world = World::new(&importing(), |view| view.put(ticket("7", "NEW", 1)));
    world.turns(2).await;
    assert_eq!(
        world.state(1).await,
        (Status::Open, LinkState::Waiting, "NEW".to_owned())
    );
    world.view.put(ticket("7", "CALLED", 2));
    world.turns(2).await;
    assert_eq!(world.state(1).await.0, Status::InProgress);
    // The search does not find it any more; it is looked at by itself.
    world.view.put(ticket("7", "SERVED", 3));
    world.turns(1).await;
    assert_eq!(
        world.state(1).await,
        (Status::Closed, LinkState::Ended, "SERVED".to_owned())
    );
    assert_eq!(world.observed(), 3);
    world.view.asked();
    world.turns(2).await;
    assert!(!world.view.asked().contains(&"7".to_owned()));
    assert!(world.find(2).await.is_none());
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_thousand_unchanged_tickets_make_no_second_event() {
    let world = World::new(&importing(), |view| {
        for id in 0..1000 {
            view.put(ticket(&format!("{id}"), "NEW", 1));
        }
    });
    world.turns(1).await;
    assert_eq!(world.observed(), 1000);
    assert!(world.find(1000).await.is_some());
    world.turns(5).await;
    assert_eq!(world.observed(), 0);
    world.view.put(ticket("500", "CALLED", 2));
    world.turns(3).await;
    assert_eq!(world.observed(), 1);
    world.end().await;
}

/// What is told again all the same, once an hour, costs no write and so no sync.
#[tokio::test(start_paused = true)]
async fn what_is_no_news_is_not_written() {
    let world = World::new(&importing(), |view| view.put(ticket("7", "CALLED", 2)));
    world.turns(1).await;
    assert_eq!((world.observed(), world.written()), (1, 1));
    world.pass(Duration::from_secs(2 * 3600)).await;
    let told = world.observed();
    assert!((1..=2).contains(&told), "{told}");
    let same = ticket("7", "CALLED", 2);
    let by = Observation::Told;
    let heard = world.reporter();
    let heard = heard.commit("desk", by, &same, Rank::Intake).await.unwrap();
    assert!(!heard.sighting.news && !heard.sighting.ask_again);
    assert_eq!(world.written(), 0);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_deleted_ticket_is_told_once() {
    let world = World::new(&importing(), |view| view.put(ticket("7", "NEW", 1)));
    world.turns(1).await;
    world.view.there().tickets.clear();
    world.view.asked();
    world.written();
    world.turns(1).await;
    assert_eq!(world.link(1).await.state, LinkState::Gone);
    assert_eq!(world.written(), 1);
    assert!(world.view.asked().contains(&"7".to_owned()));
    world.turns(3).await;
    assert!(!world.view.asked().contains(&"7".to_owned()));
    // Also where somebody asks for it.
    world.polling.questions.ask("desk", "7");
    world.turns(1).await;
    assert!(world.view.asked().contains(&"7".to_owned()));
    assert_eq!(world.written(), 0);
    world.end().await;
}

/// A key of another account, or another server, knows none of ours.
#[tokio::test(start_paused = true)]
async fn where_nothing_of_ours_is_there_nothing_is_believed_to_be_deleted() {
    let world = World::new(&importing(), |view| {
        for id in 1..=9 {
            view.put(ticket(&format!("{id}"), "NEW", 1));
        }
    });
    world.turns(1).await;
    let all = std::mem::take(&mut world.view.there().tickets);
    world.turns(3).await;
    for number in 1..=9 {
        assert_eq!(world.link(number).await.state, LinkState::Waiting);
    }
    // The right key again: one is there, and the others are gone indeed.
    world.view.there().tickets = all.into_iter().take(1).collect();
    world.pass(Duration::from_secs(3600)).await;
    let mut gone = 0;
    for number in 1..=9 {
        gone += u32::from(world.link(number).await.state == LinkState::Gone);
    }
    assert_eq!(gone, 8);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_nobody_asked_us_to_import_is_left_alone() {
    let world = World::new(&desk("desk", 1, ""), |view| view.put(ticket("7", "NEW", 1)));
    world.turns(10).await;
    assert!(world.find(1).await.is_none());
    assert!(
        world.view.asked().is_empty(),
        "there was nothing to ask about"
    );
    assert!(world.age("desk") < 60.0 * 4.0 * 1.1);
    world.end().await;
}

/// What was told in between must not stand behind what the poller told before.
#[tokio::test(start_paused = true)]
async fn what_a_webhook_changed_is_set_right_by_the_next_poll() {
    let world = World::new(&importing(), |view| view.put(ticket("7", "NEW", 1)));
    world.turns(1).await;
    let called = ticket("7", "CALLED", 2);
    let told = world.reporter();
    let told = told.commit("desk", Observation::Told, &called, Rank::Intake);
    assert!(told.await.unwrap().sighting.news);
    world.polling.questions.heard("desk", "7");
    // It went back to the queue, which left no trace in it.
    world.turns(2).await;
    assert_eq!(world.state(1).await.2, "NEW");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_a_webhook_asks_about_is_looked_at_at_once() {
    let world = World::new(&importing(), |view| view.put(ticket("7", "NEW", 1)));
    world.turns(1).await;
    world.view.asked();
    world.view.put(ticket("7", "CALLED", 2));
    for _ in 0..3 {
        world.polling.questions.ask("desk", "7");
    }
    world.pass(Duration::from_millis(1)).await;
    assert_eq!(world.view.asked(), ["7"]);
    assert_eq!(world.state(1).await.2, "CALLED");
    // One that is no ticket of ours is no news, and one that is not there none either.
    world.polling.questions.ask("desk", "8");
    world.pass(Duration::from_millis(1)).await;
    assert_eq!(world.view.asked(), ["8"]);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_overtaken_leads_to_another_look() {
    let world = World::new(&importing(), |view| view.put(ticket("7", "NEW", 1)));
    world.turns(1).await;
    world.view.there().slow = Duration::from_millis(100);
    world.polling.questions.ask("desk", "7");
    world.pass(Duration::from_millis(50)).await;
    // While the answer is on its way a webhook is faster.
    let called = ticket("7", "CALLED", 2);
    world.view.put(called.clone());
    let told = world.reporter();
    let told = told.commit("desk", Observation::Told, &called, Rank::Intake);
    assert!(told.await.unwrap().sighting.news);
    world.polling.questions.heard("desk", "7");
    world.view.asked();
    world.pass(Duration::from_millis(500)).await;
    assert_eq!(world.state(1).await.2, "CALLED");
    assert!(world.view.asked().is_empty());
    world.pass(Duration::from_secs(2)).await;
    assert_eq!(world.view.asked(), ["7"]);
    assert_eq!(world.state(1).await.2, "CALLED");
    assert_eq!(world.view.there().most_under_way, 1);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn tickets_that_no_search_finds_take_turns() {
    let world = World::new(&importing(), |view| {
        for id in 100..220 {
            view.put(ticket(&id.to_string(), "NEW", 1));
        }
    });
    world.turns(1).await;
    {
        let mut there = world.view.there();
        there.hidden = there.tickets.keys().cloned().collect();
        there.asked.clear();
    }
    let mut looks: Vec<String> = Vec::new();
    while looks.len() < 240 {
        world.pass(Duration::from_secs(1)).await;
        looks.extend(world.view.asked().into_iter().filter(|asked| asked != "*"));
    }
    assert_eq!(looks.len() % 50, 0);
    let once: Vec<String> = (100..220).map(|id| id.to_string()).collect();
    assert_eq!(looks[..120], once, "each once before any twice");
    assert_eq!(looks[120..240], once);
    assert_eq!(world.observed(), 120, "and nothing of that was news");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn systems_of_one_queue_are_asked_once_and_each_knows_its_own() {
    let systems = desk("a", 1, "") + &desk("b", 1, IMPORTS);
    let world = World::new(&systems, |view| view.put(ticket("7", "NEW", 1)));
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.view.asked(), ["*"]);
    assert_eq!(world.link(1).await.system, "b");
    world.view.put(ticket("7", "SERVED", 2));
    world.turns(1).await;
    assert_eq!(world.view.asked(), ["*", "7"]);
    assert_eq!(world.state(1).await.2, "SERVED");
    world.end().await;
}
