//! A ticket that is new, the same again, edited, or written by somebody renamed.

use super::world::{FIRST, MINUTE, SECOND, World, follow_up, ticket};
use crate::model::{
    Author, Happening, MessageId, Sender, Status, Text, TicketId, Time, Visibility, WayOut,
};
use crate::plan::{Note, Refusal};

#[test]
fn a_new_ticket_opens_a_thread() {
    let mut world = World::new();
    let taken = world.arrives(ticket("a").saying("  \nhelp me\nplease").by("shop"));
    assert_eq!((taken.ticket, taken.message), (TicketId(1), MessageId(1)));
    assert!(!taken.joined && !taken.duplicate && !taken.updated && taken.response_url_known);
    assert_eq!(taken.status, Status::Open);
    assert_eq!(taken.created_at, Time::from_micros(77));

    let stored = world.ticket(TicketId(1));
    assert_eq!(stored.title, "help me");
    assert_eq!(stored.provider.as_deref(), Some("shop"));
    assert_eq!(stored.answer, Some(MessageId(1)));
    assert_eq!(stored.arrived_at, world.now);
    assert!(stored.awaits_agent && !stored.locked);
    assert_eq!((stored.last_reply_at, stored.closed_at), (None, None));
    let message = world.message(TicketId(1), MessageId(1));
    assert_eq!(message.visibility, Visibility::Public);
    assert_eq!(message.way_out, WayOut::None);
    assert_eq!(message.response_url.as_deref(), Some(FIRST));
}

#[test]
fn the_same_again_changes_nothing_but_its_count() {
    let mut world = World::new();
    let first = world.arrives(ticket("a"));
    let before = world.ticket(first.ticket);
    for count in 1..=3 {
        world.pass(MINUTE);
        let again = world.arrives(ticket("a"));
        assert_eq!((again.ticket, again.message), (first.ticket, first.message));
        assert!(again.duplicate && !again.updated && !again.joined);
        assert_eq!(again.created_at, first.created_at);
        let message = world.message(first.ticket, first.message);
        assert_eq!((message.duplicates, message.revision), (count, 0));
        assert_eq!(message.duplicate_at, Some(world.now));
    }
    assert_eq!(world.ticket(first.ticket), before);
    assert_eq!(world.arrives(ticket("b")).ticket, TicketId(2));
}

#[test]
fn what_identifies_a_ticket_is_its_brand_provider_and_uid() {
    let mut world = World::new();
    let other_brand = || crate::model::ExternalTicket {
        brand: "other".to_owned(),
        ..ticket("a")
    };
    let all = [
        ticket("a"),
        ticket("a").by(""),
        ticket("a").by("x"),
        ticket("A"),
        other_brand(),
    ];
    for (number, sent) in (1..).zip(all.clone()) {
        let taken = world.arrives(sent);
        assert_eq!((taken.ticket.0, taken.duplicate), (number, false));
    }
    for (number, sent) in (1..).zip(all) {
        let taken = world.arrives(sent);
        assert_eq!((taken.ticket.0, taken.duplicate), (number, true));
    }
}

#[test]
fn a_duplicate_is_known_among_however_many_namesakes_of_other_providers() {
    let mut world = World::new();
    let mut all = vec![ticket("1")];
    all.extend((0..40).map(|n| ticket("1").by(&format!("form-{n:02}"))));
    for sent in &all {
        assert!(!world.arrives(sent.clone()).duplicate);
    }
    for (number, sent) in (1..).zip(&all) {
        let taken = world.arrives(sent.clone());
        assert!(taken.duplicate, "{:?}", sent.provider);
        assert_eq!(taken.ticket, TicketId(number));
    }
    let child = follow_up("child", "1").by("form-37").at(FIRST);
    assert_eq!(world.arrives(child).ticket, TicketId(39));
}

#[test]
fn an_edit_keeps_what_was_said_before_under_its_revision() {
    let long = |letter: &str| letter.repeat(30_000);
    let texts = [
        "short".to_owned(),
        long("a"),
        long("b"),
        "brief".to_owned(),
        "x".repeat(1024),
        "y".repeat(1025),
        "the end".to_owned(),
    ];
    let mut world = World::new();
    let first = world.arrives(ticket("a").saying(&texts[0]));
    for (revision, text) in (1..).zip(&texts[1..]) {
        world.pass(MINUTE);
        let taken = world.arrives(ticket("a").saying(text));
        assert!(taken.updated && !taken.duplicate);
        assert_eq!((taken.ticket, taken.message), (first.ticket, first.message));
        let message = world.message(first.ticket, first.message);
        assert_eq!(message.revision, revision);
        assert_eq!(message.edited_at, Some(world.now));
        assert_eq!(message.text == Text::Apart, text.len() > 1024);
        let story = world.story(first.ticket);
        assert_eq!(story.messages[0].content, *text);
        assert_eq!(
            story.notes.last().unwrap().1,
            Note::Edited {
                message: first.message,
                revision
            }
        );
        assert_eq!(
            story.ticket.title,
            crate::model::Ticket::title_of(text),
            "the title follows the opening text"
        );
        assert_eq!(story.ticket.updated_at, world.now);
    }
    // What was said before is what a dead letter of that revision would send.
    for (revision, text) in (0..).zip(&texts) {
        assert_eq!(world.text_at(first.message, revision), *text, "{revision}");
    }
}

