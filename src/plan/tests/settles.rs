//! What the end of a call means for its delivery.

use std::time::Duration;

use super::world::{DAY, FIRST, HOUR, MINUTE, SECOND_LONG, World, follow_up, ticket};
use crate::model::{
    Class, DeadReason, DeliveryId, DeliveryState, Happening, LaneId, Settled, TicketId,
};
use crate::plan::{OnUnknown, Refusal};

fn one(world: &mut World) -> (TicketId, DeliveryId) {
    let opening = world.arrives(ticket("a"));
    (opening.ticket, world.sends(opening.ticket))
}

#[test]
fn taken_is_delivered_and_verified_by_a_valid_reply_response_only() {
    for verified in [false, true] {
        let mut world = World::new();
        let (ticket, id) = one(&mut world);
        let behind = world.sends(ticket);
        let settled = Settled {
            remote_uid: verified.then(|| "r-1".to_owned()),
            ..world.end(id, Class::Ok)
        };
        let after = world.settles(settled);
        let at = world.now;
        assert_eq!(
            after.delivery.state,
            DeliveryState::Delivered { at, verified }
        );
        assert_eq!(after.delivery.last.unwrap().next, None);
        assert_eq!(world.sendable(FIRST), [behind]);
        let reply = world.message(ticket, after.delivery.message);
        assert_eq!(reply.remote_uid.is_some(), verified);
    }
}

#[test]
fn a_name_that_is_empty_or_overlong_is_no_remote_id() {
    for uid in [
        String::new(),
        "x".repeat(513),
        "x".repeat(70_000),
        "ü".repeat(257),
        "x".repeat(5_000_000),
    ] {
        let mut world = World::new();
        let (ticket, id) = one(&mut world);
        let settled = Settled {
            remote_uid: Some(uid.clone()),
            ..world.end(id, Class::Ok)
        };
        let after = world.settles(settled);
        assert!(matches!(
            after.delivery.state,
            DeliveryState::Delivered { .. }
        ));
        assert_eq!(
            world.message(ticket, after.delivery.message).remote_uid,
            None
        );
        assert!(!world.arrives(follow_up("child", &uid).at(FIRST)).joined);
    }
    let mut world = World::new();
    let (ticket, id) = one(&mut world);
    let longest = "x".repeat(512);
    let settled = Settled {
        remote_uid: Some(longest.clone()),
        ..world.end(id, Class::Ok)
    };
    world.settles(settled);
    assert_eq!(world.arrives(follow_up("child", &longest)).ticket, ticket);
}

#[test]
fn a_remote_id_names_the_reply_that_had_it_first() {
    let mut world = World::new();
    let (ticket, id) = one(&mut world);
    let other = world.arrives(super::world::ticket("b"));
    let second = world.sends(other.ticket);
    for delivery in [id, second] {
        let settled = Settled {
            remote_uid: Some("same".to_owned()),
            ..world.end(delivery, Class::Ok)
        };
        world.settles(settled);
    }
    assert_eq!(world.arrives(follow_up("c", "same")).ticket, ticket);
}

#[test]
fn a_retry_waits_twice_as_long_each_time() {
    let mut world = World::new();
    let (_, id) = one(&mut world);
    for (number, wait) in (1..).zip([5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]) {
        let after = world.ends(id, Class::Retry);
        assert_eq!(world.due_in(id).as_secs(), wait);
        let last = after.delivery.last.unwrap();
        assert_eq!(
            (after.delivery.attempts, after.delivery.tries),
            (number, number)
        );
        assert_eq!(
            (last.number, last.next),
            (number, Some(world.now.plus(Duration::from_secs(wait))))
        );
        assert!(world.sendable(FIRST).is_empty());
        world.pass(Duration::from_secs(wait));
        assert_eq!(world.sendable(FIRST), [id]);
    }
    assert_eq!(world.deliveries_story(id).attempts.len(), 12);
}

