//! What a thread is told: every message once, in order, and nothing that is not for it.

use super::*;

#[test]
fn a_ticket_is_made_and_what_is_said_later_follows_in_order() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = world.arrives(ticket("a")).ticket;
    world.arrives(follow_up("b", "a").saying("and this"));
    world.replies(reply(number));
    // Nothing follows before the ticket is there.
    assert_eq!(told(&world, number, SUPPORT), ["create ticket"]);
    carries_out(&mut world, number, SUPPORT, 1);
    let expected = [
        "create ticket",
        "post message: and this",
        "post message: an answer",
    ];
    assert_eq!(told(&world, number, SUPPORT), expected);
    assert_eq!(link(&world, number, SUPPORT).remote.as_deref(), Some("77"));

    world.arrives(follow_up("c", "a").saying("thanks"));
    assert_eq!(told(&world, number, SUPPORT).len(), 4);
    // The same again is no message.
    world.arrives(follow_up("c", "a").saying("thanks"));
    assert_eq!(told(&world, number, SUPPORT).len(), 4);
}

#[test]
fn a_long_thread_is_told_in_parts_until_all_of_it_is_there() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = world.arrives(ticket("a")).ticket;
    let texts: Vec<String> = (0..30).map(|at| format!("message {at}")).collect();
    for (at, text) in texts.iter().enumerate() {
        world.arrives(follow_up(&format!("f{at}"), "a").saying(text));
    }
    carries_out(&mut world, number, SUPPORT, 1);
    let posted: Vec<String> = told(&world, number, SUPPORT).split_off(1);
    let expected: Vec<String> = texts
        .iter()
        .map(|text| format!("post message: {text}"))
        .collect();
    assert_eq!(posted, expected);
}

#[test]
fn a_dead_ticket_keeps_its_followers_and_a_retry_brings_them() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = world.arrives(ticket("a")).ticket;
    let create = orders(&world, number, SUPPORT)[0].id;
    world.ends(create, Class::Rejected);
    world.arrives(follow_up("b", "a").saying("and this"));
    assert_eq!(told(&world, number, SUPPORT), ["create ticket"]);
    world.orders(OperatorOrder::Retry { delivery: create });
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "post message: and this"]
    );
}

#[test]
fn a_dead_message_does_not_hold_up_the_next() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.arrives(follow_up("b", "a").saying("one"));
    world.arrives(follow_up("c", "a").saying("two"));
    let first = orders(&world, number, SUPPORT)[1].id;
    world.ends(first, Class::Rejected);
    let second = &orders(&world, number, SUPPORT)[2];
    assert!(
        matches!(second.state, DeliveryState::Due { .. }),
        "{second:?}"
    );
}

#[test]
fn internal_notes_stay_here_unless_the_operator_wants_them_there() {
    let note = |ticket| Replied {
        visibility: Visibility::Internal,
        ..reply(ticket)
    };
    let mut world = world(&[(SUPPORT, helpdesk()), (SECOND, helpdesk())]);
    {
        let mut routes = world.routes.lock().unwrap();
        routes.systems.get_mut(SECOND).unwrap().shows_internal = true;
    }
    let number = linked(&mut world);
    carries_out(&mut world, number, SECOND, 1);
    world.replies(note(number));
    assert_eq!(told(&world, number, SUPPORT), ["create ticket"]);
    assert_eq!(
        told(&world, number, SECOND),
        ["create ticket", "post message: an answer"]
    );
    assert!(replies(&world, number).is_empty());
}

#[test]
fn an_edit_is_told_as_such_where_the_message_was_told() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = world.arrives(ticket("a").saying("fist")).ticket;
    // The ticket is made with what was said first, since that is frozen.
    world.arrives(ticket("a").saying("first"));
    carries_out(&mut world, number, SUPPORT, 1);
    world.arrives(ticket("a").saying("first of all"));
    let posted = told(&world, number, SUPPORT);
    let expected = [
        "create ticket",
        "post edit: first",
        "post edit: first of all",
    ];
    assert_eq!(posted, expected);
}

#[test]
fn long_text_is_told_whole() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    let long = "long ".repeat(2000);
    world.arrives(follow_up("b", "a").saying(&long));
    let posted = told(&world, number, SUPPORT);
    assert_eq!(posted[1], format!("post message: {long}"));
    let said = &link(&world, number, SUPPORT).said;
    assert_eq!(said.len(), 1, "it is known again when it is seen there");
}

#[test]
fn without_the_key_that_makes_tickets_none_is_made() {
    let role = Role::Helpdesk(HelpdeskRoute {
        makes_tickets: false,
    });
    let mut world = world(&[(SUPPORT, role)]);
    let number = world.arrives(ticket("a")).ticket;
    assert!(told(&world, number, SUPPORT).is_empty());
    assert!(world.ticket(number).links.is_empty());
}
