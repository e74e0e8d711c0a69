//! What is counted, under the names that dashboards and alarms rely on. Label values are ids from the configuration
//! or fixed words, never anything from outside.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;
use tokio::time::Instant;

use crate::model::{Class, RESPONSE_URL};

mod labels;
mod register;
mod text;
mod words;

use labels::{Labels, label, labels};

pub use words::{Rejection, SpanOutcome, WebhookOutcome};

/// How a delivery ended.
const OUTCOMES: [&str; 5] = ["delivered", "unverified", "dead", "cancelled", "recorded"];

type Seconds = Counter<f64, AtomicU64>;

/// Everything that is counted.
pub struct Metrics {
    registry: Mutex<Registry>,
    tickets_accepted: Family<Labels, Counter>,
    intake_rejected: Family<Labels, Counter>,
    intake_seconds: Histogram,
    deliveries: Family<Labels, Counter>,
    attempts: Family<Labels, Counter>,
    attempt_seconds: Family<Labels, Histogram>,
    pending: Family<Labels, Gauge>,
    dead_letters: Family<Labels, Gauge>,
    oldest_due_seconds: Family<Labels, Gauge<f64, AtomicU64>>,
    throttled_seconds: Family<Labels, Seconds>,
    breaker_open: Family<Labels, Gauge>,
    paused: Family<Labels, Gauge>,
    commit_seconds: Histogram,
    commit_batch_size: Histogram,
    store_bytes: Gauge,
    store_free_bytes: Gauge,
    poll_age_seconds: Family<Labels, Gauge<f64, AtomicU64>>,
    /// When each system that is polled was last, or when that began.
    polled: Mutex<BTreeMap<String, Instant>>,
    webhooks: Family<Labels, Counter>,
    echoes: Family<Labels, Counter>,
    loop_breaks: Counter,
    spans: Family<Labels, Counter>,
}

/// Figures that are looked up when somebody asks.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemFigures {
    /// Deliveries that are not finished and are to be sent.
    pub pending: u64,
    /// Deliveries given up on.
    pub dead_letters: u64,
    /// Deliveries that were ever recorded instead of sent, in this store.
    pub ever_recorded: u64,
    /// How long the oldest due delivery is overdue.
    pub oldest_due: Duration,
    /// Lanes or hosts that are left alone.
    pub breakers_open: u64,
    /// Whether the system is held.
    pub paused: bool,
}

