//! A new response URL: what was not begun moves to its lane, in order.

use super::world::{DAY, FIRST, MINUTE, SECOND, THIRD, World, follow_up, ticket};
use crate::model::{
    Class, DeadReason, DeliveryId, DeliveryState, Happening, OperatorOrder, Settled,
};
use crate::plan::{Answer, Note, OnUnknown, Refusal};

/// Delivers whatever may be sent to `url` until nothing is left, and says in which order.
fn drain(world: &mut World, url: &str) -> Vec<DeliveryId> {
    let mut order = Vec::new();
    while let Some(id) = world.sendable(url).first().copied() {
        if world.is_misplaced(id) {
            let answer = world.happens(Happening::Misplaced { delivery: id });
            assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
            continue;
        }
        world.ends(id, Class::Ok);
        order.push(id);
    }
    order
}

#[test]
fn what_was_not_begun_moves_in_order_and_keeps_its_ids() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let sent: Vec<DeliveryId> = (0..4).map(|_| world.sends(opening.ticket)).collect();
    world.ends(sent[0], Class::Retry);
    let taken = world.arrives(ticket("a").at(SECOND));
    assert!(taken.updated && !taken.duplicate);
    let note = Note::ResponseUrl {
        message: opening.message,
        moved: 4,
    };
    assert!(world.notes(opening.ticket).contains(&note));
    let lane = world.lane_to(SECOND);
    for id in &sent {
        assert_eq!(world.delivery(*id).lane, lane);
        assert_eq!(world.delivery(*id).reply().unwrap().parent_uid, "a");
    }
    assert!(matches!(world.state(sent[0]), DeliveryState::Due { .. }));
    for id in &sent[1..] {
        assert_eq!(world.state(*id), DeliveryState::Waiting);
    }
    assert!(world.sendable(FIRST).is_empty());
    assert_eq!(drain(&mut world, SECOND), sent);
}

#[test]
fn what_answers_another_message_stays_and_moves_up() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let first = world.sends(opening.ticket);
    world.arrives(follow_up("b", "a"));
    let second = world.sends(opening.ticket);
    let third = world.sends(opening.ticket);
    world.arrives(ticket("a").at(SECOND));
    assert_eq!(world.sendable(SECOND), [first]);
    assert_eq!(world.sendable(FIRST), [second]);
    assert_eq!(drain(&mut world, FIRST), [second, third]);
}

#[test]
fn what_was_begun_stays_in_its_lane_until_it_ends() {
    let mut world = World::with(|routes| routes.schedule.on_unknown = OnUnknown::Hold);
    let opening = world.arrives(ticket("a"));
    let begun = world.sends(opening.ticket);
    let behind = world.sends(opening.ticket);
    let answer = world.happens(Happening::Started { delivery: begun });
    assert!(matches!(answer, Answer::Started));
    world.arrives(ticket("a").at(SECOND));
    assert_eq!(world.delivery(begun).lane, world.lane_to(FIRST));
    assert_eq!(world.sendable(SECOND), [behind]);
    world.ends(begun, Class::Unknown);
    assert!(matches!(world.state(begun), DeliveryState::Held { .. }));
    // What a person lets go on goes to where answers now go.
    world.orders(OperatorOrder::Retry { delivery: begun });
    assert!(world.sendable(FIRST).is_empty());
    assert_eq!(drain(&mut world, SECOND), [behind, begun]);
}

#[test]
fn more_than_one_event_moves_follow_when_their_turn_comes() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let mut sent: Vec<DeliveryId> = (0..20).map(|_| world.sends(opening.ticket)).collect();
    world.arrives(ticket("a").at(SECOND));
    sent.push(world.sends(opening.ticket));
    assert_eq!(drain(&mut world, FIRST), []);
    assert_eq!(drain(&mut world, SECOND), sent);
}

#[test]
fn nothing_is_left_behind_in_a_lane_that_is_gone() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let sent: Vec<DeliveryId> = (0..20).map(|_| world.sends(opening.ticket)).collect();
    let gone = Settled {
        gone: true,
        ..world.end(sent[0], Class::Rejected)
    };
    world.settles(gone);
    assert!(world.sendable(FIRST).is_empty());
    world.arrives(ticket("a").at(SECOND));
    assert_eq!(drain(&mut world, SECOND), sent[1..]);
}

