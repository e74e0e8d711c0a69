//! One record that cannot be read, or one plan that panics, sets aside one event or delivery.

use std::sync::{Arc, Mutex};

use super::bench::Bench;
use super::folder::{arrival, options};
use crate::model::{
    Class, DeadReason, DeliveryId, DeliveryState, Event, Happening, MappingVersion, RESPONSE_URL,
    SetAside, TicketId,
};
use crate::plan::tests::world::{SECOND, follow_up, planner, reply, routes, ticket};
use crate::plan::{Answer, Facts, Lookup, Missing, Refusal};
use crate::store::ledger::EventError;
use crate::store::read::desk;
use crate::store::{CommitError, Rank, Store};
use crate::store::{keys, record, stage};

const GARBAGE: &[u8] = b"\x01\0\0{\"id\":";

fn chain_of(bench: &mut Bench, length: usize) -> (TicketId, Vec<DeliveryId>) {
    let taken = bench.arrives(ticket("a"));
    let ids = (0..length).map(|_| bench.sends(taken.ticket)).collect();
    (taken.ticket, ids)
}

/// As whoever finds the first head unreadable does.
fn first_head_aside(bench: &Bench) -> Happening {
    let (lane, head) = bench.heads()[0];
    Happening::SetAside(SetAside {
        lane,
        head,
        reason: "it is garbage".to_owned(),
    })
}

fn heads(bench: &Bench) -> Vec<DeliveryId> {
    let heads = bench.heads().into_iter();
    heads.map(|(_, head)| head.delivery).collect()
}

fn set_aside_and_pending(bench: &Bench) -> (u64, u64) {
    let count = |key: Vec<u8>| record::get(&bench.rows, &key).unwrap().unwrap_or(0);
    let pending = stage::pending_counter(RESPONSE_URL);
    (count(stage::aside_counter()), count(pending))
}

#[test]
fn an_unreadable_delivery_is_set_aside_once_and_frees_the_next() {
    let mut bench = Bench::new();
    let (_, ids) = chain_of(&mut bench, 3);
    let key = keys::delivery(ids[0]);
    bench.plant(key.clone(), GARBAGE);
    let aside = first_head_aside(&bench);
    for _ in 0..2 {
        bench.happens(aside.clone()).unwrap();
        assert_eq!(heads(&bench), [ids[1]]);
        assert_eq!(set_aside_and_pending(&bench), (1, 2));
    }
    assert_eq!(bench.all(b'z').len(), 1);
    // Its record stays as it is, for whoever repairs it.
    assert_eq!(bench.all(b'd')[0], (key, GARBAGE.to_vec()));
}

#[test]
fn a_delivery_that_can_be_read_itself_becomes_a_dead_letter() {
    let mut bench = Bench::new();
    let (ticket, ids) = chain_of(&mut bench, 3);
    let message = bench.delivery(ids[0]).message;
    bench.plant(keys::message(ticket, message), GARBAGE);
    let aside = first_head_aside(&bench);
    bench.happens(aside.clone()).unwrap();
    let reason = DeadReason::SetAside("it is garbage".to_owned());
    let dead = DeliveryState::Dead {
        at: bench.now,
        reason,
    };
    assert_eq!(bench.delivery(ids[0]).state, dead);
    assert_eq!(heads(&bench), [ids[1]]);
    assert_eq!(set_aside_and_pending(&bench), (0, 2));
    // What has moved on since is left alone.
    let answer = bench.happens(aside).unwrap();
    assert!(
        matches!(answer, Answer::Refused(Refusal::Stale)),
        "{answer:?}"
    );
    assert_eq!(heads(&bench), [ids[1]]);
}

#[test]
fn an_unreadable_follower_keeps_nothing_from_being_settled() {
    for spoiled in 1..=3 {
        let mut bench = Bench::new();
        let (_, ids) = chain_of(&mut bench, 5);
        for id in &ids[1..=spoiled] {
            bench.plant(keys::delivery(*id), GARBAGE);
        }
        let after = bench.settles(bench.end(ids[0], Class::Ok));
        assert!(matches!(after.state, DeliveryState::Delivered { .. }));
        assert_eq!(heads(&bench), [ids[spoiled + 1]]);
        let aside = spoiled as u64;
        assert_eq!(set_aside_and_pending(&bench), (aside, 4 - aside));
    }
}

