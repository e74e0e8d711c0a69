//! However much there is to remove, no batch takes more rows than the engine likes; [`super::bench::Watched`] refuses one
//! that does.

use std::sync::Arc;
use std::time::Duration;

use super::audit::nothing_is_found_in;
use super::bench::{Bench, Watched};
use crate::model::{
    AgentId, AgentOrder, Author, Class, Erasing, ExternalTicket, Happening, Replied, Settled,
    Status, TicketId, Tidying,
};
use crate::plan::tests::world::{DAY, follow_up, reply, ticket};
use crate::plan::{Answer, Retention};
use crate::store::keys;

const LARGEST_TEXT: usize = 320 * 1024;

fn bench() -> Bench {
    let bench = Bench::new();
    bench.routes.lock().unwrap().retention = Retention {
        closed_tickets: Some(DAY),
        deliveries: Some(DAY),
        dedup_window: DAY,
    };
    bench
}

/// A ticket with everything in it that takes rows; every reply of its is delivered after many tries.
fn large(bench: &mut Bench) -> TicketId {
    let sent = ticket("first").saying(&"x".repeat(LARGEST_TEXT));
    let id = bench.arrives(sent.clone()).ticket;
    for revision in 0..3 {
        let content = format!("{revision}{}", "y".repeat(LARGEST_TEXT - 1));
        bench.arrives(ExternalTicket {
            content,
            ..sent.clone()
        });
    }
    for number in 0..80 {
        let uid = format!("{number:03}{}", "\u{1}".repeat(500));
        bench.arrives(ExternalTicket {
            author: Author {
                external_uid: "somebody else".to_owned(),
                username: "\u{1}".repeat(500),
            },
            ..follow_up(&uid, "first").saying(&"z".repeat(20_000))
        });
    }
    for _ in 0..3 {
        let text = "r".repeat(LARGEST_TEXT);
        let message = bench.replies(Replied { text, ..reply(id) });
        let crate::model::WayOut::By(delivery) = message.way_out else {
            panic!("{message:?}");
        };
        for _ in 0..150 {
            bench.settles(bench.end(delivery, Class::Throttled));
        }
        let end = bench.end(delivery, Class::Ok);
        bench.settles(Settled {
            remote_uid: Some(format!("remote-{delivery}")),
            ..end
        });
    }
    id
}

fn close(bench: &mut Bench, ticket: TicketId) {
    let order = AgentOrder::Update {
        ticket,
        status: Some(Status::Closed),
        priority: None,
        labels: None,
    };
    bench.happens(Happening::Did(AgentId(1), order)).unwrap();
}

/// Between two steps of a removal all is as it is meant to be.
fn is_sound(bench: &Bench) {
    let rows = Arc::<Watched>::clone(&bench.rows);
    nothing_is_found_in(&(rows as _), bench.now);
}

fn is_more(bench: &mut Bench, what: Happening) -> bool {
    match bench.happens(what).unwrap() {
        Answer::Tidied { more } => more,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_largest_ticket_goes_in_batches_that_the_engine_likes() {
    let mut bench = bench();
    let id = large(&mut bench);
    close(&mut bench, id);
    bench.now = bench.now.plus(2 * DAY);
    let began = bench.rows.batches.lock().unwrap().len();
    assert!(!is_more(
        &mut bench,
        Happening::Tidied(Tidying::Retire { ticket: id })
    ));
    assert!(bench.all(b't').is_empty(), "it is gone with the first");
    is_sound(&bench);
    let mut sweeps = 0;
    while is_more(&mut bench, Happening::Tidied(Tidying::Sweep { ticket: id })) {
        sweeps += 1;
        is_sound(&bench);
        assert!(sweeps < 100, "there is an end");
    }
    let batches = bench.rows.batches.lock().unwrap().len() - began;
    assert!(batches > 10, "{batches}");
    for kind in *b"tmxudAefwpGLn" {
        assert!(bench.all(kind).is_empty(), "{}", char::from(kind));
    }
    // What is remembered lapses in as many parts.
    bench.now = bench.now.plus(2 * DAY);
    for (key, _) in bench.all(b'Y') {
        let remembered = keys::remembered_of(&key).unwrap();
        assert!(!is_more(
            &mut bench,
            Happening::Tidied(Tidying::Lapse(remembered))
        ));
    }
    for kind in *b"TUY" {
        assert!(bench.all(kind).is_empty(), "{}", char::from(kind));
    }
}

#[test]
fn the_largest_record_of_a_delivery_goes_in_parts() {
    let mut bench = bench();
    large(&mut bench);
    bench.now = bench.now.plus(2 * DAY);
    let deliveries: Vec<_> = bench
        .all(b'd')
        .iter()
        .filter_map(|(key, _)| keys::number_at(key, 1))
        .collect();
    for id in deliveries {
        let delivery = crate::model::DeliveryId(id);
        let mut steps = 1;
        while is_more(&mut bench, Happening::Tidied(Tidying::Prune { delivery })) {
            steps += 1;
            is_sound(&bench);
        }
        assert_eq!(steps, 3);
    }
    assert!(bench.all(b'd').is_empty() && bench.all(b'A').is_empty());
    assert_eq!(bench.all(b'm').len(), 84);
}

#[test]
fn the_largest_words_are_taken_out_in_parts() {
    let mut bench = bench();
    let home = bench.arrives(ticket("home")).ticket;
    let sent = ExternalTicket {
        author: Author {
            external_uid: "jane".to_owned(),
            username: "Jane".to_owned(),
        },
        ..follow_up("hers", "home").saying(&"x".repeat(LARGEST_TEXT))
    };
    let message = bench.arrives(sent.clone()).message;
    for revision in 0..3 {
        bench.arrives(ExternalTicket {
            content: format!("{revision}{}", "y".repeat(LARGEST_TEXT)),
            ..sent.clone()
        });
    }
    for _ in 0..2 {
        bench.replies(Replied {
            text: "r".repeat(LARGEST_TEXT),
            ..reply(home)
        });
    }
    bench.now = bench.now.plus(Duration::from_secs(60));
    let erasing = Erasing::Message {
        ticket: home,
        message,
        author: "jane".to_owned(),
    };
    let mut steps = 1;
    while is_more(&mut bench, Happening::Erased(erasing.clone())) {
        steps += 1;
        assert!(steps < 100, "there is an end");
        // It may be broken off here.
        is_sound(&bench);
    }
    assert!(bench.all(b'x').is_empty() && bench.all(b'p').is_empty());
    assert!(bench.all(b'd').is_empty() && bench.all(b'c').is_empty() && bench.all(b'q').is_empty());
}
