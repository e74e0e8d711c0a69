//! What is erased before a system heard of it is never told there, not even as a word without a speaker.

use super::*;

fn erases(world: &mut World, ticket: TicketId, message: MessageId) {
    for _ in 0..20 {
        let erasing = Erasing::Message {
            ticket,
            message,
            author: "jane".to_owned(),
        };
        match world.happens(Happening::Erased(erasing)) {
            Answer::Tidied { more: true } => {}
            Answer::Tidied { more: false } => return,
            other => panic!("{other:?}"),
        }
    }
    panic!("there is no end");
}

#[test]
fn a_system_that_gets_the_ticket_later_gets_the_others_words_only() {
    for (system, role) in [(SUPPORT, helpdesk()), (HUB, Role::Hub)] {
        let mut world = world(&[(system, role)]);
        let number = world.arrives(ticket("a")).ticket;
        let hers = world.arrives(ExternalTicket {
            author: Author {
                external_uid: "jane".to_owned(),
                username: "Jane".to_owned(),
            },
            ..follow_up("hers", "a").saying("janes words")
        });
        world.arrives(follow_up("anns", "a").saying("anns words"));
        erases(&mut world, number, hers.message);
        carries_out(&mut world, number, system, 500);
        let about: Vec<MessageId> = orders(&world, number, system)
            .iter()
            .map(|order| order.message)
            .collect();
        assert!(!about.contains(&hers.message), "{system}: {about:?}");
        let last = world.story(number).messages.pop().unwrap().message.id;
        assert!(about.contains(&last), "{system}: {about:?}");
        world.store.audit_after_removal(world.now);
    }
}
