//! Follow-ups, and parents that come after their children.

use super::world::{FIRST, HOUR, SECOND, THIRD, World, follow_up, ticket};
use crate::model::{Class, ExternalTicket, Settled, Status, TicketId};
use crate::plan::Note;

/// The end of the delivery of a first reply to `ticket`, which its receiver calls `uid`.
fn delivered_as(world: &mut World, ticket: TicketId, uid: &str) {
    let delivery = world.sends(ticket);
    let settled = Settled {
        remote_uid: Some(uid.to_owned()),
        ..world.end(delivery, Class::Ok)
    };
    world.settles(settled);
}

#[test]
fn a_follow_up_joins_its_parents_thread_with_its_own_or_the_parents_url() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let own = world.arrives(follow_up("b", "a").at(SECOND));
    assert!(own.joined);
    assert_eq!(own.ticket, opening.ticket);
    let message = world.message(own.ticket, own.message);
    assert_eq!(message.response_url.as_deref(), Some(SECOND));
    // Of the message named, not of the ticket.
    for (uid, parent, url) in [("c", "a", FIRST), ("d", "b", SECOND), ("e", "c", FIRST)] {
        let taken = world.arrives(follow_up(uid, parent));
        let message = world.message(opening.ticket, taken.message);
        assert_eq!(message.response_url.as_deref(), Some(url), "{uid}");
        assert_eq!(world.ticket(opening.ticket).answer, Some(taken.message));
        assert_eq!(world.ticket(opening.ticket).last_reply_at, Some(world.now));
    }
    // An inherited URL is the message's own: it does not follow its parent's.
    assert!(world.arrives(ticket("a").at(THIRD)).updated);
    let inherited = world.arrives(follow_up("c", "a"));
    assert!(inherited.duplicate);
    let message = world.message(opening.ticket, inherited.message);
    assert_eq!(message.response_url.as_deref(), Some(FIRST));
}

#[test]
fn a_parent_may_be_what_a_receiver_called_our_reply() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    delivered_as(&mut world, opening.ticket, "remote-9");
    let child = world.arrives(follow_up("b", "remote-9").by("elsewhere"));
    assert!(child.joined && child.response_url_known);
    assert_eq!(child.ticket, opening.ticket);
    let message = world.message(child.ticket, child.message);
    assert_eq!(message.response_url.as_deref(), Some(FIRST));
    assert!(world.ticket(opening.ticket).awaits_agent);
}

#[test]
fn a_uid_of_another_brand_is_no_parent() {
    let mut world = World::new();
    world.arrives(ticket("a"));
    let stranger = ExternalTicket {
        brand: "other".to_owned(),
        ..follow_up("b", "a").at(SECOND)
    };
    assert!(!world.arrives(stranger).joined);
}

#[test]
fn a_follow_up_reopens_a_closed_ticket_and_a_duplicate_does_not() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    world.arrives(follow_up("b", "a"));
    world.closes(opening.ticket);
    for sent in [
        ticket("a"),
        follow_up("b", "a"),
        ticket("a").saying("edited"),
    ] {
        assert_eq!(world.arrives(sent).status, Status::Closed);
    }
    let late = world.arrives(follow_up("c", "b"));
    assert_eq!(late.status, Status::Open);
    let stored = world.ticket(opening.ticket);
    assert_eq!((stored.status, stored.closed_at), (Status::Open, None));
    assert!(world.notes(opening.ticket).contains(&Note::Reopened {
        message: late.message
    }));
}

#[test]
fn a_late_parent_joins_the_oldest_waiting_childs_ticket_and_the_others_are_related() {
    let mut world = World::new();
    let first = world.arrives(follow_up("b", "late").at(FIRST).saying("the child"));
    let second = world.arrives(follow_up("c", "late").at(SECOND));
    let third = world.arrives(follow_up("d", "late").at(SECOND));
    assert!(![&first, &second, &third].into_iter().any(|it| it.joined));
    world.closes(first.ticket);
    world.pass(HOUR);
    let before = world.ticket(first.ticket);

    let parent = world.arrives(ticket("late").at(THIRD));
    assert!(parent.joined && !parent.duplicate && !parent.updated);
    assert_eq!(parent.ticket, first.ticket);
    assert_eq!(
        parent.status,
        Status::Closed,
        "a late parent reopens nothing"
    );
    assert!(world.message(parent.ticket, parent.message).late);
    let after = world.ticket(first.ticket);
    assert_eq!(
        (&after.title, after.opening),
        (&before.title, before.opening)
    );
    assert_eq!(
        (after.answer, after.awaits_agent),
        (before.answer, before.awaits_agent)
    );
    assert_eq!(after.last_reply_at, before.last_reply_at);
    for (ticket, others) in [
        (first.ticket, [second.ticket, third.ticket]),
        (second.ticket, [first.ticket, third.ticket]),
        (third.ticket, [first.ticket, second.ticket]),
    ] {
        assert_eq!(world.ticket(ticket).related, others);
        let note = Note::Related {
            tickets: others.to_vec(),
        };
        assert!(world.notes(ticket).contains(&note));
    }
    // The waiting is over: the same name from elsewhere finds nobody any more, and the parent is known.
    assert!(!world.arrives(ticket("late").by("elsewhere")).joined);
    let next = world.arrives(follow_up("e", "c").at(SECOND));
    assert_eq!(next.ticket, second.ticket);
    assert!(world.arrives(ticket("late").at(THIRD)).duplicate);
    // The parent's URL serves only answers to itself, also when it changes.
    assert!(
        world
            .arrives(ticket("late").at("https://four.example/"))
            .updated
    );
    assert_eq!(world.ticket(first.ticket).answer, before.answer);
}

