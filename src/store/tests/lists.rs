//! Lists of tickets, messages and deliveries against a model of them.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use proptest::prelude::*;

use crate::model::{
    AgentId, Assignee, Class, DeliveryId, Event, ExternalTicket, Happening, Message, Priority,
    Status, Ticket, TicketId, Time,
};
use crate::plan::tests::world::{World, follow_up, ticket};
use crate::plan::{Answer, Facts, Outcome, Write};
use crate::store::{DeliveryQuery, Planner, Rank, Store, TicketQuery};

type Traits = (bool, u64, Status, Priority, Option<u64>);

fn traits() -> impl Strategy<Value = Traits> {
    (
        any::<bool>(),
        0_u64..3,
        proptest::sample::select(Status::ALL),
        proptest::sample::select(Priority::ALL),
        proptest::option::of(1_u64..3),
    )
}

fn brand(other: bool) -> String {
    if other { "acme-2" } else { "acme" }.to_owned()
}

fn assignee(number: u64) -> Assignee {
    match number {
        0 => Assignee::All,
        agent => Assignee::One(AgentId(agent)),
    }
}

fn with(base: &Ticket, id: u64, traits: &Traits) -> Ticket {
    Ticket {
        id: TicketId(id),
        brand: brand(traits.0),
        assignee: assignee(traits.1),
        status: traits.2,
        priority: traits.3,
        department: traits.4,
        ..base.clone()
    }
}

/// A ticket and message as intake makes them.
fn sample() -> (Ticket, Message) {
    let mut world = World::new();
    let taken = world.arrives(ticket("a"));
    (
        world.ticket(taken.ticket),
        world.message(taken.ticket, taken.message),
    )
}

/// A store whose plan writes the ticket that the event's provider spells in JSON, over what is there.
fn writing() -> Store {
    let planner: Planner = std::sync::Arc::new(|event: &Event, facts: &Facts| {
        let Happening::Arrived(sent) = &event.what else {
            unreachable!("only tickets are written")
        };
        let (old, new): (Option<Box<Ticket>>, Box<Ticket>) =
            serde_json::from_str(&sent.content).unwrap();
        let mut numbers = facts.numbers;
        numbers.ticket = numbers.ticket.max(new.id.0 + 1);
        Ok(Outcome {
            writes: vec![Write::Ticket { old, new }],
            numbers,
            answer: Answer::Done(String::new()),
            step: None,
        })
    });
    Store::in_memory(planner, Time::EPOCH)
}

fn write(store: &Store, old: Option<&Ticket>, new: &Ticket) {
    let content = serde_json::to_string(&(old, new)).unwrap();
    let event = Event {
        at: Time::EPOCH,
        random: [0; 16],
        trace: None,
        what: Happening::Arrived(Box::new(ExternalTicket {
            content,
            ..ticket("x")
        })),
    };
    let commit = store.commit(event, Rank::Agent).now_or_never();
    commit.unwrap().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn a_page_of_tickets_is_what_a_search_of_all_finds(
        changes in proptest::collection::vec((1_u64..12, traits()), 1..40),
        lists in proptest::collection::btree_set((any::<bool>(), 0_u64..4), 0..4),
        status in proptest::option::of(proptest::sample::select(Status::ALL)),
        priority in proptest::option::of(proptest::sample::select(Priority::ALL)),
        department in proptest::option::of(1_u64..3),
        offset in 0_u64..8, limit in 0_usize..8,
    ) {
        let (base, _) = sample();
        let store = writing();
        let mut model: BTreeMap<u64, Ticket> = BTreeMap::new();
        for (id, traits) in &changes {
            let mut new = with(&base, *id, traits);
            let old = model.get(id).cloned();
            if let Some(old) = &old {
                new.brand.clone_from(&old.brand);
            }
            write(&store, old.as_ref(), &new);
            model.insert(*id, new);
        }
        let query = TicketQuery {
            of: lists.iter().map(|(other, agent)| (brand(*other), assignee(*agent))).collect(),
            status, priority, department, offset, limit,
        };
        let expected: Vec<TicketId> = model
            .values()
            .rev()
            .filter(|ticket| query.of.contains(&(ticket.brand.clone(), ticket.assignee)))
            .filter(|ticket| status.is_none_or(|status| status == ticket.status))
            .filter(|ticket| priority.is_none_or(|priority| priority == ticket.priority))
            .filter(|ticket| department.is_none_or(|department| Some(department) == ticket.department))
            .map(|ticket| ticket.id)
            .collect();
        let (page, total) = store.tickets(query).now_or_never().unwrap().unwrap();
        prop_assert_eq!(total, expected.len() as u64);
        let page: Vec<TicketId> = page.into_iter().map(|view| view.ticket.id).collect();
        let wanted: Vec<TicketId> =
            expected.into_iter().skip(usize::try_from(offset).unwrap()).take(limit).collect();
        prop_assert_eq!(page, wanted);
    }
}

