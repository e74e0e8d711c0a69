//! Logs that were cut off, changed, exchanged or taken away: it is said, nothing is lost in silence, and what was found
//! still lies there.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::folder::{arrives, contents, copy, open, options};
use crate::model::TicketId;
use crate::plan::tests::world::ticket;
use crate::store::log::{self, Finding};
use crate::store::rows::{Read as _, Row, Scan};
use crate::store::{OpenError, Store, witness};

/// A store of several runs in a folder, and all its rows but those about the store itself.
struct Sound {
    folder: tempfile::TempDir,
    rows: Vec<Row>,
}

#[derive(Clone, Copy, PartialEq)]
enum Ended {
    InOrder,
    ByCrash,
}

impl Sound {
    async fn of(runs: usize, tickets: usize, ended: Ended) -> Self {
        let live = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut rows = Vec::new();
        for run in 0..runs {
            let store = open(live.path());
            for number in 0..tickets / runs {
                arrives(&store, ticket(&format!("t{run}-{number}"))).await;
            }
            rows = rows_of(&store).unwrap();
            if ended == Ended::ByCrash && run + 1 == runs {
                copy(live.path(), folder.path());
            }
            store.close().await.unwrap();
        }
        if ended == Ended::InOrder {
            copy(live.path(), folder.path());
        }
        Self { folder, rows }
    }

    fn damaged(&self, damage: impl FnOnce(&Path)) -> tempfile::TempDir {
        let damaged = tempfile::tempdir().unwrap();
        copy(self.folder.path(), damaged.path());
        damage(damaged.path());
        damaged
    }

    fn log(&self) -> Vec<u8> {
        fs::read(self.folder.path().join("db")).unwrap()
    }
}

fn rows_of(store: &Store) -> Option<Vec<Row>> {
    let all = Scan {
        from: Vec::new(),
        to: vec![0xff],
        backwards: false,
        limit: usize::MAX,
    };
    let mut rows = store.0.rows.scan(&all).ok()?;
    rows.retain(|(key, _)| key[0] != b'M');
    Some(rows)
}

/// What is in a folder, without what an attempt to open it may leave behind.
fn found_in(folder: &Path) -> Files {
    let mut found = contents(folder);
    found.remove("ticketbridge.lock");
    found.remove(witness::FILE);
    found
}

type Files = std::collections::BTreeMap<String, Vec<u8>>;

/// What is not as it was, in words.
fn changes(before: &Files, after: &Files) -> String {
    let names: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names
        .into_iter()
        .filter(|name| before.get(*name) != after.get(*name));
    let length = |files: &Files, name: &str| files.get(name).map(Vec::len);
    changed
        .map(|name| {
            format!(
                "{name}: {:?} -> {:?} bytes; ",
                length(before, name),
                length(after, name)
            )
        })
        .collect()
}

#[derive(Debug, PartialEq)]
enum Told {
    /// It opens, and all rows are there.
    Nothing,
    AtOpening,
    WhenReading,
}

/// Opens what was damaged: either all is there, or it is said, and then the files are as they were found.
fn open_damaged(sound: &Sound, folder: &Path, how: &str) -> Told {
    let before = found_in(folder);
    let store = match Store::open(options(folder)) {
        Ok(store) => store,
        Err(error) => {
            assert!(matches!(error, OpenError::Damaged { .. }), "{how}: {error}");
            assert_eq!(changes(&before, &found_in(folder)), "", "{how}: {error}");
            let again = Store::open(options(folder)).err();
            assert!(
                matches!(again, Some(OpenError::Damaged { .. })),
                "{how}: refused once only"
            );
            assert!(found_in(folder) == before, "{how}: changed the second time");
            return Told::AtOpening;
        }
    };
    let Some(rows) = rows_of(&store) else {
        return Told::WhenReading;
    };
    assert!(
        rows == sound.rows,
        "{how}: rows are lost, and nobody says so"
    );
    assert_eq!(
        found_in(folder)
            .keys()
            .find(|name| name.contains("recovery")),
        None
    );
    Told::Nothing
}

#[tokio::test]
async fn a_log_that_is_cut_off_is_refused_and_left_as_it_was_found() {
    for ended in [Ended::InOrder, Ended::ByCrash] {
        for (runs, tickets) in [(1, 40), (2, 400)] {
            let sound = Sound::of(runs, tickets, ended).await;
            let length = sound.log().len() as u64;
            for part in 0..6 {
                let left = length * part / 6 + 13;
                let folder = sound.damaged(|folder| {
                    let log = fs::File::options().write(true).open(folder.join("db"));
                    log.unwrap().set_len(left).unwrap();
                });
                let told =
                    open_damaged(&sound, folder.path(), &format!("{left} of {length} bytes"));
                assert_eq!(told, Told::AtOpening, "{left} of {length} bytes");
            }
        }
    }
}

