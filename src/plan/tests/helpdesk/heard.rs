//! What is heard in a thread: each message once, from whom it is, and where it belongs.

use super::*;

#[test]
fn what_is_said_there_is_heard_once_and_reaches_everybody_else() {
    let mut world = world(&[
        (SUPPORT, helpdesk()),
        (SECOND, helpdesk()),
        (HUB, Role::Hub),
    ]);
    let number = linked(&mut world);
    carries_out(&mut world, number, SECOND, 1);
    carries_out(&mut world, number, HUB, 500);
    let thread = [
        said(10, agent("5"), "Have you tried again?"),
        said(11, RemoteSender::Customer, "Yes."),
    ];
    assert!(hears(&mut world, &thread).news);
    assert!(!hears(&mut world, &thread).news);
    assert_eq!(
        texts(&world, number).split_off(1),
        ["Agent 5: Have you tried again?", "Ann: Yes."]
    );
    assert_eq!(replies(&world, number), ["Have you tried again?"]);
    assert_eq!(told(&world, number, SUPPORT), ["create ticket"]);
    let second = [
        "create ticket",
        "post message: Have you tried again?",
        "post message: Yes.",
    ];
    assert_eq!(told(&world, number, SECOND), second);
    // A hub takes the customer's messages only.
    assert_eq!(told(&world, number, HUB), ["push ticket", "push ticket"]);
    assert!(world.ticket(number).awaits_agent);
}

#[test]
fn what_may_be_internal_is_kept_from_the_customer() {
    let mut world = world(&[(SUPPORT, helpdesk()), (SECOND, helpdesk())]);
    let number = linked(&mut world);
    carries_out(&mut world, number, SECOND, 1);
    let note = RemoteMessage {
        visibility: Visibility::Internal,
        ..said(10, agent("5"), "a difficult one")
    };
    hears(&mut world, &[note]);
    assert_eq!(
        texts(&world, number).split_off(1),
        ["Agent 5 (note): a difficult one"]
    );
    assert!(replies(&world, number).is_empty());
    assert_eq!(told(&world, number, SECOND), ["create ticket"]);
    assert!(world.ticket(number).awaits_agent, "it is no answer");
}

#[test]
fn a_ticket_that_began_there_becomes_ours_and_goes_to_the_others() {
    let mut world = world(&[(SUPPORT, helpdesk()), (SECOND, helpdesk())]);
    {
        let mut routes = world.routes.lock().unwrap();
        routes.systems.get_mut(SUPPORT).unwrap().import_to = Some("acme".to_owned());
    }
    let opening = RemoteMessage {
        at: Time::from_micros(2_000_000),
        ..said(1, RemoteSender::Customer, "Since today.")
    };
    let remote = RemoteTicket {
        messages: Some(vec![opening, said(2, agent("5"), "We look into it.")]),
        priority: Some(Priority::High),
        status: "in_progress".to_owned(),
        phase: Some(Phase::Attended),
        ..there("open", 5)
    };
    let seen = sees(&mut world, remote.clone());
    let number = seen.ticket.unwrap();
    let ours = world.ticket(number);
    assert_eq!(ours.title, "Cannot log in");
    assert_eq!(
        (ours.status, ours.priority),
        (Status::InProgress, Priority::High)
    );
    assert_eq!(ours.author.external_uid, "jane@example.com");
    // What it begins with is not said twice.
    assert_eq!(texts(&world, number).len(), 2);
    assert!(told(&world, number, SUPPORT).is_empty());
    carries_out(&mut world, number, SECOND, 1);
    assert_eq!(
        told(&world, number, SECOND),
        [
            "create ticket",
            "post message: We look into it.",
            "update ticket"
        ]
    );
    let before = world.ticket(number);
    let seen = sees(&mut world, remote);
    assert_eq!(world.ticket(number).links, before.links, "{seen:?}");
    assert!(!seen.news);
}

#[test]
fn messages_of_a_very_long_thread_are_known_again_without_being_remembered_one_by_one() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    let thread: Vec<RemoteMessage> = (1..=400)
        .map(|at| said(at, RemoteSender::Customer, &format!("line {at}")))
        .collect();
    let mut rounds = 0;
    while hears(&mut world, &thread).news {
        rounds += 1;
        assert!(rounds < 100);
    }
    assert_eq!(texts(&world, number).len(), 401);
    assert!(link(&world, number, SUPPORT).heard.len() <= 256);
}

#[test]
fn what_is_not_settled_there_stays_to_be_asked_for() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    let fresh = RemoteTicket {
        unsettled: true,
        ..there("open", 5)
    };
    sees(&mut world, fresh);
    assert!(link(&world, number, SUPPORT).unheard);
    sees(&mut world, there("open", 5));
    assert!(!link(&world, number, SUPPORT).unheard);
}

#[test]
fn a_ticket_that_was_out_of_sight_is_followed_again_when_it_is_seen() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.happens(Happening::Vanished {
        system: SUPPORT.to_owned(),
        remote: "77".to_owned(),
    });
    assert_eq!(link(&world, number, SUPPORT).state, LinkState::Gone);
    world.arrives(follow_up("b", "a").saying("hello?"));
    assert_eq!(told(&world, number, SUPPORT), ["create ticket"]);
    world.pass(HOUR);
    sees(&mut world, there("open", 6));
    assert_eq!(link(&world, number, SUPPORT).state, LinkState::Waiting);
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "post message: hello?"]
    );
}