#[test]
fn time_held_at_a_gone_url_does_not_count_after_the_move() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let dead = world.sends(opening.ticket);
    let held = world.sends(opening.ticket);
    let gone = Settled {
        gone: true,
        ..world.end(dead, Class::Rejected)
    };
    world.pass(DAY);
    world.settles(gone);
    world.pass(10 * DAY);
    world.arrives(ticket("a").at(SECOND));
    assert_eq!(world.delivery(held).lane, world.lane_to(SECOND));
    world.ends(held, Class::Retry);
    assert!(matches!(world.state(held), DeliveryState::Due { .. }));
    // The day before does count.
    world.pass(2 * DAY);
    world.ends(held, Class::Retry);
    assert!(matches!(world.state(held), DeliveryState::Dead { .. }));
}

#[test]
fn a_dead_letter_goes_to_the_new_url_when_it_is_retried() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let id = world.sends(opening.ticket);
    world.ends(id, Class::Rejected);
    world.arrives(ticket("a").at(SECOND));
    assert_eq!(world.delivery(id).lane, world.lane_to(FIRST));
    assert!(matches!(
        world.state(id),
        DeliveryState::Dead {
            reason: DeadReason::Rejected(_),
            ..
        }
    ));
    world.pass(30 * DAY);
    world.orders(OperatorOrder::Retry { delivery: id });
    assert_eq!(world.sendable(SECOND), [id]);
    let after = world.ends(id, Class::Retry);
    assert_eq!(after.delivery.attempts, 1, "its schedule begins anew");
    assert_eq!(world.due_in(id).as_secs(), 5);
}

#[test]
fn moving_to_a_lane_where_the_ticket_has_deliveries_queues_behind_them() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let old = world.sends(opening.ticket);
    world.arrives(follow_up("b", "a").at(SECOND));
    let busy = world.sends(opening.ticket);
    let last = world.sends(opening.ticket);
    world.arrives(ticket("a").at(SECOND));
    assert_eq!(world.sendable(SECOND), [busy]);
    assert_eq!(drain(&mut world, SECOND), [busy, old, last]);
}

#[test]
fn the_operator_may_send_answers_elsewhere() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let id = world.sends(opening.ticket);
    world.redirects(opening.ticket, THIRD);
    assert_eq!(world.sendable(THIRD), [id]);
    assert_eq!(
        world.is_refused(Happening::Misplaced { delivery: id }),
        Refusal::Stale
    );
    // What the sender says later wins again.
    world.pass(MINUTE);
    world.arrives(ticket("a").at(SECOND));
    assert_eq!(world.sendable(SECOND), [id]);
}

#[test]
fn a_url_that_comes_back_finds_its_lane_again() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let id = world.sends(opening.ticket);
    let lane = world.delivery(id).lane;
    for url in [SECOND, FIRST, THIRD, SECOND, FIRST] {
        world.arrives(ticket("a").at(url));
        assert_eq!(world.sendable(url), [id]);
    }
    assert_eq!(world.delivery(id).lane, lane);
}

#[test]
fn a_pause_of_the_old_url_does_not_hold_back_what_moved_during_the_call() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let id = world.sends(opening.ticket);
    let call = world.end(id, Class::Throttled);
    world.arrives(ticket("a").at(SECOND));
    let delivery = world.settles(call).delivery;
    assert_eq!(delivery.state, DeliveryState::Due { at: world.now });
    assert_eq!(world.sendable(SECOND), [id]);
    assert!(world.lane(world.lane_to(FIRST)).paused_until.is_some());
}

#[test]
fn what_was_begun_at_the_old_url_goes_to_the_new_one_once_it_has_failed() {
    let mut world = World::new();
    world.routes.lock().unwrap().schedule.on_unknown = OnUnknown::Hold;
    let opening = world.arrives(ticket("a"));
    let begun = world.sends(opening.ticket);
    let next = world.sends(opening.ticket);
    world.happens(Happening::Started { delivery: begun });
    world.arrives(ticket("a").at(SECOND));
    let (first, second) = (world.lane_to(FIRST), world.lane_to(SECOND));
    assert_eq!(world.delivery(begun).lane, first);
    assert_eq!(world.sendable(SECOND), [next]);
    world.ends(begun, Class::Retry);
    assert_eq!(world.delivery(begun).lane, second);
    assert!(world.sendable(FIRST).is_empty());
    // Behind what took the lead there, before whatever comes.
    let last = world.sends(opening.ticket);
    assert_eq!(drain(&mut world, SECOND), [next, begun, last]);
}