#[tokio::test]
async fn a_changed_bit_loses_nothing_in_silence() {
    // What is superseded may be damaged without harm; much of a closed log is.
    for (ended, runs, least) in [
        (Ended::InOrder, 1, 0),
        (Ended::ByCrash, 1, 6),
        (Ended::ByCrash, 3, 1),
    ] {
        let sound = Sound::of(runs, 400, ended).await;
        let bytes = sound.log();
        let mut told = Vec::new();
        for part in 0..8 {
            let at = part * bytes.len() / 8 + 29;
            let folder = sound.damaged(|folder| {
                let log = fs::File::options()
                    .write(true)
                    .open(folder.join("db"))
                    .unwrap();
                log.write_all_at(&[bytes[at] ^ 0x10], at as u64).unwrap();
            });
            told.push(open_damaged(
                &sound,
                folder.path(),
                &format!("a bit of byte {at}"),
            ));
        }
        let noticed = told.iter().filter(|told| **told != Told::Nothing).count();
        assert!(noticed >= least, "{told:?}");
    }
}

/// The rows of a batch lie in any order, and the mark among them: what lies behind it was confirmed as well.
#[tokio::test]
async fn the_end_of_the_last_batch_is_missed_wherever_in_it_the_mark_lies() {
    let live = tempfile::tempdir().unwrap();
    let store = open(live.path());
    let mut refused = 0;
    for number in 0..24 {
        arrives(&store, ticket(&format!("t{number}"))).await;
        let folder = tempfile::tempdir().unwrap();
        copy(live.path(), folder.path());
        let rows = rows_of(&store).unwrap();
        let sound = Sound { folder, rows };
        let bytes = sound.log();
        let at = bytes.iter().rposition(|byte| *byte != 0).unwrap();
        let damaged = sound.damaged(|folder| {
            let log = fs::File::options().write(true).open(folder.join("db"));
            let changed = [bytes[at] ^ 0x10];
            log.unwrap().write_all_at(&changed, at as u64).unwrap();
        });
        let confirmed = witness::read(damaged.path()).unwrap().unwrap();
        let finding = log::inspect(damaged.path(), Some(&confirmed)).unwrap();
        let told = open_damaged(&sound, damaged.path(), &format!("after ticket {number}"));
        if told == Told::AtOpening {
            assert_eq!(finding, Finding::Unsure, "after ticket {number}");
            refused += 1;
        }
    }
    store.close().await.unwrap();
    assert!(refused > 12, "{refused}");
}

#[tokio::test]
async fn a_lost_block_or_segment_loses_nothing_in_silence() {
    const SEGMENT: usize = 512 * 1024;
    for (ended, runs) in [
        (Ended::InOrder, 1),
        (Ended::ByCrash, 1),
        (Ended::ByCrash, 2),
    ] {
        let sound = Sound::of(runs, 400, ended).await;
        let bytes = sound.log();
        for segment in 0..bytes.len() / SEGMENT {
            for (first, length) in [(0, 512), (100_000, 200_000), (0, SEGMENT)] {
                // The engine blanks segments by itself while it is open.
                if length == SEGMENT && ended == Ended::ByCrash {
                    continue;
                }
                let from = segment * SEGMENT + first;
                let folder = sound.damaged(|folder| {
                    let log = fs::File::options()
                        .write(true)
                        .open(folder.join("db"))
                        .unwrap();
                    let length = length.min(bytes.len() - from);
                    log.write_all_at(&vec![0; length], from as u64).unwrap();
                });
                open_damaged(&sound, folder.path(), &format!("{length} zeros at {from}"));
            }
        }
    }
}

#[tokio::test]
async fn a_sound_log_is_found_whole_so_that_an_ordinary_start_copies_nothing() {
    for ended in [Ended::InOrder, Ended::ByCrash] {
        for (runs, tickets) in [(1, 0), (1, 40), (3, 1500)] {
            let sound = Sound::of(runs, tickets, ended).await;
            let confirmed = witness::read(sound.folder.path()).unwrap().unwrap();
            let finding = log::inspect(sound.folder.path(), Some(&confirmed)).unwrap();
            assert_eq!(finding, Finding::Whole, "{runs} runs, {tickets} tickets");
        }
    }
}

