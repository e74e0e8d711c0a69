//! What a comparison found is done anew.

use super::*;
use crate::plan::Refusal;

fn mends(world: &mut World, ticket: TicketId, system: &str, what: Mend) -> Answer {
    let system = system.to_owned();
    world.happens(Happening::Ordered(OperatorOrder::Mend {
        ticket,
        system,
        what,
    }))
}

fn is_done(world: &mut World, ticket: TicketId, system: &str, what: Mend) {
    let answer = mends(world, ticket, system, what);
    assert!(matches!(answer, Answer::Done(_)), "{answer:?}");
}

fn is_refused(world: &mut World, ticket: TicketId, system: &str, what: Mend) {
    let before = world.ticket(ticket);
    let answer = mends(world, ticket, system, what);
    assert!(
        matches!(answer, Answer::Refused(Refusal::NotNow(_))),
        "{answer:?}"
    );
    assert_eq!(world.ticket(ticket), before);
}

#[test]
fn a_message_is_brought_again_and_known_again() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    let said = world.replies(reply(number)).message.id;
    carries_out(&mut world, number, SUPPORT, 5);
    let message = Mend::Message {
        message: said,
        edit: false,
    };
    is_done(&mut world, number, SUPPORT, message);
    let posts = told(&world, number, SUPPORT);
    assert_eq!(posts.len(), 3, "{posts:?}");
    assert_eq!(posts[1], posts[2]);
    let again = orders(&world, number, SUPPORT).pop().unwrap().id;
    let said = link(&world, number, SUPPORT).said;
    assert!(said.iter().any(|said| said.delivery == again));
    carries_out(&mut world, number, SUPPORT, 6);
    let heard = link(&world, number, SUPPORT).heard;
    assert_eq!(heard, ["5", "6"]);
    let notes = world.notes(number);
    assert!(
        matches!(notes.last(), Some(Note::Mended { .. })),
        "{notes:?}"
    );
}

#[test]
fn how_it_stands_is_told_again_once() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    is_done(&mut world, number, SUPPORT, Mend::State);
    is_done(&mut world, number, SUPPORT, Mend::State);
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "update ticket"],
        "what waits says it already"
    );
}

#[test]
fn a_ticket_is_made_only_where_none_is_or_will_be() {
    let mut world = world(&[(SUPPORT, helpdesk()), (HUB, Role::Hub)]);
    let number = world.arrives(ticket("a")).ticket;
    for system in [SUPPORT, HUB] {
        is_refused(&mut world, number, system, Mend::Ticket);
    }
    let order = orders(&world, number, SUPPORT).pop().unwrap().id;
    world.happens(Happening::Ordered(OperatorOrder::Cancel {
        delivery: order,
    }));
    let pushed = orders(&world, number, HUB).pop().unwrap().id;
    world.ends(pushed, Class::Rejected);
    is_done(&mut world, number, SUPPORT, Mend::Ticket);
    is_done(&mut world, number, HUB, Mend::Ticket);
    let again = orders(&world, number, SUPPORT).pop().unwrap().id;
    assert_ne!(again, order);
    assert_eq!(
        link(&world, number, SUPPORT).state,
        LinkState::Wanted(again)
    );
    is_refused(&mut world, number, SUPPORT, Mend::Ticket);
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(link(&world, number, SUPPORT).remote.as_deref(), Some("77"));
    is_refused(&mut world, number, SUPPORT, Mend::Ticket);
    carries_out(&mut world, number, HUB, 9);
    assert_eq!(link(&world, number, HUB).remote.as_deref(), Some("9"));
}

#[test]
fn a_ticket_from_before_is_made_with_all_that_was_said_since() {
    let mut world = world(&[]);
    let number = world.arrives(ticket("a")).ticket;
    world.replies(reply(number));
    mirrors_to(&mut world.routes.lock().unwrap(), SUPPORT, helpdesk());
    is_done(&mut world, number, SUPPORT, Mend::Ticket);
    carries_out(&mut world, number, SUPPORT, 1);
    let told = told(&world, number, SUPPORT);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].starts_with("post message: "), "{told:?}");
}

#[test]
fn a_ticket_in_a_loop_is_left_alone() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    for at in 0..60 {
        world.arrives(follow_up(&format!("f{at}"), "a"));
        carries_out(&mut world, number, SUPPORT, 100 + at);
    }
    assert!(world.ticket(number).loop_since.is_some());
    is_refused(&mut world, number, SUPPORT, Mend::State);
    world.orders(OperatorOrder::Release { ticket: number });
    is_done(&mut world, number, SUPPORT, Mend::State);
}

#[test]
fn what_is_not_there_any_more_is_left_alone() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    let said = world.replies(reply(number)).message.id;
    carries_out(&mut world, number, SUPPORT, 5);
    let message = || Mend::Message {
        message: said,
        edit: false,
    };
    let linked = Mend::Surplus {
        remote: "77".to_owned(),
    };
    is_refused(&mut world, number, SUPPORT, linked);
    let nothing = Mend::Message {
        message: MessageId(4711),
        edit: false,
    };
    is_refused(&mut world, number, SUPPORT, nothing);
    world.happens(Happening::Vanished {
        system: SUPPORT.to_owned(),
        remote: "77".to_owned(),
    });
    for what in [
        Mend::Record,
        Mend::State,
        Mend::Label("x".to_owned()),
        message(),
    ] {
        is_refused(&mut world, number, SUPPORT, what);
    }
    for (system, expected) in [("elsewhere", "system"), (SUPPORT, "ticket")] {
        let ticket = if system == SUPPORT {
            TicketId(99)
        } else {
            number
        };
        let answer = mends(&mut world, ticket, system, Mend::State);
        let Answer::Refused(Refusal::NotFound(what)) = answer else {
            panic!("{answer:?}");
        };
        assert_eq!(what, expected);
    }
}