#[test]
fn jitter_is_drawn_from_the_events_chance() {
    let mut world = World::with(|routes| routes.schedule.jitter = 0.2);
    let (_, id) = one(&mut world);
    for (byte, seconds) in [(0_u8, 4), (255, 12)] {
        world.random = [byte; 16];
        world.ends(id, Class::Retry);
        assert_eq!(world.due_in(id).as_secs(), seconds);
        world.pass(MINUTE);
    }
}

#[test]
fn retry_after_is_honoured_in_full_and_costs_no_attempt() {
    let mut world = World::new();
    let (ticket, id) = one(&mut world);
    world.ends(id, Class::Retry);
    for wait in [2 * MINUTE, 5 * HOUR, 2 * DAY] {
        let settled = Settled {
            until: Some(world.now.plus(Duration::from_micros(1)).plus(wait)),
            ..world.end(id, Class::Throttled)
        };
        let after = world.settles(settled);
        assert_eq!(after.delivery.attempts, 1);
        assert_eq!(world.due_in(id), wait);
        assert_eq!(after.lane.paused_until, Some(world.now.plus(wait)));
        // The whole lane waits, new tickets too.
        let other = world.arrives(follow_up(&format!("{wait:?}"), "a"));
        assert_eq!(other.ticket, ticket);
        let fresh = world.arrives(super::world::ticket(&format!("other {wait:?}")));
        let waiting = world.sends(fresh.ticket);
        world.pass(wait - SECOND_LONG);
        assert!(world.sendable(FIRST).is_empty());
        world.pass(SECOND_LONG);
        assert!(world.sendable(FIRST).contains(&waiting));
        world.ends(waiting, Class::Ok);
    }
    let after = world.ends(id, Class::Ok);
    assert_eq!((after.delivery.tries, after.delivery.attempts), (5, 1));
}

#[test]
fn retry_after_is_cut_at_the_greatest_age_and_a_last_try_follows() {
    let mut world = World::new();
    let (_, id) = one(&mut world);
    world.pass(DAY);
    let settled = Settled {
        until: Some(world.now.plus(1000 * DAY)),
        ..world.end(id, Class::Throttled)
    };
    let after = world.settles(settled);
    assert_eq!(after.lane.paused_until, Some(world.now.plus(3 * DAY)));
    assert!(world.due_in(id) <= 2 * DAY);
    world.pass(3 * DAY);
    assert_eq!(world.sendable(FIRST), [id], "a last try");
    let after = world.ends(id, Class::Throttled);
    let DeliveryState::Dead { reason, .. } = after.delivery.state else {
        panic!("{:?}", after.delivery)
    };
    let too_old = DeadReason::TooOld {
        attempts: 2,
        last: "it was throttled".to_owned(),
    };
    assert_eq!(reason, too_old);
}

#[test]
fn throttled_without_a_time_waits_a_minute_but_not_longer_than_the_longest_delay() {
    for (longest, wait) in [
        (HOUR, MINUTE),
        (Duration::from_secs(20), Duration::from_secs(20)),
    ] {
        let mut world = World::with(|routes| routes.schedule.max_delay = longest);
        let (_, id) = one(&mut world);
        world.ends(id, Class::Throttled);
        assert_eq!(world.due_in(id), wait);
    }
}

#[test]
fn a_receiver_that_throttles_until_now_is_not_called_without_a_pause() {
    let mut world = World::new();
    let (_, id) = one(&mut world);
    for until in [world.now, crate::model::Time::EPOCH] {
        let settled = Settled {
            until: Some(until),
            ..world.end(id, Class::Throttled)
        };
        world.settles(settled);
        assert!(world.sendable(FIRST).is_empty());
        assert!(world.due_in(id) >= SECOND_LONG);
        world.pass(MINUTE);
        assert_eq!(world.sendable(FIRST), [id]);
    }
}

