//! What is new with a ticket reaches its system.

use super::*;
use crate::plan::Note;

#[test]
fn a_ticket_is_made_at_the_desk_and_then_its_record() {
    let mut world = world(|_| {});
    let ticket = world.arrives(ticket("a")).ticket;
    assert_eq!(commands(&world, ticket), ["create ticket"]);
    let create = last(&world, ticket);
    assert_eq!(create.system, DESK);
    assert_eq!(create.message, world.ticket(ticket).opening);
    assert_eq!(link(&world, ticket).state, LinkState::Wanted(create.id));

    let after = is_made(&mut world, create.id, "100");
    assert_eq!(
        after.lane.wake,
        Some(world.now),
        "the dispatcher learns of the record"
    );
    assert_eq!(
        commands(&world, ticket),
        ["create ticket", "replace record"]
    );
    let record = last(&world, ticket);
    assert_eq!(record.state, DeliveryState::Due { at: world.now });
    let link = link(&world, ticket);
    assert_eq!(
        (link.state, link.status.as_str()),
        (LinkState::Waiting, "NEW")
    );
    assert_eq!(link.remote.as_deref(), Some("100"));
    let note = Note::Linked {
        system: DESK.to_owned(),
        remote: "100".to_owned(),
    };
    assert!(world.notes(ticket).contains(&note));
}

#[test]
fn a_brand_that_does_not_mirror_makes_nothing() {
    let mut world = world(|_| {});
    let sent = ExternalTicket {
        brand: "other".to_owned(),
        ..ticket("a")
    };
    let ticket = world.arrives(sent).ticket;
    assert!(commands(&world, ticket).is_empty());
}

#[test]
fn what_happens_before_the_ticket_is_made_needs_no_delivery_of_its_own() {
    let mut world = world(|_| {});
    let ticket = world.arrives(ticket("a")).ticket;
    world.arrives(follow_up("b", "a"));
    world.replies(reply(ticket));
    assert_eq!(commands(&world, ticket), ["create ticket"]);
}

#[test]
fn every_change_replaces_the_record_and_those_that_wait_are_one() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    world.arrives(follow_up("b", "a"));
    world.replies(reply(ticket));
    world.arrives(super::super::world::ticket("a").saying("edited"));
    world.stands(1, ticket, Status::OnHold);
    let records = commands(&world, ticket);
    assert_eq!(
        records,
        ["create ticket", "replace record", "replace record"]
    );
    let pending = last(&world, ticket);
    assert_eq!(pending.revision, 3);

    world.ends(pending.id, Class::Ok);
    world.arrives(super::super::world::ticket("a").saying("edited"));
    assert_eq!(
        commands(&world, ticket).len(),
        3,
        "nothing is new with the same again"
    );
}

#[test]
fn a_record_that_changed_during_its_call_is_sent_again() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    world.arrives(follow_up("b", "a"));
    let pending = last(&world, ticket);
    for class in [Class::Ok, Class::Rejected] {
        let settled = world.end(pending.id, class);
        world.replies(reply(ticket));
        let after = world.settles(settled);
        assert!(
            matches!(after.delivery.state, DeliveryState::Due { .. }),
            "{class:?}"
        );
    }
    let settled = world.end(pending.id, Class::Retry);
    world.replies(reply(ticket));
    world.settles(settled);
    assert!(
        world.due_in(pending.id) > SECOND_LONG,
        "a failure waits all the same"
    );
    world.ends(pending.id, Class::Ok);
    assert!(!world.state(pending.id).is_pending());
}

#[test]
fn an_internal_note_is_no_sms_and_a_record_tells_by_setting() {
    let mut world = world(|desk| desk.sends_sms = true);
    let ticket = linked(&mut world);
    world.replies(Replied {
        visibility: Visibility::Internal,
        ..reply(ticket)
    });
    assert!(!commands(&world, ticket).contains(&"send SMS".to_owned()));
}

#[test]
fn systems_of_one_queue_share_its_ticket_and_have_a_record_each() {
    let mut world = World::with(|routes| {
        at_desk(routes, DESK, desk_route());
        at_desk(routes, SECOND_DESK, desk_route());
    });
    let ticket = world.arrives(ticket("a")).ticket;
    assert_eq!(commands(&world, ticket), ["create ticket"]);
    let create = last(&world, ticket).id;
    is_made(&mut world, create, "100");
    assert_eq!(
        commands(&world, ticket),
        ["create ticket", "replace record", "replace record"]
    );
    let systems: Vec<String> = deliveries(&world, ticket)[1..]
        .iter()
        .map(|delivery| delivery.system.clone())
        .collect();
    assert_eq!(systems, [DESK, SECOND_DESK]);
    let links = world.ticket(ticket).links;
    assert!(
        links
            .iter()
            .all(|link| link.remote.as_deref() == Some("100"))
    );

    is_told(&mut world, "CALLED", 10);
    let links = world.ticket(ticket).links;
    assert!(links.iter().all(|link| link.state == LinkState::Attended));
    let observed = Observed {
        system: SECOND_DESK.to_owned(),
        by: Observation::Told,
        remote: remote("CALLED", 10),
    };
    let answer = world.happens(Happening::Observed(Box::new(observed)));
    assert!(matches!(
        answer,
        Answer::Seen(Sighting {
            news: false,
            ask_again: false,
            ..
        })
    ));
}