#[tokio::test]
async fn an_unconfirmed_end_is_no_damage() {
    let sound = Sound::of(1, 300, Ended::ByCrash).await;
    for garbage in [
        vec![0_u8; 5000],
        vec![0xa5; 5000],
        sound.log()[20..40_000].to_vec(),
    ] {
        let folder = sound.damaged(|folder| {
            let mut log = fs::read(folder.join("db")).unwrap();
            log.extend_from_slice(&garbage);
            fs::write(folder.join("db"), log).unwrap();
        });
        let told = open_damaged(&sound, folder.path(), "behind the end");
        assert_eq!(told, Told::Nothing);
    }
}

#[tokio::test]
async fn a_log_that_is_gone_or_older_or_of_another_store_is_refused() {
    for ended in [Ended::InOrder, Ended::ByCrash] {
        let sound = Sound::of(1, 60, ended).await;
        let other = Sound::of(1, 30, Ended::InOrder).await;
        let older = Sound::of(1, 30, ended).await;
        let older_log = older.log();
        type Damage<'a> = Box<dyn Fn(&Path) + 'a>;
        let damages: [(&str, Damage); 4] = [
            (
                "no log",
                Box::new(|folder| fs::remove_file(folder.join("db")).unwrap()),
            ),
            (
                "an empty log",
                Box::new(|folder| fs::write(folder.join("db"), "").unwrap()),
            ),
            (
                "another store's files",
                Box::new(|folder| {
                    for (name, bytes) in found_in(other.folder.path()) {
                        fs::write(folder.join(name), bytes).unwrap();
                    }
                }),
            ),
            (
                "another store's log",
                Box::new(|folder| fs::write(folder.join("db"), &older_log).unwrap()),
            ),
        ];
        for (how, damage) in damages {
            let folder = sound.damaged(damage);
            let told = open_damaged(&sound, folder.path(), how);
            assert_eq!(told, Told::AtOpening, "{how}");
        }
    }
}

#[tokio::test]
async fn an_older_copy_of_the_same_store_is_refused_until_the_loss_is_accepted() {
    let live = tempfile::tempdir().unwrap();
    let store = open(live.path());
    arrives(&store, ticket("kept")).await;
    store.close().await.unwrap();
    let older = contents(live.path());
    let store = open(live.path());
    arrives(&store, ticket("lost")).await;
    store.close().await.unwrap();
    let confirmed = fs::read(live.path().join(witness::FILE)).unwrap();
    for name in found_in(live.path()).into_keys() {
        fs::remove_file(live.path().join(name)).unwrap();
    }
    for (name, bytes) in older {
        fs::write(live.path().join(name), bytes).unwrap();
    }
    fs::write(live.path().join(witness::FILE), confirmed).unwrap();

    let error = Store::open(options(live.path())).err().unwrap();
    assert!(matches!(error, OpenError::Damaged { .. }), "{error}");
    assert!(
        error.to_string().contains("move the file `confirmed`"),
        "{error}"
    );
    fs::rename(live.path().join(witness::FILE), live.path().join("aside")).unwrap();
    let store = open(live.path());
    assert!(store.ticket(TicketId(1)).await.unwrap().is_some());
    assert!(store.ticket(TicketId(2)).await.unwrap().is_none());
    store.close().await.unwrap();
}

#[tokio::test]
async fn a_start_that_ended_while_the_files_were_copied_aside_is_made_up_for() {
    let sound = Sound::of(1, 60, Ended::ByCrash).await;
    for (copy_is_whole, changes_log) in [(false, false), (true, false), (true, true)] {
        let folder = sound.damaged(|folder| {
            let name = match copy_is_whole {
                true => "before-recovery",
                false => "before-recovery.unfinished",
            };
            let aside = folder.join(name);
            fs::create_dir(&aside).unwrap();
            for (name, bytes) in found_in(sound.folder.path()) {
                if copy_is_whole && !name.contains('/') {
                    fs::write(aside.join(name), bytes).unwrap();
                }
            }
            if changes_log {
                fs::write(folder.join("db"), vec![0; 1 << 20]).unwrap();
                fs::write(
                    folder.join("snap.0000000000000abc"),
                    "made from the damaged log",
                )
                .unwrap();
            }
        });
        let told = open_damaged(&sound, folder.path(), "interrupted");
        assert_eq!(told, Told::Nothing);
    }
}