#[test]
fn an_earlier_pause_is_not_shortened_by_a_later_answer() {
    let mut world = World::new();
    let (_, id) = one(&mut world);
    let other = world.arrives(ticket("b"));
    let second = world.sends(other.ticket);
    let until = world.now.plus(HOUR);
    let throttled = |world: &World, id, until| Settled {
        until: Some(until),
        ..world.end(id, Class::Throttled)
    };
    let settled = throttled(&world, id, until);
    world.settles(settled);
    let settled = throttled(&world, second, world.now.plus(MINUTE));
    world.settles(settled);
    world.pass(30 * MINUTE);
    assert!(world.sendable(FIRST).is_empty());
    world.pass(30 * MINUTE);
    assert_eq!(world.sendable(FIRST), [id, second]);
}

#[test]
fn a_delivery_that_never_works_gets_a_last_try_at_its_end_and_is_then_a_dead_letter() {
    let mut world = World::new();
    let (ticket, id) = one(&mut world);
    let behind = world.sends(ticket);
    let end = world.delivery(id).created_at.plus(3 * DAY);
    let mut tries = 0;
    let died = loop {
        let after = world.ends(id, Class::Retry);
        tries += 1;
        match after.delivery.state {
            DeliveryState::Due { at } => {
                assert!(at <= end);
                world.now = at;
            }
            DeliveryState::Dead { at, reason } => {
                let last = "it was retry".to_owned();
                assert_eq!(
                    reason,
                    DeadReason::TooOld {
                        attempts: tries,
                        last
                    }
                );
                break at;
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(died.since(end), Duration::from_micros(1));
    assert_eq!(world.sendable(FIRST), [behind]);
}

#[test]
fn rejected_is_dead_at_once_and_frees_the_followers() {
    let mut world = World::new();
    let (ticket, id) = one(&mut world);
    let behind = world.sends(ticket);
    let after = world.ends(id, Class::Rejected);
    let DeliveryState::Dead { reason, .. } = after.delivery.state else {
        panic!("{:?}", after.delivery)
    };
    assert_eq!(reason, DeadReason::Rejected("it was rejected".to_owned()));
    assert_eq!(world.sendable(FIRST), [behind]);
}

#[test]
fn unknown_is_sent_again_and_says_so_or_is_held() {
    let mut world = World::new();
    let (_, id) = one(&mut world);
    let after = world.ends(id, Class::Unknown);
    assert!(!after.delivery.last.unwrap().may_repeat);
    assert_eq!(world.due_in(id).as_secs(), 5);
    let after = world.ends(id, Class::Retry);
    assert!(after.delivery.last.unwrap().may_repeat);
    let after = world.ends(id, Class::Ok);
    assert!(
        !after.delivery.last.unwrap().may_repeat,
        "the try before it was certain"
    );

    let mut world = World::with(|routes| routes.schedule.on_unknown = OnUnknown::Hold);
    let (ticket, id) = one(&mut world);
    let behind = world.sends(ticket);
    let after = world.ends(id, Class::Unknown);
    let at = world.now;
    assert_eq!(after.delivery.state, DeliveryState::Held { at });
    assert_eq!(after.lane.wake, None);
    assert_eq!(world.state(behind), DeliveryState::Waiting);
}

#[test]
fn a_settle_of_what_is_not_there_is_refused() {
    let mut world = World::new();
    let (_, id) = one(&mut world);
    let wrong = [
        Settled {
            delivery: DeliveryId(99),
            ..world.end(id, Class::Ok)
        },
        Settled {
            lane: LaneId(99),
            ..world.end(id, Class::Ok)
        },
    ];
    for settled in wrong {
        let refused = world.is_refused(Happening::Settled(Box::new(settled)));
        assert!(matches!(refused, Refusal::NotFound(_)));
    }
    assert!(matches!(world.state(id), DeliveryState::Due { .. }));
}
