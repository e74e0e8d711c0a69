//! Backups: each is one point in time of the store, and what is not whole is no backup.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::folder::{NOW, arrives, contents, event, open, options};
use crate::model::{Class, DeliveryId, Event, Happening, TicketId, Time};
use crate::plan::tests::world::{end_of, follow_up, planner, reply, routes, ticket};
use crate::store::backup::Part;
use crate::store::memory::MemoryRows;
use crate::store::open::LOCK_FILE;
use crate::store::rows::{Read as _, Scan};
use crate::store::{
    Backup, BackupError, BackupFile, FileError, OpenError, Rank, RestoreError, RestoreOptions,
    Restored, Steps, Store, check_backup, restore, witness,
};

const CACHE: u64 = 16 << 20;

pub(super) fn nobody() -> Steps {
    Arc::new(|_| {})
}

pub(super) fn read(path: &Path) -> Result<BackupFile, FileError> {
    BackupFile::open(path, &|_, _| {})
}

async fn all(backup: &mut Backup) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(piece) = backup.next().await {
        bytes.extend_from_slice(&piece.unwrap());
    }
    bytes
}

/// A backup of `store` under this name.
async fn kept(store: &Store, path: &Path) {
    let mut backup = store.backup(NOW).await.unwrap();
    fs::write(path, all(&mut backup).await).unwrap();
}

pub(super) fn restored(
    file: &Path,
    folder: &Path,
    replace: bool,
) -> Result<Restored, RestoreError> {
    let file = Arc::new(read(file).unwrap());
    let options = RestoreOptions {
        path: folder.to_owned(),
        cache: CACHE,
        replace,
        now: Time::from_micros(5_000_000),
    };
    restore(&file, &options, &nobody())
}

/// What the rows of a backup come to, without what the store says of itself.
fn state(file: &BackupFile) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut rows = BTreeMap::new();
    for part in [Part::Stored, Part::Changed] {
        file.each(part, &|_, _| {}, |key, value| {
            match value {
                Some(value) => rows.insert(key.to_vec(), value.to_vec()),
                None => rows.remove(key),
            };
            Ok(())
        })
        .unwrap();
    }
    rows.retain(|key, _| is_content(key));
    rows
}

fn is_content(key: &[u8]) -> bool {
    key[0] != b'M' || key == b"Mnumbers"
}

/// Event number `number` of a story in which everything changes again and again.
fn happening(number: u64, chance: u64) -> Happening {
    let uid = format!("t{}", chance % 40);
    match chance % 7 {
        0 | 1 => {
            let long = "many words ".repeat(usize::try_from(chance % 900).unwrap());
            Happening::Arrived(Box::new(ticket(&uid).saying(&format!("{number} {long}"))))
        }
        2 => Happening::Arrived(Box::new(follow_up(&format!("f{number}"), &uid))),
        3 | 4 => Happening::Replied(reply(TicketId(1 + chance % 20))),
        _ => Happening::Started {
            delivery: DeliveryId(1 + chance % 30),
        },
    }
}

