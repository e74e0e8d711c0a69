//! Tells the operator's URL, `[alerts] url`, when somebody must act, and when that is over.
//!
//! Whoever notices something hands it over and goes on: [`Alerts`] never waits and keeps a bounded amount. One task
//! sends what was gathered, each kind at most once a minute, and tries again what was not taken. Without a URL nothing
//! is kept. What is sent holds no message's text, no response URL and no secret. The daemon never depends on any of
//! this: an alert that cannot be sent is a line in the log and nothing else, least of all an alert.

mod before;
mod body;
mod gather;
mod kind;
mod loops;
mod post;
mod sender;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::live::Live;
use crate::model::{DeliveryId, TicketId, Time};

use gather::{Gathering, Moment};
use post::Webhook;

pub use before::know_pauses;
pub use kind::Kind;
pub use loops::{LoopWatch, Watched};

/// Something that somebody should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// What it is.
    pub kind: Kind,
    /// Which of its kind, so that its end finds its beginning; empty where there is only one.
    pub subject: String,
    /// When it began, where several may notice the same beginning.
    pub since: Option<Time>,
    /// The systems that it concerns.
    pub systems: Vec<String>,
    /// The ticket that it is about.
    pub ticket: Option<TicketId>,
    /// The delivery that it is about.
    pub delivery: Option<DeliveryId>,
    /// In words, without secrets and without what a message says.
    pub detail: String,
}

impl Alert {
    /// About a system, a destination or the daemon itself.
    #[must_use]
    pub fn new(kind: Kind, subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            kind,
            subject: subject.into(),
            since: None,
            systems: Vec::new(),
            ticket: None,
            delivery: None,
            detail: detail.into(),
        }
    }

    /// It concerns this system.
    #[must_use]
    pub fn at(mut self, system: &str) -> Self {
        self.systems.push(system.to_owned());
        self
    }
}

/// Where alerts are handed over; clones are the same.
#[derive(Clone)]
pub struct Alerts(Arc<Desk>);

struct Desk {
    live: Arc<ArcSwap<Live>>,
    clock: Arc<dyn Clock>,
    gathering: Mutex<Gathering>,
    /// There may be something to send earlier than before.
    news: Notify,
}

impl Alerts {
    /// For the settings in force, whichever these are at the time.
    #[must_use]
    pub fn new(live: Arc<ArcSwap<Live>>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Desk {
            live,
            clock,
            gathering: Mutex::default(),
            news: Notify::new(),
        }))
    }

    /// Something has begun that somebody must act on.
    pub fn raise(&self, alert: &Alert) {
        if self.wants(alert.kind) {
            self.gathering().begin(alert, self.moment());
            self.0.news.notify_one();
        }
    }

    /// The same has ended, as far as it was raised or is [known](Self::know) to have begun.
    pub fn end(&self, alert: &Alert) {
        if self.wants(alert.kind) && self.gathering().end(alert, self.moment()) {
            self.0.news.notify_one();
        }
    }

    /// Whether anything is known that has begun and can end.
    #[must_use]
    pub fn awaits_ends(&self) -> bool {
        self.gathering().awaits_ends()
    }

    /// It had begun before the daemon started, so that nobody is told of that again, but of its end.
    pub fn know(&self, kind: Kind, subject: &str) {
        if self.wants(kind) {
            self.gathering().know(kind, subject);
        }
    }

    /// Other settings are in force: what they do not want is forgotten, and what could not be sent is tried at once.
    pub fn reload(&self) {
        self.gathering().keep_only(|kind| self.wants(kind));
        self.0.news.notify_one();
    }

    /// Sends what is raised until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let webhook = Webhook::new(Arc::clone(&self.0.live));
        sender::run(&self, &webhook, &stop).await;
    }

    /// Sends what is left, once, when nothing more is raised. Takes two seconds at most.
    pub async fn finish(&self) {
        let webhook = Webhook::new(Arc::clone(&self.0.live));
        sender::finish(self, &webhook).await;
    }

    /// Sends `alert` now and once, for a process that is about to end, which it delays by two seconds at most.
    pub async fn last_words(&self, alert: &Alert) {
        if !self.wants(alert.kind) {
            return;
        }
        let mut last = Gathering::default();
        last.begin(alert, self.moment());
        let webhook = Webhook::new(Arc::clone(&self.0.live));
        sender::send_the_rest(&mut last, &webhook).await;
    }

    fn wants(&self, kind: Kind) -> bool {
        let live = self.0.live.load();
        let alerts = &live.settings.alerts;
        alerts.url.is_some() && alerts.events.iter().any(|event| event == kind.as_str())
    }

    fn moment(&self) -> Moment {
        Moment {
            at: self.0.clock.now(),
            here: Instant::now(),
        }
    }

    fn gathering(&self) -> MutexGuard<'_, Gathering> {
        self.0
            .gathering
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
