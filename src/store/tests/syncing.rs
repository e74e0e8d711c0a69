//! Nothing is answered or shown because of what is not yet synced.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc as blocking};
use std::time::Duration;

use futures_util::poll;
use tokio::sync::mpsc;

use super::folder::{NOW, answer, arrival, arrives, options};
use crate::model::{Event, LaneId, TicketId};
use crate::plan::Answer;
use crate::plan::tests::world::{reply, ticket};
use crate::store::{CommitError, Rank, Store};

type Commit = Pin<Box<dyn Future<Output = Result<Answer, CommitError>>>>;

/// Holds up each sync from [`Held::arm`] on until it is released.
struct Held {
    store: Store,
    armed: Arc<AtomicBool>,
    reached: mpsc::UnboundedReceiver<()>,
    release: blocking::Sender<()>,
    _folder: tempfile::TempDir,
}

impl Held {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let armed = Arc::new(AtomicBool::new(false));
        let (reach, reached) = mpsc::unbounded_channel();
        let (release, released) = blocking::channel();
        let (is_armed, released) = (Arc::clone(&armed), Mutex::new(released));
        let mut options = options(folder.path());
        options.sync_gate = Some(Arc::new(move || {
            if is_armed.load(Ordering::SeqCst) {
                // Both ends are gone once the test has failed.
                let _told = reach.send(());
                let _released = released.lock().unwrap().recv();
            }
        }));
        Self {
            store: Store::open(options).unwrap(),
            armed,
            reached,
            release,
            _folder: folder,
        }
    }

    fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    /// Waits until a sync is held up.
    async fn is_reached(&mut self) {
        self.reached.recv().await.unwrap();
    }

    fn release(&self) {
        self.release.send(()).unwrap();
    }

    /// A commit that waits for a sync.
    async fn commit(&self, event: Event, rank: Rank) -> Commit {
        let store = self.store.clone();
        let mut commit: Commit = Box::pin(async move { store.commit(event, rank).await });
        assert!(poll!(&mut commit).is_pending());
        commit
    }

    /// A commit whose sync is held up, as are all from now on.
    async fn held_up(&mut self, event: Event, rank: Rank) -> Commit {
        self.arm();
        let commit = self.commit(event, rank).await;
        self.is_reached().await;
        commit
    }

    /// All of them end with so many more syncs than the one that is held up.
    async fn end_with(&mut self, more: usize, commits: Vec<Commit>) {
        for _ in 0..more {
            self.release();
            self.is_reached().await;
        }
        self.release();
        for commit in commits {
            assert!(commit.await.is_ok());
        }
        assert!(self.reached.try_recv().is_err(), "no further sync");
    }
}

