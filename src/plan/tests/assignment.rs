//! Who gets a new ticket.

use std::sync::Arc;

use super::world::{World, follow_up, ticket};
use crate::model::{AgentId, Assignee, OperatorOrder, TicketId};
use crate::plan::{AssignRule, Routes};

fn world(rule: AssignRule, agents: &'static [u64]) -> World {
    World::with(|routes| set(routes, rule, agents))
}

fn set(routes: &mut Routes, rule: AssignRule, agents: &[u64]) {
    let brand = routes.brands.get_mut("acme").unwrap();
    brand.assign = rule;
    brand.agents = agents.iter().copied().map(AgentId).collect();
}

/// The agents that the next `count` tickets are given to; 0 for all.
fn given(world: &mut World, count: usize, prefix: &str) -> Vec<u64> {
    (0..count)
        .map(|n| {
            let taken = world.arrives(ticket(&format!("{prefix}{n}")));
            match world.ticket(taken.ticket).assignee {
                Assignee::All => 0,
                Assignee::One(agent) => agent.0,
            }
        })
        .collect()
}

#[test]
fn all_means_everyone() {
    let mut world = world(AssignRule::All, &[1, 3]);
    assert_eq!(given(&mut world, 2, "a"), [0, 0]);
}

#[test]
fn agents_take_turns_and_the_inactive_are_skipped() {
    let mut world = world(AssignRule::RoundRobin, &[4, 2, 1, 3]);
    assert_eq!(given(&mut world, 5, "a"), [4, 1, 3, 4, 1]);
    // Neither a duplicate nor a follow-up takes a turn.
    world.arrives(ticket("a0"));
    world.arrives(follow_up("child", "a0"));
    assert_eq!(given(&mut world, 1, "b"), [3]);
    // Whose turn it is survives a change of the settings.
    let routes = Arc::clone(&world.routes);
    set(
        &mut routes.lock().unwrap(),
        AssignRule::RoundRobin,
        &[1, 3, 4],
    );
    assert_eq!(given(&mut world, 2, "c"), [4, 1]);
    set(&mut routes.lock().unwrap(), AssignRule::All, &[1, 3, 4]);
    assert_eq!(given(&mut world, 1, "d"), [0]);
    set(
        &mut routes.lock().unwrap(),
        AssignRule::RoundRobin,
        &[1, 3, 4],
    );
    assert_eq!(given(&mut world, 1, "e"), [3]);
}

#[test]
fn the_turn_goes_on_behind_one_who_became_inactive() {
    let mut world = world(AssignRule::RoundRobin, &[1, 3, 4]);
    assert_eq!(given(&mut world, 2, "a"), [1, 3]);
    world
        .routes
        .lock()
        .unwrap()
        .agents
        .get_mut(&AgentId(3))
        .unwrap()
        .active = false;
    assert_eq!(given(&mut world, 3, "b"), [4, 1, 4]);
}

#[test]
fn whoever_has_the_fewest_open_tickets_gets_the_next() {
    let mut world = world(AssignRule::LeastOpen, &[2, 3, 1, 4]);
    assert_eq!(given(&mut world, 4, "a"), [3, 1, 4, 3]);
    // Closed ones do not count, given ones do.
    world.closes(TicketId(1));
    world.closes(TicketId(4));
    assert_eq!(given(&mut world, 1, "b"), [3]);
    for ticket in [1, 2] {
        let order = OperatorOrder::Assign {
            ticket: TicketId(ticket),
            agent: AgentId(4),
        };
        world.orders(order);
    }
    // 1 has none, 3 has one, 4 has two open ones and a closed one.
    assert_eq!(given(&mut world, 2, "c"), [1, 3]);
    // A follow-up reopens what was closed.
    world.arrives(follow_up("child", "a3"));
    assert_eq!(given(&mut world, 1, "d"), [1]);
}

#[test]
fn without_anyone_active_the_ticket_is_for_whoever_comes() {
    for rule in [
        AssignRule::All,
        AssignRule::RoundRobin,
        AssignRule::LeastOpen,
    ] {
        let mut world = world(rule, &[2, 9]);
        assert_eq!(given(&mut world, 1, "a"), [0]);
    }
}
