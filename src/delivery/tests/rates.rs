//! Rate limits: what passes in a time is exact, and those who wait are served in order.

use std::time::Duration;

use crate::model::DeliveryId;
use crate::settings::{Delivery, HostRate, Rate, RateScope};

use super::courier::Act;
use super::delivery_settings;
use super::world::{HOUR, World, millis, plain, secs};

/// The most calls in any window of one second.
fn most_in_a_second(times: &[Duration]) -> usize {
    let in_window = |from: &Duration| {
        times
            .iter()
            .filter(|at| **at >= *from && **at < *from + secs(1))
            .count()
    };
    times.iter().map(in_window).max().unwrap_or(0)
}

/// Asserts that no stretch of time has more calls than `rate` lets through, and that as many pass as may.
fn assert_limited(times: &[Duration], rate: Rate) {
    let (Some(first), Some(last)) = (times.first(), times.last()) else {
        panic!("no calls");
    };
    for (count, at) in times.iter().enumerate() {
        let allowed = f64::from(rate.burst) + rate.per_second * (*at - *first).as_secs_f64();
        assert!(
            (count as f64) < allowed + 1e-3,
            "{count} calls at {at:?}, allowed {allowed}"
        );
    }
    let burst = rate.burst as usize;
    assert!(most_in_a_second(times) <= burst + rate.per_second.ceil() as usize);
    let needed = (times.len() - burst) as f64 / rate.per_second;
    let took = (*last - *first).as_secs_f64();
    // A timer's step is a millisecond.
    assert!(
        took < needed * 1.05 + 0.1,
        "{took} s for what takes {needed} s"
    );
}

async fn send_many(world: &World, count: usize, url: impl Fn(usize) -> String) -> Vec<DeliveryId> {
    let mut ids = Vec::new();
    for number in 0..count {
        ids.push(world.send(&url(number)).await);
    }
    ids
}

#[tokio::test(start_paused = true)]
async fn one_zapier_hook_gets_twenty_a_second() {
    let settings = Delivery {
        lane_concurrency: 100,
        ..delivery_settings()
    };
    let mut world = World::resting(settings);
    let url = "https://hooks.zapier.com/hooks/catch/1/a/";
    send_many(&world, 400, |_| url.to_owned()).await;
    world.start();
    world.pass(HOUR).await;
    let calls = world.courier.calls_to(url);
    assert_eq!(calls.len(), 400);
    let times: Vec<_> = calls.iter().map(|call| call.at).collect();
    let rate = Rate {
        per_second: 20.0,
        burst: 20,
    };
    assert_limited(&times, rate);
}

#[tokio::test(start_paused = true)]
async fn hooks_of_one_zapier_account_share_its_limit_and_other_accounts_have_their_own() {
    let mut world = World::resting(delivery_settings());
    let url = |account: usize, hook: usize| {
        format!("https://hooks.zapier.com/hooks/catch/{account}/{hook}/")
    };
    send_many(&world, 900, |number| url(1, number % 300)).await;
    send_many(&world, 900, |number| url(2, number % 300)).await;
    world.start();
    world.pass(HOUR).await;
    let rate = Rate {
        per_second: 33.0,
        burst: 100,
    };
    for account in [1, 2] {
        let prefix = format!("/catch/{account}/");
        let calls = world.courier.calls();
        let times: Vec<_> = calls
            .iter()
            .filter(|call| call.url.contains(&prefix))
            .map(|call| call.at)
            .collect();
        assert_eq!(times.len(), 900);
        assert_limited(&times, rate);
    }
}

#[tokio::test(start_paused = true)]
async fn a_host_without_a_limit_of_its_own_has_the_general_one_for_all_its_lanes() {
    let mut world = World::resting(delivery_settings());
    send_many(&world, 300, |number| {
        format!("https://h.example.com/{}", number % 50)
    })
    .await;
    send_many(&world, 300, |number| {
        format!("https://h.example.com:8443/{}", number % 50)
    })
    .await;
    world.start();
    world.pass(HOUR).await;
    let rate = delivery_settings().rate;
    for host in ["https://h.example.com/", "https://h.example.com:8443/"] {
        let calls = world.courier.calls();
        let times: Vec<_> = calls
            .iter()
            .filter(|call| call.url.starts_with(host))
            .map(|call| call.at)
            .collect();
        assert_eq!(times.len(), 300);
        assert_limited(&times, rate);
    }
}

