//! The largest events keep the bounds that the engine needs.

use std::collections::BTreeMap;

use super::audit::audit;
use super::bench::Bench;
use crate::model::{
    AgentId, Attempt, Author, Class, Edited, ExternalTicket, Happening, OperatorOrder,
    RESPONSE_URL, Replied, Settled, TicketId, Time, WayOut,
};
use crate::plan::AssignRule;
use crate::plan::tests::world::{FIRST, reply, ticket};
use crate::store::{keys, record, stage};

const LARGEST_TEXT: usize = 320 * 1024;

/// Of this many bytes, each of which takes six in JSON.
fn long(letter: char, bytes: usize) -> String {
    let mut text = String::from(letter);
    text.push_str(&"\u{1}".repeat(bytes - 1));
    text
}

fn url(number: usize) -> String {
    let start = format!("https://host{number:04}.example/");
    let rest = "\"".repeat(2048 - start.len());
    start + &rest
}

/// The longest in every field.
fn largest(uid: char, parent: Option<char>) -> ExternalTicket {
    ExternalTicket {
        brand: "acme".to_owned(),
        external_uid: long(uid, 512),
        content: "x".repeat(LARGEST_TEXT),
        response_url: Some(url(uid as usize)),
        provider: Some(long('p', 128)),
        parent_uid: parent.map(|parent| long(parent, 512)),
        author: Author {
            external_uid: long('a', 512),
            username: long('n', 512),
        },
        created_at: Time::EPOCH,
    }
}

fn bench() -> Bench {
    let bench = Bench::new();
    let mut routes = bench.routes.lock().unwrap();
    for agent in routes.agents.values_mut() {
        agent.name = long('N', 256);
    }
    routes.brands.get_mut("acme").unwrap().assign = AssignRule::RoundRobin;
    drop(routes);
    bench
}

fn most_rows(bench: &Bench) -> usize {
    let batches = bench.rows.batches.lock().unwrap();
    batches.iter().map(BTreeMap::len).max().unwrap()
}

/// Long replies to `ticket`; the first is tried once and gets a long answer.
fn fill(bench: &mut Bench, ticket: TicketId, replies: usize) {
    for number in 0..replies {
        let text = "r".repeat(LARGEST_TEXT);
        let message = bench.replies(Replied {
            text,
            ..reply(ticket)
        });
        if number == 0 {
            let WayOut::By(id) = message.way_out else {
                panic!("{message:?}")
            };
            let end = bench.end(id, Class::Retry);
            let attempt = Attempt {
                detail: long('d', 500),
                ..end.attempt.clone()
            };
            bench.settles(Settled { attempt, ..end });
        }
    }
}

#[test]
fn the_largest_ticket_edit_and_move_fit_one_batch() {
    let mut bench = bench();
    let taken = bench.arrives(largest('a', Some('z')));
    assert!(most_rows(&bench) > 80, "the text alone takes as many");
    fill(&mut bench, taken.ticket, 60);
    let texts = [
        "y".repeat(LARGEST_TEXT),
        "\u{1}".repeat(1024),
        "z".repeat(LARGEST_TEXT),
        "short".to_owned(),
        "ü".repeat(40_000),
    ];
    for (number, content) in texts.into_iter().enumerate() {
        let first = largest('a', Some('z'));
        let edited = ExternalTicket {
            content,
            response_url: Some(url(number)),
            author: Author {
                username: long('m', 512 - number),
                ..first.author
            },
            ..first
        };
        assert!(bench.arrives(edited).updated);
        audit(&bench);
    }
    bench.orders(OperatorOrder::SetResponseUrl {
        ticket: taken.ticket,
        url: url(77),
    });
    audit(&bench);
}

#[test]
fn the_largest_late_parent_of_many_children_fits_one_batch() {
    let mut bench = bench();
    for child in 'A'..='Z' {
        bench.arrives(ExternalTicket {
            content: "\u{1}".repeat(300),
            ..largest(child, Some('z'))
        });
    }
    let parent = bench.arrives(largest('z', None));
    assert!(parent.joined);
    audit(&bench);
}

#[test]
fn a_remote_id_that_many_wait_for_fits_one_batch() {
    let mut bench = bench();
    let first = bench.arrives(ExternalTicket {
        content: "\u{1}".repeat(300),
        ..largest('a', None)
    });
    for child in 'A'..='Z' {
        bench.arrives(ExternalTicket {
            content: "\u{1}".repeat(300),
            ..largest(child, Some('y'))
        });
    }
    let (id, _behind) = (bench.sends(first.ticket), bench.sends(first.ticket));
    let end = bench.end(id, Class::Ok);
    bench.settles(Settled {
        remote_uid: Some(long('y', 512)),
        ..end
    });
    assert!(most_rows(&bench) > 60);
    audit(&bench);
}

