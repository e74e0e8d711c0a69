//! Answers from our side: who may give them, and where they go.

use super::world::{FIRST, SECOND, THIRD, World, follow_up, reply, ticket};
use crate::model::{
    AgentId, DeliveryState, ExternalTicket, Happening, OperatorOrder, Replied, Sender, TicketId,
    Visibility, WayOut,
};
use crate::plan::Refusal;

fn public_by(ticket: TicketId, agent: u64) -> Replied {
    Replied {
        agent: Some(AgentId(agent)),
        only_assigned: true,
        ..reply(ticket)
    }
}

#[test]
fn a_reply_answers_the_newest_customer_message_that_has_a_url() {
    let mut world = World::with(|routes| routes.require_response_url = false);
    let opening = world.arrives(ticket("a"));
    let newer = world.arrives(follow_up("b", "a").at(SECOND));
    let without = ExternalTicket {
        response_url: None,
        ..ticket("z")
    };
    let elsewhere = world.arrives(without);
    // The newest has none, since what it follows has none.
    assert_eq!(elsewhere.ticket, TicketId(2));
    let taken = world.replies(reply(opening.ticket));
    assert_eq!(taken.message.answers, Some(newer.message));
    let WayOut::By(id) = taken.message.way_out else {
        panic!("{:?}", taken.message)
    };
    let delivery = world.delivery(id);
    assert_eq!(delivery.lane, world.lane_to(SECOND));
    let answering = delivery.reply().unwrap();
    assert_eq!(
        (answering.answers, answering.parent_uid.as_str()),
        (newer.message, "b")
    );
    assert_eq!(
        (
            answering.author_uid.as_str(),
            answering.author_name.as_str()
        ),
        ("1", "Agent 1")
    );
    assert_eq!(delivery.message, taken.message.id);
    assert_eq!(delivery.state, DeliveryState::Due { at: world.now });
    assert_eq!(
        (delivery.attempts, delivery.tries, delivery.last),
        (0, 0, None)
    );
    assert!(!taken.ticket.awaits_agent);
    assert_eq!(taken.ticket.last_reply_at, Some(world.now));
    assert_eq!(world.ticket(opening.ticket), taken.ticket);
}

#[test]
fn a_newest_message_without_a_url_leaves_the_nearest_earlier_one_to_answer() {
    let mut world = World::with(|routes| routes.require_response_url = false);
    let child = world.arrives(follow_up("child", "late").at(FIRST));
    let bare = ExternalTicket {
        response_url: None,
        ..ticket("late")
    };
    world.arrives(bare);
    let newest = world.arrives(follow_up("next", "late"));
    assert_eq!(
        (newest.ticket, newest.response_url_known),
        (child.ticket, false)
    );
    assert!(world.ticket(child.ticket).awaits_agent);
    let taken = world.replies(reply(child.ticket));
    assert_eq!(taken.message.answers, Some(child.message));
    assert_eq!(world.sendable(FIRST).len(), 1);
}

#[test]
fn without_any_url_a_reply_is_kept_and_goes_nowhere() {
    let mut world = World::with(|routes| routes.require_response_url = false);
    let sent = ExternalTicket {
        response_url: None,
        ..ticket("a")
    };
    let opening = world.arrives(sent);
    let taken = world.replies(reply(opening.ticket));
    assert_eq!(
        (taken.message.way_out, taken.message.answers),
        (WayOut::Nowhere, None)
    );
    let story = world.story(opening.ticket);
    assert_eq!((story.messages.len(), story.deliveries.len()), (2, 0));
}

#[test]
fn an_internal_note_never_leaves() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let before = world.ticket(opening.ticket);
    let note = Replied {
        visibility: Visibility::Internal,
        ..reply(opening.ticket)
    };
    let taken = world.replies(note);
    assert_eq!(
        (taken.message.way_out, taken.message.answers),
        (WayOut::None, None)
    );
    assert!(world.story(opening.ticket).deliveries.is_empty());
    let after = world.ticket(opening.ticket);
    assert!(after.awaits_agent, "the customer still waits");
    assert_eq!(after.last_reply_at, before.last_reply_at);
    world.arrives(ticket("a").at(THIRD));
    assert!(world.story(opening.ticket).deliveries.is_empty());
}

