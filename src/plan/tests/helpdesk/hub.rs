//! Tickets pushed to a hub, and the answers that come to the addresses given with them.

use super::*;
use crate::plan::Refusal;

fn pushed(world: &World, ticket: TicketId) -> Vec<Pushing> {
    let orders = orders(world, ticket, HUB).into_iter();
    orders
        .map(|order| match order.command {
            Command::PushTicket(pushing) => pushing,
            command => panic!("{command:?}"),
        })
        .collect()
}

fn answers(world: &mut World, token: &str, text: &str) -> ReturnTaken {
    let returned = Returned {
        token: token.to_owned(),
        text: text.to_owned(),
    };
    match world.happens(Happening::Returned(Box::new(returned))) {
        Answer::Returned(taken) => *taken,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_message_of_the_customer_is_pushed_and_the_first_is_the_parent() {
    let mut world = world(&[(HUB, Role::Hub)]);
    let number = world.arrives(ticket("a").by("za:pier")).ticket;
    world.arrives(follow_up("b", "a").by("za:pier"));
    world.replies(reply(number));
    assert_eq!(
        pushed(&world, number).len(),
        1,
        "parents go before children"
    );
    carries_out(&mut world, number, HUB, 500);
    let pushed = pushed(&world, number);
    let uids: Vec<&str> = pushed.iter().map(|one| one.uid.as_str()).collect();
    assert_eq!(uids, ["acme:za%3Apier:a", "acme:za%3Apier:b"]);
    assert_eq!(pushed[0].parent_uid, None);
    assert_eq!(pushed[1].parent_uid.as_deref(), Some("acme:za%3Apier:a"));
    assert_ne!(pushed[0].token, pushed[1].token);
    assert_eq!(pushed[0].token.len(), 32);
    assert!(!format!("{:?}", pushed[0]).contains(&pushed[0].token));
    assert_eq!(link(&world, number, HUB).remote.as_deref(), Some("500"));
}

#[test]
fn an_earlier_call_that_made_it_is_an_outcome_without_a_number() {
    let mut world = world(&[(HUB, Role::Hub)]);
    let number = world.arrives(ticket("a")).ticket;
    let push = orders(&world, number, HUB)[0].id;
    world.happens(Happening::Started { delivery: push });
    world.ends(push, Class::Unknown);
    assert!(world.delivery(push).in_doubt_since.is_some());
    world.pass(HOUR);
    let settled = Settled {
        remote_uid: None,
        ..world.end(push, Class::Ok)
    };
    world.settles(settled);
    assert_eq!(link(&world, number, HUB).state, LinkState::Waiting);
    world.arrives(follow_up("b", "a"));
    assert_eq!(pushed(&world, number).len(), 2);
}

#[test]
fn an_answer_goes_to_the_message_that_was_pushed_and_to_the_other_systems() {
    let mut world = world(&[(HUB, Role::Hub), (SUPPORT, helpdesk())]);
    let number = world.arrives(ticket("a")).ticket;
    world.arrives(follow_up("b", "a").at("https://hooks.example.com/b"));
    carries_out(&mut world, number, HUB, 500);
    carries_out(&mut world, number, SUPPORT, 1);
    let first = pushed(&world, number)[0].token.clone();
    let taken = answers(&mut world, &first, " Try again. ");
    assert_eq!(
        (taken.uid.as_str(), taken.parent_uid.as_str()),
        ("acme:hub:message-3", "acme::a")
    );
    let reply = orders(&world, number, RESPONSE_URL).pop().unwrap();
    let says = reply.reply().unwrap();
    assert_eq!(
        says.parent_uid, "a",
        "not the newest message, but the one that it names"
    );
    assert_eq!(
        (says.author_uid.as_str(), says.author_name.as_str()),
        (HUB, "A brand")
    );
    assert_eq!(replies(&world, number), ["Try again."]);
    assert_eq!(
        told(&world, number, SUPPORT).pop().unwrap(),
        "post message: Try again."
    );
    assert_eq!(pushed(&world, number).len(), 2, "answers are not pushed");
    assert!(!world.ticket(number).awaits_agent);

    // An answer to the answer is one to the same customer.
    let again = answers(&mut world, &taken.token, "Or call us.");
    assert_eq!(again.parent_uid, taken.uid);
    let reply = orders(&world, number, RESPONSE_URL).pop().unwrap();
    assert_eq!(reply.reply().unwrap().parent_uid, "a");
}

#[test]
fn the_same_answer_within_a_minute_is_one() {
    let mut world = world(&[(HUB, Role::Hub)]);
    let number = world.arrives(ticket("a")).ticket;
    carries_out(&mut world, number, HUB, 500);
    let token = pushed(&world, number)[0].token.clone();
    let first = answers(&mut world, &token, "Try again.");
    world.pass(Duration::from_secs(59));
    let second = answers(&mut world, &token, "Try again.\n");
    assert!(!first.duplicate && second.duplicate);
    assert_eq!((&first.uid, &first.token), (&second.uid, &second.token));
    assert_eq!(replies(&world, number), ["Try again."]);
    answers(&mut world, &token, "Something else.");
    world.pass(Duration::from_secs(60));
    answers(&mut world, &token, "Something else.");
    assert_eq!(replies(&world, number).len(), 3);
}

#[test]
fn an_unknown_address_is_none() {
    let mut world = world(&[(HUB, Role::Hub)]);
    let number = world.arrives(ticket("a")).ticket;
    carries_out(&mut world, number, HUB, 500);
    let returned = Returned {
        token: "00000000000000000000000000000000".to_owned(),
        text: "hello".to_owned(),
    };
    let refused = world.is_refused(Happening::Returned(Box::new(returned)));
    assert!(matches!(refused, Refusal::NotFound(_)));
    assert_eq!(texts(&world, number).len(), 1);
}

#[test]
fn a_removal_is_recorded_and_takes_nothing_back() {
    let mut world = world(&[(HUB, Role::Hub)]);
    let number = world.arrives(ticket("a")).ticket;
    carries_out(&mut world, number, HUB, 500);
    let token = pushed(&world, number)[0].token.clone();
    let taken = answers(&mut world, &token, "Try again.");
    world.happens(Happening::Removed { token: taken.token });
    let message = taken.taken.message.id;
    let removed = Note::Removed {
        system: HUB.to_owned(),
        message,
    };
    assert!(world.notes(number).contains(&removed));
    assert_eq!(replies(&world, number), ["Try again."]);
}
