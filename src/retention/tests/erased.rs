//! A person who wants to be forgotten is.

use super::*;
use crate::mapping::SystemMapping;
use crate::model::{
    Author, Class, Erasing, ExternalTicket, Happening, Head, Message, OperatorOrder, Replied,
    SetAside,
};
use crate::plan::tests::world::{FIRST, follow_up, reply, ticket};
use crate::plan::{Answer, HelpdeskRoute, Note, Refusal, Role, SystemRoute};

const UID: &str = "jane \"J\" <jane@private.example>";
const NAME: &str = "Jane Doe-Private";
const URL: &str = "https://private.example/janes-own-hook";

fn jane(sent: ExternalTicket) -> ExternalTicket {
    ExternalTicket {
        author: Author {
            external_uid: UID.to_owned(),
            username: NAME.to_owned(),
        },
        ..sent
    }
}

/// Whether any row says anything of hers, in whichever spelling.
fn names_her(world: &World) -> bool {
    let spelled = [UID.replace('"', "\\\""), UID.to_owned()];
    let words = [
        NAME,
        URL,
        "janes-own-hook",
        "private.example",
        "janes words",
    ];
    let spelled = spelled.iter().map(String::as_str);
    spelled.chain(words).any(|words| says(world, words))
}

#[tokio::test(start_paused = true)]
async fn their_tickets_go_whole_and_repetitions_do_not_bring_them_back() {
    let mut world = world();
    let stays = world.arrives(ticket("other")).ticket;
    let long = "janes words ".repeat(3000);
    let own = world
        .arrives(jane(ticket("hers").saying(&long)).at(URL))
        .ticket;
    world.arrives(jane(ticket("hers").saying("janes words, edited").at(URL)));
    world.is_answered(own);
    let letter = world.sends(own);
    world.ends(letter, Class::Rejected);
    let tried = world.sends(own);
    world.ends(tried, Class::Retry);
    let behind = world.sends(own);
    assert!(names_her(&world));
    let rows = world.store.readable_rows();
    let dry = erase(&mut world, UID, true).await;
    assert_eq!(
        world.store.readable_rows(),
        rows,
        "a dry run changes nothing"
    );
    let receipt = erase(&mut world, UID, false).await;
    assert_eq!(receipt.tickets, [own].into());
    assert_eq!((receipt.messages_removed, receipt.deliveries), (5, 4));
    let off: Vec<_> = receipt
        .called_off
        .iter()
        .map(|off| (off.delivery, off.may_have_arrived))
        .collect();
    assert_eq!(off, [(tried.0, true), (behind.0, false)]);
    assert_eq!(
        (&dry.tickets, &dry.called_off),
        (&receipt.tickets, &receipt.called_off)
    );
    assert_eq!(receipt.left, 0);
    assert!(!names_her(&world));
    world.store.audit_after_removal(world.now);
    assert!(is_there(&world, stays).await);
    let Absence::Removed(stone) = absence(&world, own).await else {
        panic!("it was erased");
    };
    assert!(stone.erased);
    for sent in [
        jane(ticket("hers").at(URL)),
        jane(ticket("hers").saying("janes words")),
    ] {
        let again = world.arrives(sent);
        assert_eq!((again.ticket, again.duplicate), (own, true));
    }
    assert!(!names_her(&world), "a repetition brings nobody back");
    // The call that was under way ends, and one that was about to begin finds nothing.
    for what in [
        Happening::Started { delivery: tried },
        Happening::SetAside(SetAside {
            lane: crate::model::LaneId(2),
            head: Head {
                due: world.now,
                retried: true,
                ticket: own,
                delivery: tried,
            },
            reason: "its record is missing".to_owned(),
        }),
    ] {
        let refused = world.is_refused(what);
        assert!(
            matches!(refused, Refusal::NotFound(_) | Refusal::Stale),
            "{refused:?}"
        );
    }
    world.store.audit_after_removal(world.now);
    let nobody = erase(&mut world, UID, false).await;
    assert_eq!((nobody.tickets.len(), nobody.left), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn their_words_in_anothers_ticket_are_taken_out_with_what_answered_them() {
    let mut world = world();
    let home = world.arrives(ticket("opening")).ticket;
    world.is_answered(home);
    let words = "janes words ".repeat(2000);
    let hers = world.arrives(jane(follow_up("hers", "opening").saying(&words).at(URL)));
    assert_eq!(hers.ticket, home);
    world.arrives(jane(
        follow_up("hers", "opening")
            .saying("janes words, edited")
            .at(URL),
    ));
    let told = world.replies(Replied {
        text: "dear Jane Doe-Private".to_owned(),
        ..reply(home)
    });
    let last = world.sends(home);
    let receipt = erase(&mut world, UID, false).await;
    assert_eq!(receipt.messages, [(home, hers.message)].into());
    assert!(receipt.tickets.is_empty());
    assert_eq!((receipt.called_off.len(), receipt.left), (2, 0));
    assert!(!names_her(&world));
    world.store.audit_after_removal(world.now);
    let story = world.story(home);
    assert_eq!(story.messages.len(), 5);
    let erased: Vec<_> = story
        .messages
        .iter()
        .filter(|view| view.content == Message::ERASED)
        .map(|view| view.message.id)
        .collect();
    assert!(
        erased.contains(&hers.message) && erased.contains(&told.message.id),
        "{erased:?}"
    );
    assert!(world.notes(home).contains(&Note::Erased {
        message: hers.message
    }));
    assert!(world.store.delivery(last).await.unwrap().is_none());
    let again = world.arrives(jane(
        follow_up("hers", "opening").saying("janes words").at(URL),
    ));
    assert_eq!((again.ticket, again.duplicate), (home, true));
    assert!(!names_her(&world));
    // Answers go to whoever opened it, again.
    let next = world.sends(home);
    assert_eq!(world.delivery(next).lane, world.lane_to(FIRST));
    world.store.audit_after_removal(world.now);
}

#[tokio::test(start_paused = true)]
async fn an_order_that_was_broken_off_is_finished_by_the_next() {
    for steps in 1..12 {
        let mut world = world();
        let own = world.arrives(jane(ticket("hers").at(URL))).ticket;
        for number in 0..60 {
            world.arrives(jane(
                follow_up(&format!("more-{number}"), "hers").saying("janes words"),
            ));
        }
        for _ in 0..10 {
            world.sends(own);
        }
        for _ in 0..steps {
            world.happens(Happening::Erased(Erasing::Ticket {
                ticket: own,
                author: UID.to_owned(),
            }));
        }
        // It may still be there, in order; what is called off first are those that wait.
        if is_there(&world, own).await {
            world.store.audit_after_removal(world.now);
        }
        let receipt = erase(&mut world, UID, false).await;
        assert_eq!(receipt.left, 0);
        assert!(!names_her(&world), "after {steps} steps");
        world.store.audit_after_removal(world.now);
    }
}

#[tokio::test(start_paused = true)]
async fn only_that_person_in_only_that_brand() {
    let mut world = world();
    let theirs = world.arrives(jane(ticket("acmes"))).ticket;
    let others = world
        .arrives(ExternalTicket {
            brand: "other".to_owned(),
            ..jane(ticket("others"))
        })
        .ticket;
    let namesake = world
        .arrives(ExternalTicket {
            author: Author {
                external_uid: format!("{UID}2"),
                username: NAME.to_owned(),
            },
            ..ticket("namesake")
        })
        .ticket;
    let erasure = Erasure {
        store: world.store.clone(),
        clock: clock(&world),
    };
    let wanted = Wanted {
        author: UID.to_owned(),
        brand: Some("acme".to_owned()),
        dry_run: false,
    };
    let receipt = erasure.erase(&wanted).await.unwrap();
    assert_eq!((receipt.tickets, receipt.left), ([theirs].into(), 0));
    assert_eq!(receipt.brands, ["acme".to_owned()].into());
    assert!(is_there(&world, others).await && is_there(&world, namesake).await);
    let refused = world.is_refused(Happening::Erased(Erasing::Ticket {
        ticket: namesake,
        author: UID.to_owned(),
    }));
    assert!(matches!(refused, Refusal::NotNow(_)));
    world.store.audit_after_removal(world.now);
    let cancelled = world.orders(OperatorOrder::Lock {
        ticket: theirs,
        locked: true,
    });
    assert!(matches!(cancelled, Answer::Refused(Refusal::NotFound(_))));
}

/// A world whose brand mirrors to a helpdesk in dry-run mode.
fn rehearsing() -> World {
    let route = SystemRoute {
        host: "support.example.com:443".to_owned(),
        queue: "support".to_owned(),
        user: None,
        new_status: "open".to_owned(),
        mapping: SystemMapping::DeskHive(Box::default()),
        import_to: None,
        is_dry_run: true,
        shows_internal: false,
        role: Role::Helpdesk(HelpdeskRoute {
            makes_tickets: true,
        }),
    };
    World::with(|routes| {
        routes.retention = rule();
        routes.systems.insert("support".to_owned(), route);
        let brand = routes.brands.get_mut("acme").unwrap();
        brand.mirror_to.push("support".to_owned());
    })
}

/// What the counters say of what is recorded now.
fn recorded(world: &World) -> Vec<(Vec<u8>, Vec<u8>)> {
    let rows = world.store.readable_rows().into_iter();
    rows.filter(|(key, _)| {
        let is_counter = key.starts_with(b"Cn");
        key[0] == b'S'
            || (is_counter
                && memchr::memmem::find(key, b"recorded").is_some()
                && memchr::memmem::find(key, b"ever").is_none())
    })
    .collect()
}

#[tokio::test(start_paused = true)]
async fn what_is_only_recorded_of_them_goes_with_its_place_and_its_count() {
    let mut world = rehearsing();
    let stays = world.arrives(ticket("other")).ticket;
    let before = recorded(&world);
    let own = world.arrives(jane(ticket("hers").at(URL))).ticket;
    world.arrives(jane(follow_up("more", "hers").saying("janes words")));
    let hers = world.arrives(jane(follow_up("guest", "other").saying("janes words")));
    assert_eq!(hers.ticket, stays);
    assert_eq!(recorded(&world).len(), before.len() + 3);
    let receipt = erase(&mut world, UID, false).await;
    assert_eq!(receipt.deliveries, 3);
    assert_eq!(receipt.tickets, [own].into());
    assert_eq!(receipt.called_off.len(), 3);
    assert!(receipt.called_off.iter().all(|off| !off.may_have_arrived));
    assert_eq!(recorded(&world), before);
    assert!(!names_her(&world));
    world.store.audit_after_removal(world.now);
}
