//! Everything at once, drawn by chance: in the end each delivery has ended, in order, and nothing is left in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::model::{Class, DeliveryId, OperatorOrder, TicketId};
use crate::settings::{Breaker, Delivery, OnUnknown, Rate};

use super::courier::{Act, Call};
use super::delivery_settings;
use super::world::{HOUR, World, millis, secs};

/// Chance that is the same each time (xorshift).
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) % end
    }
}

const TROUBLE: Duration = Duration::from_secs(4 * 3600);

/// What a call meets, by its URL, its time and chance.
fn meets(call: &Call, seed: u64) -> Act {
    let at = u64::try_from(call.at.as_micros()).unwrap();
    let mut dice = Dice::new(seed ^ at ^ (call.delivery.0 << 40));
    if call.at > TROUBLE {
        return Act::ok().after(millis(dice.below(300)));
    }
    let takes = millis(dice.below(4000));
    let kind = call.url.bytes().last().unwrap() % 5;
    match (kind, dice.below(12)) {
        (0, _) | (_, 0..=4) => Act::ok().after(takes),
        (1, _) => Act::silent(),
        (_, 5) => Act::not_found().after(takes),
        (_, 6) => Act::broken().after(takes),
        (_, 7) => Act::refused(),
        (_, 8) => Act::rejected().after(takes),
        (2, 9) => Act::gone().after(takes),
        (_, 9) => Act::throttled(None).after(takes),
        (_, 10) => Act::Panic,
        _ => Act::silent(),
    }
}

fn settings(dice: &mut Dice, on_unknown: OnUnknown) -> Delivery {
    let small = |dice: &mut Dice, most: u64| u32::try_from(1 + dice.below(most)).unwrap();
    Delivery {
        lane_concurrency: small(dice, 5),
        host_concurrency: small(dice, 6),
        max_in_flight: small(dice, 12),
        rate: Rate {
            per_second: 0.5 + f64::from(small(dice, 10)),
            burst: small(dice, 10),
        },
        breaker: Breaker {
            failures: 1 + small(dice, 5),
            open_for: secs(dice.below(60)),
        },
        on_unknown,
        ..delivery_settings()
    }
}

/// Of what is under way to one URL, nothing overtakes in its ticket. With `hold`, what was begun elsewhere stayed
/// behind when its ticket was redirected, and came later by a person's order.
fn assert_in_order(calls: &[Call], on_unknown: OnUnknown) {
    let mut newest: BTreeMap<(&str, TicketId), DeliveryId> = BTreeMap::new();
    let mut first_url: BTreeMap<DeliveryId, &str> = BTreeMap::new();
    for call in calls {
        let began_at = *first_url.entry(call.delivery).or_insert(&call.url);
        if on_unknown == OnUnknown::Hold && began_at != call.url {
            continue;
        }
        let newest = newest
            .entry((&call.url, call.ticket))
            .or_insert(call.delivery);
        assert!(
            call.delivery >= *newest,
            "{call:?} comes after delivery {newest}"
        );
        *newest = call.delivery;
    }
}

async fn storm(seed: u64, on_unknown: OnUnknown) {
    let mut dice = Dice::new(seed);
    let mut world = World::running(settings(&mut dice, on_unknown));
    world.courier.otherwise(move |call| meets(call, seed));
    let url = |dice: &mut Dice| format!("https://h{}.example.com/{}", dice.below(6), dice.below(8));
    let mut tickets: Vec<(TicketId, u32)> = Vec::new();
    let mut ids = Vec::new();
    let mut redirects = 0;
    for _ in 0..900 {
        match dice.below(40) {
            0..=7 => {
                let url = url(&mut dice);
                tickets.push((world.ticket(&url).await, 0));
            }
            8..=29 if !tickets.is_empty() => {
                let index = usize::try_from(dice.below(tickets.len() as u64)).unwrap();
                let (ticket, replies) = &mut tickets[index];
                // A long chain moves in parts when its ticket is redirected.
                if *replies < 6 {
                    *replies += 1;
                    ids.push(world.reply(*ticket, "reply").await);
                }
            }
            30 => world.reload(settings(&mut dice, on_unknown)),
            31 => {
                for lane in world.store.lanes().await.unwrap() {
                    if dice.below(3) == 0 {
                        let lane = lane.lane.id;
                        world.order(OperatorOrder::Resume { lane }).await;
                    }
                }
            }
            32 if !ids.is_empty() => {
                let index = usize::try_from(dice.below(ids.len() as u64)).unwrap();
                let delivery = ids[index];
                world.order(OperatorOrder::Cancel { delivery }).await;
            }
            33 if !ids.is_empty() => {
                let index = usize::try_from(dice.below(ids.len() as u64)).unwrap();
                let delivery = ids[index];
                if world.state(delivery).await != "dead" {
                    world.order(OperatorOrder::Retry { delivery }).await;
                }
            }
            34 if !tickets.is_empty() => {
                let index = usize::try_from(dice.below(tickets.len() as u64)).unwrap();
                redirects += 1;
                let url = format!("https://h{}.example.com/new-{redirects}", dice.below(6));
                world.redirect(tickets[index].0, &url).await;
            }
            35 => {
                world.stop();
                world.pass(millis(dice.below(10_000))).await;
                world.cut();
                world.stopped().await;
                world.start();
            }
            _ => world.pass(millis(dice.below(20_000))).await,
        }
    }
    world.pass(TROUBLE).await;
    world.reload(Delivery {
        on_unknown,
        ..delivery_settings()
    });
    for _ in 0..3 {
        for lane in world.store.lanes().await.unwrap() {
            let lane = lane.lane.id;
            world.order(OperatorOrder::Resume { lane }).await;
        }
        world.pass(24 * HOUR).await;
    }
    assert!(ids.len() > 200);
    let mut ended = BTreeSet::from(["unverified", "dead", "cancelled"]);
    if on_unknown == OnUnknown::Hold {
        // Behind one that is held others wait.
        ended.extend(["held", "waiting"]);
    }
    let mut accepted = BTreeMap::<DeliveryId, usize>::new();
    for id in &ids {
        let story = world.story(*id).await;
        let word = story.delivery.state.word();
        assert!(ended.contains(word), "seed {seed}: delivery {id} is {word}");
        let count = story
            .attempts
            .iter()
            .filter(|attempt| attempt.class == Class::Ok)
            .count();
        accepted.insert(*id, count);
    }
    assert!(
        accepted.values().all(|count| *count <= 1),
        "seed {seed}: accepted twice"
    );
    assert_in_order(&world.courier.calls(), on_unknown);
    world.assert_empty();
}

#[tokio::test(start_paused = true)]
async fn everything_ends_whatever_happens() {
    for seed in 1..=4 {
        storm(seed, OnUnknown::Resend).await;
    }
}

#[tokio::test(start_paused = true)]
async fn everything_ends_or_is_held_whatever_happens() {
    for seed in 101..=104 {
        storm(seed, OnUnknown::Hold).await;
    }
}
