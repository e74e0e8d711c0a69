//! SMS both ways.

use super::*;

fn sms(at: i64, from: RemoteSender, text: &str) -> RemoteMessage {
    RemoteMessage {
        number: None,
        visibility: Visibility::Public,
        at: Time::from_micros(THEIR_CLOCK + at),
        from,
        text: text.to_owned(),
    }
}

fn clerk() -> RemoteSender {
    RemoteSender::Colleague {
        id: "15144".to_owned(),
        name: None,
        may_be_us: true,
    }
}

fn hears(world: &mut World, messages: &[RemoteMessage]) -> Sighting {
    let at = world.now;
    let remote = RemoteTicket {
        messages: Some(messages.to_vec()),
        ..remote("NEW", 1)
    };
    sees(world, Observation::Asked { at }, remote)
}

fn texts(world: &World, ticket: TicketId) -> Vec<String> {
    let story = world.story(ticket);
    story
        .messages
        .into_iter()
        .map(|view| format!("{}: {}", view.message.from.name(), view.content))
        .collect()
}

#[test]
fn what_the_customer_and_the_clerk_say_there_is_said_here_once() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    world.closes(ticket);
    let said = [
        sms(1, RemoteSender::Automatic, "You are next"),
        sms(2, RemoteSender::Customer, "I am late"),
        sms(3, clerk(), "No problem"),
        sms(4, RemoteSender::Customer, "I am late"),
    ];
    for _ in 0..3 {
        hears(&mut world, &said);
        hears(&mut world, &said[1..3]);
    }
    assert_eq!(
        texts(&world, ticket),
        [
            "Ann: text of a",
            "Ann: I am late",
            "front-desk 15144: No problem",
            "Ann: I am late"
        ]
    );
    let ticket = world.ticket(ticket);
    assert_eq!((ticket.status, ticket.awaits_agent), (Status::Open, true));
}

#[test]
fn a_clerks_sms_goes_to_the_response_url_by_name() {
    let mut world = world(|_| {});
    let known = |routes: &mut Routes| {
        routes.agents.get_mut(&AgentId(3)).unwrap().qminder_user = Some("7".to_owned());
    };
    known(&mut world.routes.lock().unwrap());
    let ticket = linked(&mut world);
    let seven = RemoteSender::Colleague {
        id: "7".to_owned(),
        name: None,
        may_be_us: true,
    };
    hears(
        &mut world,
        &[sms(3, clerk(), "No problem"), sms(4, seven, "Come in")],
    );
    let story = world.story(ticket);
    let replies: Vec<(String, String)> = story
        .deliveries
        .iter()
        .filter_map(|story| story.delivery.reply())
        .map(|reply| (reply.author_uid.clone(), reply.author_name.clone()))
        .collect();
    let expected = [("front-desk:15144", "front-desk 15144"), ("3", "Agent 3")];
    let expected = expected.map(|(uid, name)| (uid.to_owned(), name.to_owned()));
    assert_eq!(replies, expected);
}

#[test]
fn a_reply_goes_out_as_sms_where_configured_and_its_echo_is_no_news() {
    let mut world = world(|desk| desk.sends_sms = true);
    let ticket = linked(&mut world);
    world.replies(reply(ticket));
    let sent: Vec<Delivery> = deliveries(&world, ticket)
        .into_iter()
        .filter(|one| one.command == Command::SendSms)
        .collect();
    let [delivery] = &sent[..] else {
        panic!("{sent:?}")
    };
    let us = || RemoteSender::Colleague {
        id: "900".to_owned(),
        name: None,
        may_be_us: true,
    };
    let ours = [sms(5, us(), "an answer\n")];

    // Seen while its outcome is open, and again once it is known.
    assert_eq!(hears(&mut world, &ours).echoes, 1);
    world.ends(delivery.id, Class::Ok);
    assert_eq!(hears(&mut world, &ours).echoes, 0);
    assert_eq!(texts(&world, ticket).len(), 2);

    // A person says the same.
    hears(&mut world, &[sms(6, clerk(), "an answer")]);
    assert_eq!(texts(&world, ticket).len(), 3);
    let commands = commands(&world, ticket);
    assert_eq!(
        commands.iter().filter(|one| *one == "send SMS").count(),
        1,
        "what was said there is not sent there"
    );
}

#[test]
fn a_long_exchange_is_taken_in_parts() {
    let mut world = world(|desk| desk.import_to = Some("acme".to_owned()));
    let said: Vec<RemoteMessage> = (0..40)
        .map(|at| sms(at, RemoteSender::Customer, &format!("word {at}")))
        .collect();
    let first = hears(&mut world, &said);
    let ticket = first.ticket.unwrap();
    assert!(first.ask_again && link(&world, ticket).unheard);
    assert!(hears(&mut world, &said).ask_again);
    assert!(!hears(&mut world, &said).ask_again);
    assert!(!link(&world, ticket).unheard);
    assert_eq!(texts(&world, ticket).len(), 41);
    assert!(!hears(&mut world, &said).news);
}

