//! When what is sent.

use std::time::Duration;

use super::*;

#[tokio::test(start_paused = true)]
async fn the_first_is_told_at_once_and_further_ones_together_a_minute_later() {
    let world = World::new(URL);
    world.alerts.raise(&dead(1));
    world.posts(1).await;
    for delivery in 2..=9 {
        world.pass(5).await;
        world.alerts.raise(&dead(delivery));
    }
    world.pass(10).await;
    assert_eq!(world.posted().len(), 1, "not before the minute is over");
    world.pass(20).await;
    let posted = world.posted();
    assert_eq!(posted.len(), 2);
    assert_eq!(told(&posted[0]), ("dead-letter", "begun", 1));
    assert_eq!(told(&posted[1]), ("dead-letter", "begun", 8));
    world.pass(3600).await;
    assert_eq!(world.posted().len(), 2, "nothing is told twice");
    world.alerts.raise(&dead(10));
    world.pass(1).await;
    assert_eq!(
        world.posted().len(),
        3,
        "after a quiet hour it is at once again"
    );
}

#[tokio::test(start_paused = true)]
async fn one_kind_does_not_hold_back_another() {
    let world = World::new(URL);
    world.alerts.raise(&dead(1));
    world.posts(1).await;
    world.alerts.raise(&paused("desk"));
    world.pass(1).await;
    assert_eq!(told(&world.posted()[1]), ("paused", "begun", 1));
}

#[tokio::test(start_paused = true)]
async fn what_is_over_is_told_once_and_only_where_it_had_begun() {
    let world = World::new(URL);
    world.alerts.end(&paused("desk"));
    world.alerts.raise(&paused("desk"));
    world.pass(300).await;
    world.alerts.end(&paused("other"));
    world.alerts.end(&paused("desk"));
    world.alerts.end(&paused("desk"));
    world.pass(300).await;
    let posted = world.posted();
    let told: Vec<_> = posted.iter().map(told).collect();
    assert_eq!(told, [("paused", "begun", 1), ("paused", "over", 1)]);
}

#[tokio::test(start_paused = true)]
async fn what_began_before_the_start_is_told_when_it_ends() {
    let world = World::new(URL);
    world.alerts.know(Kind::Paused, "desk");
    world.pass(300).await;
    assert_eq!(world.posted().len(), 0);
    world.alerts.end(&paused("desk"));
    assert_eq!(told(&world.posts(1).await[0]), ("paused", "over", 1));
}

