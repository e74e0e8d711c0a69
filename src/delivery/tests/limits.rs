//! How many calls are under way, and that a bad destination takes nothing from the others.

use crate::settings::{Delivery, HostRate, Rate, RateScope};

use super::courier::Act;
use super::world::{HOUR, World, millis, plain, secs};

#[tokio::test(start_paused = true)]
async fn a_lane_that_hangs_with_ten_thousand_replies_delays_nobody() {
    let bad = "https://hang.example.com/hook";
    let world = World::running(plain());
    world.courier.script(bad, [Act::silent()]);
    for _ in 0..10_000 {
        world.send(bad).await;
    }
    world.pass(HOUR).await;
    for number in 0..100 {
        let url = format!("https://good-{number}.example.com/hook");
        let before = world.courier.calls().len();
        let began = world.now();
        let id = world.send(&url).await;
        world.pass(millis(1)).await;
        assert_eq!(world.courier.calls()[before..].last().unwrap().url, url);
        assert_eq!(world.delivery(id).await.last.unwrap().at, began);
        world.pass(secs(3)).await;
    }
    assert_eq!(world.courier.at_url(bad).most, 1);
}

#[tokio::test(start_paused = true)]
async fn no_limit_on_calls_in_flight_is_ever_exceeded_and_each_is_reached() {
    let settings = Delivery {
        lane_concurrency: 3,
        host_concurrency: 7,
        max_in_flight: 20,
        ..plain()
    };
    let world = World::running(settings);
    world.courier.otherwise(|_| Act::ok().after(millis(50)));
    for round in 0..30 {
        for host in 0..5 {
            for hook in 0..4 {
                world
                    .send(&format!("https://h{host}.example.com/{hook}?{}", round % 2))
                    .await;
            }
        }
    }
    // Those of one lane outlast all others.
    for _ in 0..100 {
        world.send("https://h0.example.com/busy").await;
    }
    world.pass(HOUR).await;
    assert_eq!(world.courier.calls().len(), 700);
    assert_eq!(world.courier.most_at_a_url(), 3);
    assert_eq!(world.courier.most_at_a_host(), 7);
    assert_eq!(world.courier.overall().most, 20);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_new_lane_begins_with_one_call_and_gains_one_per_success() {
    let url = "https://a.example.com/hook";
    let mut world = World::resting(plain());
    world.courier.script(url, [Act::ok().after(secs(1))]);
    for _ in 0..20 {
        world.send(url).await;
    }
    world.start();
    world.pass(HOUR).await;
    let mut at = [0; 20];
    for time in world.courier.times(url) {
        at[usize::try_from(time / 1000).unwrap()] += 1;
    }
    // One, then each success lets its successor and one more begin, up to the lane's limit.
    assert_eq!(at[..7], [1, 2, 4, 4, 4, 4, 1]);
}

#[tokio::test(start_paused = true)]
async fn failing_lanes_hold_at_most_half_of_all_calls_also_when_they_come_back_later() {
    let settings = Delivery {
        max_in_flight: 20,
        ..plain()
    };
    let world = World::running(settings);
    world.courier.watch("https://bad");
    world.courier.otherwise(|call| {
        if call.url.starts_with("https://bad") {
            Act::silent()
        } else {
            Act::ok().after(millis(10))
        }
    });
    for number in 0..15 {
        world
            .send(&format!("https://bad-{number}.example.com/hook"))
            .await;
    }
    assert_eq!(world.courier.watched().now, 0);
    // Each has failed once by now, has left memory, and comes back together with the others.
    world.pass(secs(16)).await;
    for _ in 0..500 {
        let watched = world.courier.watched().now;
        assert!(watched <= 10, "{watched} calls of failing lanes");
        world.pass(millis(300)).await;
        let id = world.send("https://good.example.com/hook").await;
        world.pass(millis(11)).await;
        assert_eq!(world.state(id).await, "unverified");
    }
}

#[tokio::test(start_paused = true)]
async fn lanes_behind_failing_ones_go_on_when_those_are_out_of_the_way() {
    let settings = Delivery {
        max_in_flight: 4,
        ..plain()
    };
    let world = World::running(settings);
    world.courier.otherwise(|call| {
        if call.at < secs(600) {
            Act::silent()
        } else {
            Act::ok()
        }
    });
    let mut ids = Vec::new();
    for number in 0..40 {
        let url = format!("https://h{number}.example.com/hook");
        for _ in 0..3 {
            ids.push(world.send(&url).await);
        }
    }
    world.pass(24 * HOUR).await;
    assert_eq!(world.states(&ids).await["unverified"], 120);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_failing_lane_that_has_to_wait_elsewhere_leaves_its_turn_to_the_next() {
    let slow = |host: &str| HostRate {
        host: host.to_owned(),
        scope: RateScope::Host,
        rate: Rate {
            per_second: 0.001,
            burst: 1,
        },
    };
    let settings = Delivery {
        max_in_flight: 2,
        rates: vec![slow("second.example.com")],
        ..plain()
    };
    let mut world = World::resting(settings);
    let urls = ["first", "second", "third"].map(|host| format!("https://{host}.example.com/hook"));
    for url in &urls {
        let again = Act::ok().after(secs(2));
        world.courier.script(url, [Act::not_found(), again]);
        world.send(url).await;
    }
    world.start();
    world.pass(secs(20)).await;
    // All three are due again after 5 s; the second has used up its host's rate.
    assert_eq!(world.courier.times(&urls[0]), [0, 5000]);
    assert_eq!(world.courier.times(&urls[1]), [0]);
    assert_eq!(world.courier.times(&urls[2]), [0, 7000]);
}
