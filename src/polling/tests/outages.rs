//! Questions without answers.

use std::time::Duration;

use super::window::ticket;
use super::world::{IMPORTS, World, desk};
use crate::model::LinkState;
use crate::polling::Unseen;

fn importing() -> String {
    desk("desk", 1, IMPORTS)
}

fn away() -> Unseen {
    Unseen::Away("it does not answer".to_owned())
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_waited_out_ever_longer_and_nothing_is_lost() {
    let world = World::new(&importing(), |view| view.put(ticket("7", "NEW", 1)));
    world.turns(1).await;
    world.view.there().trouble = Some(away());
    world.turns(1).await;
    world.view.asked();
    world.pass(Duration::from_secs(3600)).await;
    let tries = world.view.asked().len();
    assert!((5..=12).contains(&tries), "{tries}");
    assert!(world.age("desk") > 3600.0);
    // What webhooks want to know waits, too.
    world.polling.questions.ask("desk", "7");
    world.pass(Duration::from_millis(1)).await;
    assert!(world.view.asked().is_empty());

    world.view.put(ticket("7", "CALLED", 2));
    world.view.there().trouble = None;
    world.pass(Duration::from_secs(660)).await;
    assert_eq!(world.state(1).await.2, "CALLED");
    assert!(world.age("desk") < 67.0);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_system_that_says_how_long_to_wait_is_left_alone_that_long() {
    let world = World::new(&importing(), |view| view.put(ticket("7", "NEW", 1)));
    world.turns(1).await;
    let until = world.now().plus(Duration::from_secs(7200));
    let detail = "too many calls".to_owned();
    world.view.there().trouble = Some(Unseen::Throttled {
        until: Some(until),
        detail,
    });
    world.turns(1).await;
    world.view.asked();
    world.view.there().trouble = None;
    let rest = until.since(world.now());
    world.pass(rest - Duration::from_secs(1)).await;
    assert!(world.view.asked().is_empty());
    world.pass(Duration::from_secs(2)).await;
    assert_eq!(world.view.asked(), ["*"]);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn one_broken_ticket_does_not_stop_the_others() {
    let world = World::new(&importing(), |view| {
        for id in ["1", "2", "3", "4"] {
            view.put(ticket(id, "NEW", 1));
        }
    });
    world.turns(1).await;
    {
        let mut there = world.view.there();
        let nonsense = Unseen::Unclear("the answer makes no sense".to_owned());
        there.broken.insert("2".to_owned(), nonsense);
        there.broken.insert("3".to_owned(), away());
        there.tickets.clear();
        there
            .tickets
            .extend(["1", "2", "3", "4"].map(|id| (id.to_owned(), ticket(id, "SERVED", 2))));
    }
    world.turns(2).await;
    for (id, state) in [
        (1, LinkState::Ended),
        (2, LinkState::Waiting),
        (3, LinkState::Waiting),
        (4, LinkState::Ended),
    ] {
        assert_eq!(world.link(id).await.state, state, "{id}");
    }
    world.turns(5).await;
    assert!(world.age("desk") < 67.0, "the poll as such works");
    world.view.there().broken.clear();
    world.turns(1).await;
    assert_eq!(world.link(2).await.state, LinkState::Ended);
    assert_eq!(world.link(3).await.state, LinkState::Ended);
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn several_in_a_row_are_an_outage() {
    let world = World::new(&importing(), |view| {
        for id in 100..110 {
            view.put(ticket(&id.to_string(), "NEW", 1));
        }
    });
    world.turns(1).await;
    {
        let mut there = world.view.there();
        there.hidden = there.tickets.keys().cloned().collect();
        there.broken = (100..110).map(|id| (id.to_string(), away())).collect();
        there.asked.clear();
    }
    world.turns(1).await;
    let asked = world.view.asked();
    assert_eq!(asked[..4], ["*", "100", "101", "102"]);
    assert_eq!(asked[4..6], ["*", "103"], "{asked:?}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_while_the_disk_is_low() {
    let world = World::new(&importing(), |view| view.put(ticket("7", "NEW", 1)));
    world.polling.room.look("/".as_ref(), u64::MAX).unwrap();
    world.turns(3).await;
    assert!(world.view.asked().is_empty());
    world.polling.room.look("/".as_ref(), 0).unwrap();
    world.turns(3).await;
    assert!(world.find(1).await.is_some());
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_poller_that_panics_begins_anew() {
    let world = World::new(&importing(), |view| view.there().panics = true);
    world.view.put(ticket("7", "NEW", 1));
    world.turns(1).await;
    assert!(world.find(1).await.is_some());
    world.end().await;
}
