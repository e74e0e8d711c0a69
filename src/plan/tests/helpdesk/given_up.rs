//! Messages that were given up on, called off, or could not be told when they were said.

use super::*;

/// A ticket with a message of which nobody knows whether it arrived there: its delivery.
fn in_doubt(world: &mut World) -> (TicketId, DeliveryId) {
    let number = linked(world);
    world.replies(reply(number));
    let post = orders(world, number, SUPPORT).pop().unwrap().id;
    world.happens(Happening::Started { delivery: post });
    world.ends(post, Class::Unknown);
    (number, post)
}

#[test]
fn a_thread_is_heard_though_a_message_in_doubt_was_called_off() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let (number, post) = in_doubt(&mut world);
    let theirs = [
        said(10, agent("3"), "I call you."),
        said(11, RemoteSender::Customer, "Please do."),
    ];
    assert!(hears(&mut world, &theirs).ask_again);
    world.orders(OperatorOrder::Cancel { delivery: post });
    assert!(!hears(&mut world, &theirs).ask_again);
    assert_eq!(
        texts(&world, number).split_off(2),
        ["Agent 3: I call you.", "Ann: Please do."]
    );
}

#[test]
fn one_in_doubt_that_was_called_off_is_known_when_it_comes_after_all() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let (number, post) = in_doubt(&mut world);
    world.orders(OperatorOrder::Cancel { delivery: post });
    let seen = hears(&mut world, &[said(10, agent("3"), "an answer")]);
    assert_eq!((seen.echoes, texts(&world, number).len()), (1, 2));
    assert!(matches!(world.state(post), DeliveryState::Delivered { .. }));
}

#[test]
fn what_never_arrived_is_nobodys_echo() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.replies(reply(number));
    let post = orders(&world, number, SUPPORT).pop().unwrap().id;
    world.happens(Happening::Started { delivery: post });
    world.ends(post, Class::Rejected);
    // A person there says it in its place.
    hears(&mut world, &[said(10, agent("3"), "an answer")]);
    assert_eq!(texts(&world, number).len(), 3);
}

#[test]
fn a_dead_letter_that_is_tried_again_is_known_when_it_is_seen_there() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.replies(reply(number));
    let post = orders(&world, number, SUPPORT).pop().unwrap().id;
    world.happens(Happening::Started { delivery: post });
    world.ends(post, Class::Rejected);
    world.pass(DAY);
    world.orders(OperatorOrder::Retry { delivery: post });
    world.happens(Happening::Started { delivery: post });
    let seen = hears(&mut world, &[said(10, agent("3"), "an answer")]);
    assert_eq!((seen.echoes, texts(&world, number).len()), (1, 2));
    let settled = Settled {
        remote_uid: Some("10".to_owned()),
        ..world.end(post, Class::Ok)
    };
    world.settles(settled);
    assert!(!hears(&mut world, &[said(10, agent("3"), "an answer")]).news);
}

#[test]
fn an_edit_is_told_though_the_ticket_was_not_there_yet_or_not_mirrored() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = world.arrives(ticket("a").saying("fist")).ticket;
    world.arrives(ticket("a").saying("first"));
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "post edit: first"]
    );
    for at in 0..40 {
        world.arrives(follow_up(&format!("f{at}"), "a"));
        carries_out(&mut world, number, SUPPORT, 100 + at);
    }
    assert!(world.ticket(number).loop_since.is_some());
    world.arrives(ticket("a").saying("first of all"));
    world.orders(OperatorOrder::Release { ticket: number });
    carries_out(&mut world, number, SUPPORT, 200);
    let edits = told(&world, number, SUPPORT).into_iter();
    let edits: Vec<String> = edits.filter(|told| told.contains("edit")).collect();
    assert_eq!(edits, ["post edit: first", "post edit: first of all"]);
}

#[test]
fn what_was_called_off_while_a_ticket_was_out_of_sight_is_told_when_it_is_seen_again() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    for text in ["one", "two", "three"] {
        let sent = follow_up(text, "a").saying(text);
        world.arrives(sent);
    }
    let first = orders(&world, number, SUPPORT)[1].id;
    world.happens(Happening::Started { delivery: first });
    let settled = Settled {
        vanished: true,
        ..world.end(first, Class::Rejected)
    };
    world.settles(settled);
    world.pass(HOUR);
    world.arrives(follow_up("four", "a").saying("four"));
    let sent = |world: &World| -> Vec<String> {
        let posts = orders(world, number, SUPPORT).into_iter();
        let posts = posts.filter(|post| matches!(post.state, DeliveryState::Delivered { .. }));
        let posts = posts.filter(|post| post.command == Command::PostMessage);
        posts
            .map(|post| world.text_at(post.message, post.revision))
            .collect()
    };
    assert!(sent(&world).is_empty());
    sees(&mut world, there("open", 6));
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(sent(&world), ["one", "two", "three", "four"]);
}

#[test]
fn what_may_be_in_a_ticket_out_of_sight_is_not_told_again_by_itself() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let (number, post) = in_doubt(&mut world);
    world.happens(Happening::Vanished {
        system: SUPPORT.to_owned(),
        remote: "77".to_owned(),
    });
    assert!(matches!(world.state(post), DeliveryState::Dead { .. }));
    world.pass(HOUR);
    sees(&mut world, there("open", 6));
    assert_eq!(told(&world, number, SUPPORT).len(), 2);
    world.orders(OperatorOrder::Retry { delivery: post });
    assert!(world.delivery(post).in_doubt_since.is_some());
}

#[test]
fn a_change_here_is_told_also_where_the_status_there_is_in_a_word_of_its_own() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.pass(HOUR);
    let strange = RemoteTicket {
        phase: None,
        ..there("escalated", 9)
    };
    sees(&mut world, strange);
    world.closes(number);
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "update ticket"]
    );
}
