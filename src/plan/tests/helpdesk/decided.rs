//! What the operator's mapping changes: which words agree, whose word counts, what is said by itself, and by which
//! decisions a delivery goes.

use std::sync::Arc;

use crate::mapping::{DeskHiveMapping, MappingSet, Naming, Template};

use super::*;

/// A world whose help desk goes by the usual mapping, changed.
fn decided(change: impl FnOnce(&mut DeskHiveMapping, &mut MappingSet)) -> World {
    World::with(|routes| {
        mirrors_to(routes, SUPPORT, helpdesk());
        decide(routes, change);
    })
}

fn decide(routes: &mut Routes, change: impl FnOnce(&mut DeskHiveMapping, &mut MappingSet)) {
    let (mut mapping, mut set) = (DeskHiveMapping::default(), MappingSet::default());
    change(&mut mapping, &mut set);
    let mapping = SystemMapping::DeskHive(Box::new(mapping));
    set.systems.insert(SUPPORT.to_owned(), mapping.clone());
    routes.systems.get_mut(SUPPORT).unwrap().mapping = mapping;
    routes.mappings = Arc::new(routes.mappings.followed_by(set));
}

fn change_routes(world: &World, change: impl FnOnce(&mut Routes)) {
    change(&mut world.routes.lock().unwrap());
}

fn template(source: &str) -> Template {
    Template::new(source).unwrap()
}

#[test]
fn a_status_that_shares_its_word_there_stays_what_it_is_here() {
    let mut world = decided(|mapping, _| mapping.status_out.on_hold = Status::Open);
    let number = linked(&mut world);
    world.stands(3, number, Status::InProgress);
    carries_out(&mut world, number, SUPPORT, 1);
    world.stands(3, number, Status::OnHold);
    carries_out(&mut world, number, SUPPORT, 1);
    assert_eq!(link(&world, number, SUPPORT).status, "open");
    let before = told(&world, number, SUPPORT).len();
    sees(&mut world, there("open", 9));
    assert_eq!(world.ticket(number).status, Status::OnHold);
    // And is not told again and again.
    world.arrives(follow_up("b", "a"));
    assert_eq!(world.ticket(number).status, Status::OnHold);
    carries_out(&mut world, number, SUPPORT, 5);
    let after = told(&world, number, SUPPORT);
    assert_eq!(after[before..], ["post message: text of b"]);
}

#[test]
fn a_priority_that_shares_its_word_there_stays_what_it_is_here() {
    let mut world = decided(|mapping, _| mapping.priority_out.critical = Priority::High);
    let number = linked(&mut world);
    let critical = AgentOrder::Update {
        ticket: number,
        status: None,
        priority: Some(Priority::Critical),
        labels: None,
    };
    world.does(3, critical);
    carries_out(&mut world, number, SUPPORT, 1);
    let seen = |priority| RemoteTicket {
        priority: Some(priority),
        ..there("open", 9)
    };
    sees(&mut world, seen(Priority::High));
    assert_eq!(world.ticket(number).priority, Priority::Critical);
    assert_eq!(
        told(&world, number, SUPPORT),
        ["create ticket", "update ticket"]
    );
    sees(&mut world, seen(Priority::Low));
    assert_eq!(world.ticket(number).priority, Priority::Low);
}

#[test]
fn a_status_that_means_nothing_changes_nothing() {
    let mut world = decided(|mapping, _| {
        let closed = mapping.status.lines.get_mut("closed").unwrap();
        closed.0 = None;
    });
    let number = linked(&mut world);
    sees_now(&mut world, "closed");
    assert_eq!(world.ticket(number).status, Status::Open);
}

/// Sees that it stands there in this word, since just now.
fn sees_now(world: &mut World, status: &str) {
    let remote = there(status, world.now.as_micros());
    sees(world, remote);
}

#[test]
fn labels_there_are_those_that_the_table_names() {
    let mut world = decided(|mapping, _| {
        let lines = &mut mapping.labels.lines;
        lines.insert("Fault".to_owned(), Naming::Named("Bug".to_owned()));
        lines.insert("Secret".to_owned(), Naming::Nothing);
    });
    change_routes(&world, |routes| {
        routes.labels = [(1, "Bug".to_owned()), (2, "Secret".to_owned())].into();
    });
    let number = linked(&mut world);
    let labelled = |labels: &[&str]| RemoteTicket {
        labels: Some(labels.iter().map(ToString::to_string).collect()),
        ..there("open", 9)
    };
    sees(&mut world, labelled(&["Fault", "Secret"]));
    assert_eq!(world.ticket(number).labels, [1]);
    // One of two names for it is still there.
    sees(&mut world, labelled(&["Fault", "Bug"]));
    sees(&mut world, labelled(&["Bug"]));
    assert_eq!(world.ticket(number).labels, [1]);
    sees(&mut world, labelled(&[]));
    assert_eq!(world.ticket(number).labels, [0_u64; 0]);
}