/// The states that a store goes through, one for each event and the first.
fn model(events: &[Event]) -> Vec<BTreeMap<Vec<u8>, Vec<u8>>> {
    let rows = Arc::new(MemoryRows::default());
    let planner = planner(&Arc::new(Mutex::new(routes())));
    let mut ledger = crate::store::ledger::Ledger::open(Arc::clone(&rows), planner).unwrap();
    let mut states = vec![BTreeMap::new()];
    for event in events {
        drop(ledger.take(event).unwrap());
        ledger.write().unwrap();
        let found = rows.scan(&Scan::all_from(Vec::new())).unwrap();
        states.push(found.into_iter().collect());
    }
    states
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_writes_is_the_store_after_some_of_its_events() {
    let mut chance = 88_172_645_463_325_252_u64;
    let mut draw = || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance
    };
    let mut met_in_the_middle = 0;
    for _ in 0..12 {
        let folder = tempfile::tempdir().unwrap();
        let events: Vec<Event> = (0..260)
            .map(|number| event(happening(number, draw())))
            .collect();
        let store = open(folder.path());
        let (before, during) = events.split_at(120);
        for event in before {
            drop(store.commit(event.clone(), Rank::Intake).await);
        }
        let mut backup = store.backup(NOW).await.unwrap();
        let mut bytes = Vec::new();
        let mut during = during.iter();
        loop {
            // Several at a time are in the writer's hands while a piece is fetched.
            let next: Vec<_> = during.by_ref().take(1 + (draw() % 9) as usize).collect();
            let commits = next
                .iter()
                .map(|event| store.commit((*event).clone(), Rank::Intake));
            let (_, piece) = tokio::join!(
                async {
                    for commit in commits {
                        drop(commit.await);
                    }
                },
                backup.next()
            );
            match piece {
                Some(piece) => bytes.extend_from_slice(&piece.unwrap()),
                None => break,
            }
        }
        store.close().await.unwrap();
        let path = folder.path().join("backup");
        fs::write(&path, bytes).unwrap();
        let file = read(&path).unwrap();
        let found = state(&file);
        let states = model(&events);
        let at = states.iter().position(|state| *state == found);
        let at = at.expect("it is the state after none of the events");
        assert!(at >= before.len(), "{at}");
        met_in_the_middle += usize::from(file.changed > 0);

        let checked = check_backup(
            &Arc::new(file),
            &folder.path().join("made"),
            CACHE,
            NOW,
            &nobody(),
        );
        assert_eq!(checked.unwrap().findings, Vec::<String>::new());
    }
    assert!(met_in_the_middle > 6, "{met_in_the_middle} of 12");
}

#[tokio::test]
async fn one_backup_at_a_time_and_one_that_nobody_takes_is_given_up() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    for number in 0..60 {
        let sent = ticket(&format!("t{number}")).saying(&"long ".repeat(3000));
        arrives(&store, sent).await;
    }
    let first = store.backup(NOW).await.unwrap();
    let second = store.backup(NOW).await;
    assert_eq!(second.err(), Some(BackupError::UnderWay));
    drop(first);
    // It ends as soon as it comes to hand on the next piece.
    let third = loop {
        match store.backup(NOW).await {
            Ok(backup) => break backup,
            Err(error) => assert_eq!(error, BackupError::UnderWay),
        }
        tokio::task::yield_now().await;
    };
    drop(third);
    store.close().await.unwrap();
}

/// A store with a little of much, and a backup of it.
pub(super) async fn scene(folder: &Path) -> Store {
    let store = open(folder);
    arrives(&store, ticket("a").saying(&"long ".repeat(3000))).await;
    arrives(&store, ticket("b")).await;
    arrives(&store, follow_up("c", "a")).await;
    for number in [1, 1, 2] {
        let replied = event(Happening::Replied(reply(TicketId(number))));
        store.commit(replied, Rank::Agent).await.unwrap();
    }
    let delivery = store.delivery(DeliveryId(3)).await.unwrap().unwrap();
    let rejected = end_of(&delivery.delivery, Class::Rejected, NOW);
    let settled = event(Happening::Settled(Box::new(rejected)));
    store.commit(settled, Rank::Outcome).await.unwrap();
    store
}

#[tokio::test]
async fn what_is_cut_off_or_changed_anywhere_is_no_backup_and_nothing_is_made_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let store = scene(&folder.path().join("state")).await;
    let path = folder.path().join("backup");
    kept(&store, &path).await;
    store.close().await.unwrap();
    let whole = fs::read(&path).unwrap();
    assert!(whole.starts_with(BackupFile::BEGINS_WITH));
    for at in (0..whole.len()).step_by(7) {
        fs::write(&path, &whole[..at]).unwrap();
        match read(&path).unwrap_err() {
            FileError::CutOff { at: found } => assert!(found <= at as u64, "{found} {at}"),
            error => assert!(
                matches!(error, FileError::Alien) && at < 30,
                "{at}: {error}"
            ),
        }
        let mut changed = whole.clone();
        changed[at] ^= 4;
        fs::write(&path, &changed).unwrap();
        match read(&path).unwrap_err() {
            FileError::Damaged { at: found, .. } | FileError::CutOff { at: found } => {
                assert!(found <= at as u64, "{found} {at}");
            }
            error => assert!(at < 30, "{at}: {error}"),
        }
    }
    let longer = [whole.as_slice(), b"x"].concat();
    fs::write(&path, longer).unwrap();
    assert!(matches!(read(&path), Err(FileError::Damaged { .. })));
}

