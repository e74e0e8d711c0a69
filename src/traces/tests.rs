//! The task that sends, against a collector that does what a test says, on a paused clock.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_proto::tonic::trace::v1::Span;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::batch::Batches;
use super::collector::{Collect, Taken, Untaken};
use crate::metrics::Metrics;

/// When a batch came, and the names in it.
type Batch = (Duration, Vec<String>);
type Answers = Arc<dyn Fn(usize) -> Result<Taken, Untaken> + Send + Sync>;

/// Answers as a test says, and remembers when it was given what.
#[derive(Clone)]
struct Fake {
    answers: Answers,
    got: Arc<Mutex<Vec<Batch>>>,
    began: Instant,
}

impl Collect for Fake {
    async fn collect(&self, spans: &[Span]) -> Result<Taken, Untaken> {
        let number = {
            let mut got = self.got.lock().unwrap();
            let names = spans.iter().map(|span| span.name.clone()).collect();
            got.push((self.began.elapsed(), names));
            got.len() - 1
        };
        (self.answers)(number)
    }
}

struct Rig {
    spans: mpsc::Sender<Span>,
    fake: Fake,
    metrics: Arc<Metrics>,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

impl Rig {
    fn new(answers: impl Fn(usize) -> Result<Taken, Untaken> + Send + Sync + 'static) -> Self {
        let (spans, to_send) = mpsc::channel(1000);
        let fake = Fake {
            answers: Arc::new(answers),
            got: Arc::default(),
            began: Instant::now(),
        };
        let metrics = Arc::new(Metrics::new(std::iter::empty(), std::iter::empty()));
        let stop = CancellationToken::new();
        let batches = Batches::new(to_send, fake.clone(), Arc::clone(&metrics));
        let running = tokio::spawn(batches.run(stop.clone()));
        Self {
            spans,
            fake,
            metrics,
            stop,
            running,
        }
    }

    fn hand_over(&self, name: &str) {
        let name = name.to_owned();
        let span = Span {
            name,
            ..Span::default()
        };
        self.spans.try_send(span).unwrap();
    }

    fn got(&self) -> Vec<(u64, String)> {
        let got = self.fake.got.lock().unwrap();
        let got = got.iter();
        got.map(|(when, names)| (when.as_secs(), names.join(" ")))
            .collect()
    }

    /// Exported, refused, dropped.
    fn counted(&self) -> [u64; 3] {
        let text = self.metrics.render();
        ["exported", "refused", "dropped"].map(|outcome| {
            let name = format!("ticketbridge_spans_total{{outcome=\"{outcome}\"}} ");
            let line = text.lines().find_map(|line| line.strip_prefix(&name));
            line.unwrap().parse().unwrap()
        })
    }
}

const ALL: Result<Taken, Untaken> = Ok(Taken::AllBut(0));

#[tokio::test(start_paused = true)]
async fn what_comes_within_a_moment_goes_together() {
    let rig = Rig::new(|_| ALL);
    rig.hand_over("a");
    sleep(Duration::from_secs(1)).await;
    rig.hand_over("b");
    sleep(Duration::from_secs(10)).await;
    rig.hand_over("c");
    sleep(Duration::from_secs(10)).await;
    assert_eq!(rig.got(), [(2, "a b".to_owned()), (13, "c".to_owned())]);
    assert_eq!(rig.counted(), [3, 0, 0]);
}

#[tokio::test(start_paused = true)]
async fn a_batch_is_no_larger_than_collectors_like() {
    let rig = Rig::new(|_| ALL);
    for number in 0..600 {
        rig.hand_over(&number.to_string());
    }
    sleep(Duration::from_secs(10)).await;
    let sizes = rig.got().into_iter();
    let sizes: Vec<usize> = sizes.map(|(_, names)| names.split(' ').count()).collect();
    assert_eq!(sizes, [512, 88]);
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_is_away_or_busy_is_asked_again() {
    let rig = Rig::new(|number| match number {
        0 => Err(Untaken::NoConnection),
        1 => Err(Untaken::Busy {
            status: 503,
            after: Some(Duration::from_secs(20)),
        }),
        _ => Ok(Taken::AllBut(1)),
    });
    rig.hand_over("a");
    rig.hand_over("b");
    sleep(Duration::from_secs(3)).await;
    // Waits behind the others.
    rig.hand_over("c");
    sleep(Duration::from_secs(60)).await;
    let got: Vec<_> = [(2, "a b"), (7, "a b"), (27, "a b"), (29, "c")]
        .map(|(when, names)| (when, names.to_owned()))
        .into();
    assert_eq!(rig.got(), got);
    assert_eq!(rig.counted(), [1, 2, 0], "one of each batch is refused");
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_nobody_takes_makes_way_for_newer_ones() {
    let rig = Rig::new(|number| match number {
        0 => Err(Untaken::Refused(400)),
        number if number < 20 => Err(Untaken::TimedOut),
        _ => ALL,
    });
    rig.hand_over("refused at once");
    sleep(Duration::from_secs(3)).await;
    rig.hand_over("not taken");
    sleep(Duration::from_secs(65)).await;
    assert_eq!(rig.counted(), [0, 2, 0]);
    let tries = rig.got().len();
    assert!((10..=14).contains(&tries), "{tries}");
    rig.hand_over("newer");
    sleep(Duration::from_secs(50)).await;
    assert_eq!(rig.counted(), [1, 2, 0]);
}

#[tokio::test(start_paused = true)]
async fn what_is_left_at_the_end_is_sent_once_more() {
    let rig = Rig::new(|number| match number {
        0 => Err(Untaken::NoConnection),
        _ => ALL,
    });
    rig.hand_over("a");
    sleep(Duration::from_secs(3)).await;
    rig.hand_over("b");
    rig.stop.cancel();
    let Rig {
        running,
        fake,
        metrics,
        ..
    } = rig;
    running.await.unwrap();
    let last = fake.got.lock().unwrap().last().cloned().unwrap();
    assert_eq!(last.1, ["a", "b"]);
    let exported = metrics.render();
    assert!(
        exported.contains("ticketbridge_spans_total{outcome=\"exported\"} 2"),
        "{exported}"
    );
}
