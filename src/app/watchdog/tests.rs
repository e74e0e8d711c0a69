//! The writer and the dispatcher are the real ones; what has to happen is waited for, not slept for.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc as blocking};

use tokio::sync::watch;
use tokio_util::task::AbortOnDropHandle;

use super::*;
use crate::clock::{Clock as _, SystemClock};
use crate::delivery::{PulseTaker, pulse};
use crate::model::{AgentId, Happening};
use crate::plan::tests::world::{planner, routes};
use crate::store::{Rank, StoreOptions};

/// What the service manager would wait, short.
const LIMIT: Duration = Duration::from_millis(40);
const LONG: Duration = Duration::from_secs(30);

/// A store whose syncs can be held up.
fn store(path: &Path, gate: impl Fn() + Send + Sync + 'static) -> Store {
    Store::open(StoreOptions {
        path: path.to_owned(),
        cache: 1 << 20,
        create: true,
        now: SystemClock.now(),
        planner: planner(&Arc::new(Mutex::new(routes()))),
        observer: None,
        traces: None,
        sync_gate: Some(Arc::new(gate)),
    })
    .unwrap()
}

/// Answers as a dispatcher does that has nothing to do.
fn idle(mut taker: PulseTaker) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        loop {
            let _gone = taker.asked().await.send(Standing::default());
        }
    }))
}

/// A watchdog at work, and how often it was fed.
struct Fed {
    times: watch::Receiver<usize>,
    _feeding: AbortOnDropHandle<()>,
}

impl Fed {
    fn by(asked: Asked) -> Self {
        let (count, times) = watch::channel(0);
        let feeding = asked.feed(LIMIT, move || count.send_modify(|times| *times += 1));
        Self {
            times,
            _feeding: AbortOnDropHandle::new(tokio::spawn(feeding)),
        }
    }

    /// Waits until it was fed so often from now on.
    async fn again(&mut self, times: usize) {
        let until = *self.times.borrow() + times;
        let fed = self.times.wait_for(|times| *times >= until);
        timeout(LONG, fed).await.unwrap().unwrap();
    }

    /// Whether it starves for many times as long as the service manager would wait.
    async fn starves(&mut self) -> bool {
        self.times.mark_unchanged();
        timeout(LIMIT * 20, self.times.changed()).await.is_err()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_writer_and_idle_lanes_feed_by_answering_and_a_writer_that_is_stuck_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let (held, is_held) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let (release, released) = blocking::channel::<()>();
    let released = Mutex::new(released);
    let store = store(folder.path(), {
        let (held, is_held) = (Arc::clone(&held), Arc::clone(&is_held));
        move || {
            if held.load(Ordering::SeqCst) {
                is_held.fetch_add(1, Ordering::SeqCst);
                let _released = released.lock().unwrap().recv();
            }
        }
    });
    let (pulse, taker) = pulse();
    let _lanes = idle(taker);
    let mut fed = Fed::by(Asked::new(store.clone(), pulse, Handle::current()));
    fed.again(3).await;

    held.store(true, Ordering::SeqCst);
    let joined = SystemClock.event(Happening::Joined(AgentId(3)));
    let commit = {
        let store = store.clone();
        tokio::spawn(async move { store.commit(joined, Rank::Agent).await })
    };
    while is_held.load(Ordering::SeqCst) == 0 {
        tokio::task::yield_now().await;
    }
    // What was asked before the writer was stuck may still have been answered.
    let _answered = fed.starves().await;
    assert!(fed.starves().await, "the writer answers nothing");

    held.store(false, Ordering::SeqCst);
    release.send(()).unwrap();
    commit.await.unwrap().unwrap();
    fed.again(2).await;
    drop(fed);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dispatcher_that_does_not_go_round_starves_the_watchdog() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), || {});
    // Its questions are taken by nobody, as by one that is stuck.
    let (pulse, taker) = pulse();
    let mut fed = Fed::by(Asked::new(store.clone(), pulse, Handle::current()));
    assert!(fed.starves().await);
    let _lanes = idle(taker);
    fed.again(2).await;
    drop(fed);
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn threads_for_calls_that_are_all_busy_starve_the_watchdog_unless_calls_end() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(folder.path(), || {});
    let calls = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();
    let (began, begun) = blocking::channel();
    let (end, ended) = blocking::channel::<()>();
    calls.spawn(async move {
        began.send(()).unwrap();
        let _over = ended.recv();
    });
    begun.recv().unwrap();
    let (asking, mut taker) = pulse();
    let (ends, mut of_calls) = watch::channel(0);
    let _lanes = AbortOnDropHandle::new(tokio::spawn(async move {
        loop {
            let question = taker.asked().await;
            let _gone = question.send(Standing {
                ended: *of_calls.borrow_and_update(),
                under_way: 1,
                asking_for: None,
            });
        }
    }));
    let asked = Asked::new(store.clone(), asking, calls.handle().clone());
    let mut fed = Fed::by(asked);
    assert!(fed.starves().await);
    end.send(()).unwrap();
    fed.again(1).await;
    ends.send_replace(1);
    fed.again(1).await;
    drop(fed);
    calls.shutdown_background();
    store.close().await.unwrap();
}

#[test]
fn calls_that_never_end_and_a_store_that_never_answers_are_no_progress() {
    let start = Instant::now();
    let minutes = |minutes: u64| start + Duration::from_secs(60 * minutes);
    let standing = |ended, under_way, asking_for: Option<u64>| Standing {
        ended,
        under_way,
        asking_for: asking_for.map(Duration::from_secs),
    };
    let mut progress = Progress::new(start);
    for (at, standing, gets_on) in [
        (minutes(0), standing(0, 1, None), true),
        (minutes(29), standing(0, 1, Some(29)), true),
        (minutes(31), standing(0, 1, None), false),
        // One of them ends, and time counts anew.
        (minutes(32), standing(1, 1, None), true),
        (minutes(61), standing(1, 1, None), true),
        (minutes(63), standing(1, 1, None), false),
        // None is under way.
        (minutes(64), standing(1, 0, None), true),
        (minutes(200), standing(1, 1, None), false),
        (minutes(201), standing(2, 1, Some(31)), false),
        (minutes(202), standing(2, 1, Some(1)), true),
    ] {
        let judged = progress.judge(&standing, at);
        assert_eq!(judged.is_ok(), gets_on, "{standing:?} {judged:?}");
    }
}
