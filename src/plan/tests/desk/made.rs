//! Exactly one ticket at the desk, whatever becomes of the calls that ask for it.

use super::*;
use crate::plan::Note;

fn ours(id: &str, create: DeliveryId) -> RemoteTicket {
    RemoteTicket {
        id: id.to_owned(),
        made_by: Maker::Us(create),
        ..remote("NEW", 5)
    }
}

#[test]
fn a_call_of_unknown_outcome_is_looked_for_before_another_and_not_too_soon() {
    let mut world = world(|_| {});
    let ticket = world.arrives(ticket("a")).ticket;
    let create = last(&world, ticket).id;
    let began = world.now;
    world.happens(Happening::Started { delivery: create });
    let after = world.ends(create, Class::Unknown);
    assert_eq!(
        after.delivery.in_doubt_since.map(|since| since >= began),
        Some(true)
    );
    let look_after = world.routes.lock().unwrap().schedule.look_after;
    assert!(world.due_in(create) >= look_after);

    let since = after.delivery.in_doubt_since;
    world.pass(HOUR);
    world.happens(Happening::Started { delivery: create });
    let after = world.ends(create, Class::Unknown);
    assert_eq!(
        after.delivery.in_doubt_since, since,
        "the first call may still have landed"
    );
}

#[test]
fn what_a_person_orders_again_while_it_may_be_under_way_is_looked_for_first() {
    let mut world = world(|_| {});
    let ticket = world.arrives(ticket("a")).ticket;
    let create = last(&world, ticket).id;
    world.happens(Happening::Started { delivery: create });
    let began = world.now;
    world.orders(OperatorOrder::Retry { delivery: create });
    assert_eq!(world.delivery(create).in_doubt_since, Some(began));
}

#[test]
fn what_is_only_replaced_is_never_in_doubt() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    world.arrives(follow_up("b", "a"));
    let record = last(&world, ticket).id;
    let after = world.ends(record, Class::Unknown);
    assert_eq!(after.delivery.in_doubt_since, None);
    assert!(world.due_in(record) < MINUTE);
    let look_after = world.routes.lock().unwrap().schedule.look_after;
    assert!(
        world.due_in(record) >= look_after,
        "it may still land, and undo what comes next"
    );
}

#[test]
fn an_echo_is_the_outcome_of_the_call_that_it_comes_from() {
    for started in [true, false] {
        let mut world = world(|_| {});
        let ticket = world.arrives(ticket("a")).ticket;
        let create = last(&world, ticket).id;
        if started {
            world.happens(Happening::Started { delivery: create });
        } else {
            world.ends(create, Class::Unknown);
        }
        let settled = Settled {
            remote_uid: Some("100".to_owned()),
            ..world.end(create, Class::Ok)
        };
        let sighting = sees(&mut world, Observation::Told, ours("100", create));
        assert_eq!((sighting.echoes, sighting.ticket), (1, Some(ticket)));
        assert!(!world.state(create).is_pending());
        assert_eq!(link(&world, ticket).remote.as_deref(), Some("100"));
        assert_eq!(
            commands(&world, ticket),
            ["create ticket", "replace record"]
        );

        // The answer comes after its echo.
        world.settles(settled);
        assert_eq!(
            commands(&world, ticket),
            ["create ticket", "replace record"]
        );
        assert_eq!(link(&world, ticket).state, LinkState::Waiting);
    }
}

#[test]
fn a_first_call_that_lands_after_the_second_leaves_one_ticket_in_the_queue() {
    let mut world = world(|_| {});
    let ticket = world.arrives(ticket("a")).ticket;
    let create = last(&world, ticket).id;
    world.ends(create, Class::Unknown);
    is_made(&mut world, create, "200");
    for _ in 0..3 {
        let sighting = sees(&mut world, Observation::Told, ours("100", create));
        assert_eq!(sighting.ticket, None);
    }
    assert_eq!(
        commands(&world, ticket),
        ["create ticket", "replace record", "cancel 100"]
    );
    assert_eq!(link(&world, ticket).remote.as_deref(), Some("200"));
    let note = Note::Surplus {
        system: DESK.to_owned(),
        remote: "100".to_owned(),
    };
    assert!(world.notes(ticket).contains(&note));
}

