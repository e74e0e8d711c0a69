//! What agents do beside answering.

use std::time::Duration;

use super::world::{World, follow_up, reply, ticket};
use crate::model::{
    AgentId, AgentOrder, MessageId, NoticeId, OperatorOrder, Priority, ProfileChange, Sender,
    Status, TicketId,
};
use crate::plan::{Answer, Note, Refusal};

const ONE: TicketId = TicketId(1);

fn update(priority: Option<Priority>, labels: Option<Vec<u64>>) -> AgentOrder {
    AgentOrder::Update {
        ticket: ONE,
        status: None,
        priority,
        labels,
    }
}

#[test]
fn a_closed_ticket_knows_who_closed_it_and_when_until_it_opens() {
    let mut world = World::new();
    world.arrives(ticket("a"));
    world.pass(Duration::from_secs(5));
    let closed = world.stands(3, ONE, Status::Closed);
    assert_eq!(
        (closed.closed_at, closed.closed_by),
        (Some(world.now), Some(AgentId(3)))
    );
    let at = closed.closed_at;
    // Closing it once more is nothing new.
    let again = world.stands(1, ONE, Status::Closed);
    assert_eq!((again.closed_at, again.closed_by), (at, Some(AgentId(3))));
    let child = world.arrives(follow_up("b", "a"));
    let open = world.ticket(ONE);
    assert_eq!(
        (open.status, open.closed_at, open.closed_by),
        (Status::Open, None, None)
    );
    let (from, to, by) = (Status::Open, Status::Closed, AgentId(3));
    let message = child.message;
    assert_eq!(
        world.notes(ONE),
        [Note::Status { from, to, by }, Note::Reopened { message }]
    );
}

#[test]
fn a_reply_leaves_the_status_as_it_is() {
    let mut world = World::new();
    world.arrives(ticket("a"));
    for status in Status::ALL {
        world.stands(1, ONE, *status);
        world.replies(reply(ONE));
        assert_eq!(world.ticket(ONE).status, *status);
    }
}

#[test]
fn what_stays_as_it_is_leaves_no_note_and_no_new_time() {
    let mut world = World::new();
    world.arrives(ticket("a"));
    world.does(1, update(Some(Priority::Critical), Some(vec![2, 1])));
    let (before, notes) = (world.ticket(ONE), world.notes(ONE));
    assert_eq!((before.updated_at, notes.len()), (world.now, 2));
    for order in [
        update(Some(Priority::Critical), Some(vec![2, 1])),
        update(None, None),
    ] {
        world.does(3, order);
        assert_eq!(
            (world.ticket(ONE), world.notes(ONE)),
            (before.clone(), notes.clone())
        );
    }
}

#[test]
fn nobody_changes_a_ticket_that_is_not_theirs() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let (ticket, message) = (ONE, opening.message);
    world.orders(OperatorOrder::Assign {
        ticket,
        agent: AgentId(3),
    });
    let before = world.story(ONE);
    let gone = MessageId(99);
    for (agent, order) in [
        // Inactive, another brand's, unknown, and not assigned.
        (2, update(Some(Priority::Low), None)),
        (4, update(Some(Priority::Low), None)),
        (9, update(Some(Priority::Low), None)),
        (1, update(Some(Priority::Low), None)),
        (1, AgentOrder::Like { ticket, message }),
        (
            3,
            AgentOrder::Like {
                ticket,
                message: gone,
            },
        ),
        (
            3,
            AgentOrder::Like {
                ticket: TicketId(7),
                message,
            },
        ),
        (
            1,
            AgentOrder::Read {
                notice: NoticeId(2),
            },
        ),
        (
            4,
            AgentOrder::Read {
                notice: NoticeId(2),
            },
        ),
        (
            3,
            AgentOrder::Read {
                notice: NoticeId(99),
            },
        ),
    ] {
        let answer = world.does(agent, order);
        assert!(
            matches!(answer, Answer::Refused(Refusal::NotFound(_))),
            "{agent}: {answer:?}"
        );
    }
    let after = world.story(ONE);
    assert_eq!(after.ticket, before.ticket);
    assert_eq!(after.messages[0].message, before.messages[0].message);
    let read = world.does(
        3,
        AgentOrder::Read {
            notice: NoticeId(2),
        },
    );
    assert!(matches!(read, Answer::Read(_)), "{read:?}");
}

#[test]
fn the_name_that_an_agent_chose_is_the_author_of_their_replies() {
    let mut world = World::new();
    world.arrives(ticket("a"));
    let change = ProfileChange {
        name: Some("Jo".to_owned()),
        ..ProfileChange::default()
    };
    let answer = world.does(1, AgentOrder::Introduce(change));
    assert!(matches!(answer, Answer::Profile(_)), "{answer:?}");
    let taken = world.replies(reply(ONE));
    let name = "Jo".to_owned();
    let id = AgentId(1);
    assert_eq!(taken.message.from, Sender::Agent { id, name });
}
