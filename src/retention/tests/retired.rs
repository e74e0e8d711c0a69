//! What is finished goes when its time is up, and nothing else.

use super::*;
use crate::model::{
    AgentId, AgentOrder, Class, ExternalTicket, Happening, NoticeId, OperatorOrder, Status, Tidying,
};
use crate::plan::tests::world::{FIRST, SECOND, follow_up, ticket};
use crate::plan::{Answer, Refusal};
use crate::store::NoticeQuery;

#[tokio::test(start_paused = true)]
async fn a_closed_ticket_goes_whole() {
    let mut world = world();
    let long = "a long story ".repeat(2000);
    let id = world.arrives(ticket("one").saying(&long)).ticket;
    world.arrives(ticket("one").saying("an edit").at(SECOND));
    world.arrives(follow_up("two", "one"));
    world.arrives(follow_up("waits", "unknown").at(FIRST));
    let waits = TicketId(2);
    for id in [id, waits] {
        let delivery = world.sends(id);
        world.ends(delivery, Class::Retry);
        world.ends(delivery, Class::Ok);
        world.closes(id);
    }
    assert_eq!(pass(&mut world).await, Removed::default());
    world.pass(30 * DAY);
    let removed = pass(&mut world).await;
    assert_eq!((removed.tickets, removed.deliveries), (2, 2));
    assert!(!is_there(&world, id).await);
    world.store.audit_after_removal(world.now);
    let kept: String = kinds(&world)
        .into_keys()
        .filter(|kind| *kind != 'C')
        .collect();
    assert_eq!(kept, "TUY", "what tells repetitions, and nothing else");
    assert!(!says(&world, "ann@example.com") && !says(&world, "story"));
    world.pass(60 * DAY);
    assert!(pass(&mut world).await.forgotten > 0);
    let kept: String = kinds(&world)
        .into_keys()
        .filter(|kind| *kind != 'C')
        .collect();
    assert_eq!(kept, "");
}

