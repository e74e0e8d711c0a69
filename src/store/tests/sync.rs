//! Nothing is answered because of what is not yet synced.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use futures_util::poll;
use tokio::sync::mpsc::UnboundedReceiver;

use super::folder::{NOW, answer, arrival, arrives, options};
use crate::model::{ExternalTicket, TicketId};
use crate::plan::Answer;
use crate::plan::tests::world::{reply, ticket};
use crate::store::{CommitError, Rank, Store, StoreOptions};

/// A store whose syncs wait for the test, once it says so.
struct Gated {
    store: Store,
    holds: Arc<AtomicBool>,
    reached: UnboundedReceiver<()>,
    release: mpsc::Sender<()>,
    _folder: tempfile::TempDir,
}

impl Gated {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let holds = Arc::new(AtomicBool::new(false));
        let (release, held) = mpsc::channel();
        let held = Mutex::new(held);
        let (at_gate, reached) = tokio::sync::mpsc::unbounded_channel();
        let holding = Arc::clone(&holds);
        let store = Store::open(StoreOptions {
            sync_gate: Some(Arc::new(move || {
                if holding.load(Ordering::SeqCst) {
                    at_gate.send(()).unwrap();
                    held.lock().unwrap().recv().unwrap();
                }
            })),
            ..options(folder.path())
        });
        Self {
            store: store.unwrap(),
            holds,
            reached,
            release,
            _folder: folder,
        }
    }

    fn hold(&self) {
        self.holds.store(true, Ordering::SeqCst);
    }

    async fn until_held(&mut self) {
        self.reached.recv().await.unwrap();
    }

    fn release(&self) {
        self.holds.store(false, Ordering::SeqCst);
        self.release.send(()).unwrap();
    }
}

async fn waits_for_the_sync(before: &[ExternalTicket], sent: ExternalTicket) {
    let mut gated = Gated::open();
    for sent in before {
        arrives(&gated.store, sent.clone()).await;
    }
    gated.hold();
    let store = gated.store.clone();
    let mut taking = Box::pin(arrives(&store, sent));
    assert!(poll!(&mut taking).is_pending());
    gated.until_held().await;
    // The rows are written, and the writer has nothing left to do but to sync.
    assert!(
        poll!(&mut taking).is_pending(),
        "acknowledged before the sync"
    );
    gated.release();
    taking.await;
}

#[tokio::test]
async fn a_new_ticket_is_acknowledged_after_the_sync() {
    waits_for_the_sync(&[], ticket("a")).await;
}

#[tokio::test]
async fn a_duplicate_is_acknowledged_after_the_sync() {
    waits_for_the_sync(&[ticket("a")], ticket("a")).await;
}

#[tokio::test]
async fn an_edit_is_acknowledged_after_the_sync() {
    waits_for_the_sync(&[ticket("a")], ticket("a").saying("something else")).await;
}

#[tokio::test]
async fn a_duplicate_of_what_is_not_yet_synced_waits_too() {
    let mut gated = Gated::open();
    gated.hold();
    let store = gated.store.clone();
    let mut first = Box::pin(arrives(&store, ticket("a")));
    assert!(poll!(&mut first).is_pending());
    gated.until_held().await;
    let mut second = Box::pin(arrives(&store, ticket("a")));
    assert!(poll!(&mut second).is_pending());
    gated.release();
    assert!(!first.await.duplicate);
    assert!(second.await.duplicate);
}

#[tokio::test]
async fn no_question_shows_what_is_not_yet_synced_least_of_all_what_is_due() {
    let mut gated = Gated::open();
    let taken = arrives(&gated.store, ticket("a")).await;
    gated.hold();
    let store = gated.store.clone();
    let mut replying = Box::pin(store.commit(answer(reply(taken.ticket)), Rank::Agent));
    assert!(poll!(&mut replying).is_pending());
    gated.until_held().await;

    let mut due = tokio::spawn({
        let store = store.clone();
        async move { store.due_lanes(NOW, HashSet::new(), 10).await.unwrap() }
    });
    let mut shown = tokio::spawn({
        let store = store.clone();
        async move { store.ticket(TicketId(1)).await.unwrap() }
    });
    // A question of a store that holds nothing back is answered within this time by far.
    let early = tokio::time::timeout(Duration::from_millis(300), async {
        tokio::select! {
            _ = &mut due => "a lane saw what is not synced",
            _ = &mut shown => "a reader saw what is not synced",
        }
    });
    assert_eq!(early.await.ok(), None);
    gated.release();
    assert!(matches!(replying.await, Ok(Answer::Replied(_))));
    assert_eq!(due.await.unwrap().lanes.len(), 1);
    assert!(!shown.await.unwrap().unwrap().ticket.awaits_agent);
}

#[tokio::test]
async fn a_writer_that_panics_fails_the_store_and_tells_everybody() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(StoreOptions {
        sync_gate: Some(Arc::new(|| panic!("the disk is on fire"))),
        ..options(folder.path())
    })
    .unwrap();
    let mut failures = store.failures();
    for uid in ["a", "b"] {
        let answer = store.commit(arrival(ticket(uid)), Rank::Intake).await;
        assert!(matches!(answer, Err(CommitError::Failed(_))), "{answer:?}");
    }
    failures.wait_for(Option::is_some).await.unwrap();
    assert!(store.check().is_err());
    assert!(matches!(store.close().await, Err(CommitError::Failed(_))));
}