#[test]
fn messages_come_in_order_of_arrival_without_the_opening_one() {
    let mut world = World::new();
    let late_child = world.arrives(follow_up("0", "late").at("https://one.example/"));
    let mut expected = vec!["text of late".to_owned()];
    world.arrives(ticket("late"));
    for number in 1..9 {
        let uid = number.to_string();
        world.arrives(follow_up(&uid, "0"));
        expected.push(format!("text of {uid}"));
    }
    world.arrives(ticket("elsewhere"));
    let ticket = world.ticket(late_child.ticket);
    for (offset, limit) in [(0, 100), (0, 3), (2, 4), (8, 9), (9, 9), (50, 1), (0, 0)] {
        let page = world.store.messages(ticket.clone(), offset, limit);
        let (page, total) = page.now_or_never().unwrap().unwrap();
        assert_eq!(total, 9);
        let from = usize::try_from(offset).unwrap();
        let wanted: Vec<&String> = expected.iter().skip(from).take(limit).collect();
        let page: Vec<&String> = page.iter().map(|view| &view.content).collect();
        assert_eq!(page, wanted, "{offset} {limit}");
    }
}

#[test]
fn deliveries_are_found_by_state_and_ticket_newest_first() {
    let mut world = World::new();
    let first = world.arrives(ticket("a")).ticket;
    let second = world.arrives(ticket("b")).ticket;
    let ids: Vec<DeliveryId> = (0..8)
        .map(|number| world.sends(if number % 2 == 0 { first } else { second }))
        .collect();
    world.ends(ids[0], Class::Ok);
    world.ends(ids[1], Class::Rejected);
    world.ends(ids[2], Class::Rejected);
    let found = |state: Option<&str>, ticket, limit| {
        let query = DeliveryQuery {
            state: state.map(str::to_owned),
            system: None,
            ticket,
            limit,
        };
        let found = world.store.deliveries(query).now_or_never();
        let found = found.unwrap().unwrap().into_iter();
        found.map(|delivery| delivery.id.0).collect::<Vec<u64>>()
    };
    assert_eq!(found(None, None, 99), [8, 7, 6, 5, 4, 3, 2, 1]);
    assert_eq!(found(None, None, 3), [8, 7, 6]);
    assert_eq!(found(Some("dead"), None, 99), [3, 2]);
    assert_eq!(found(Some("dead"), Some(first), 99), [3]);
    assert_eq!(found(Some("unverified"), None, 99), [1]);
    assert_eq!(found(Some("due"), None, 99), [5, 4]);
    assert_eq!(found(Some("waiting"), Some(second), 99), [8, 6]);
    assert!(found(None, Some(TicketId(9)), 99).is_empty());
    assert!(found(None, None, 0).is_empty());
}

#[test]
fn a_uid_is_found_in_every_brand_and_sense() {
    let mut world = World::new();
    let first = world.arrives(ticket("a").by("one")).ticket;
    let second = world.arrives(ticket("a").by("two")).ticket;
    let other = world.arrives(ExternalTicket {
        brand: "other".to_owned(),
        ..ticket("a")
    });
    world.arrives(ticket("ab"));
    let id = world.sends(second);
    let end = world.end(id, Class::Ok);
    world.settles(crate::model::Settled {
        remote_uid: Some("remote".to_owned()),
        ..end
    });
    let found = |uid: &str| {
        let found = world.store.find(uid.to_owned()).now_or_never();
        found.unwrap().unwrap()
    };
    assert_eq!(found("a"), [first, second, other.ticket]);
    assert_eq!(found("remote"), [second]);
    assert_eq!(found("nobody"), []);
}
