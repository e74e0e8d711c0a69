//! An engine that fails: nobody is told that what they asked for is stored.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use futures_util::future::join_all;
use tokio::sync::Semaphore;

use super::folder::{NOW, arrival, event};
use crate::model::{Happening, TicketId};
use crate::plan::Answer;
use crate::plan::tests::world::{planner, reply, routes, ticket};
use crate::store::ledger::Ledger;
use crate::store::memory::MemoryRows;
use crate::store::queue::Queue;
use crate::store::rows::{Batch, Read, Rows, RowsError, Scan};
use crate::store::writer::{Progress, Writer};
use crate::store::{
    CommitError, Commits, Folder, MOST_READERS, Rank, ReadError, Run, Shared, Store,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fails {
    Applying,
    Syncing,
    Reading,
    Panicking,
}

/// Rows in memory whose `at`th call of one kind and all later ones fail.
struct Failing {
    rows: MemoryRows,
    how: Fails,
    at: usize,
    calls: AtomicUsize,
    synced: Mutex<Vec<Vec<u8>>>,
    unsynced: Mutex<Vec<Vec<u8>>>,
}

impl Failing {
    fn call(&self, kind: Fails) -> Result<(), RowsError> {
        let is_panic = self.how == Fails::Panicking && kind == Fails::Applying;
        if kind != self.how && !is_panic {
            return Ok(());
        }
        let before = self.calls.fetch_add(1, Ordering::SeqCst);
        assert!(!is_panic || before < self.at, "the engine panics");
        if before < self.at {
            Ok(())
        } else {
            Err(RowsError {
                what: "the disk is full".to_owned(),
                damaged: false,
            })
        }
    }
}

impl Read for Failing {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, RowsError> {
        self.call(Fails::Reading)?;
        self.rows.get(key)
    }

    fn each(
        &self,
        scan: &Scan,
        each: &mut dyn FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<(), RowsError> {
        self.rows.each(scan, each)
    }
}

impl Rows for Failing {
    fn apply(&self, batch: Batch) -> Result<(), RowsError> {
        self.call(Fails::Applying)?;
        self.unsynced.lock().unwrap().extend(batch.keys().cloned());
        self.rows.apply(batch)
    }

    fn sync(&self) -> Result<(), RowsError> {
        self.call(Fails::Syncing)?;
        let mut unsynced = self.unsynced.lock().unwrap();
        self.synced.lock().unwrap().append(&mut unsynced);
        Ok(())
    }

    fn bytes(&self) -> Result<u64, RowsError> {
        self.rows.bytes()
    }
}

fn store(how: Fails, at: usize) -> (Store, Arc<Failing>) {
    let failing = Arc::new(Failing {
        rows: MemoryRows::default(),
        how,
        at,
        calls: AtomicUsize::new(0),
        synced: Mutex::default(),
        unsynced: Mutex::default(),
    });
    let rows: Arc<dyn Rows> = failing.clone();
    let planner = planner(&Arc::new(Mutex::new(routes())));
    let ledger = Ledger::open(Arc::clone(&rows), planner).unwrap();
    let queue = Arc::new(Queue::new());
    let progress = Arc::new(Progress::new(ledger.visible()));
    let writer = Writer {
        ledger,
        rows: Arc::clone(&rows),
        witness: None,
        queue: Arc::clone(&queue),
        progress: Arc::clone(&progress),
        observer: None,
        traces: None,
        gate: None,
    };
    let thread = thread::spawn(move || writer.run_to_the_end());
    let store = Store(Arc::new(Shared {
        rows,
        tap: Arc::default(),
        commits: Commits::Thread {
            queue,
            thread: Mutex::new(Some(thread)),
            folder: Folder {
                path: "unused".into(),
                cache: 0,
                records_run: false,
                lock: Mutex::new(None),
            },
        },
        progress,
        readers: Semaphore::new(MOST_READERS),
        incarnation: crate::model::Incarnation::named("test"),
        restored: Vec::new(),
        run: Run::first(NOW),
        in_turn: false,
    }));
    (store, failing)
}

/// Commits of tickets and replies, all at once.
async fn commits(store: &Store, count: u64) -> Vec<Result<Answer, CommitError>> {
    let all = (0..count).map(|number| {
        let what = match number % 3 {
            2 => event(Happening::Replied(reply(TicketId(1)))),
            _ => arrival(ticket(&format!("t{number}"))),
        };
        store.commit(what, Rank::Intake)
    });
    join_all(all).await
}

#[tokio::test]
async fn after_a_failure_nothing_is_acknowledged_any_more() {
    for how in [Fails::Applying, Fails::Syncing, Fails::Reading] {
        for at in [6, 7, 9, 14] {
            let (store, rows) = store(how, at);
            let mut failures = store.failures();
            let mut answers = Vec::new();
            while store.check().is_ok() {
                answers.extend(commits(&store, 40).await);
                assert!(answers.len() < 10_000, "{how:?} {at} never fails");
            }
            answers.extend(commits(&store, 5).await);
            let first = answers.iter().position(Result::is_err).unwrap();
            for answer in &answers[first..] {
                let failed =
                    matches!(answer, Err(CommitError::Failed(why)) if why.contains("disk is full"));
                assert!(failed, "{how:?} {at}: {answer:?}");
            }
            assert!(failures.borrow_and_update().is_some());
            // What was acknowledged had been synced.
            let synced = rows.synced.lock().unwrap().clone();
            for answer in answers[..first].iter().flatten() {
                let key = match answer {
                    Answer::Taken(taken) => {
                        crate::store::keys::message(taken.ticket, taken.message)
                    }
                    Answer::Replied(taken) => {
                        crate::store::keys::message(taken.ticket.id, taken.message.id)
                    }
                    _ => continue,
                };
                assert!(synced.contains(&key), "{how:?} {at}: {answer:?}");
            }
            let question = store.ticket(TicketId(1)).await;
            assert!(
                matches!(question, Err(ReadError::Failed(_))),
                "{how:?} {at}"
            );
            assert!(store.close().await.is_err());
        }
    }
}

#[tokio::test]
async fn a_question_that_meets_a_failing_disk_is_a_failure_of_the_store() {
    // Opening reads three rows.
    let (store, rows) = store(Fails::Reading, 3);
    assert_eq!(rows.calls.load(Ordering::SeqCst), 3);
    let question = store.ticket(TicketId(1)).await;
    assert!(matches!(question, Err(ReadError::Failed(_))));
    assert!(store.check().is_err());
    assert!(store.failures().borrow().is_some());
}

#[tokio::test]
async fn a_writer_that_panics_is_a_failure_too() {
    let (store, _) = store(Fails::Panicking, 0);
    let answer = store.commit(arrival(ticket("a")), Rank::Intake).await;
    assert!(matches!(answer, Err(CommitError::Failed(_))), "{answer:?}");
    let later = store.commit(arrival(ticket("b")), Rank::Outcome).await;
    assert!(matches!(later, Err(CommitError::Failed(_))), "{later:?}");
    assert!(store.check().is_err());
    assert!(store.failures().borrow().is_some());
}
