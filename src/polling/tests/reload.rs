//! New settings for pollers at work.

use std::time::Duration;

use super::window::ticket;
use super::world::{IMPORTS, World, desk};

#[tokio::test(start_paused = true)]
async fn what_is_new_begins_what_is_gone_ends_and_what_stays_goes_on() {
    let world = World::new(&desk("a", 1, IMPORTS), |_| {});
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.view.asked(), ["*"]);

    let both = desk("a", 1, IMPORTS) + &desk("b", 2, IMPORTS);
    world.reload(&both);
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.view.asked(), ["*"], "only the new one began");

    world.reload(&desk("b", 2, IMPORTS));
    world.turns(10).await;
    let asked = world.view.asked().len();
    assert!((9..=12).contains(&asked), "{asked}");
    assert_eq!(world.age("a"), 0.0);

    let faster = desk("b", 2, &format!("{IMPORTS}\npoll_interval = \"10s\""));
    world.reload(&faster);
    world.pass(Duration::from_secs(1)).await;
    assert_eq!(world.view.asked(), ["*"], "what changed begins anew");
    world.pass(Duration::from_secs(100)).await;
    let asked = world.view.asked().len();
    assert!((8..=12).contains(&asked), "{asked}");
    world.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_told_under_other_settings_is_told_again() {
    let world = World::new(&desk("a", 1, IMPORTS), |view| {
        view.put(ticket("7", "NEW", 1));
    });
    world.turns(2).await;
    assert_eq!(world.observed(), 1);
    world.reload(&(desk("a", 1, IMPORTS) + &desk("b", 2, "")));
    world.turns(2).await;
    assert_eq!(world.observed(), 1);
    assert!(world.find(2).await.is_none());
    world.end().await;
}
