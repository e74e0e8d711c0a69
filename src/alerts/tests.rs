//! Alerts on a paused clock, sent to a stand-in for the URL.

mod bodies;
mod looping;
mod sending;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, TokioClock};
use crate::live::Live;
use crate::model::Time;
use crate::settings::trial::loaded;

use super::post::{Post, PostError, Posting};
use super::{Alert, Alerts, Kind, sender};

const URL: &str = "[alerts]\nurl = \"https://hooks.example.com/hunter2\"\n";
/// Longer than anything here takes, by a clock that jumps: no wait of a test is without an end.
const NEVER: Duration = Duration::from_secs(14 * 24 * 3600);

/// Takes what is posted, or not, as told.
#[derive(Clone)]
struct Told {
    bodies: watch::Sender<Vec<Value>>,
    /// What the next posts are answered; afterwards all are taken.
    refusals: Arc<Mutex<VecDeque<u16>>>,
    /// How long each takes.
    takes: Duration,
}

impl Post for Told {
    fn post(&self, body: String) -> Posting<'_> {
        Box::pin(async move {
            tokio::time::sleep(self.takes).await;
            let refused = self.refusals.lock().unwrap().pop_front();
            let body = serde_json::from_str(&body).unwrap();
            self.bodies.send_modify(|bodies| bodies.push(body));
            match refused {
                Some(status) => Err(PostError::Refused(status)),
                None => Ok(()),
            }
        })
    }
}

struct World {
    alerts: Alerts,
    live: Arc<ArcSwap<Live>>,
    told: Told,
    stop: CancellationToken,
    running: Option<JoinHandle<()>>,
}

impl World {
    /// With the task that sends.
    fn new(settings: &str) -> Self {
        Self::with(settings, Duration::ZERO)
    }

    /// The same, where each post takes so long.
    fn with(settings: &str, takes: Duration) -> Self {
        let live = Arc::new(ArcSwap::from_pointee(live(settings)));
        let clock: Arc<dyn Clock> = Arc::new(TokioClock::starting_at(Time::EPOCH));
        let alerts = Alerts::new(Arc::clone(&live), clock);
        let told = Told {
            bodies: watch::Sender::new(Vec::new()),
            refusals: Arc::default(),
            takes,
        };
        let stop = CancellationToken::new();
        let (at_work, to, until) = (alerts.clone(), told.clone(), stop.clone());
        let running = tokio::spawn(async move { sender::run(&at_work, &to, &until).await });
        Self {
            alerts,
            live,
            told,
            stop,
            running: Some(running),
        }
    }

    fn reload(&self, settings: &str) {
        self.live.store(Arc::new(live(settings)));
        self.alerts.reload();
    }

    fn refuses(&self, times: usize) {
        let mut refusals = self
            .told
            .refusals
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        refusals.extend(std::iter::repeat_n(500, times));
    }

    /// Lets time pass; whatever is due meanwhile is sent.
    async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// All posts so far, taken or not.
    fn posted(&self) -> Vec<Value> {
        self.told.bodies.borrow().clone()
    }

    /// Waits until there were so many posts.
    async fn posts(&self, count: usize) -> Vec<Value> {
        let mut bodies = self.told.bodies.subscribe();
        let enough = bodies.wait_for(|bodies| bodies.len() >= count);
        let posted = timeout(NEVER, enough).await;
        posted.expect("nothing more comes").unwrap().clone()
    }

    /// Stops in order.
    async fn stopped(&mut self) {
        self.stop.cancel();
        let running = self.running.take().unwrap();
        timeout(NEVER, running).await.expect("it ends").unwrap();
        sender::finish(&self.alerts, &self.told).await;
    }
}

fn live(settings: &str) -> Live {
    Live::new(loaded(settings).settings)
}

/// Kind, state and count.
fn told(body: &Value) -> (&str, &str, u64) {
    let word = |key: &str| body[key].as_str().unwrap();
    (word("kind"), word("state"), body["count"].as_u64().unwrap())
}

fn paused(system: &str) -> Alert {
    Alert::new(Kind::Paused, system, format!("{system} refuses the key")).at(system)
}

fn dead(delivery: u64) -> Alert {
    Alert {
        ticket: Some(crate::model::TicketId(delivery + 100)),
        delivery: Some(crate::model::DeliveryId(delivery)),
        ..Alert::new(Kind::DeadLetter, "", "refused with 410").at("response-url")
    }
}
