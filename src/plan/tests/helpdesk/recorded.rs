//! Systems in dry-run mode: all that would be sent is written down, until a person says what becomes of it.

use super::*;
use crate::plan::{DeskRoute, Refusal};

const DESK: &str = "front-desk";

fn desk() -> Role {
    Role::Desk(DeskRoute {
        follow_up_makes_new: true,
        sends_sms: true,
        cancels_closed: true,
    })
}

/// A world whose brand mirrors to all kinds of systems, in dry-run mode or not.
fn everywhere(is_dry_run: bool) -> World {
    let world = world(&[(DESK, desk()), (SUPPORT, helpdesk()), (HUB, Role::Hub)]);
    world.routes.lock().unwrap().labels = [(1, "Bug".to_owned())].into();
    turn(&world, is_dry_run);
    world
}

fn turn(world: &World, is_dry_run: bool) {
    let mut routes = world.routes.lock().unwrap();
    let systems = routes.systems.values_mut();
    systems.for_each(|route| route.is_dry_run = is_dry_run);
}

const ALL: [&str; 3] = [DESK, SUPPORT, HUB];

fn is_recorded(delivery: &Delivery) -> bool {
    matches!(delivery.state, DeliveryState::Recorded { .. })
}

/// What the states of all deliveries to a system are.
fn states(world: &World, ticket: TicketId, system: &str) -> Vec<&'static str> {
    let orders = orders(world, ticket, system).into_iter();
    orders.map(|order| order.state.word()).collect()
}

fn release(world: &mut World, ticket: TicketId, system: &str, send: bool) {
    for delivery in orders(world, ticket, system) {
        if is_recorded(&delivery) {
            let delivery = delivery.id;
            world.orders(OperatorOrder::ReleaseRecorded { delivery, send });
            world.store.audit(world.now);
        }
    }
}

/// A ticket, a follow-up, an edit, a reply, a label and a status.
fn is_talked_about(
    world: &mut World,
    after_each: &mut dyn FnMut(&mut World, TicketId),
) -> TicketId {
    let number = world.arrives(ticket("a")).ticket;
    after_each(world, number);
    world.arrives(follow_up("b", "a"));
    after_each(world, number);
    world.replies(reply(number));
    after_each(world, number);
    world.arrives(follow_up("b", "a").saying("something else"));
    after_each(world, number);
    world.does(
        3,
        AgentOrder::Update {
            ticket: number,
            status: None,
            priority: None,
            labels: Some(vec![1]),
        },
    );
    after_each(world, number);
    world.stands(3, number, Status::InProgress);
    after_each(world, number);
    number
}

fn carries_out_everywhere(world: &mut World, ticket: TicketId) {
    for (system, first) in [(DESK, 500), (SUPPORT, 600), (HUB, 700)] {
        carries_out(world, ticket, system, first);
    }
}

#[test]
fn all_that_would_be_sent_is_written_down_in_order() {
    let mut world = everywhere(true);
    let number = is_talked_about(&mut world, &mut |_, _| {});
    assert_eq!(
        told(&world, number, DESK),
        ["create ticket", "replace record", "send SMS", "add label"]
    );
    assert_eq!(
        told(&world, number, SUPPORT),
        [
            "create ticket",
            "post message: text of b",
            "post message: an answer",
            "post edit: something else",
            "update ticket"
        ]
    );
    assert_eq!(told(&world, number, HUB), ["push ticket", "push ticket"]);
    for system in ALL {
        assert!(orders(&world, number, system).iter().all(is_recorded));
        let lane = orders(&world, number, system)[0].lane;
        assert_eq!(world.lane(lane).wake, None, "nothing is due");
        assert!(link(&world, number, system).said.is_empty());
    }
}

#[test]
fn what_is_released_goes_out_as_if_the_system_had_been_live() {
    let mut live = everywhere(false);
    let there = is_talked_about(&mut live, &mut carries_out_everywhere);
    let mut dry = everywhere(true);
    let number = is_talked_about(&mut dry, &mut |_, _| {});
    turn(&dry, false);
    for system in ALL {
        assert!(
            states(&dry, number, system)
                .iter()
                .all(|state| *state == "recorded")
        );
        release(&mut dry, number, system, true);
        let states = states(&dry, number, system);
        assert_eq!(states[0], "due");
        assert!(states[1..].iter().all(|state| *state == "waiting"));
    }
    carries_out_everywhere(&mut dry, number);
    for system in ALL {
        assert!(
            states(&dry, number, system)
                .iter()
                .all(|state| *state == "delivered")
        );
        let distinct = |world: &World, ticket| {
            let mut told = told(world, ticket, system);
            // Of what says how things stand, the newest is enough.
            told.sort();
            told.dedup();
            told
        };
        assert_eq!(distinct(&dry, number), distinct(&live, there), "{system}");
        let (dry, live) = (link(&dry, number, system), link(&live, there, system));
        assert_eq!((dry.state, dry.told), (live.state, live.told), "{system}");
        assert_eq!(
            (dry.labels, dry.status),
            (live.labels, live.status),
            "{system}"
        );
    }
}