#[test]
fn the_longest_edit_of_a_dead_letter_fits_one_batch() {
    let mut bench = bench();
    let taken = bench.arrives(largest('a', None));
    let id = bench.sends(taken.ticket);
    bench.settles(bench.end(id, Class::Rejected));
    bench.orders(OperatorOrder::Edit(Edited {
        delivery: id,
        text: "\u{1}".repeat(LARGEST_TEXT),
    }));
    assert!(most_rows(&bench) > 80);
    audit(&bench);
}

#[test]
fn events_share_batches_and_a_counter_is_one_row_in_each() {
    let mut bench = Bench::new();
    for number in 1..=100 {
        let sent = Box::new(ticket(&format!("t{number}")));
        bench.stages(Happening::Arrived(sent)).unwrap();
        let reply = Happening::Replied(reply(TicketId(number)));
        bench.stages(reply).unwrap();
    }
    bench.ledger.write().unwrap();
    let batches = std::mem::take(&mut *bench.rows.batches.lock().unwrap());
    let rows: usize = batches.iter().map(BTreeMap::len).sum();
    assert!(
        batches.len() <= rows / 110,
        "{} for {rows} rows",
        batches.len()
    );
    // A ticket: itself, message, uid. Its reply: message, delivery, chain and due rows, the ticket's row being written
    // already. Shared: numbers, author, lane, counters, shelves.
    assert!(rows <= 100 * 7 + 20 * batches.len(), "{rows}");
    let pending = stage::pending_counter(RESPONSE_URL);
    assert_eq!(record::get(&bench.rows, &pending).unwrap(), Some(100));
    audit(&bench);
}

#[test]
fn what_is_taken_in_answered_and_settled_costs_few_rows() {
    let mut bench = Bench::new();
    // The first of everything also makes the author, the lane and the counters.
    let first = bench.arrives(ticket("first"));
    let id = bench.sends(first.ticket);
    bench.settles(bench.end(id, Class::Ok));
    let written = |bench: &mut Bench| {
        let batches = std::mem::take(&mut *bench.rows.batches.lock().unwrap());
        let shared = |key: &&Vec<u8>| !b"CMlbs".contains(&key[0]);
        let keys = batches.iter().flat_map(BTreeMap::keys);
        keys.filter(shared).count()
    };
    written(&mut bench);
    let taken = bench.arrives(ticket("second").at(FIRST));
    assert_eq!(written(&mut bench), 3, "ticket, message, uid");
    let id = bench.sends(taken.ticket);
    let woken = written(&mut bench);
    assert_eq!(
        woken, 7,
        "ticket, message, delivery, chain, due; the lane and its wake row"
    );
    bench.settles(bench.end(id, Class::Ok));
    let rested = written(&mut bench);
    assert_eq!(rested, 5, "delivery, chain, due; the lane and its wake row");
}

#[test]
fn what_many_agents_are_told_is_one_entry_in_a_row_that_a_batch_shares() {
    let mut bench = Bench::new();
    {
        let mut routes = bench.routes.lock().unwrap();
        let agents: Vec<AgentId> = (1..=50).map(AgentId).collect();
        let one = routes.agents[&AgentId(1)].clone();
        let known = agents.iter().map(|agent| (*agent, one.clone()));
        routes.agents = known.collect();
        routes.brands.get_mut("acme").unwrap().agents = agents;
    }
    bench.arrives(ticket("first"));
    bench.rows.batches.lock().unwrap().clear();
    for number in 0..10 {
        let sent = Box::new(ticket(&format!("t{number}")));
        bench.stages(Happening::Arrived(sent)).unwrap();
    }
    bench.ledger.write().unwrap();
    let batches = std::mem::take(&mut *bench.rows.batches.lock().unwrap());
    let keys: Vec<&Vec<u8>> = batches.iter().flat_map(BTreeMap::keys).collect();
    let of = |kinds: &[u8]| keys.iter().filter(|key| kinds.contains(&key[0])).count();
    assert_eq!(of(b"tmu"), 30);
    assert_eq!(
        of(b"lbs"),
        6,
        "tickets and notices: a leaf, a block, a span each"
    );
    assert_eq!(of(b"CM"), 2, "numbers, and who waits for a response");
    assert_eq!(keys.len(), 38);
    audit(&bench);
}

#[test]
fn an_event_keeps_its_rows_together_however_full_the_batch_is() {
    let mut bench = Bench::new();
    for number in 0..60 {
        let sent = ticket(&format!("t{number}")).saying(&"x".repeat(20_000 + number * 977));
        bench.stages(Happening::Arrived(Box::new(sent))).unwrap();
    }
    bench.ledger.write().unwrap();
    let mut texts = 0;
    for batch in bench.rows.batches.lock().unwrap().iter() {
        for (key, value) in batch {
            if let (b'x', Some(value)) = (key[0], value) {
                texts += 1;
                for part in 0..u16::from_be_bytes([value[1], value[2]]) {
                    assert!(batch.contains_key(&keys::part(key, part)));
                }
            }
        }
    }
    assert_eq!(texts, 60);
}