#[test]
fn an_unreadable_delivery_does_not_keep_the_others_from_moving() {
    let mut bench = Bench::new();
    let (_, ids) = chain_of(&mut bench, 3);
    bench.plant(keys::delivery(ids[1]), GARBAGE);
    assert!(bench.arrives(ticket("a").at(SECOND)).updated);
    assert_eq!(bench.delivery(ids[2]).lane, bench.delivery(ids[0]).lane);
    assert_eq!(heads(&bench), [ids[0]]);
}

#[test]
fn an_unreadable_ticket_sets_aside_what_concerns_it_and_nothing_else() {
    let mut bench = Bench::new();
    let spoiled = bench.arrives(ticket("a"));
    let sound = bench.arrives(ticket("b"));
    bench.plant(keys::ticket(spoiled.ticket), GARBAGE);
    let rows = bench.all(b't');
    for what in [
        Happening::Replied(reply(spoiled.ticket)),
        Happening::Arrived(Box::new(follow_up("c", "a"))),
        Happening::Arrived(Box::new(ticket("a"))),
    ] {
        let error = bench.happens(what).unwrap_err();
        assert!(matches!(error, EventError::Unreadable(_)), "{error}");
    }
    assert_eq!(bench.all(b't'), rows);
    bench.sends(sound.ticket);
    assert_eq!(bench.arrives(ticket("d")).ticket, TicketId(3));
}

#[test]
fn an_unreadable_counter_sets_aside_the_event_and_writes_none_of_it() {
    let mut bench = Bench::new();
    bench.arrives(ticket("a"));
    bench.plant(stage::pending_counter(RESPONSE_URL), b"\x09");
    let rows = |bench: &Bench| (bench.all(b'm'), bench.all(b'd'), bench.all(b'n'));
    let before = rows(&bench);
    let error = bench.happens(Happening::Replied(reply(TicketId(1))));
    assert!(matches!(error, Err(EventError::Unreadable(_))), "{error:?}");
    assert_eq!(rows(&bench), before);
    assert_eq!(bench.arrives(ticket("b")).ticket, TicketId(2));
}

#[tokio::test]
async fn a_plan_that_panics_or_never_ends_sets_aside_that_one_event() {
    let planned = planner(&Arc::new(Mutex::new(routes())));
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path());
    options.planner = Arc::new(move |event: &Event, facts: &Facts| {
        if let Happening::Arrived(sent) = &event.what {
            match sent.external_uid.as_str() {
                "panic" => panic!("the plan of {}", sent.external_uid),
                "endless" => return Err(Missing(Lookup::Host("again".to_owned()))),
                _ => {}
            }
        }
        planned(event, facts)
    });
    let store = Store::open(options).unwrap();
    let commit = |uid| store.commit(arrival(ticket(uid)), Rank::Intake);
    let (first, panics, endless, last) =
        tokio::join!(commit("a"), commit("panic"), commit("endless"), commit("b"));
    assert!(matches!(first, Ok(Answer::Taken(taken)) if taken.ticket == TicketId(1)));
    assert!(
        matches!(&panics, Err(CommitError::SetAside(why)) if why.contains("planning panicked") && !why.contains("the plan of")),
        "{panics:?}"
    );
    assert!(
        matches!(&endless, Err(CommitError::SetAside(why)) if why.contains("too many")),
        "{endless:?}"
    );
    assert!(matches!(last, Ok(Answer::Taken(taken)) if taken.ticket == TicketId(2)));
    assert_eq!(store.check(), Ok(()));
    store.close().await.unwrap();
}

#[test]
fn an_unreadable_mapping_takes_no_other_along() {
    let mut bench = Bench::new();
    for version in 1..=3 {
        let decided = Happening::Decided {
            version: MappingVersion(version),
            mapping: format!("mapping {version}"),
        };
        bench.happens(decided).unwrap();
    }
    bench.plant(keys::mapping(MappingVersion(2)), GARBAGE);
    let found = desk::mappings(&bench.rows).unwrap();
    let expected = [1, 3].map(|version| (MappingVersion(version), format!("mapping {version}")));
    assert_eq!(found, expected);
}
