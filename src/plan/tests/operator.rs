//! A person's orders about deliveries and lanes.

use super::world::{DAY, FIRST, MINUTE, World, ticket};
use crate::model::{
    AgentId, Class, DeliveryId, DeliveryState, Edited, Happening, LaneId, MessageId, OperatorOrder,
    Settled, TicketId,
};
use crate::plan::{Answer, OnUnknown, Refusal};

fn retry(delivery: DeliveryId) -> OperatorOrder {
    OperatorOrder::Retry { delivery }
}

fn cancel(delivery: DeliveryId) -> OperatorOrder {
    OperatorOrder::Cancel { delivery }
}

fn edit(delivery: DeliveryId, text: &str) -> OperatorOrder {
    OperatorOrder::Edit(Edited {
        delivery,
        text: text.to_owned(),
    })
}

#[test]
fn an_order_about_nothing_is_refused() {
    let mut world = World::new();
    let nothing = DeliveryId(7);
    let orders = [
        retry(nothing),
        cancel(nothing),
        edit(nothing, "x"),
        OperatorOrder::Resume { lane: LaneId(7) },
        OperatorOrder::Lock {
            ticket: TicketId(7),
            locked: true,
        },
        OperatorOrder::SetResponseUrl {
            ticket: TicketId(7),
            url: FIRST.to_owned(),
        },
        OperatorOrder::Assign {
            ticket: TicketId(7),
            agent: AgentId(1),
        },
    ];
    for order in orders {
        let refused = world.is_refused(Happening::Ordered(order));
        assert!(matches!(refused, Refusal::NotFound(_)), "{refused:?}");
    }
}

#[test]
fn a_ticket_is_not_assigned_to_an_agent_who_is_inactive() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let refused = world.is_refused(Happening::Ordered(OperatorOrder::Assign {
        ticket: opening.ticket,
        agent: AgentId(2),
    }));
    assert_eq!(refused, Refusal::NotNow("agent 2 is not active".to_owned()));
}

#[test]
fn a_ticket_is_not_assigned_to_an_agent_of_another_brand() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let refused = world.is_refused(Happening::Ordered(OperatorOrder::Assign {
        ticket: opening.ticket,
        agent: AgentId(4),
    }));
    let why = "agent 4 does not work for brand acme, whose ticket 1 is";
    assert_eq!(refused, Refusal::NotNow(why.to_owned()));
}

#[test]
fn retrying_a_due_delivery_makes_it_due_now() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let id = world.sends(opening.ticket);
    let behind = world.sends(opening.ticket);
    world.ends(id, Class::Retry);
    assert!(world.sendable(FIRST).is_empty());
    world.orders(retry(id));
    assert_eq!(world.sendable(FIRST), [id]);
    let refused = world.is_refused(Happening::Ordered(retry(behind)));
    assert!(matches!(refused, Refusal::NotNow(_)));
    assert_eq!(world.state(behind), DeliveryState::Waiting);
}

#[test]
fn cancelling_the_head_lets_the_next_move_up_and_cancelling_another_does_not() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let ids: Vec<DeliveryId> = (0..4).map(|_| world.sends(opening.ticket)).collect();
    world.orders(cancel(ids[1]));
    assert_eq!(world.sendable(FIRST), [ids[0]]);
    world.orders(cancel(ids[0]));
    assert_eq!(world.sendable(FIRST), [ids[2]]);
    world.ends(ids[2], Class::Rejected);
    assert_eq!(world.sendable(FIRST), [ids[3]]);
    for id in [ids[0], ids[1]] {
        for order in [cancel(id), retry(id), edit(id, "x")] {
            let refused = world.is_refused(Happening::Ordered(order));
            assert!(matches!(refused, Refusal::NotNow(_)));
        }
    }
    // A dead letter that is called off stays so.
    world.orders(cancel(ids[2]));
    assert!(matches!(
        world.state(ids[2]),
        DeliveryState::Cancelled { .. }
    ));
}

