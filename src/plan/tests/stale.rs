//! Calls whose delivery is no longer what it was when they began.

use super::world::{FIRST, MINUTE, SECOND, World, follow_up, ticket};
use crate::model::{Class, DeliveryId, DeliveryState, Edited, OperatorOrder, Settled};
use crate::plan::OnUnknown;

fn one(world: &mut World) -> DeliveryId {
    let opening = world.arrives(ticket("a"));
    world.sends(opening.ticket)
}

#[test]
fn what_was_called_off_during_its_call_stays_so_unless_it_arrived() {
    for class in Class::ALL {
        let mut world = World::new();
        let id = one(&mut world);
        let settled = world.end(id, class);
        world.orders(OperatorOrder::Cancel { delivery: id });
        let after = world.settles(settled);
        match class {
            Class::Ok => assert!(matches!(
                after.delivery.state,
                DeliveryState::Delivered { .. }
            )),
            _ => assert!(matches!(
                after.delivery.state,
                DeliveryState::Cancelled { .. }
            )),
        }
    }
}

#[test]
fn a_delivery_whose_text_moved_on_during_its_call_stays_due() {
    for class in Class::ALL {
        let mut world = World::new();
        let id = one(&mut world);
        let settled = world.end(id, class);
        world.ends(id, Class::Rejected);
        let edited = Edited {
            delivery: id,
            text: "another".to_owned(),
        };
        world.orders(OperatorOrder::Edit(edited));
        world.orders(OperatorOrder::Retry { delivery: id });
        let after = world.settles(settled);
        assert!(
            matches!(after.delivery.state, DeliveryState::Due { .. }),
            "{class:?}"
        );
        let tried = world.deliveries_story(id).attempts;
        assert_eq!(tried.last().unwrap().class, class, "the call is told of");
        if !matches!(class, Class::Throttled | Class::Paused) {
            assert_eq!(world.sendable(FIRST), [id]);
        }
        assert_eq!(world.parcel_text(id), "another");
    }
}

#[test]
fn a_call_that_ends_after_its_delivery_moved_counts_for_the_lane_it_was_made_in() {
    let mut world = World::new();
    let id = one(&mut world);
    let settled = Settled {
        until: Some(world.now.plus(100 * MINUTE)),
        ..world.end(id, Class::Throttled)
    };
    world.arrives(ticket("a").at(SECOND));
    let after = world.settles(settled);
    assert_eq!(after.lane.id, world.lane_to(FIRST));
    assert!(after.lane.paused_until.is_some());
    let second = world.lane(world.lane_to(SECOND));
    assert_eq!(second.paused_until, None);
    assert_eq!(after.delivery.lane, second.id);
    world.pass(100 * MINUTE);
    assert_eq!(world.sendable(SECOND), [id]);
    assert!(world.sendable(FIRST).is_empty());
}

#[test]
fn a_call_that_ends_after_its_delivery_moved_behind_another_keeps_it_there() {
    for class in Class::ALL {
        for on_unknown in [OnUnknown::Resend, OnUnknown::Hold] {
            let mut world = World::with(|routes| routes.schedule.on_unknown = on_unknown);
            let opening = world.arrives(ticket("a"));
            let moved = world.sends(opening.ticket);
            world.arrives(follow_up("b", "a").at(SECOND));
            let head = world.sends(opening.ticket);
            let settled = world.end(moved, class);
            world.arrives(ticket("a").at(SECOND));
            let after = world.settles(settled);
            assert_eq!(world.sendable(SECOND), [head], "{class:?}");
            match (class, on_unknown) {
                (Class::Ok, _) => assert!(!after.delivery.state.is_pending()),
                (Class::Rejected, _) => assert!(!after.delivery.state.is_pending()),
                _ => assert_eq!(after.delivery.state, DeliveryState::Waiting, "{class:?}"),
            }
            world.ends(head, Class::Ok);
            if after.delivery.state.is_pending() {
                assert_eq!(world.sendable(SECOND), [moved]);
                let again = world.ends(moved, Class::Ok);
                let repeats = class == Class::Unknown;
                assert_eq!(again.delivery.last.unwrap().may_repeat, repeats);
            }
        }
    }
}

#[test]
fn a_second_end_of_the_same_call_hurts_nothing() {
    for class in Class::ALL {
        let mut world = World::new();
        let id = one(&mut world);
        let settled = world.end(id, class);
        world.settles(settled.clone());
        let second = world.settles(settled);
        assert_eq!(second.delivery, world.delivery(id));
    }
}
