//! Words that are erased do not stay in a record beside somebody else's ticket.

use super::*;

const JANE: &str = "jane";

/// Jane's word in the thread of the ticket that [`linked`] opens.
fn hers(world: &mut World, content: &str) -> MessageId {
    let sent = ExternalTicket {
        author: Author {
            external_uid: JANE.to_owned(),
            username: "Jane".to_owned(),
        },
        ..follow_up("hers", "a").saying(content)
    };
    world.arrives(sent).message
}

/// Erases her word to the end; in how many events.
fn erases(world: &mut World, ticket: TicketId, message: MessageId) -> usize {
    for steps in 1..50 {
        let erasing = Erasing::Message {
            ticket,
            message,
            author: JANE.to_owned(),
        };
        match world.happens(Happening::Erased(erasing)) {
            Answer::Tidied { more: true } => world.store.audit_after_removal(world.now),
            Answer::Tidied { more: false } => return steps,
            other => panic!("{other:?}"),
        }
    }
    panic!("there is no end");
}

/// All that a record says which is sent now.
fn is_shown(world: &World, record: DeliveryId) -> String {
    let parcel = futures_util::FutureExt::now_or_never(world.store.parcel(record));
    let parcel = parcel.unwrap().unwrap().unwrap();
    format!("{:?}", parcel.conversation.unwrap().messages)
}

/// The last delivery is a record's, is to be sent, and says nothing of her.
fn is_told_anew(world: &World, ticket: TicketId) -> Delivery {
    let record = last(world, ticket);
    assert_eq!(record.command, Command::ReplaceRecord);
    assert!(record.state.is_pending(), "{:?}", record.state);
    let shown = is_shown(world, record.id);
    assert!(!shown.contains("janes words") && !shown.contains("Jane"));
    assert!(shown.contains(Message::ERASED));
    record
}

#[test]
fn the_record_of_anothers_ticket_is_told_anew_without_them() {
    for words in ["janes words", &"janes words ".repeat(30_000)] {
        let mut world = world(|_| {});
        let ticket = linked(&mut world);
        let message = hers(&mut world, words);
        world.replies(reply(ticket));
        let record = last(&world, ticket);
        assert!(is_shown(&world, record.id).contains("janes words"));
        world.ends(record.id, Class::Ok);
        let before = world.ticket(ticket);
        erases(&mut world, ticket, message);
        let renewed = is_told_anew(&world, ticket);
        assert_ne!(renewed.id, record.id);
        let after = world.ticket(ticket);
        assert_eq!(
            (after.updated_at, after.status),
            (before.updated_at, before.status),
            "nobody did anything with the ticket"
        );
        world.store.audit_after_removal(world.now);
        world.ends(renewed.id, Class::Ok);
        assert!(!last(&world, ticket).state.is_pending());
    }
}

#[test]
fn a_record_that_is_under_way_with_them_is_sent_again() {
    let mut world = world(|_| {});
    let ticket = linked(&mut world);
    let message = hers(&mut world, "janes words");
    let record = last(&world, ticket);
    let settled = world.end(record.id, Class::Ok);
    erases(&mut world, ticket, message);
    let after = world.settles(settled);
    assert!(after.delivery.state.is_pending());
    assert_eq!(is_told_anew(&world, ticket).id, record.id);
}

#[test]
fn a_visit_that_ended_and_a_ticket_that_is_mirrored_no_more_are_no_exception() {
    let mut ended = world(|desk| desk.follow_up_makes_new = false);
    let ticket = linked(&mut ended);
    let message = hers(&mut ended, "janes words");
    let record = last(&ended, ticket).id;
    ended.ends(record, Class::Ok);
    is_told(&mut ended, "SERVED", 1);
    while last(&ended, ticket).state.is_pending() {
        let pending = last(&ended, ticket).id;
        ended.ends(pending, Class::Ok);
    }
    assert_eq!(link(&ended, ticket).state, LinkState::Ended);
    erases(&mut ended, ticket, message);
    is_told_anew(&ended, ticket);

    let mut looping = world(|_| {});
    let ticket = linked(&mut looping);
    let message = hers(&mut looping, "janes words");
    let record = last(&looping, ticket).id;
    looping.ends(record, Class::Ok);
    let limit = looping.routes.lock().unwrap().loop_limit;
    for number in 0..=limit.changes {
        let words = format!("edit {number}");
        looping.arrives(super::super::world::ticket("a").saying(&words));
        if last(&looping, ticket).state.is_pending() {
            let pending = last(&looping, ticket).id;
            looping.ends(pending, Class::Ok);
        }
    }
    assert!(looping.ticket(ticket).loop_since.is_some());
    assert!(!last(&looping, ticket).state.is_pending());
    erases(&mut looping, ticket, message);
    is_told_anew(&looping, ticket);
}

#[test]
fn where_nothing_stands_yet_nothing_is_told() {
    let mut world = world(|_| {});
    let ticket = world.arrives(ticket("a")).ticket;
    let message = hers(&mut world, "janes words");
    erases(&mut world, ticket, message);
    assert_eq!(commands(&world, ticket), ["create ticket"]);
    let create = last(&world, ticket).id;
    is_made(&mut world, create, "100");
    is_told_anew(&world, ticket);
}
