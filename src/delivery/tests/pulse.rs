//! The dispatcher answers from its own loop: whether it is idle or busy, and not when it is stuck.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::world::{World, plain};
use crate::clock::{Clock, TokioClock};
use crate::delivery::{Standing, pulse};
use crate::model::Time;

const LONG: Duration = Duration::from_secs(30);

/// Stops whoever asks for the time, when told to.
struct StuckClock {
    clock: TokioClock,
    stuck: Arc<AtomicBool>,
    entered: Mutex<mpsc::Sender<()>>,
    release: Mutex<mpsc::Receiver<()>>,
}

impl Clock for StuckClock {
    fn now(&self) -> Time {
        if self.stuck.swap(false, Ordering::SeqCst) {
            self.entered.lock().unwrap().send(()).unwrap();
            let _released = self.release.lock().unwrap().recv();
        }
        self.clock.now()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_dispatcher_answers_a_stuck_one_does_not_and_an_ended_one_says_so() {
    let world = World::resting(plain());
    let stuck = Arc::new(AtomicBool::new(false));
    let ((entered, has_entered), (release, released)) = (mpsc::channel(), mpsc::channel());
    let mut delivering = world.delivering();
    delivering.clock = Arc::new(StuckClock {
        clock: world.clock,
        stuck: Arc::clone(&stuck),
        entered: Mutex::new(entered),
        release: Mutex::new(released),
    });
    let (asking, taker) = pulse();
    let stop = CancellationToken::new();
    let running = tokio::spawn(delivering.run(taker, stop.clone(), CancellationToken::new()));
    // Nothing is due and nothing happens, and still it goes round.
    for _ in 0..3 {
        let standing = timeout(LONG, asking.take()).await.unwrap().unwrap();
        let Standing {
            ended, under_way, ..
        } = standing;
        assert_eq!((ended, under_way), (0, 0));
    }
    stuck.store(true, Ordering::SeqCst);
    world.store.nudge();
    has_entered.recv_timeout(LONG).unwrap();
    let mut question = Box::pin(asking.take());
    let soon = Duration::from_millis(300);
    assert!(timeout(soon, question.as_mut()).await.is_err());
    release.send(()).unwrap();
    assert!(timeout(LONG, question).await.unwrap().is_some());
    stop.cancel();
    running.await.unwrap();
    assert_eq!(asking.take().await, None);
}