#[tokio::test(start_paused = true)]
async fn a_repetition_is_known_for_the_window_and_a_number_is_never_given_twice() {
    let mut world = world();
    let first = world.arrives(ticket("one").by("shop"));
    let joined = world.arrives(follow_up("two", "one").by("shop"));
    world.closes(first.ticket);
    world.pass(31 * DAY);
    assert_eq!(pass(&mut world).await.tickets, 1);
    let numbers = |world: &World| world.store.readable_rows().len();
    let before = numbers(&world);
    world.pass(59 * DAY);
    pass(&mut world).await;
    for (sent, was) in [
        (ticket("one").by("shop"), &first),
        (follow_up("two", "one").by("shop"), &joined),
    ] {
        let again = world.arrives(sent);
        assert_eq!((again.ticket, again.message), (first.ticket, was.message));
        assert_eq!((again.duplicate, again.updated), (true, false));
        assert_eq!((again.joined, again.status), (was.joined, Status::Closed));
    }
    assert_eq!(numbers(&world), before, "a repetition leaves nothing");
    let other = world.arrives(ticket("one"));
    assert!(!other.duplicate, "of another provider");
    // Not looked at since, but too old all the same.
    world.pass(DAY);
    let new = world.arrives(ticket("one").by("shop"));
    assert!(!new.duplicate && new.ticket > other.ticket);
    pass(&mut world).await;
    world.store.audit_after_removal(world.now);
    let again = world.arrives(ticket("one").by("shop"));
    assert_eq!((again.ticket, again.duplicate), (new.ticket, true));
    assert_eq!(absence(&world, first.ticket).await, Absence::Forgotten);
    assert_eq!(absence(&world, TicketId(99)).await, Absence::Never);
    assert_eq!(absence(&world, TicketId(0)).await, Absence::Never);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_has_to_see_to_stays() {
    let mut world = World::with(|routes| {
        routes.retention = Retention {
            deliveries: None,
            ..rule()
        };
    });
    let mut made = |uid: &str| world.arrives(ticket(uid)).ticket;
    let [open, dead, pending, reopened, touched, kept] =
        ["open", "dead", "pending", "reopened", "touched", "kept"].map(&mut made);
    let letter = world.sends(dead);
    world.ends(letter, Class::Rejected);
    world.sends(pending);
    for id in [dead, pending, reopened, touched, kept] {
        world.closes(id);
    }
    world.stands(1, reopened, Status::InProgress);
    world.pass(29 * DAY);
    world.orders(OperatorOrder::Lock {
        ticket: touched,
        locked: true,
    });
    world.pass(2 * DAY);
    world.is_refused(Happening::Tidied(Tidying::Retire { ticket: dead }));
    let removed = pass(&mut world).await;
    assert_eq!(removed.tickets, 1);
    for id in [open, dead, pending, reopened, touched] {
        assert!(is_there(&world, id).await, "{id}");
    }
    assert!(!is_there(&world, kept).await);
    world.orders(OperatorOrder::Cancel { delivery: letter });
    world.pass(29 * DAY);
    assert_eq!(pass(&mut world).await.tickets, 1, "the touched one");
    assert!(is_there(&world, dead).await, "what ended lately keeps it");
    world.pass(2 * DAY);
    assert_eq!(pass(&mut world).await.tickets, 1);
    world.store.audit_after_removal(world.now);
}

#[tokio::test(start_paused = true)]
async fn without_a_rule_nothing_goes() {
    let mut world = World::new();
    let id = world.arrives(ticket("one")).ticket;
    world.is_answered(id);
    world.closes(id);
    world.pass(10_000 * DAY);
    assert_eq!(pass(&mut world).await, Removed::default());
    for tidying in [
        Tidying::Retire { ticket: id },
        Tidying::Prune {
            delivery: crate::model::DeliveryId(1),
        },
    ] {
        let refused = world.is_refused(Happening::Tidied(tidying));
        assert!(matches!(refused, Refusal::NotNow(_)));
    }
    world.store.audit(world.now);
}

#[tokio::test(start_paused = true)]
async fn records_of_deliveries_go_and_what_they_carried_stays() {
    let mut world = world();
    let id = world.arrives(ticket("one")).ticket;
    let tried = world.sends(id);
    // More tries than one event removes.
    for _ in 0..200 {
        world.ends(tried, Class::Throttled);
    }
    world.ends(tried, Class::Ok);
    let letter = world.sends(id);
    world.ends(letter, Class::Rejected);
    let waiting = world.sends(id);
    world.pass(11 * DAY);
    let removed = pass(&mut world).await;
    assert_eq!((removed.deliveries, removed.tickets), (1, 0));
    world.store.audit_after_removal(world.now);
    let story = world.story(id);
    assert_eq!(story.messages.len(), 4);
    let left: Vec<_> = story.deliveries.iter().map(|it| it.delivery.id).collect();
    assert_eq!(left, [letter, waiting]);
    assert!(!kinds(&world).contains_key(&'A'));
    // Its lane is in use, and goes on.
    world.ends(waiting, Class::Ok);
    let retried = world.orders(OperatorOrder::Retry { delivery: letter });
    assert!(matches!(retried, Answer::Done(_)), "{retried:?}");
    world.ends(letter, Class::Ok);
    world.pass(11 * DAY);
    assert_eq!(pass(&mut world).await.deliveries, 2);
    assert!(!kinds(&world).contains_key(&'n'), "nobody uses the lane");
    world.is_answered(id);
    world.store.audit_after_removal(world.now);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_is_too_much_for_one_event_is_gone_at_once_and_swept_after_a_crash() {
    let mut world = world();
    let id = world.arrives(ticket("one")).ticket;
    for number in 0..150 {
        let follow_up = ExternalTicket {
            content: "x".repeat(5_000),
            ..follow_up(&format!("more-{number}"), "one")
        };
        world.arrives(follow_up);
        world.is_answered(id);
    }
    world.closes(id);
    world.pass(31 * DAY);
    let answer = world.happens(Happening::Tidied(Tidying::Retire { ticket: id }));
    assert!(matches!(answer, Answer::Tidied { .. }), "{answer:?}");
    assert!(!is_there(&world, id).await);
    assert!(kinds(&world)[&'m'] > 100, "the rest is left");
    // What is left of it makes no difference to what arrives.
    let again = world.arrives(follow_up("more-149", "one"));
    assert_eq!((again.ticket, again.duplicate), (id, true));
    pass(&mut world).await;
    assert!(!kinds(&world).contains_key(&'m') && !kinds(&world).contains_key(&'d'));
    world.store.audit_after_removal(world.now);
    for uid in ["one", "more-0", "more-149"] {
        let again = world.arrives(ticket(uid));
        assert_eq!((again.ticket, again.duplicate), (id, true));
    }
}

#[tokio::test(start_paused = true)]
async fn agents_are_told_no_longer_of_what_is_gone() {
    let mut world = world();
    let gone: Vec<TicketId> = (0..100)
        .map(|number| world.arrives(ticket(&format!("t{number}"))).ticket)
        .collect();
    for id in &gone {
        world.closes(*id);
    }
    for notice in [1, 40, 70] {
        world.does(
            1,
            AgentOrder::Read {
                notice: NoticeId(notice),
            },
        );
    }
    world.pass(20 * DAY);
    let stays = world.arrives(ticket("stays")).ticket;
    world.pass(11 * DAY);
    assert_eq!(pass(&mut world).await.tickets, 100);
    let lists = world.routes.lock().unwrap().lists_of(AgentId(1));
    let query = NoticeQuery {
        agent: AgentId(1),
        of: lists.clone(),
        offset: 0,
        limit: 10,
    };
    let (told, total) = world.store.notices(query).await.unwrap();
    assert_eq!((told.len(), total, told[0].notice.ticket), (1, 1, stays));
    let unread = world.store.unread_notices(AgentId(1), lists).await;
    assert_eq!(unread.unwrap(), 1);
    world.store.audit_after_removal(world.now);
}

/// Retires a ticket with so much in it that something of it is left.
fn half_removed(world: &mut World) -> TicketId {
    let id = world.arrives(ticket("half")).ticket;
    for number in 0..70 {
        world.arrives(follow_up(&format!("half {number}"), "half"));
    }
    world.closes(id);
    world.pass(31 * DAY);
    world.happens(Happening::Tidied(Tidying::Retire { ticket: id }));
    assert_eq!(kinds(world)[&'G'], 1, "something is left");
    id
}

/// No pass is so long that an hour is not enough.
async fn pass_ends(world: &mut World) -> Removed {
    let hour = Duration::from_secs(3600);
    let ended = tokio::time::timeout(hour, pass(world)).await;
    ended.expect("a pass ends")
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_removed_holds_up_no_pass_and_no_order() {
    let mut world = world();
    let half = half_removed(&mut world);
    let uid = |key: &[u8]| key[0] == b'u';
    let rows = world.store.readable_rows();
    let (last, whole) = rows.iter().rfind(|(key, _)| uid(key)).unwrap().clone();
    world.store.plant(last.clone(), b"\x09\x00\x00?");
    let other = world.arrives(ticket("other")).ticket;
    world.closes(other);
    for days in [0, 31, 61, 1] {
        world.pass(days * DAY);
        let removed = pass_ends(&mut world).await;
        assert!(removed.set_aside > 0, "{removed:?} after {days} days");
        assert_eq!(kinds(&world)[&'G'], 1);
    }
    assert!(!is_there(&world, other).await, "others go on");
    let receipt = erase(&mut world, "nobody", false);
    let hour = Duration::from_secs(3600);
    let receipt = tokio::time::timeout(hour, receipt).await.expect("it ends");
    assert_eq!(receipt.left, 1);
    // By now even that it was removed is forgotten; it goes all the same once it can.
    assert_eq!(absence(&world, half).await, Absence::Forgotten);
    world.store.plant(last, &whole);
    world.store.is_sound(world.now);
    assert_eq!(pass_ends(&mut world).await.set_aside, 0);
    assert!(matches!(absence(&world, half).await, Absence::Removed(_)));
    world.store.audit_after_removal(world.now);
    world.pass(61 * DAY);
    pass_ends(&mut world).await;
    let kept: String = kinds(&world)
        .into_keys()
        .filter(|kind| *kind != 'C')
        .collect();
    assert_eq!(kept, "");
}

#[tokio::test(start_paused = true)]
async fn what_was_removed_again_is_not_forgotten_with_its_first_removal() {
    let mut world = world();
    let first = world.arrives(ticket("one")).ticket;
    world.closes(first);
    world.pass(31 * DAY);
    assert_eq!(pass(&mut world).await.tickets, 1);
    // Nothing tidies up until it came and went once more.
    world.pass(61 * DAY);
    let second = world.arrives(ticket("one"));
    assert!(!second.duplicate);
    world.closes(second.ticket);
    world.pass(31 * DAY);
    let removed = pass(&mut world).await;
    assert_eq!((removed.tickets, removed.forgotten), (1, 1));
    world.store.audit_after_removal(world.now);
    let again = world.arrives(ticket("one"));
    assert_eq!((again.ticket, again.duplicate), (second.ticket, true));
}
