//! `store check` against rows that were lost, changed, or never belonged where they are.

use std::sync::Arc;

use super::backups::scene;
use crate::mapping::{MappingSet, Mappings};
use crate::model::*;
use crate::plan::tests::world::{DAY, World, follow_up, ticket};
use crate::plan::{HelpdeskRoute, Retention, Role, SystemRoute};
use crate::store::backup::TappedRows;
use crate::store::check::check;
use crate::store::memory::MemoryRows;
use crate::store::rows::{Batch, Read as _, Row, Rows, Scan};
use crate::store::{Told, keys};

const SUPPORT: &str = "support";

/// What is found in these rows, but for what a store in memory does not say of itself.
fn findings(batch: Batch, now: Time) -> Vec<String> {
    let memory = TappedRows::new(MemoryRows::default());
    memory.apply(batch).unwrap();
    let memory: Arc<dyn Rows> = Arc::new(memory);
    let nobody: Told = Arc::new(|_| {});
    let mut findings = check(&memory, now, &nobody).unwrap().findings;
    findings.retain(|finding| !finding.starts_with("the store's own"));
    findings
}

fn batch(rows: &[Row]) -> Batch {
    let rows = rows.iter().cloned();
    rows.map(|(key, value)| (key, Some(value))).collect()
}

fn is_found(batch: Batch, now: Time) -> bool {
    !findings(batch, now).is_empty()
}

/// Looks at `rows` without each of them, and with each of them saying something else. Of `silent` kinds nothing speaks.
fn each_is_missed(rows: &[Row], looked_at: impl Fn(&[u8]) -> bool, silent: &[u8], now: Time) {
    assert_eq!(findings(batch(rows), now), Vec::<String>::new());
    for (key, value) in rows.iter().filter(|(key, _)| looked_at(key)) {
        let name = key.escape_ascii();
        let mut without = batch(rows);
        without.remove(key);
        let is_nought = key[0] == b'C' && value == b"\x01\0\x000";
        let speaks = !silent.contains(&key[0]) && !is_nought;
        assert_eq!(is_found(without, now), speaks, "without {name}");
        if !value.is_empty() {
            let mut broken = batch(rows);
            broken.insert(key.clone(), Some(vec![1, 0, 0, b'{']));
            assert!(
                is_found(broken, now) || key[0] == b'p' || key[0] == b'x',
                "{name} broken"
            );
        }
    }
}

fn each_stray_is_found(rows: &[Row], strays: &[Row], now: Time) {
    for (key, value) in strays {
        let mut more = batch(rows);
        more.insert(key.clone(), Some(value.clone()));
        assert!(is_found(more, now), "{}", key.escape_ascii());
    }
}

#[tokio::test]
async fn no_row_can_be_lost_or_changed_unseen_that_others_rest_on() {
    let folder = tempfile::tempdir().unwrap();
    let store = scene(&folder.path().join("state")).await;
    let rows = store.0.rows.scan(&Scan::all_from(Vec::new())).unwrap();
    store.close().await.unwrap();
    let now = super::folder::NOW;
    let of_its_own = |key: &[u8]| key[0] == b'M' && key != b"Mnumbers";
    // What nothing else speaks of: authors, notes, hosts, turns, profiles.
    each_is_missed(&rows, |key| !of_its_own(key), b"aehrg", now);
    let strays = [
        "D\0\0\0\0\0\0\0\x01",
        "H\0\0\0\0\0\0\0\x01",
        "S\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01",
        "f\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01",
        "c\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x01",
        "k\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x01",
        "y is no kind",
    ];
    let strays = strays.map(|key| (key.as_bytes().to_vec(), Vec::new()));
    each_stray_is_found(&rows, &strays, now);
}

#[tokio::test]
async fn the_store_s_own_rows_are_missed_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let store = scene(&folder.path().join("state")).await;
    let rows = store.0.rows.scan(&Scan::all_from(Vec::new())).unwrap();
    store.close().await.unwrap();
    let count = |batch: Batch| {
        let memory = TappedRows::new(MemoryRows::default());
        memory.apply(batch).unwrap();
        let memory: Arc<dyn Rows> = Arc::new(memory);
        let nobody: Told = Arc::new(|_| {});
        check(&memory, super::folder::NOW, &nobody).unwrap().count
    };
    assert_eq!(count(batch(&rows)), 0);
    for (key, _) in rows.iter().filter(|(key, _)| key[0] == b'M') {
        let mut without = batch(&rows);
        without.remove(key);
        assert!(count(without) > 0, "without {}", key.escape_ascii());
        let mut broken = batch(&rows);
        broken.insert(key.clone(), Some(vec![1, 0, 0, b'{']));
        assert!(count(broken) > 0, "{} broken", key.escape_ascii());
    }
}

/// A world that mirrors to a helpdesk, where everything is removed after a day.
fn world() -> World {
    World::with(|routes| {
        routes.retention = Retention {
            closed_tickets: Some(DAY),
            deliveries: None,
            dedup_window: DAY,
        };
        let route = SystemRoute {
            host: "support.example.com:443".to_owned(),
            queue: SUPPORT.to_owned(),
            user: Some("900".to_owned()),
            new_status: "open".to_owned(),
            mapping: crate::mapping::SystemMapping::DeskHive(Box::default()),
            import_to: None,
            shows_internal: false,
            is_dry_run: false,
            role: Role::Helpdesk(HelpdeskRoute {
                makes_tickets: true,
            }),
        };
        routes.systems.insert(SUPPORT.to_owned(), route);
        let brand = routes.brands.get_mut("acme").unwrap();
        brand.mirror_to = [SUPPORT.to_owned()].into();
    })
}