#[test]
fn only_those_the_ticket_is_assigned_to_may_reply() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let refused = Refusal::NotFound("ticket");
    // 2 is inactive, 4 is another brand's, 9 does not exist.
    for agent in [2, 4, 9] {
        let what = Happening::Replied(public_by(opening.ticket, agent));
        assert_eq!(world.is_refused(what), refused, "{agent}");
    }
    for agent in [1, 3] {
        let taken = world.replies(public_by(opening.ticket, agent));
        assert!(matches!(taken.message.from, Sender::Agent { id, .. } if id == AgentId(agent)));
    }
    world.orders(OperatorOrder::Assign {
        ticket: opening.ticket,
        agent: AgentId(3),
    });
    let what = Happening::Replied(public_by(opening.ticket, 1));
    assert_eq!(world.is_refused(what), refused);
    world.replies(public_by(opening.ticket, 3));
    let what = Happening::Replied(public_by(TicketId(99), 3));
    assert_eq!(world.is_refused(what), refused);
}

#[test]
fn a_locked_ticket_refuses_replies_and_says_so_only_to_those_who_may_see_it() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let lock = |locked| OperatorOrder::Lock {
        ticket: opening.ticket,
        locked,
    };
    world.orders(lock(true));
    let what = Happening::Replied(public_by(opening.ticket, 1));
    assert_eq!(world.is_refused(what), Refusal::Locked);
    let what = Happening::Replied(Replied {
        visibility: Visibility::Internal,
        ..public_by(opening.ticket, 1)
    });
    assert_eq!(world.is_refused(what), Refusal::Locked);
    let what = Happening::Replied(public_by(opening.ticket, 4));
    assert_eq!(world.is_refused(what), Refusal::NotFound("ticket"));
    assert_eq!(world.story(opening.ticket).messages.len(), 1);
    // The customer may still write.
    assert!(world.arrives(follow_up("b", "a")).joined);
    world.orders(lock(false));
    world.replies(public_by(opening.ticket, 1));
}

#[test]
fn an_operators_reply_without_an_agent_is_the_assigned_agents() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let from = |taken: crate::plan::ReplyTaken| match taken.message.from {
        Sender::Agent { id, .. } => id.0,
        other => panic!("{other:?}"),
    };
    assert_eq!(from(world.replies(reply(opening.ticket))), 1);
    world
        .routes
        .lock()
        .unwrap()
        .agents
        .get_mut(&AgentId(1))
        .unwrap()
        .active = false;
    assert_eq!(from(world.replies(reply(opening.ticket))), 3);
    world.orders(OperatorOrder::Assign {
        ticket: opening.ticket,
        agent: AgentId(3),
    });
    assert_eq!(from(world.replies(reply(opening.ticket))), 3);
    world
        .routes
        .lock()
        .unwrap()
        .agents
        .get_mut(&AgentId(3))
        .unwrap()
        .active = false;
    let refused = world.is_refused(Happening::Replied(reply(opening.ticket)));
    assert!(matches!(refused, Refusal::NotNow(_)), "{refused:?}");
    // A named one need not be assigned nor active, but must exist and work for the brand.
    let named = |agent| Replied {
        agent: Some(AgentId(agent)),
        ..reply(opening.ticket)
    };
    assert_eq!(from(world.replies(named(1))), 1);
    let refused = world.is_refused(Happening::Replied(named(4)));
    let why = "agent 4 does not work for brand acme, whose ticket 1 is";
    assert_eq!(refused, Refusal::NotNow(why.to_owned()));
    let refused = world.is_refused(Happening::Replied(named(77)));
    assert_eq!(refused, Refusal::NotFound("agent"));
}
