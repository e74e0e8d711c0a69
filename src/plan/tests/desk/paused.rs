//! A system whose trouble is not the deliveries' own keeps its queue.

use super::*;

fn lane(world: &World, ticket: TicketId) -> Lane {
    world.lane(last(world, ticket).lane)
}

#[test]
fn a_refused_key_pauses_the_system_with_its_queue_and_a_probe_ends_it() {
    let mut world = world(|_| {});
    let first = world.arrives(ticket("a")).ticket;
    let second = world.arrives(ticket("b")).ticket;
    let create = last(&world, first).id;
    let after = world.ends(create, Class::Paused);
    assert_eq!((after.delivery.attempts, after.delivery.tries), (0, 1));
    let pause = lane(&world, first).pause.unwrap();
    assert_eq!(pause.reason, "it was paused");
    let probe_at = pause.probe_at.unwrap();
    assert_eq!(lane(&world, first).wake, Some(probe_at));

    // Far beyond `max_age`, refused again and again.
    for _ in 0..1000 {
        world.pass(HOUR);
        let after = world.ends(create, Class::Paused);
        assert!(after.delivery.state.is_pending());
    }
    is_made(&mut world, create, "100");
    assert_eq!(lane(&world, first).pause, None);
    let other = last(&world, second).id;
    let after = world.ends(other, Class::Retry);
    assert!(
        after.delivery.state.is_pending(),
        "paused time does not count"
    );
}

#[test]
fn a_person_pauses_and_resumes_and_no_probe_ends_that() {
    let mut world = world(|_| {});
    let system = || DESK.to_owned();
    world.orders(OperatorOrder::Pause { system: system() });
    let ticket = world.arrives(ticket("a")).ticket;
    assert_eq!(lane(&world, ticket).wake, None);
    let create = last(&world, ticket).id;
    // A call that was under way.
    world.ends(create, Class::Paused);
    assert_eq!(lane(&world, ticket).pause.unwrap().probe_at, None);
    let order = OperatorOrder::ResumeSystem { system: system() };
    let Answer::Lane(lane) = world.orders(order) else {
        panic!()
    };
    assert!(lane.pause.is_none() && lane.wake.is_some());
}

#[test]
fn new_settings_have_it_tried_at_once_unless_a_person_paused_it() {
    let mut world = world(|_| {});
    let ticket = world.arrives(ticket("a")).ticket;
    let create = last(&world, ticket).id;
    world.ends(create, Class::Paused);
    let probe = || OperatorOrder::Probe {
        system: DESK.to_owned(),
    };
    world.orders(probe());
    assert_eq!(lane(&world, ticket).wake, Some(world.now));
    assert!(lane(&world, ticket).pause.is_some());
    world.orders(OperatorOrder::Pause {
        system: DESK.to_owned(),
    });
    world.orders(probe());
    assert_eq!(lane(&world, ticket).wake, None);
}

#[test]
fn an_unknown_system_cannot_be_paused() {
    let mut world = world(|_| {});
    for order in [
        OperatorOrder::Pause {
            system: "desk".to_owned(),
        },
        OperatorOrder::ResumeSystem {
            system: "desk".to_owned(),
        },
    ] {
        assert!(matches!(world.orders(order), Answer::Refused(_)));
    }
}

#[test]
fn what_was_never_sent_says_nothing_about_the_trouble() {
    let mut world = world(|_| {});
    let ticket = world.arrives(ticket("a")).ticket;
    let other = world.arrives(super::super::world::ticket("b")).ticket;
    let (first, second) = (last(&world, ticket).id, last(&world, other).id);
    world.ends(first, Class::Paused);
    let mut unsent = world.end(second, Class::Rejected);
    unsent.attempt.status = None;
    world.settles(unsent);
    assert!(lane(&world, ticket).pause.is_some());
}