#[test]
fn what_comes_later_waits_behind_what_is_held_and_other_tickets_go_at_once() {
    let mut world = everywhere(true);
    let number = world.arrives(ticket("a")).ticket;
    turn(&world, false);
    world.arrives(follow_up("b", "a"));
    assert_eq!(states(&world, number, SUPPORT), ["recorded", "waiting"]);
    let other = world.arrives(ticket("c")).ticket;
    assert_eq!(states(&world, other, SUPPORT), ["due"]);
    release(&mut world, number, SUPPORT, true);
    assert_eq!(states(&world, number, SUPPORT), ["due", "waiting"]);
    carries_out(&mut world, number, SUPPORT, 5);
    assert_eq!(states(&world, number, SUPPORT), ["delivered", "delivered"]);
}

#[test]
fn what_is_discarded_is_never_told_and_neither_is_what_follows_it() {
    let mut world = everywhere(true);
    let number = is_talked_about(&mut world, &mut |_, _| {});
    turn(&world, false);
    world.arrives(follow_up("d", "a"));
    for system in ALL {
        let planned = orders(&world, number, system).len();
        release(&mut world, number, system, false);
        let link = link(&world, number, system);
        assert!(link.given_up && link.remote.is_none());
        // What was planned since has nowhere to go.
        while let Some(left) = orders(&world, number, system)
            .iter()
            .find(|order| order.state.is_pending())
        {
            assert!(link.is_unmade_for(left));
            let delivery = left.id;
            world.happens(Happening::Unlinked { delivery });
            world.store.audit(world.now);
        }
        assert_eq!(states(&world, number, system), vec!["cancelled"; planned]);
    }
    world.arrives(follow_up("e", "a"));
    world.replies(reply(number));
    for system in ALL {
        let cancelled = states(&world, number, system);
        assert!(
            cancelled.iter().all(|state| *state == "cancelled"),
            "{system}"
        );
    }
    // Until somebody wants the ticket there after all: then all of it.
    let (system, what) = (SUPPORT.to_owned(), Mend::Ticket);
    let ticket = number;
    world.orders(OperatorOrder::Mend {
        ticket,
        system,
        what,
    });
    assert!(!link(&world, number, SUPPORT).given_up);
    let before = orders(&world, number, SUPPORT).len() - 1;
    carries_out(&mut world, number, SUPPORT, 5);
    let anew = [
        "create ticket",
        "post message: something else",
        "post message: an answer",
        "post message: text of d",
        "post message: text of e",
        "post message: an answer",
        "update ticket",
    ];
    assert_eq!(told(&world, number, SUPPORT)[before..], anew);
}

#[test]
fn a_ticket_that_is_there_hears_what_comes_after_what_was_discarded() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    turn(&world, true);
    world.arrives(follow_up("b", "a"));
    world.stands(3, number, Status::InProgress);
    turn(&world, false);
    release(&mut world, number, SUPPORT, false);
    assert_eq!(
        states(&world, number, SUPPORT),
        ["delivered", "cancelled", "cancelled"],
        "discarding tells nothing"
    );
    world.arrives(follow_up("c", "a"));
    let told = told(&world, number, SUPPORT);
    assert_eq!(told[3..], ["post message: text of c", "update ticket"]);
    assert_eq!(link(&world, number, SUPPORT).remote.as_deref(), Some("77"));
}

#[test]
fn nothing_is_sent_while_the_mode_is_dry_run_but_it_may_be_discarded() {
    let mut world = everywhere(true);
    let number = world.arrives(ticket("a")).ticket;
    let delivery = orders(&world, number, SUPPORT)[0].id;
    let order = |send| Happening::Ordered(OperatorOrder::ReleaseRecorded { delivery, send });
    let Refusal::NotNow(why) = world.is_refused(order(true)) else {
        panic!("it is to be refused")
    };
    assert!(why.contains("mode = \"live\""), "{why}");
    world.is_refused(Happening::Ordered(OperatorOrder::Retry { delivery }));
    world.happens(order(false));
    assert_eq!(world.state(delivery).word(), "cancelled");
    assert_eq!(world.is_refused(order(false)), Refusal::Stale);
}