#[tokio::test(start_paused = true)]
async fn lanes_that_wait_for_one_account_are_served_in_turn_and_nobody_starves() {
    let world = World::running(delivery_settings());
    let url = |hook: usize| format!("https://hooks.zapier.com/hooks/catch/7/{hook}/");
    world.courier.otherwise(|_| Act::ok().after(millis(900)));
    // Slow calls keep the host's gate full, too, and newcomers keep coming.
    let mut arrived = Vec::new();
    for round in 0..3 {
        for hook in 0..400 {
            arrived.push((world.now(), world.send(&url(hook)).await));
        }
        for hook in 0..40 {
            let id = world.send(&url(1000 + round * 100 + hook)).await;
            arrived.push((world.now(), id));
            world.pass(millis(250)).await;
        }
    }
    world.pass(HOUR).await;
    let calls = world.courier.calls();
    assert_eq!(calls.len(), 1320);
    // A round of 440 waiting lanes takes about 14 s at 33 a second; nobody is passed over for long.
    let mut last: std::collections::BTreeMap<&str, Duration> = Default::default();
    for call in &calls {
        if let Some(before) = last.insert(&call.url, call.at) {
            assert!(
                call.at - before < secs(20),
                "{} waited from {before:?} to {:?}",
                call.url,
                call.at
            );
        }
    }
    let first_round: Vec<&str> = calls[..400].iter().map(|call| call.url.as_str()).collect();
    let distinct: std::collections::BTreeSet<_> = first_round.iter().collect();
    assert!(
        distinct.len() >= 395,
        "{} lanes among the first 400 calls",
        distinct.len()
    );
    assert!(world.courier.most_at_a_host() <= 32);
}

#[tokio::test(start_paused = true)]
async fn a_reload_counts_for_those_who_wait_already() {
    let slow = Delivery {
        rate: Rate {
            per_second: 0.001,
            burst: 1,
        },
        ..plain()
    };
    let mut world = World::resting(slow);
    let ids = send_many(&world, 200, |number| {
        format!("https://h.example.com/{number}")
    })
    .await;
    world.start();
    world.pass(secs(5)).await;
    assert_eq!(world.courier.calls().len(), 1);
    world.reload(Delivery {
        rate: Rate {
            per_second: 100.0,
            burst: 1,
        },
        ..plain()
    });
    world.pass(secs(35)).await;
    assert_eq!(world.states(&ids).await["unverified"], 200);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn reloads_at_any_moment_leave_nobody_behind() {
    let world = World::running(delivery_settings());
    world.courier.otherwise(|_| Act::ok().after(millis(120)));
    let mut ids = Vec::new();
    for round in 0..60_u32 {
        for number in 0..20 {
            ids.push(
                world
                    .send(&format!("https://h{}.example.com/{number}", number % 3))
                    .await,
            );
        }
        let rates = match round % 3 {
            0 => Vec::new(),
            1 => vec![HostRate {
                host: "h1.example.com".to_owned(),
                scope: RateScope::Host,
                rate: Rate {
                    per_second: 0.5,
                    burst: 1,
                },
            }],
            _ => vec![HostRate {
                host: "h2.example.com".to_owned(),
                scope: RateScope::Url,
                rate: Rate {
                    per_second: 2.0,
                    burst: 2,
                },
            }],
        };
        world.reload(Delivery {
            rates,
            max_in_flight: 2 + round % 7,
            host_concurrency: 1 + round % 3,
            lane_concurrency: 1 + round % 2,
            ..delivery_settings()
        });
        world.pass(millis(170)).await;
    }
    world.reload(delivery_settings());
    world.pass(HOUR).await;
    assert_eq!(world.states(&ids).await["unverified"], 1200);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn a_busy_lane_does_not_overtake_one_that_waits_longer() {
    let rate = Rate {
        per_second: 3.0,
        burst: 1,
    };
    let mut world = World::resting(Delivery { rate, ..plain() });
    let (busy, patient) = (
        "https://h.example.com/busy",
        "https://h.example.com/patient",
    );
    // Its calls end whenever there is room for one more.
    world.courier.script(busy, [Act::ok().after(millis(334))]);
    for _ in 0..20 {
        world.send(busy).await;
    }
    world.send(patient).await;
    world.start();
    world.pass(millis(100)).await;
    world.send("https://elsewhere.example.com/hook").await;
    world.pass(secs(60)).await;
    assert_eq!(world.courier.times(patient), [334]);
}