#[test]
fn an_edited_dead_letter_sends_the_new_text() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let id = world.sends(opening.ticket);
    let refused = world.is_refused(Happening::Ordered(edit(id, "x")));
    assert!(matches!(refused, Refusal::NotNow(_)), "it is on its way");
    world.ends(id, Class::Rejected);
    world.orders(edit(id, &"long ".repeat(5000)));
    world.orders(edit(id, "better"));
    let delivery = world.delivery(id);
    assert_eq!(delivery.revision, 2);
    assert!(matches!(delivery.state, DeliveryState::Dead { .. }));
    world.orders(retry(id));
    assert_eq!(world.sendable(FIRST), [id]);
    assert_eq!(world.parcel_text(id), "better");
    assert_eq!(world.text_at(delivery.message, 0), "an answer");
    assert_eq!(world.text_at(delivery.message, 1), "long ".repeat(5000));
    let shown = world.message(opening.ticket, MessageId(2));
    assert_eq!(shown.revision, 2);
    assert!(matches!(
        world.ends(id, Class::Ok).delivery.state,
        DeliveryState::Delivered { .. }
    ));
}

#[test]
fn a_held_delivery_waits_for_a_person_and_says_that_it_may_arrive_twice() {
    let mut world = World::with(|routes| routes.schedule.on_unknown = OnUnknown::Hold);
    let opening = world.arrives(ticket("a"));
    let id = world.sends(opening.ticket);
    let behind = world.sends(opening.ticket);
    world.ends(id, Class::Unknown);
    assert!(matches!(world.state(id), DeliveryState::Held { .. }));
    world.pass(30 * DAY);
    assert!(world.sendable(FIRST).is_empty());
    assert_eq!(world.state(behind), DeliveryState::Waiting);
    world.orders(retry(id));
    assert_eq!(world.sendable(FIRST), [id]);
    let after = world.ends(id, Class::Retry);
    assert!(after.delivery.last.unwrap().may_repeat);
    assert!(
        matches!(after.delivery.state, DeliveryState::Due { .. }),
        "its age begins anew"
    );
    world.orders(cancel(id));
    assert_eq!(world.sendable(FIRST), [behind]);
}

#[test]
fn retrying_what_was_started_says_that_it_may_arrive_twice_and_rewrites_no_history() {
    for tried_before in [false, true] {
        let mut world = World::with(|routes| routes.schedule.on_unknown = OnUnknown::Hold);
        let opening = world.arrives(ticket("a"));
        let id = world.sends(opening.ticket);
        let mut classes = vec![Class::Unknown, Class::Ok];
        if tried_before {
            world.ends(id, Class::Retry);
            world.pass(MINUTE);
            classes.insert(0, Class::Retry);
        }
        world.happens(Happening::Started { delivery: id });
        let refused = world.is_refused(Happening::Started { delivery: id });
        assert_eq!(refused, Refusal::Stale);
        world.orders(retry(id));
        assert_eq!(world.sendable(FIRST), [id]);
        world.happens(Happening::Started { delivery: id });
        let after = world.ends(id, Class::Ok);
        assert!(after.delivery.last.unwrap().may_repeat, "{tried_before}");
        let attempts = world.deliveries_story(id).attempts;
        let told: Vec<Class> = attempts.iter().map(|attempt| attempt.class).collect();
        assert_eq!(told, classes);
        let numbers: Vec<u32> = attempts.iter().map(|attempt| attempt.number).collect();
        assert_eq!(numbers, (1..=numbers.len() as u32).collect::<Vec<_>>());
    }
}

#[test]
fn resuming_a_lane_forgets_what_held_it() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let first = world.sends(opening.ticket);
    let second = world.sends(opening.ticket);
    let gone = Settled {
        gone: true,
        ..world.end(first, Class::Rejected)
    };
    let lane = world.settles(gone).lane;
    assert_eq!(lane.gone_since, Some(world.now));
    assert_eq!(lane.wake, None);
    world.pass(30 * DAY);
    let answer = world.orders(OperatorOrder::Resume { lane: lane.id });
    let Answer::Lane(resumed) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (resumed.gone_since, resumed.resumed_at),
        (None, Some(world.now))
    );
    assert_eq!(world.sendable(FIRST), [second]);
    // The time that it was held does not count.
    world.pass(2 * DAY);
    let after = world.ends(second, Class::Retry);
    assert!(matches!(after.delivery.state, DeliveryState::Due { .. }));
}