/// Runs `test` where blocking work is done by one thread, in order, so that [`blocking_work_is_done`] can tell.
fn run(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

async fn blocking_work_is_done() {
    tokio::task::spawn_blocking(|| ()).await.unwrap();
}

#[test]
fn neither_a_ticket_nor_its_duplicate_is_acknowledged_before_its_sync() {
    run(async {
        let mut held = Held::new();
        let mut first = held.held_up(arrival(ticket("a")), Rank::Intake).await;
        assert!(poll!(&mut first).is_pending());
        // The same again waits for a sync of its own, since it is counted.
        let mut second = held.commit(arrival(ticket("a")), Rank::Intake).await;
        held.release();
        assert!(matches!(first.await, Ok(Answer::Taken(taken)) if !taken.duplicate));
        held.is_reached().await;
        assert!(poll!(&mut second).is_pending());
        held.release();
        assert!(matches!(second.await, Ok(Answer::Taken(taken)) if taken.duplicate));
    });
}

#[test]
fn what_waits_longer_than_its_sender_is_refused_and_was_never_stored() {
    run(async {
        let mut held = Held::new();
        let first = held.held_up(arrival(ticket("a")), Rank::Intake).await;
        let within = |uid: &str, patience| {
            let (store, event) = (held.store.clone(), arrival(ticket(uid)));
            let commit = async move { store.commit_within(event, Rank::Intake, patience).await };
            Box::pin(commit) as Commit
        };
        let mut late = within("late", Some(Duration::ZERO));
        let mut patient = within("patient", Some(Duration::from_secs(3600)));
        assert!(poll!(&mut late).is_pending());
        assert!(poll!(&mut patient).is_pending());
        held.release();
        assert!(first.await.is_ok());
        // It is told so before the sync of those behind it.
        held.is_reached().await;
        assert_eq!(late.await.unwrap_err(), CommitError::Full);
        assert!(poll!(&mut patient).is_pending());
        held.release();
        assert!(matches!(patient.await, Ok(Answer::Taken(taken)) if taken.ticket == TicketId(2)));
        let mut again = held.commit(arrival(ticket("late")), Rank::Intake).await;
        held.is_reached().await;
        assert!(poll!(&mut again).is_pending());
        held.release();
        let taken = again.await.unwrap();
        assert!(matches!(taken, Answer::Taken(taken) if !taken.duplicate));
    });
}

#[test]
fn no_question_is_answered_from_what_is_not_synced() {
    run(async {
        let mut held = Held::new();
        let opening = arrives(&held.store, ticket("a")).await;
        let replied = held
            .held_up(answer(reply(opening.ticket)), Rank::Agent)
            .await;
        let store = &held.store;
        let mut due = pin!(store.due_lanes(NOW, Default::default(), 9));
        let mut work = pin!(store.lane_work(LaneId(1), NOW, Default::default(), 9));
        let mut story = pin!(store.story(opening.ticket));
        let mut absent = pin!(store.ticket(TicketId(9)));
        for _ in 0..3 {
            assert!(poll!(&mut due).is_pending());
            assert!(poll!(&mut work).is_pending());
            assert!(poll!(&mut story).is_pending());
            assert!(poll!(&mut absent).is_pending());
            blocking_work_is_done().await;
        }
        held.release();
        assert!(matches!(replied.await, Ok(Answer::Replied(_))));
        assert_eq!(due.await.unwrap().lanes, [LaneId(1)]);
        assert_eq!(work.await.unwrap().unwrap().fresh.len(), 1);
        assert_eq!(story.await.unwrap().unwrap().messages.len(), 2);
        assert!(absent.await.unwrap().is_none());
        // With nothing under way, an answer needs no sync.
        assert!(store.ticket(TicketId(1)).await.unwrap().is_some());
    });
}

#[test]
fn a_wake_up_comes_after_the_sync() {
    run(async {
        let mut held = Held::new();
        let opening = arrives(&held.store, ticket("a")).await;
        let mut wake_ups = held.store.wake_ups();
        wake_ups.mark_unchanged();
        let replied = held
            .held_up(answer(reply(opening.ticket)), Rank::Agent)
            .await;
        assert!(!wake_ups.has_changed().unwrap());
        held.release();
        wake_ups.changed().await.unwrap();
        assert!(replied.await.is_ok());
    });
}

#[test]
fn what_waits_during_a_sync_shares_the_next_one() {
    run(async {
        let mut held = Held::new();
        let first = held.held_up(arrival(ticket("first")), Rank::Intake).await;
        let mut commits = vec![first];
        for number in 0..200 {
            let sent = arrival(ticket(&format!("t{number}")));
            commits.push(held.commit(sent, Rank::Intake).await);
        }
        held.end_with(1, commits).await;
    });
}

#[test]
fn a_sync_comes_at_least_every_256_kib() {
    run(async {
        let mut held = Held::new();
        let first = held.held_up(arrival(ticket("first")), Rank::Intake).await;
        let mut commits = vec![first];
        for number in 0..10 {
            let sent = ticket(&format!("t{number}")).saying(&"x".repeat(100 * 1024));
            commits.push(held.commit(arrival(sent), Rank::Intake).await);
        }
        // Three of them exceed it, so ten take four syncs.
        held.end_with(4, commits).await;
    });
}

#[test]
fn ranks_are_served_in_order_and_a_full_rank_refuses() {
    run(async {
        let mut held = Held::new();
        let opening = arrives(&held.store, ticket("a")).await;
        let _first = held.held_up(arrival(ticket("first")), Rank::Intake).await;
        let sent = |uid: &str| arrival(ticket(uid));
        let background = held.commit(sent("background"), Rank::Background).await;
        let intake = held.commit(sent("intake"), Rank::Intake).await;
        let agent = held.commit(sent("agent"), Rank::Agent).await;
        let answered = answer(reply(opening.ticket));
        let outcome = held.commit(answered, Rank::Outcome).await;
        // 256 fit, one is there already.
        for number in 0..255 {
            let more = sent(&format!("more {number}"));
            drop(held.commit(more, Rank::Background).await);
        }
        let last = held.store.commit(sent("last"), Rank::Background).await;
        assert!(matches!(last, Err(CommitError::Full)));
        held.armed.store(false, Ordering::SeqCst);
        held.release();
        let number = |answer| match answer {
            Ok(Answer::Taken(taken)) => taken.ticket.0,
            other => panic!("{other:?}"),
        };
        assert!(matches!(outcome.await, Ok(Answer::Replied(taken)) if taken.message.id.0 == 3));
        assert_eq!(number(agent.await), 3);
        assert_eq!(number(intake.await), 4);
        assert_eq!(number(background.await), 5);
    });
}

#[test]
fn a_commit_that_does_not_end_is_a_failure() {
    run(async {
        let mut held = Held::new();
        let mut failures = held.store.failures();
        let _commit = held.held_up(arrival(ticket("a")), Rank::Intake).await;
        let store = &held.store;
        tokio::time::pause();
        tokio::time::advance(std::time::Duration::from_secs(20)).await;
        assert_eq!(store.check(), Ok(()));
        tokio::time::advance(std::time::Duration::from_secs(11)).await;
        assert!(store.check().is_err());
        assert!(failures.borrow_and_update().is_some());
        let question = store.ticket(TicketId(1)).await;
        assert!(question.is_err(), "nothing is shown any more");
        held.release();
    });
}