#[test]
fn an_edit_of_a_follow_up_leaves_the_title_and_reopens_nothing() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a").saying("the title"));
    world.arrives(follow_up("b", "a"));
    let edited = world.arrives(follow_up("b", "a").saying("another"));
    assert!(edited.updated && edited.joined);
    assert_eq!(world.ticket(opening.ticket).title, "the title");
}

#[test]
fn an_edit_that_is_sent_twice_is_a_duplicate_the_second_time() {
    let mut world = World::new();
    world.arrives(ticket("a"));
    assert!(world.arrives(ticket("a").saying(&"z".repeat(5000))).updated);
    assert!(
        world
            .arrives(ticket("a").saying(&"z".repeat(5000)))
            .duplicate
    );
    assert!(world.arrives(ticket("a")).updated, "back to what it was");
}

#[test]
fn a_new_name_of_the_author_shows_everywhere_and_is_no_news() {
    let mut world = World::new();
    let renamed = |sent: crate::model::ExternalTicket| crate::model::ExternalTicket {
        author: Author {
            username: "Ann Smith".to_owned(),
            ..sent.author
        },
        ..sent
    };
    let first = world.arrives(ticket("a"));
    let again = world.arrives(renamed(ticket("a")));
    assert!(again.duplicate && !again.updated);
    assert_eq!(world.ticket(first.ticket).author.username, "Ann Smith");
    let message = world.message(first.ticket, first.message);
    assert_eq!(message.from.name(), "Ann Smith");
    // The author's number stays that of the first ticket.
    let second = world.arrives(renamed(ticket("b")));
    assert_eq!(world.ticket(second.ticket).customer, first.ticket);
}

#[test]
fn another_author_under_the_same_uid_takes_nothing_over() {
    let mut world = World::new();
    let first = world.arrives(ticket("a"));
    let stranger = crate::model::ExternalTicket {
        author: Author {
            external_uid: "bob@example.com".to_owned(),
            username: "Bob".to_owned(),
        },
        ..ticket("a")
    };
    assert!(world.arrives(stranger).duplicate);
    assert_eq!(world.ticket(first.ticket).author.username, "Ann");
    match world.message(first.ticket, first.message).from {
        Sender::Customer(author) => assert_eq!(author.username, "Ann"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ticket_without_a_way_back_is_refused_and_leaves_nothing() {
    let mut world = World::new();
    let without = |uid: &str| crate::model::ExternalTicket {
        response_url: None,
        ..ticket(uid)
    };
    let arrive = |sent| Happening::Arrived(Box::new(sent));
    let refused = Refusal::NoWayBack {
        parent_known: false,
    };
    assert_eq!(world.is_refused(arrive(without("a"))), refused);
    assert_eq!(world.is_refused(arrive(follow_up("a", "nobody"))), refused);
    assert_eq!(world.is_refused(arrive(follow_up("a", "a"))), refused);
    assert_eq!(world.arrives(ticket("a")).ticket, TicketId(1));
}

#[test]
fn a_known_parent_that_has_no_url_itself_is_no_way_back() {
    let mut world = World::with(|routes| routes.require_response_url = false);
    let without = crate::model::ExternalTicket {
        response_url: None,
        ..ticket("a")
    };
    let taken = world.arrives(without);
    assert!(!taken.response_url_known);
    assert_eq!(world.ticket(taken.ticket).answer, None);
    let child = world.arrives(follow_up("b", "a"));
    assert!(child.joined && !child.response_url_known);
    world.routes.lock().unwrap().require_response_url = true;
    assert_eq!(
        world.is_refused(Happening::Arrived(Box::new(follow_up("c", "a")))),
        Refusal::NoWayBack { parent_known: true }
    );
    // A way back that comes later serves from then on.
    let taken = world.arrives(ticket("a").at(SECOND));
    assert!(taken.updated && taken.response_url_known);
    assert_eq!(world.ticket(taken.ticket).answer, Some(taken.message));
}

#[test]
fn only_a_ticket_that_they_opened_gives_an_author_their_number() {
    let mut world = World::new();
    let by_bob = |sent: crate::model::ExternalTicket| crate::model::ExternalTicket {
        author: Author {
            external_uid: "bob@example.com".to_owned(),
            username: "Bob".to_owned(),
        },
        ..sent
    };
    let anns = world.arrives(ticket("a"));
    // In Ann's thread, or under her ticket's uid, Bob is nobody's customer yet.
    world.arrives(by_bob(follow_up("b", "a")));
    world.arrives(by_bob(ticket("a")));
    let bobs = world.arrives(by_bob(ticket("c")));
    assert_eq!(world.ticket(anns.ticket).customer, anns.ticket);
    assert_eq!(world.ticket(bobs.ticket).customer, bobs.ticket);
    let next = world.arrives(by_bob(ticket("d")));
    assert_eq!(world.ticket(next.ticket).customer, bobs.ticket);
}