impl Metrics {
    /// All at 0, with a series for each of `brands` and `systems`.
    #[must_use]
    pub fn new<'a>(
        brands: impl Iterator<Item = &'a str>,
        systems: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let metrics = Self {
            registry: Mutex::new(Registry::with_prefix("ticketbridge")),
            tickets_accepted: Family::default(),
            intake_rejected: Family::default(),
            intake_seconds: Histogram::new(exponential_buckets(0.000_5, 2.0, 16)),
            deliveries: Family::default(),
            attempts: Family::default(),
            attempt_seconds: Family::new_with_constructor(|| {
                Histogram::new(exponential_buckets(0.001, 2.0, 16))
            }),
            pending: Family::default(),
            dead_letters: Family::default(),
            oldest_due_seconds: Family::default(),
            throttled_seconds: Family::default(),
            breaker_open: Family::default(),
            paused: Family::default(),
            commit_seconds: Histogram::new(exponential_buckets(0.000_25, 2.0, 16)),
            commit_batch_size: Histogram::new(exponential_buckets(1.0, 2.0, 11)),
            store_bytes: Gauge::default(),
            store_free_bytes: Gauge::default(),
            poll_age_seconds: Family::default(),
            polled: Mutex::default(),
            webhooks: Family::default(),
            echoes: Family::default(),
            loop_breaks: Counter::default(),
            spans: Family::default(),
        };
        metrics.register();
        for reason in Rejection::ALL {
            drop(
                metrics
                    .intake_rejected
                    .get_or_create(&label("reason", reason.as_str())),
            );
        }
        for outcome in SpanOutcome::ALL {
            metrics.spans(outcome, 0);
        }
        for brand in brands {
            metrics.watch_brand(brand);
        }
        for system in systems {
            metrics.watch_system(system);
        }
        metrics
    }

    /// Shows a brand at 0.
    pub fn watch_brand(&self, brand: &str) {
        drop(self.tickets_accepted.get_or_create(&label("brand", brand)));
    }

    /// Shows a system at 0.
    pub fn watch_system(&self, system: &str) {
        for outcome in OUTCOMES {
            drop(
                self.deliveries
                    .get_or_create(&labels(system, "outcome", outcome)),
            );
        }
        for class in Class::ALL {
            drop(
                self.attempts
                    .get_or_create(&labels(system, "class", class.as_str())),
            );
        }
        drop(self.attempt_seconds.get_or_create(&label("system", system)));
        drop(
            self.throttled_seconds
                .get_or_create(&label("system", system)),
        );
        self.set_system(system, SystemFigures::default());
        // Nothing comes from a response URL but answers.
        if system != RESPONSE_URL {
            drop(
                self.poll_age_seconds
                    .get_or_create(&label("system", system)),
            );
            drop(self.echoes.get_or_create(&label("system", system)));
            for outcome in WebhookOutcome::ALL {
                let labels = labels(system, "outcome", outcome.as_str());
                drop(self.webhooks.get_or_create(&labels));
            }
        }
    }

    /// An external ticket was stored.
    pub fn ticket_accepted(&self, brand: &str) {
        self.tickets_accepted
            .get_or_create(&label("brand", brand))
            .inc();
    }

    /// An external ticket was refused.
    pub fn intake_rejected(&self, reason: Rejection) {
        self.intake_rejected
            .get_or_create(&label("reason", reason.as_str()))
            .inc();
    }

    /// An external ticket was answered.
    pub fn intake_answered(&self, took: Duration) {
        self.intake_seconds.observe(took.as_secs_f64());
    }

    /// A call ended.
    pub fn attempt(&self, system: &str, class: Class, took: Duration) {
        self.attempts
            .get_or_create(&labels(system, "class", class.as_str()))
            .inc();
        self.attempt_seconds
            .get_or_create(&label("system", system))
            .observe(took.as_secs_f64());
    }

    /// A receiver asked us to wait.
    pub fn throttled(&self, system: &str, wait: Duration) {
        self.throttled_seconds
            .get_or_create(&label("system", system))
            .inc_by(wait.as_secs_f64());
    }

    /// A delivery ended: `delivered`, `unverified`, `dead` or `cancelled`. What is recorded is looked up.
    pub fn delivery(&self, system: &str, outcome: &'static str) {
        self.deliveries
            .get_or_create(&labels(system, "outcome", outcome))
            .inc();
    }

    /// What was seen at a system was our own doing, so many times.
    pub fn echoed(&self, system: &str, times: u64) {
        self.echoes
            .get_or_create(&label("system", system))
            .inc_by(times);
    }

    /// So many more tickets are not mirrored any more, because they changed implausibly often.
    pub fn loop_broken(&self, tickets: u64) {
        self.loop_breaks.inc_by(tickets);
    }

    /// So many parts of traces ended up so.
    pub fn spans(&self, outcome: SpanOutcome, count: u64) {
        self.spans
            .get_or_create(&label("outcome", outcome.as_str()))
            .inc_by(count);
    }

    /// A system sent a webhook.
    pub fn webhook(&self, system: &str, outcome: WebhookOutcome) {
        self.webhooks
            .get_or_create(&labels(system, "outcome", outcome.as_str()))
            .inc();
    }

    /// These systems, and no others, are polled from now on.
    pub fn polls(&self, systems: &[String]) {
        let mut polled = self.polled.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let gone: Vec<String> = polled
            .keys()
            .filter(|system| !systems.contains(system))
            .cloned()
            .collect();
        for system in gone {
            polled.remove(&system);
            self.poll_age_seconds
                .get_or_create(&label("system", &system))
                .set(0.0);
        }
        for system in systems {
            polled.entry(system.clone()).or_insert(now);
        }
    }

    /// A poll of a system ended with success.
    pub fn polled(&self, system: &str) {
        let mut polled = self.polled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = polled.get_mut(system) {
            *last = Instant::now();
        }
    }

    /// Shows how long ago each system was polled.
    pub fn set_poll_ages(&self) {
        let polled = self.polled.lock().unwrap_or_else(PoisonError::into_inner);
        for (system, last) in &*polled {
            self.poll_age_seconds
                .get_or_create(&label("system", system))
                .set(last.elapsed().as_secs_f64());
        }
    }

    /// A batch was synced.
    pub fn commit(&self, took: Duration, events: usize) {
        self.commit_seconds.observe(took.as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "batches are small")]
        self.commit_batch_size.observe(events as f64);
    }

    /// A system's figures, as just looked up.
    pub fn set_system(&self, system: &str, figures: SystemFigures) {
        self.deliveries
            .get_or_create(&labels(system, "outcome", "recorded"))
            .inner()
            .store(figures.ever_recorded, Ordering::Relaxed);
        let system = label("system", system);
        let gauge = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        self.pending
            .get_or_create(&system)
            .set(gauge(figures.pending));
        self.dead_letters
            .get_or_create(&system)
            .set(gauge(figures.dead_letters));
        self.oldest_due_seconds
            .get_or_create(&system)
            .set(figures.oldest_due.as_secs_f64());
        self.breaker_open
            .get_or_create(&system)
            .set(gauge(figures.breakers_open));
        self.paused
            .get_or_create(&system)
            .set(i64::from(figures.paused));
    }

    /// The store's size and room, as just looked up.
    pub fn set_store(&self, bytes: u64, free: u64) {
        self.store_bytes
            .set(i64::try_from(bytes).unwrap_or(i64::MAX));
        self.store_free_bytes
            .set(i64::try_from(free).unwrap_or(i64::MAX));
    }

    /// Everything in the text format of Prometheus, version 0.0.4.
    pub fn render(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        match encode(&mut text, &registry) {
            Ok(()) => text::from_open_metrics(&text),
            Err(_) => unreachable!("writing to a string does not fail"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_series_is_there_at_zero_from_the_start() {
        let systems = ["response-url", "front-desk"];
        let metrics = Metrics::new(["acme"].into_iter(), systems.into_iter());
        let text = metrics.render();
        for line in [
            r#"ticketbridge_tickets_accepted_total{brand="acme"} 0"#,
            r#"ticketbridge_intake_rejected_total{reason="rate"} 0"#,
            r#"ticketbridge_deliveries_total{system="response-url",outcome="unverified"} 0"#,
            r#"ticketbridge_attempts_total{system="response-url",class="unknown"} 0"#,
            r#"ticketbridge_pending{system="response-url"} 0"#,
            r#"ticketbridge_paused{system="response-url"} 0"#,
            "ticketbridge_store_bytes 0",
            r#"ticketbridge_poll_age_seconds{system="front-desk"} 0.0"#,
            r#"ticketbridge_echoes_total{system="front-desk"} 0"#,
            r#"ticketbridge_webhooks_total{system="front-desk",outcome="unsigned"} 0"#,
            "ticketbridge_loop_breaks_total 0",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_age_of_a_poll_counts_from_the_last_one_that_ended_well() {
        let metrics = Metrics::new(std::iter::empty(), ["desk"].into_iter());
        let age = || {
            metrics.set_poll_ages();
            let text = metrics.render();
            let line = r#"ticketbridge_poll_age_seconds{system="desk"} "#;
            let (_, after) = text.split_once(line).unwrap();
            after.lines().next().unwrap().to_owned()
        };
        let pass = |seconds| tokio::time::advance(Duration::from_secs(seconds));
        pass(5).await;
        metrics.polled("desk");
        assert_eq!(age(), "0.0", "it is not polled");
        metrics.polls(&["desk".to_owned()]);
        pass(90).await;
        metrics.polls(&["desk".to_owned()]);
        assert_eq!(age(), "90.0", "also while no poll has ended yet");
        metrics.polled("desk");
        pass(7).await;
        assert_eq!(age(), "7.0");
        metrics.polls(&[]);
        assert_eq!(age(), "0.0");
    }
}