#[test]
fn other_queues_have_tickets_of_their_own() {
    let mut world = World::with(|routes| {
        at_desk(routes, DESK, desk_route());
        let other = Desk {
            queue: "line 2".to_owned(),
            ..desk_route()
        };
        at_desk(routes, SECOND_DESK, other);
    });
    let ticket = world.arrives(ticket("a")).ticket;
    assert_eq!(commands(&world, ticket), ["create ticket", "create ticket"]);
}

#[test]
fn labels_are_put_there_and_only_ours_are_taken_off() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    let labels = |labels: &[u64]| AgentOrder::Update {
        ticket,
        status: None,
        priority: None,
        labels: Some(labels.to_vec()),
    };
    world.does(1, labels(&[1, 2]));
    world.does(1, labels(&[2]));
    let labelled: Vec<String> = commands(&world, ticket)
        .into_iter()
        .filter(|command| command.starts_with(['+', '-']))
        .collect();
    assert_eq!(labelled, ["+Bug", "+VIP", "-Bug"]);
}

#[test]
fn a_ticket_that_an_agent_closes_while_it_waits_is_cancelled_there_if_so_configured() {
    for (cancels_closed, called, expected) in [(true, false, 1), (false, false, 0), (true, true, 0)]
    {
        let mut world = world(|desk| desk.cancels_closed = cancels_closed);
        let ticket = linked(&mut world);
        if called {
            is_told(&mut world, "CALLED", 10);
        }
        world.closes(ticket);
        let cancelled = commands(&world, ticket)
            .iter()
            .filter(|one| *one == "cancel 100")
            .count();
        assert_eq!(cancelled, expected, "{cancels_closed} {called}");
    }
}

#[test]
fn a_follow_up_after_the_visit_makes_a_new_one_or_only_a_record() {
    for makes_new in [true, false] {
        let mut world = world(|desk| desk.follow_up_makes_new = makes_new);
        let ticket = linked(&mut world);
        is_told(&mut world, "SERVED", 10);
        let record = last(&world, ticket).id;
        world.ends(record, Class::Ok);
        world.replies(reply(ticket));
        let record = last(&world, ticket).id;
        world.ends(record, Class::Ok);
        let before = commands(&world, ticket).len();

        let taken = world.arrives(follow_up("b", "a"));
        assert_eq!(world.ticket(ticket).status, Status::Open);
        let new = &commands(&world, ticket)[before..];
        if makes_new {
            assert_eq!(new, ["create ticket"]);
            assert_eq!(last(&world, ticket).message, taken.message);
            let earlier = link(&world, ticket).earlier;
            assert_eq!(
                earlier.as_deref(),
                Some("100"),
                "what still waits goes there"
            );
            let create = last(&world, ticket).id;
            is_made(&mut world, create, "200");
            assert_eq!(link(&world, ticket).remote.as_deref(), Some("200"));
            let sighting = is_told(&mut world, "SERVED", 11);
            assert!(!sighting.news, "the earlier visit means nothing any more");
        } else {
            assert_eq!(new, ["replace record"]);
        }
    }
}

#[test]
fn who_wrote_after_the_visit_had_ended_unseen_is_not_closed_but_visits_again() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    let served = RemoteTicket {
        changed_at: Some(world.now),
        ..remote("SERVED", 0)
    };
    world.pass(MINUTE);
    world.arrives(follow_up("b", "a"));
    let record = last(&world, ticket).id;
    world.ends(record, Class::Ok);
    sees(&mut world, Observation::Told, served);
    assert_eq!(world.ticket(ticket).status, Status::Open);
    assert_eq!(commands(&world, ticket).last().unwrap(), "create ticket");
}

#[test]
fn who_writes_while_the_visit_is_being_cancelled_has_another_and_stays_open() {
    for makes_new in [true, false] {
        let mut world = world(|desk| {
            desk.cancels_closed = true;
            desk.follow_up_makes_new = makes_new;
        });
        let ticket = linked(&mut world);
        world.closes(ticket);
        world.arrives(follow_up("b", "a"));
        if makes_new {
            let left = link(&world, ticket);
            assert_eq!(left.followed(), Some("100"), "until it is out of the queue");
        }
        is_told(&mut world, "SERVED", 10);
        assert_eq!(world.ticket(ticket).status, Status::Open);
        let creates = commands(&world, ticket).into_iter();
        let creates = creates.filter(|one| one == "create ticket").count();
        assert_eq!(creates, 1 + usize::from(makes_new));
    }
}