#[test]
fn a_visitor_without_a_number_gets_no_sms() {
    let mut world = world(|desk| desk.sends_sms = true);
    let ticket = linked(&mut world);
    let at = world.now;
    let mut unreachable = remote("NEW", 1);
    unreachable.person.phone = None;
    sees(&mut world, Observation::Asked { at }, unreachable);
    world.replies(reply(ticket));
    assert!(!commands(&world, ticket).contains(&"send SMS".to_owned()));
}

#[test]
fn the_same_words_long_after_are_a_persons() {
    let mut world = world(|desk| desk.sends_sms = true);
    let ticket = linked(&mut world);
    world.replies(reply(ticket));
    let sms_delivery = deliveries(&world, ticket)
        .into_iter()
        .find(|one| one.command == Command::SendSms)
        .unwrap()
        .id;
    world.ends(sms_delivery, Class::Ok);
    world.pass(11 * MINUTE);
    assert_eq!(hears(&mut world, &[sms(5, clerk(), "an answer")]).echoes, 0);
    assert_eq!(texts(&world, ticket).len(), 3);
}

#[test]
fn what_was_said_before_a_visit_ended_is_asked_for_and_begins_no_other() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    is_told(&mut world, "CALLED", 10);
    assert!(
        is_told(&mut world, "SERVED", 20).ask_again,
        "webhooks say nothing of SMS"
    );
    assert!(
        link(&world, ticket).followed().is_some(),
        "also after a restart"
    );

    let ended = |messages: &[RemoteMessage]| RemoteTicket {
        messages: Some(messages.to_vec()),
        ..remote("SERVED", 20)
    };
    let during = [
        sms(12, RemoteSender::Customer, "I am late"),
        sms(15, clerk(), "No problem"),
    ];
    let by = Observation::Asked { at: world.now };
    sees(&mut world, by, ended(&during));
    assert_eq!(texts(&world, ticket).len(), 3);
    assert_eq!(
        world.ticket(ticket).status,
        Status::Closed,
        "the clerk knew of it"
    );
    assert!(link(&world, ticket).followed().is_none());
    assert_eq!(
        commands(&world, ticket)
            .iter()
            .filter(|one| *one == "create ticket")
            .count(),
        1
    );

    let after = [sms(21, RemoteSender::Customer, "I forgot something")];
    let by = Observation::Asked { at: world.now };
    sees(&mut world, by, ended(&after));
    assert_eq!(world.ticket(ticket).status, Status::Open);
    assert_eq!(
        commands(&world, ticket)
            .iter()
            .filter(|one| *one == "create ticket")
            .count(),
        2
    );

    // Also where another visit is wanted by the time that it is heard.
    let later = [sms(19, clerk(), "Goodbye")];
    let by = Observation::Asked { at: world.now };
    for _ in 0..2 {
        sees(&mut world, by, ended(&later));
    }
    assert_eq!(texts(&world, ticket).len(), 5);
}

#[test]
fn what_the_customer_said_before_an_agent_closed_the_ticket_unheard_opens_it_again() {
    let mut world = world(|desk| desk.cancels_closed = true);
    let ticket = linked(&mut world);
    world.closes(ticket);
    let unheard = RemoteTicket {
        messages: Some(vec![sms(12, RemoteSender::Customer, "Wait!")]),
        ..remote("SERVED", 20)
    };
    let by = Observation::Asked { at: world.now };
    sees(&mut world, by, unheard);
    assert_eq!(world.ticket(ticket).status, Status::Open);
}

#[test]
fn what_is_left_to_hear_of_a_visit_is_asked_for_also_after_the_next_one_was_made() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    is_told(&mut world, "SERVED", 20);
    world.arrives(follow_up("b", "a"));
    let create = deliveries(&world, ticket)
        .into_iter()
        .find(|one| matches!(one.command, Command::CreateTicket { .. }) && one.state.is_pending());
    is_made(&mut world, create.unwrap().id, "200");
    let link_of = |world: &World| link(world, ticket).followed().map(str::to_owned);
    assert_eq!(link_of(&world).as_deref(), Some("100"));
    let heard = RemoteTicket {
        messages: Some(vec![sms(12, RemoteSender::Customer, "Wait!")]),
        ..remote("SERVED", 20)
    };
    let by = Observation::Asked { at: world.now };
    sees(&mut world, by, heard);
    assert_eq!(texts(&world, ticket).len(), 3);
    assert_eq!(link_of(&world).as_deref(), Some("200"));
}