#[tokio::test(start_paused = true)]
async fn one_beginning_that_several_notice_is_told_once() {
    let world = World::new(URL);
    let at = |micros| Alert {
        since: Some(Time::from_micros(micros)),
        ..paused("desk")
    };
    for beginning in [1, 1, 1, 2, 2] {
        world.alerts.raise(&at(beginning));
    }
    world.pass(300).await;
    let counts: u64 = world.posted().iter().map(|body| told(body).2).sum();
    assert_eq!(counts, 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_told_last_is_what_holds() {
    for begins_last in [false, true] {
        let world = World::new(URL);
        world.alerts.raise(&paused("desk"));
        world.posts(1).await;
        world.alerts.end(&paused("desk"));
        world.alerts.raise(&paused("desk"));
        if !begins_last {
            world.alerts.end(&paused("desk"));
        }
        world.pass(300).await;
        let posted = world.posted();
        let states: Vec<_> = posted.iter().map(|body| told(body).1).collect();
        let expected = if begins_last {
            ["begun", "over", "begun"]
        } else {
            ["begun", "begun", "over"]
        };
        assert_eq!(states, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn what_begins_and_ends_within_the_minute_is_told_when_it_is_over() {
    let world = World::new(URL);
    world.alerts.raise(&paused("desk"));
    world.posts(1).await;
    world.alerts.raise(&paused("other"));
    world.pass(30).await;
    world.alerts.end(&paused("other"));
    world.pass(31).await;
    let posted = world.posted();
    let states: Vec<_> = posted.iter().map(|body| told(body).1).collect();
    assert_eq!(states, ["begun", "begun", "over"]);
}

#[tokio::test(start_paused = true)]
async fn however_often_it_changes_there_are_two_posts_a_minute() {
    let world = World::new(URL);
    for _ in 0..600 {
        world.alerts.raise(&paused("desk"));
        world.pass(1).await;
        world.alerts.end(&paused("desk"));
        world.pass(1).await;
    }
    let posted = world.posted();
    assert!((20..=42).contains(&posted.len()), "{}", posted.len());
    world.pass(300).await;
    let all: u64 = world.posted().iter().map(|body| told(body).2).sum();
    assert_eq!(all, 1200, "none is left out");
}

#[tokio::test(start_paused = true)]
async fn what_is_not_taken_is_tried_again_together_with_what_came_since() {
    let world = World::new(URL);
    world.refuses(3);
    world.alerts.raise(&dead(1));
    world.posts(1).await;
    world.alerts.raise(&dead(2));
    world.pass(4).await;
    assert_eq!(world.posted().len(), 1, "it is left alone for 5 s");
    world.pass(1 + 10 + 20 + 1).await;
    let posted = world.posted();
    let counts: Vec<u64> = posted.iter().map(|body| told(body).2).collect();
    assert_eq!(counts, [1, 2, 2, 2]);
    assert_eq!(posted[3]["examples"][0]["delivery"], 1);
    assert_eq!(posted[3]["examples"][1]["delivery"], 2);
    world.pass(3600).await;
    assert_eq!(world.posted().len(), 4, "it was taken");
}

#[tokio::test(start_paused = true)]
async fn a_url_that_takes_nothing_for_a_day_is_not_told_of_old_things() {
    let world = World::new(URL);
    world.refuses(10_000);
    world.alerts.raise(&dead(1));
    world.pass(23 * 3600).await;
    let tries = world.posted().len();
    assert!((250..=300).contains(&tries), "{tries}");
    world.pass(2 * 3600).await;
    let given_up = world.posted().len();
    world.pass(24 * 3600).await;
    assert_eq!(world.posted().len(), given_up, "nothing is left to try");
    world.told.refusals.lock().unwrap().clear();
    world.alerts.raise(&dead(2));
    world.pass(600).await;
    let posted = world.posted();
    assert_eq!(posted.len(), given_up + 1);
    assert_eq!(told(&posted[given_up]).2, 1, "only what is new");
}

#[tokio::test(start_paused = true)]
async fn only_the_kinds_that_are_wanted_are_told() {
    let world = World::new(&format!("{URL}events = [\"paused\"]\n"));
    world.alerts.raise(&dead(1));
    world.alerts.raise(&paused("desk"));
    world.pass(300).await;
    let posted = world.posted();
    assert_eq!(
        posted.iter().map(told).collect::<Vec<_>>(),
        [("paused", "begun", 1)]
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_url_nothing_is_sent_or_kept_until_a_reload_names_one() {
    let world = World::new("");
    world.alerts.raise(&dead(1));
    world.alerts.raise(&paused("desk"));
    world.pass(300).await;
    world.reload(URL);
    world.alerts.end(&paused("desk"));
    world.pass(300).await;
    assert_eq!(world.posted().len(), 0, "what was before is forgotten");
    world.alerts.raise(&dead(2));
    assert_eq!(world.posts(1).await[0]["examples"][0]["delivery"], 2);
    world.alerts.raise(&dead(3));
    world.reload("");
    world.pass(300).await;
    world.reload(URL);
    world.pass(300).await;
    assert_eq!(
        world.posted().len(),
        1,
        "and so is what a reload does not want"
    );
}

#[tokio::test(start_paused = true)]
async fn a_reload_has_what_was_not_taken_tried_at_once() {
    let world = World::new(URL);
    world.refuses(1000);
    world.alerts.raise(&dead(1));
    // By now it is tried every 300 s: at 1815 s and at 2115 s.
    world.pass(1900).await;
    let tries = world.posted().len();
    world.told.refusals.lock().unwrap().clear();
    world.pass(100).await;
    assert_eq!(world.posted().len(), tries);
    world.reload(&URL.replace("hunter2", "hunter3"));
    world.pass(1).await;
    assert_eq!(world.posted().len(), tries + 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_when_the_daemon_stops_is_sent_before_it_ends() {
    let mut world = World::new(URL);
    world.alerts.raise(&dead(1));
    world.posts(1).await;
    world.alerts.raise(&dead(2));
    world.stop.cancel();
    world.pass(5).await;
    // By a call that was still under way.
    world.alerts.raise(&paused("desk"));
    world.stopped().await;
    let posted = world.posted();
    let mut told: Vec<_> = posted.iter().map(told).collect();
    told.sort_unstable();
    let expected = [
        ("dead-letter", "begun", 1),
        ("dead-letter", "begun", 1),
        ("paused", "begun", 1),
    ];
    assert_eq!(told, expected);
}

#[tokio::test(start_paused = true)]
async fn a_url_that_hangs_does_not_keep_the_daemon_from_ending() {
    for raised in [1, 2] {
        let mut world = World::with(URL, Duration::from_secs(3600));
        for delivery in 0..raised {
            world.alerts.raise(&dead(delivery));
            world.pass(1).await;
        }
        let began = tokio::time::Instant::now();
        world.stopped().await;
        assert!(began.elapsed() <= Duration::from_secs(4));
        assert_eq!(world.posted().len(), 0);
    }
}