#[test]
fn what_was_pending_when_the_mode_changed_is_written_down_with_what_would_follow() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = world.arrives(ticket("a")).ticket;
    world.arrives(follow_up("b", "a"));
    assert_eq!(told(&world, number, SUPPORT), ["create ticket"]);
    turn(&world, true);
    let delivery = orders(&world, number, SUPPORT)[0].id;
    world.happens(Happening::Withheld {
        delivery,
        begun: false,
    });
    world.store.audit(world.now);
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "post message: text of b"]
    );
    assert_eq!(states(&world, number, SUPPORT), ["recorded", "recorded"]);
    let again = Happening::Withheld {
        delivery,
        begun: false,
    };
    assert_eq!(world.is_refused(again), Refusal::Stale);
}

#[test]
fn a_call_in_hand_ends_and_is_not_made_again() {
    let mut world = world(&[(SUPPORT, helpdesk())]);
    let number = linked(&mut world);
    world.stands(3, number, Status::InProgress);
    let update = orders(&world, number, SUPPORT).pop().unwrap().id;
    world.happens(Happening::Started { delivery: update });
    turn(&world, true);
    // A look at what is pending leaves a call in hand alone.
    let begun = false;
    world.is_refused(Happening::Withheld {
        delivery: update,
        begun,
    });
    world.ends(update, Class::Unknown);
    let begun = false;
    world.happens(Happening::Withheld {
        delivery: update,
        begun,
    });
    assert_eq!(world.state(update).word(), "recorded");
    assert!(world.delivery(update).in_doubt_since.is_some());
    turn(&world, false);
    release(&mut world, number, SUPPORT, true);
    assert!(
        world.delivery(update).in_doubt_since.is_some(),
        "it is looked for first"
    );
    assert_eq!(world.delivery(update).age_from, world.now);
}

#[test]
fn a_visit_that_was_closed_and_wanted_again_is_cancelled_and_made_again() {
    let mut world = world(&[(DESK, desk())]);
    turn(&world, true);
    let number = world.arrives(ticket("a")).ticket;
    world.closes(number);
    world.arrives(follow_up("b", "a"));
    let expected = [
        "create ticket",
        "replace record",
        "cancel ticket",
        "create ticket",
        "replace record",
    ];
    assert_eq!(told(&world, number, DESK), expected);
    turn(&world, false);
    release(&mut world, number, DESK, true);
    let all = orders(&world, number, DESK);
    let made = |world: &mut World, create: DeliveryId, remote: &str| {
        world.happens(Happening::Started { delivery: create });
        let settled = Settled {
            remote_uid: Some(remote.to_owned()),
            ..world.end(create, Class::Ok)
        };
        world.settles(settled);
    };
    made(&mut world, all[0].id, "100");
    let cancel = world.delivery(all[2].id).command;
    assert_eq!(
        cancel,
        Command::CancelTicket {
            remote: "100".to_owned()
        }
    );
    assert_eq!(link(&world, number, DESK).earlier.as_deref(), Some("100"));
    world.ends(all[1].id, Class::Ok);
    world.ends(all[2].id, Class::Ok);
    made(&mut world, all[3].id, "101");
    assert_eq!(link(&world, number, DESK).remote.as_deref(), Some("101"));
    assert_eq!(
        told(&world, number, DESK).len(),
        expected.len(),
        "none is one too many"
    );
}

#[test]
fn what_was_recorded_behind_a_ticket_that_is_refused_is_told_once_it_is_made() {
    let mut world = everywhere(true);
    let number = is_talked_about(&mut world, &mut |_, _| {});
    turn(&world, false);
    release(&mut world, number, SUPPORT, true);
    let create = orders(&world, number, SUPPORT)[0].id;
    world.happens(Happening::Started { delivery: create });
    world.ends(create, Class::Rejected);
    let planned = orders(&world, number, SUPPORT).len();
    for _ in 1..planned {
        let all = orders(&world, number, SUPPORT);
        let due = all
            .iter()
            .find(|order| matches!(order.state, DeliveryState::Due { .. }));
        let delivery = due.unwrap().id;
        world.happens(Happening::Unlinked { delivery });
        world.store.audit(world.now);
    }
    world.orders(OperatorOrder::Retry { delivery: create });
    carries_out(&mut world, number, SUPPORT, 5);
    assert_eq!(
        told(&world, number, SUPPORT)[planned..],
        [
            "post message: something else",
            "post message: an answer",
            "update ticket"
        ]
    );
}