#[test]
fn a_label_from_before_its_delivery_is_a_copied_stores_and_means_nothing() {
    let mut world = world(|_| {});
    let ticket = world.arrives(ticket("a")).ticket;
    let create = last(&world, ticket).id;
    let old = RemoteTicket {
        created_at: Some(Time::EPOCH),
        ..ours("100", create)
    };
    assert_eq!(
        sees(&mut world, Observation::Told, old.clone()),
        Sighting::default()
    );
    is_made(&mut world, create, "200");
    assert_eq!(
        sees(&mut world, Observation::Told, old),
        Sighting::default()
    );
    assert_eq!(
        commands(&world, ticket),
        ["create ticket", "replace record"]
    );
}

#[test]
fn what_waits_for_a_ticket_that_was_deleted_is_called_off() {
    let mut world = world(|desk| desk.sends_sms = true);
    let ticket = linked(&mut world);
    world.replies(reply(ticket));
    world.replies(reply(ticket));
    let gone = Happening::Vanished {
        system: DESK.to_owned(),
        remote: "100".to_owned(),
    };
    world.happens(gone);
    assert!(
        deliveries(&world, ticket)
            .iter()
            .all(|one| !one.state.is_pending())
    );
    let lane = world.lane(last(&world, ticket).lane);
    assert_eq!(lane.wake, None);
}

#[test]
fn an_earlier_visit_that_was_deleted_takes_nothing_from_the_next() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    is_told(&mut world, "SERVED", 10);
    world.arrives(follow_up("b", "a"));
    let pending = |world: &World| {
        let all = deliveries(world, ticket).into_iter();
        all.filter(|one| one.state.is_pending()).count()
    };
    let before = pending(&world);
    assert!(before > 0);
    let gone = Happening::Vanished {
        system: DESK.to_owned(),
        remote: "100".to_owned(),
    };
    world.happens(gone);
    assert_eq!(pending(&world), before);
    assert!(matches!(link(&world, ticket).state, LinkState::Wanted(_)));
}

#[test]
fn a_ticket_of_another_bridge_or_of_an_unknown_delivery_is_left_alone() {
    let mut world = world(|desk| desk.import_to = Some("acme".to_owned()));
    for made_by in [Maker::OtherBridge, Maker::Us(DeliveryId(77))] {
        let remote = RemoteTicket {
            made_by,
            ..remote("NEW", 5)
        };
        let sighting = sees(&mut world, Observation::Told, remote);
        assert_eq!(sighting, Sighting::default(), "{made_by:?}");
    }
}

#[test]
fn a_deleted_ticket_is_unlinked_and_none_is_made_anew() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    world.arrives(follow_up("b", "a"));
    let record = last(&world, ticket).id;
    let settled = Settled {
        vanished: true,
        ..world.end(record, Class::Rejected)
    };
    let after = world.settles(settled);
    assert!(matches!(
        after.delivery.state,
        DeliveryState::Cancelled { .. }
    ));
    assert_eq!(link(&world, ticket).state, LinkState::Gone);
    let note = Note::Vanished {
        system: DESK.to_owned(),
        remote: "100".to_owned(),
    };
    assert!(world.notes(ticket).contains(&note));

    let before = commands(&world, ticket);
    assert!(
        deliveries(&world, ticket)
            .iter()
            .all(|one| !one.state.is_pending())
    );
    world.arrives(follow_up("c", "a"));
    world.replies(reply(ticket));
    assert_eq!(commands(&world, ticket), before);
    assert!(!is_told(&mut world, "CALLED", 99).news);

    let gone = Happening::Vanished {
        system: DESK.to_owned(),
        remote: "100".to_owned(),
    };
    let answer = world.happens(gone);
    assert!(
        matches!(answer, Answer::Seen(Sighting { news: false, .. })),
        "told once"
    );
}