fn to_support(world: &World, ticket: TicketId) -> Vec<Delivery> {
    let all = world.story(ticket).deliveries.into_iter();
    let all = all.map(|it| it.delivery);
    all.filter(|delivery| delivery.system == SUPPORT).collect()
}

/// All of it is done, and the ticket is closed for long enough.
fn ends(world: &mut World, ticket: TicketId) {
    for _ in 0..200 {
        let due = to_support(world, ticket).into_iter();
        let mut due = due.filter(|delivery| matches!(delivery.state, DeliveryState::Due { .. }));
        let Some(delivery) = due.next() else {
            return;
        };
        if delivery.command.is_looked_up() {
            let delivery = delivery.id;
            world.happens(Happening::Started { delivery });
        }
        let settled = Settled {
            remote_uid: Some((1000 + delivery.id.0).to_string()),
            ..world.end(delivery.id, Class::Ok)
        };
        world.settles(settled);
    }
    panic!("ticket {ticket} has no end");
}

/// One ticket that is gone whole, one that is half gone, one of which all is recorded, and a mapping that is kept.
fn removed() -> (World, Vec<Row>) {
    let mut world = world();
    let (whole, half) = (
        world.arrives(ticket("whole")).ticket,
        world.arrives(ticket("half")).ticket,
    );
    for number in 0..70 {
        world.arrives(follow_up(&format!("half {number}"), "half"));
    }
    for ticket in [whole, half] {
        ends(&mut world, ticket);
        world.closes(ticket);
        ends(&mut world, ticket);
    }
    world.pass(2 * DAY);
    for ticket in [whole, half] {
        world.happens(Happening::Tidied(Tidying::Retire { ticket }));
    }
    let mut routes = world.routes.lock().unwrap();
    routes.systems.get_mut(SUPPORT).unwrap().is_dry_run = true;
    drop(routes);
    world.arrives(ticket("recorded"));
    let mappings = Mappings::new(MappingSet::default());
    world.happens(Happening::Decided {
        version: mappings.current(),
        mapping: mappings.written(),
    });
    let rows = world.store.readable_rows();
    (world, rows)
}

#[test]
fn what_is_told_of_removed_and_recorded_things_cannot_be_lost_or_changed_unseen() {
    let (world, rows) = removed();
    for kind in *b"TGUYSvR" {
        let is_there = rows.iter().any(|(key, _)| key[0] == kind);
        assert!(is_there, "{}", char::from(kind));
    }
    let counts = |key: &[u8]| key[0] == b'C' && memchr::memmem::find(key, b"recorded").is_some();
    assert!(rows.iter().filter(|(key, _)| counts(key)).count() >= 2);
    // A mapping that is lost is replaced by the one in force.
    each_is_missed(
        &rows,
        |key| b"TGUYSvR".contains(&key[0]) || counts(key),
        b"v",
        world.now,
    );
}

#[test]
fn what_is_told_of_removed_and_recorded_things_belongs_to_something() {
    let (world, rows) = removed();
    let value = |kind: u8| {
        let mut found = rows.iter().filter(|(key, _)| key[0] == kind);
        found.next().unwrap().1.clone()
    };
    let there = TicketId(3);
    assert!(rows.iter().any(|(key, _)| *key == keys::ticket(there)));
    let lane = to_support(&world, there)[0].lane;
    let strays = [
        (keys::tombstone(there), value(b'T')),
        (keys::tombstone(TicketId(77)), value(b'T')),
        (keys::unswept(there), value(b'G')),
        (keys::unswept(TicketId(77)), value(b'G')),
        (keys::departed("acme", "nobody", None), value(b'U')),
        (keys::linked(SUPPORT, "nothing"), b"\x01\x00\x001".to_vec()),
        (keys::mapping(MappingVersion(7)), value(b'v')),
        (keys::recorded(lane, DeliveryId(1)), Vec::new()),
        (
            keys::remembered(Remembered {
                at: world.now,
                ticket: there,
                part: 0,
            }),
            value(b'Y'),
        ),
        (b"Y?".to_vec(), value(b'Y')),
    ];
    each_stray_is_found(&rows, &strays, world.now);
}

/// What belongs to a ticket whose removal is not finished is missed by nobody; that of any other is.
#[test]
fn only_a_removal_that_is_not_finished_leaves_things_of_tickets_that_are_not_there() {
    let (world, rows) = removed();
    let is_of =
        |key: &[u8], kinds: &[u8]| kinds.contains(&key[0]) && keys::number_at(key, 1) == Some(2);
    assert!(rows.iter().any(|(key, _)| is_of(key, b"m")));
    let mut told = batch(&rows);
    told.remove(&keys::unswept(TicketId(2)));
    let found = findings(told, world.now);
    assert!(!found.is_empty());
    let about_messages = |it: &&String| it.contains("belongs to ticket 2, which is not there");
    assert!(found.iter().filter(about_messages).count() > 1, "{found:?}");
}
