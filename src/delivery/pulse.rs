//! A question that anybody may put to the dispatcher: does it still go round, and what has come of its calls?

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

/// How the dispatcher stands, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Calls that have ended since it began.
    pub ended: u64,
    /// Calls under way.
    pub under_way: usize,
    /// For how long it has waited to hear which lanes are due; nothing while it does not ask.
    pub asking_for: Option<Duration>,
}

/// Where the question is put.
#[derive(Debug, Clone)]
pub struct Pulse(mpsc::Sender<oneshot::Sender<Standing>>);

/// Where it is answered.
#[derive(Debug)]
pub struct PulseTaker(mpsc::Receiver<oneshot::Sender<Standing>>);

/// Both ends.
#[must_use]
pub fn pulse() -> (Pulse, PulseTaker) {
    let (asking, asked) = mpsc::channel(1);
    (Pulse(asking), PulseTaker(asked))
}

impl Pulse {
    /// The answer, which comes from the dispatcher's own loop; `None` once that has ended.
    pub async fn take(&self) -> Option<Standing> {
        let (sender, answer) = oneshot::channel();
        self.0.send(sender).await.ok()?;
        answer.await.ok()
    }
}

impl PulseTaker {
    /// The next question; never if nobody is left to ask.
    pub async fn asked(&mut self) -> oneshot::Sender<Standing> {
        match self.0.recv().await {
            Some(question) => question,
            None => std::future::pending().await,
        }
    }
}