#[tokio::test]
async fn newer_backups_and_other_files_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let store = scene(&folder.path().join("state")).await;
    let path = folder.path().join("backup");
    kept(&store, &path).await;
    store.close().await.unwrap();
    let whole = fs::read(&path).unwrap();
    let newer = String::from_utf8_lossy(&whole[..22]).replace("-1\n", "-2\n");
    fs::write(&path, [newer.as_bytes(), &whole[22..]].concat()).unwrap();
    assert!(matches!(
        read(&path),
        Err(FileError::NewerFormat { found: 2 })
    ));
    fs::write(&path, "[store]\npath = \"state\"\n").unwrap();
    assert!(matches!(read(&path), Err(FileError::Alien)));
}

#[tokio::test]
async fn a_restored_store_has_a_name_of_its_own_and_gives_no_number_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (state, path) = (folder.path().join("state"), folder.path().join("backup"));
    let store = scene(&state).await;
    let name = store.incarnation().name().to_owned();
    kept(&store, &path).await;
    // What the other does after the backup.
    let lost = arrives(&store, ticket("lost")).await;
    store.close().await.unwrap();

    let new = folder.path().join("deep/new");
    let told = restored(&path, &new, false).unwrap();
    assert!(!told.goes_on && told.moved_to.is_none(), "{told:?}");
    let store = open(&new);
    assert_eq!(store.incarnation().name(), told.incarnation);
    assert_ne!(store.incarnation().name(), name);
    // What was planned before keeps what it is called outside, what comes does not.
    assert_eq!(store.incarnation().of(DeliveryId(3)), name);
    assert_eq!(store.incarnation().of(DeliveryId(4)), told.incarnation);
    let [restoration] = store.restorations() else {
        panic!("{:?}", store.restorations())
    };
    assert_eq!((&restoration.from, restoration.deliveries.0), (&name, 4));
    // As after a crash: what was under way is in doubt.
    assert!(store.run().after_crash);
    assert!(store.run().leaves_in_doubt(Time::from_micros(-1)));
    let again = arrives(&store, ticket("lost")).await;
    assert!(!again.duplicate);
    assert_eq!(lost.ticket, TicketId(3));
    assert_eq!(again.ticket, TicketId(1_000_003));
    assert!(again.message.0 > 1_000_000);
    assert!(arrives(&store, ticket("b")).await.duplicate);
    let replied = event(Happening::Replied(reply(TicketId(2))));
    store.commit(replied, Rank::Agent).await.unwrap();
    let story = store.story(TicketId(2)).await.unwrap().unwrap();
    let ids: Vec<u64> = story.deliveries.iter().map(|it| it.delivery.id.0).collect();
    assert!(ids.contains(&1_000_004), "{ids:?}");
    let checked = store.check_rows(NOW, Arc::new(|_| {})).await.unwrap();
    assert_eq!(checked.findings, Vec::<String>::new());
    store.close().await.unwrap();
    // A second time, on top of the first.
    let store = open(&new);
    kept(&store, &path).await;
    store.close().await.unwrap();
    let second = folder.path().join("second");
    restored(&path, &second, false).unwrap();
    let store = open(&second);
    assert_eq!(store.incarnation().of(DeliveryId(3)), name);
    assert_eq!(
        store.incarnation().of(DeliveryId(1_000_004)),
        told.incarnation
    );
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_store_that_is_there_stays_unless_it_is_said_to_be_replaced_and_then_lies_beside() {
    let folder = tempfile::tempdir().unwrap();
    let (state, path) = (folder.path().join("state"), folder.path().join("backup"));
    let store = scene(&state).await;
    kept(&store, &path).await;
    let held = restored(&path, &state, true).unwrap_err();
    assert!(
        matches!(held, RestoreError::Open(OpenError::Held(_))),
        "{held}"
    );
    arrives(&store, ticket("later")).await;
    store.close().await.unwrap();
    let before = contents(&state);
    let refused = restored(&path, &state, false).unwrap_err();
    assert!(matches!(refused, RestoreError::Occupied(_)), "{refused}");
    assert_eq!(contents(&state), before);

    let told = restored(&path, &state, true).unwrap();
    assert!(!told.goes_on, "it has changed since");
    let aside = contents(&told.moved_to.unwrap());
    for (name, bytes) in before.iter().filter(|(name, _)| *name != LOCK_FILE) {
        assert_eq!(aside.get(name), Some(bytes), "{name}");
    }
    let store = open(&state);
    assert!(store.ticket(TicketId(2)).await.unwrap().is_some());
    assert!(store.ticket(TicketId(3)).await.unwrap().is_none());
    store.close().await.unwrap();
}

