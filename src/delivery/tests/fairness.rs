//! Within a lane, what was never tried and what was tried before share.

use crate::settings::{Breaker, Delivery};

use super::courier::{Act, Call};
use super::world::{HOUR, World, millis, plain, secs};

const A: &str = "https://a.example.com/hook";

fn settings() -> Delivery {
    Delivery {
        breaker: Breaker {
            failures: 1_000_000,
            open_for: secs(30),
        },
        max_delay: secs(5),
        ..plain()
    }
}

/// `f` for each call of a delivery's first try and `r` for each other.
fn pattern(calls: &[Call], from: usize) -> String {
    let is_retry = |index: usize| {
        let delivery = calls[index].delivery;
        calls[..index].iter().any(|call| call.delivery == delivery)
    };
    (from..calls.len())
        .map(|index| if is_retry(index) { 'r' } else { 'f' })
        .collect()
}

/// The most of one letter in a row, while the other still comes.
fn longest_run(pattern: &str, of: char) -> usize {
    let other = if of == 'r' { 'f' } else { 'r' };
    let end = pattern.rfind(other).unwrap_or(0);
    pattern[..end].split(other).map(str::len).max().unwrap_or(0)
}

#[tokio::test(start_paused = true)]
async fn with_one_slot_hundreds_of_both_kinds_take_turns() {
    let settings = Delivery {
        lane_concurrency: 1,
        ..settings()
    };
    let world = World::running(settings);
    world.courier.otherwise(|call| {
        if call.at < secs(1) {
            Act::not_found()
        } else {
            Act::ok().after(millis(100))
        }
    });
    for _ in 0..300 {
        world.send(A).await;
    }
    world.pass(secs(2)).await;
    for _ in 0..300 {
        world.send(A).await;
    }
    world.pass(secs(3) + millis(50)).await;
    let from = world.courier.calls().len();
    world.pass(HOUR).await;
    let pattern = pattern(&world.courier.calls(), from);
    // That retries have become due is noticed after a few calls.
    let first = pattern.find('r').unwrap();
    assert!(first <= 16, "{pattern}");
    let steady = &pattern[first..];
    assert_eq!(steady.matches('r').count(), 300, "{steady}");
    assert!(longest_run(steady, 'r') <= 1, "{steady}");
    assert!(longest_run(steady, 'f') <= 1, "{steady}");
}

#[tokio::test(start_paused = true)]
async fn with_more_slots_retries_get_one_call_in_four_and_never_more_than_half_of_the_slots() {
    let world = World::running(settings());
    world.courier.otherwise(|call| {
        if call.at < secs(1) {
            Act::not_found()
        } else {
            Act::ok().after(millis(100))
        }
    });
    for _ in 0..200 {
        world.send(A).await;
    }
    world.pass(secs(2)).await;
    for _ in 0..600 {
        world.send(A).await;
    }
    world.pass(HOUR).await;
    let calls = world.courier.calls();
    let pattern = pattern(&calls, 200);
    let steady = &pattern[pattern.find('r').unwrap()..];
    assert_eq!(steady.matches('r').count(), 200, "{steady}");
    assert!(longest_run(steady, 'r') <= 1, "{steady}");
    assert!(longest_run(steady, 'f') <= 3, "{steady}");
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn fresh_replies_do_not_wait_behind_a_backlog_of_retries() {
    let settings = Delivery {
        lane_concurrency: 1,
        ..settings()
    };
    let world = World::running(settings);
    world.courier.otherwise(|call| match call.text.as_str() {
        "fresh" => Act::ok().after(secs(1)),
        _ => Act::not_found().after(secs(1)),
    });
    for _ in 0..200 {
        world.send(A).await;
    }
    world.pass(secs(1000)).await;
    for _ in 0..20 {
        let ticket = world.ticket(A).await;
        let id = world.reply(ticket, "fresh").await;
        world.pass(secs(4)).await;
        assert_eq!(world.state(id).await, "unverified");
    }
}
