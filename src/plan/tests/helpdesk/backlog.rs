//! Much that is still to be told, and that nobody has to wait for.

use super::*;

fn agents_messages(count: u64) -> Vec<RemoteMessage> {
    (1..=count)
        .map(|at| said(at, agent("5"), &format!("line {at}")))
        .collect()
}

#[test]
fn a_reply_goes_to_a_long_thread_however_much_was_heard_there_before() {
    let mut world = world(&[(SUPPORT, helpdesk()), (HUB, Role::Hub)]);
    let number = linked(&mut world);
    carries_out(&mut world, number, HUB, 500);
    while hears(&mut world, &agents_messages(100)).news {}
    assert_eq!(texts(&world, number).len(), 101);
    world.replies(reply(number));
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "post message: an answer"]
    );
    world.arrives(follow_up("b", "a"));
    assert_eq!(told(&world, number, HUB), ["push ticket", "push ticket"]);
}

#[test]
fn what_is_said_while_a_ticket_is_made_is_told_behind_any_number_of_notes() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = world.arrives(ticket("a")).ticket;
    for _ in 0..40 {
        world.replies(Replied {
            visibility: Visibility::Internal,
            ..reply(number)
        });
    }
    world.replies(reply(number));
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "post message: an answer"]
    );
}

#[test]
fn none_of_a_long_backlog_comes_back_as_news() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = world.arrives(ticket("a")).ticket;
    for at in 0..300 {
        world.replies(Replied {
            text: format!("message {at}"),
            ..reply(number)
        });
        world.pass(Duration::from_secs(1));
    }
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(told(&world, number, SUPPORT).len(), 301);
    assert!(
        world.ticket(number).loop_since.is_none(),
        "nobody said anything meanwhile"
    );
    let echoes: Vec<RemoteMessage> = (0..300)
        .map(|at| said(at + 1, agent("3"), &format!("message {at}")))
        .collect();
    while hears(&mut world, &echoes).news {}
    assert_eq!(texts(&world, number).len(), 301);
    let link = link(&world, number, SUPPORT);
    assert!(link.heard.len() <= 256 && link.said.is_empty(), "{link:?}");
}

#[test]
fn what_is_heard_late_between_many_others_is_heard() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    for at in 0..300 {
        world.replies(reply(number));
        world.pass(MINUTE);
        // Two numbers were somebody else's.
        carries_out(
            &mut world,
            number,
            SUPPORT,
            if at < 10 { at + 1 } else { at + 3 },
        );
    }
    let theirs = [
        said(11, agent("5"), "eleven"),
        said(12, agent("5"), "twelve"),
    ];
    while hears(&mut world, &theirs).news {}
    let texts = texts(&world, number);
    assert_eq!(texts[301..], ["Agent 5: eleven", "Agent 5: twelve"]);
}

#[test]
fn very_long_messages_are_taken_a_few_at_a_time() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    let long = "long ".repeat(40_000);
    let thread: Vec<RemoteMessage> = (1..=16).map(|at| said(at, agent("5"), &long)).collect();
    hears(&mut world, &thread);
    assert!(texts(&world, number).len() <= 4);
    while hears(&mut world, &thread).news {}
    assert_eq!(texts(&world, number).len(), 17);
}

#[test]
fn a_sender_who_calls_themselves_like_a_system_is_none() {
    let mut world = world(&[(SUPPORT, helpdesk()), (HUB, Role::Hub)]);
    let number = world.arrives(ticket("a").by(SUPPORT)).ticket;
    carries_out(&mut world, number, SUPPORT, 1);
    carries_out(&mut world, number, HUB, 500);
    world.arrives(follow_up("b", "a").by(SUPPORT).saying("and this"));
    world.arrives(follow_up("c", "a").by(HUB).saying("and that"));
    assert_eq!(
        told(&world, number, SUPPORT).split_off(1),
        ["post message: and this", "post message: and that"]
    );
    carries_out(&mut world, number, HUB, 501);
    assert_eq!(told(&world, number, HUB).len(), 3);
}

#[test]
fn the_system_that_shares_a_thread_goes_on_where_the_other_was() {
    let mut world = world(&[(SUPPORT, helpdesk()), (SECOND, helpdesk())]);
    {
        let mut routes = world.routes.lock().unwrap();
        routes.systems.get_mut(SECOND).unwrap().queue = SUPPORT.to_owned();
    }
    let number = linked(&mut world);
    world.arrives(follow_up("b", "a").saying("one"));
    carries_out(&mut world, number, SUPPORT, 1);
    world.routes.lock().unwrap().systems.remove(SUPPORT);
    world.arrives(follow_up("c", "a").saying("two"));
    assert_eq!(told(&world, number, SECOND), ["post message: two"]);
}