#[test]
fn a_child_that_names_a_late_parent_in_its_thread_inherits_that_parents_url() {
    let mut world = World::new();
    world.arrives(follow_up("b", "late").at(FIRST));
    let parent = world.arrives(ticket("late").at(SECOND));
    let child = world.arrives(follow_up("c", "late"));
    assert_eq!(child.ticket, parent.ticket);
    let message = world.message(child.ticket, child.message);
    assert_eq!(message.response_url.as_deref(), Some(SECOND));
    assert!(!message.late);
    assert_eq!(world.ticket(child.ticket).answer, Some(child.message));
}

#[test]
fn a_late_parent_that_is_itself_a_follow_up_stays_with_its_own_parent() {
    let mut world = World::new();
    let root = world.arrives(ticket("root"));
    let child = world.arrives(follow_up("leaf", "middle").at(SECOND));
    let middle = world.arrives(follow_up("middle", "root"));
    assert_eq!(middle.ticket, root.ticket);
    assert!(middle.joined && !world.message(root.ticket, middle.message).late);
    assert_eq!(world.ticket(root.ticket).related, [child.ticket]);
    assert_eq!(world.ticket(child.ticket).related, [root.ticket]);
}

#[test]
fn an_ambiguous_parent_is_waited_for_until_the_childs_own_provider_names_it() {
    let mut world = World::new();
    let one = world.arrives(ticket("p").by("one"));
    let two = world.arrives(ticket("p").by("two"));
    // The child's own provider decides; another's does not.
    assert_eq!(
        world.arrives(follow_up("c1", "p").by("two")).ticket,
        two.ticket
    );
    let lost = world.arrives(follow_up("c2", "p").by("three").at(THIRD));
    let bare = world.arrives(follow_up("c3", "p").at(THIRD));
    assert!(!lost.joined && !bare.joined);
    assert!(!world.arrives(ticket("p").by("four")).joined);
    let parent = world.arrives(ticket("p").by("three"));
    assert_eq!((parent.ticket, parent.joined), (lost.ticket, true));
    assert!(world.ticket(bare.ticket).related.is_empty());
    let parent = world.arrives(ticket("p"));
    assert_eq!((parent.ticket, parent.joined), (bare.ticket, true));
    assert!(world.ticket(one.ticket).related.is_empty());
}

#[test]
fn the_only_namesake_is_the_parent_whatever_its_provider() {
    let mut world = World::new();
    let one = world.arrives(ticket("p").by("one"));
    assert_eq!(
        world.arrives(follow_up("c", "p").by("two")).ticket,
        one.ticket
    );
    assert_eq!(world.arrives(follow_up("d", "p")).ticket, one.ticket);
}

#[test]
fn what_a_receiver_calls_our_reply_ends_the_waiting_for_it() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let early = world.arrives(follow_up("b", "remote-9").at(SECOND));
    assert!(!early.joined);
    delivered_as(&mut world, opening.ticket, "remote-9");
    assert_eq!(world.ticket(opening.ticket).related, [early.ticket]);
    assert_eq!(world.ticket(early.ticket).related, [opening.ticket]);
    // It is not waited for any more.
    assert!(!world.arrives(ticket("remote-9").by("x")).joined);
}

#[test]
fn more_children_than_one_event_tells_are_told_by_nobody_and_none_is_lost() {
    let mut world = World::new();
    let children: Vec<TicketId> = (0..50)
        .map(|n| {
            world
                .arrives(follow_up(&format!("c{n}"), "late").at(FIRST))
                .ticket
        })
        .collect();
    let parent = world.arrives(ticket("late"));
    assert_eq!(parent.ticket, children[0]);
    let related = &world.ticket(parent.ticket).related;
    assert!(!related.is_empty() && related.iter().all(|id| children.contains(id)));
    for child in related {
        assert!(world.ticket(*child).related.contains(&parent.ticket));
    }
}

#[test]
fn two_that_name_each_other_are_one_thread() {
    let mut world = World::new();
    let a = world.arrives(follow_up("a", "b").at(FIRST));
    let b = world.arrives(follow_up("b", "a"));
    assert_eq!((a.ticket, b.joined), (b.ticket, true));
    assert!(world.ticket(a.ticket).related.is_empty());
    let own = world.arrives(follow_up("self", "self").at(FIRST));
    assert!(!own.joined);
}