#[test]
fn the_stronger_word_stands_until_the_stronger_or_the_customer_says_otherwise() {
    let mut world = World::with(|routes| {
        mirrors_to(routes, SUPPORT, helpdesk());
        mirrors_to(routes, SECOND, helpdesk());
        decide(routes, |_, set| set.status_wins = vec![SUPPORT.to_owned()]);
    });
    let number = linked(&mut world);
    carries_out(&mut world, number, SECOND, 1);
    world.pass(HOUR);
    sees_now(&mut world, "in_progress");
    assert_eq!(world.ticket(number).status, Status::InProgress);
    carries_out(&mut world, number, SECOND, 1);
    world.pass(HOUR);
    let at = world.now;
    sees_at(&mut world, SECOND, at, there("closed", at.as_micros()));
    assert_eq!(world.ticket(number).status, Status::InProgress);
    let notes = world.notes(number);
    let is_outranked = |note: &Note| matches!(note, Note::Outranked { system, by, .. } if system == SECOND && by == SUPPORT);
    assert!(notes.iter().any(is_outranked), "{notes:?}");
    // The weaker side is told where it stands.
    assert_eq!(
        told(&world, number, SECOND).last().unwrap(),
        "update ticket"
    );
    carries_out(&mut world, number, SECOND, 1);
    assert_eq!(link(&world, number, SECOND).status, "in_progress");
    world.pass(HOUR);
    sees_now(&mut world, "closed");
    assert_eq!(world.ticket(number).status, Status::Closed);
    world.pass(HOUR);
    world.arrives(follow_up("b", "a"));
    assert_eq!(world.ticket(number).status, Status::Open);
    carries_out(&mut world, number, SECOND, 10);
    world.pass(HOUR);
    let at = world.now;
    sees_at(&mut world, SECOND, at, there("on_hold", at.as_micros()));
    assert_eq!(world.ticket(number).status, Status::OnHold);
}

#[test]
fn customers_are_told_of_a_status_where_there_are_words_for_it_and_an_agent_is_still_awaited() {
    let mut world = decided(|mapping, set| {
        let lines = &mut mapping.status_replies.lines;
        lines.insert("in_progress".to_owned(), template("We are at {{ title }}."));
        set.response_url.status_replies.closed = template("{{ number }} is {{ status }}.");
    });
    let number = linked(&mut world);
    world.pass(HOUR);
    sees_now(&mut world, "in_progress");
    assert_eq!(replies(&world, number), ["We are at text of a."]);
    assert!(world.ticket(number).awaits_agent);
    // It is seen as often as it is asked for, and told once.
    sees_now(&mut world, "in_progress");
    world.stands(3, number, Status::OnHold);
    assert_eq!(replies(&world, number).len(), 1);
    world.stands(3, number, Status::Closed);
    world.stands(3, number, Status::Closed);
    assert_eq!(
        replies(&world, number),
        [
            "We are at text of a.".to_owned(),
            format!("{number} is closed.")
        ]
    );
    carries_out(&mut world, number, SUPPORT, 1);
    // What is said of a change there is not said there.
    let posted = told(&world, number, SUPPORT);
    assert!(
        posted.iter().all(|told| !told.contains("We are at")),
        "{posted:?}"
    );
    assert!(
        posted.contains(&format!("post message: {number} is closed.")),
        "{posted:?}"
    );
}

#[test]
fn a_ticket_without_a_way_back_gets_no_words() {
    let mut world = decided(|_, set| {
        set.response_url.status_replies.closed = template("Closed.");
    });
    change_routes(&world, |routes| routes.require_response_url = false);
    let mut sent = ticket("a");
    sent.response_url = None;
    let number = world.arrives(sent).ticket;
    world.stands(3, number, Status::Closed);
    assert_eq!(world.story(number).messages.len(), 1);
}

#[test]
fn what_is_on_its_way_goes_by_what_was_decided_when_it_was_planned() {
    let mut world = decided(|mapping, _| {
        mapping.texts.follow_up = template("{{ author }}: {{ text }}");
    });
    let number = linked(&mut world);
    world.arrives(follow_up("b", "a"));
    let then = orders(&world, number, SUPPORT).pop().unwrap();
    change_routes(&world, |routes| {
        decide(routes, |mapping, _| {
            mapping.texts.follow_up = template("{{ text }} ({{ author }})")
        });
    });
    world.arrives(follow_up("c", "a"));
    let now = orders(&world, number, SUPPORT).pop().unwrap();
    assert_ne!(then.mapping, now.mapping);
    change_routes(&world, |routes| {
        let says = |delivery: &Delivery| match routes.mapping_of(delivery) {
            Some(SystemMapping::DeskHive(mapping)) => mapping.texts.follow_up.source().to_owned(),
            other => panic!("{other:?}"),
        };
        assert_eq!(says(&then), "{{ author }}: {{ text }}");
        assert_eq!(says(&now), "{{ text }} ({{ author }})");
    });
    // Both are known again as our own words.
    world.happens(Happening::Started { delivery: then.id });
    let echo = said(40, agent("3"), "Ann: text of b");
    hears(&mut world, &[echo]);
    assert_eq!(
        texts(&world, number).len(),
        3,
        "{:?}",
        texts(&world, number)
    );
}
