//! Where what happens stands in a trace.

use super::world::{World, follow_up, reply, ticket};
use crate::model::{Class, Happening, OperatorOrder, TicketId, TraceContext};
use crate::plan::Step;

const GIVEN: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const OTHER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

fn context(parent: &str) -> TraceContext {
    TraceContext::from_wire(parent, Some("a=1")).unwrap()
}

/// Where every ticket's way is told.
fn told() -> World {
    World::with(|routes| routes.traces = Some(1.0))
}

impl World {
    /// What is told of the last event, by other chance than the next.
    fn told(&mut self) -> Step {
        self.random[0] += 1;
        self.step().expect("nothing is told")
    }
}

#[test]
fn a_tickets_way_is_one_trace() {
    let mut world = told();
    let opening = world.arrives(ticket("a"));
    let taken = world.told();
    assert_eq!(
        (taken.ticket, taken.message),
        (opening.ticket, Some(opening.message))
    );
    assert_eq!((taken.after, taken.context.sampled), (None, true));
    assert_eq!(
        world.ticket(opening.ticket).trace,
        Some(taken.context.clone())
    );

    let delivery = world.sends(opening.ticket);
    let replied = world.told();
    assert_eq!(replied.context.trace, taken.context.trace);
    assert_eq!(replied.after, Some(taken.context.span));
    assert_eq!(
        world.delivery(delivery).trace,
        Some(replied.context.clone())
    );

    let called = world.delivery(delivery).call_context().unwrap();
    world.ends(delivery, Class::Retry);
    let failed = world.told();
    assert_eq!(
        (&failed.context, failed.after),
        (&called, Some(replied.context.span))
    );
    world.ends(delivery, Class::Ok);
    let delivered = world.told();
    assert_eq!(delivered.after, Some(replied.context.span));
    let mut spans =
        [&taken, &replied, &failed, &delivered].map(|step| step.context.span.to_bytes());
    spans.sort_unstable();
    assert!(spans.windows(2).all(|two| two[0] != two[1]), "{spans:?}");
}

#[test]
fn whoever_sends_a_ticket_says_in_which_trace_and_whether_it_is_recorded() {
    let mut world = told();
    world.trace = Some(context(OTHER));
    let opening = world.arrives(ticket("a"));
    let taken = world.told();
    let given = context(OTHER);
    assert_eq!(taken.context, given.at(taken.context.span));
    assert_eq!(taken.after, Some(given.span));
    assert!(!taken.context.sampled);
    world.trace = None;
    let delivery = world.sends(opening.ticket);
    let carried = world.delivery(delivery).call_context().unwrap();
    assert_eq!(carried, given.at(carried.span));
    assert_ne!(carried.span, given.span);
}

#[test]
fn whoever_answers_in_a_trace_is_followed_there() {
    let mut world = told();
    world.trace = Some(context(GIVEN));
    let opening = world.arrives(ticket("a"));
    world.told();
    world.trace = Some(context(OTHER));
    let theirs = world.sends(opening.ticket);
    world.told();
    world.trace = None;
    let ours = world.sends(opening.ticket);
    let trace = |delivery| world.delivery(delivery).trace.unwrap().trace;
    assert_eq!(trace(theirs), context(OTHER).trace);
    assert_eq!(trace(ours), context(GIVEN).trace);
    let ticket = world.ticket(opening.ticket);
    assert_eq!(ticket.trace.unwrap().trace, context(GIVEN).trace);
}

#[test]
fn where_nothing_is_told_contexts_are_passed_on_as_they_came() {
    let mut world = World::new();
    world.trace = Some(context(GIVEN));
    let opening = world.arrives(ticket("a"));
    assert_eq!(world.step(), None);
    world.trace = None;
    let first = world.sends(opening.ticket);
    assert_eq!(world.delivery(first).trace, Some(context(GIVEN)));
    world.trace = Some(context(OTHER));
    let second = world.sends(opening.ticket);
    assert_eq!(world.delivery(second).trace, Some(context(OTHER)));
    world.ends(first, Class::Ok);
    assert_eq!(world.step(), None);
}

#[test]
fn where_nothing_is_told_and_nobody_speaks_of_traces_there_are_none() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let delivery = world.sends(opening.ticket);
    world.ends(delivery, Class::Ok);
    assert_eq!(world.ticket(opening.ticket).trace, None);
    assert_eq!(world.delivery(delivery).trace, None);
    assert_eq!(world.step(), None);
}

#[test]
fn a_ticket_from_before_there_were_traces_has_one_from_then_on() {
    let mut world = World::new();
    let opening = world.arrives(ticket("a"));
    let before = world.sends(opening.ticket);
    world.routes.lock().unwrap().traces = Some(1.0);
    world.ends(before, Class::Ok);
    assert_eq!(world.step(), None, "its delivery is in no trace");

    world.trace = Some(context(OTHER));
    world.sends(opening.ticket);
    world.told();
    assert_eq!(
        world.ticket(opening.ticket).trace,
        None,
        "theirs is not the ticket's"
    );

    world.trace = None;
    let after = world.sends(opening.ticket);
    let step = world.told();
    assert_eq!(step.after, None);
    assert_eq!(
        world.ticket(opening.ticket).trace,
        Some(step.context.clone())
    );
    let again = world.sends(opening.ticket);
    let trace = |delivery| world.delivery(delivery).trace.unwrap().trace;
    assert_eq!([trace(after), trace(again)], [step.context.trace; 2]);
}

#[test]
fn repetitions_and_follow_ups_are_told_in_the_tickets_trace() {
    let mut world = told();
    let opening = world.arrives(ticket("a"));
    let taken = world.told();
    assert!(world.arrives(ticket("a")).duplicate);
    let repeated = world.told();
    assert_eq!((repeated.ticket, repeated.message), (opening.ticket, None));
    assert_eq!(repeated.context.trace, taken.context.trace);
    let follow_up = world.arrives(follow_up("b", "a"));
    let followed = world.told();
    assert_eq!(followed.message, Some(follow_up.message));
    assert_eq!(
        (followed.context.trace, followed.after),
        (taken.context.trace, Some(taken.context.span))
    );
}

#[test]
fn what_comes_to_nothing_is_not_told() {
    let mut world = told();
    world.is_refused(Happening::Replied(reply(TicketId(7))));
    assert_eq!(world.step(), None);
    let ticket = world.arrives(ticket("a")).ticket;
    world.told();
    world.orders(OperatorOrder::Lock {
        ticket,
        locked: true,
    });
    assert_eq!(world.told().ticket, ticket);
    world.orders(OperatorOrder::Lock {
        ticket,
        locked: true,
    });
    assert_eq!(world.step(), None, "it was locked already");
}

#[test]
fn only_a_share_is_recorded_and_all_of_a_way_alike() {
    let mut world = World::with(|routes| routes.traces = Some(0.0));
    let opening = world.arrives(ticket("a"));
    assert!(!world.told().context.sampled);
    world.routes.lock().unwrap().traces = Some(1.0);
    world.sends(opening.ticket);
    assert!(!world.told().context.sampled);
}