/// As the command line opens it where no daemon runs.
fn opened_beside(path: &Path) -> Store {
    let mut options = options(path);
    options.create = false;
    Store::open(options).unwrap()
}

#[tokio::test]
async fn a_copy_of_a_stopped_store_goes_on_in_its_place_as_long_as_nothing_was_written_since() {
    let folder = tempfile::tempdir().unwrap();
    let (state, path) = (folder.path().join("state"), folder.path().join("backup"));
    let store = scene(&state).await;
    let name = store.incarnation().name().to_owned();
    store.close().await.unwrap();
    let store = opened_beside(&state);
    kept(&store, &path).await;
    store.close().await.unwrap();
    let told = restored(&path, &state, true).unwrap();
    assert!(told.goes_on);
    assert_eq!(told.incarnation, name);
    let store = open(&state);
    assert!(!store.run().after_crash);
    assert!(store.restorations().is_empty());
    let next = arrives(&store, ticket("next")).await;
    assert_eq!(next.ticket, TicketId(3));
    store.close().await.unwrap();
    // By now it is a copy of an earlier time.
    assert!(!restored(&path, &state, true).unwrap().goes_on);
}

#[tokio::test]
async fn a_restore_that_broke_off_leaves_no_store_and_is_made_up_for() {
    let folder = tempfile::tempdir().unwrap();
    let (state, path) = (folder.path().join("state"), folder.path().join("backup"));
    let store = scene(&state).await;
    kept(&store, &path).await;
    store.close().await.unwrap();
    let put = |name: &str, text: &str| {
        let file = state.join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    };
    // While the new one was built, the old one is what it was.
    put("restoring/store/db", "half");
    let store = open(&state);
    store.close().await.unwrap();
    // While the old one was moved aside.
    put("restoring/aside", "before-restore-x");
    fs::create_dir(state.join("before-restore-x")).unwrap();
    fs::rename(state.join("db"), state.join("before-restore-x/db")).unwrap();
    for create in [true, false] {
        let mut options = options(&state);
        options.create = create;
        let error = Store::open(options).err().unwrap();
        assert!(matches!(error, OpenError::HalfRestored(_)), "{error}");
    }
    let told = restored(&path, &state, false).unwrap();
    assert_eq!(told.moved_to, Some(state.join("before-restore-x")));
    let aside = contents(&state.join("before-restore-x"));
    for name in ["db", "conf", witness::FILE] {
        assert!(aside.contains_key(name), "{name}");
    }
    assert!(!state.join("restoring").exists() && !state.join("restored").exists());
    // While the new one was moved to its place.
    put("restoring/placing", "");
    put("restoring/store/db", "the rest");
    let error = Store::open(options(&state)).err().unwrap();
    assert!(matches!(error, OpenError::HalfRestored(_)), "{error}");
    restored(&path, &state, false).unwrap();
    let store = open(&state);
    assert!(store.ticket(TicketId(2)).await.unwrap().is_some());
    store.close().await.unwrap();
}
