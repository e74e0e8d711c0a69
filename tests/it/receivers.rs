//! Every way in which a receiver can be bad, all at once and for long, beside healthy ones: those are served as if
//! they were alone, no reply is lost, and the daemon stays as small as it was.
//!
//! `SOAK_MINUTES=30` makes the long form, `SOAK_SEED` runs a load again, `SOAK_WITHOUT` leaves some out by name, and
//! `SOAK_LOG` names a file for the daemon's log.

mod account;
mod crowd;
mod load;
mod watch;

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::daemon::Daemon;
use account::{Account, wait_until_nothing_is_pending};
use crowd::{Bad, Fate, Healthy, bad_receivers, healthy_receivers};
use load::{Chance, Correspondence};
use watch::Watch;

/// Calls in flight that the daemon may have; fewer than there are bad lanes.
const MAX_IN_FLIGHT: usize = 16;
/// Replies to bad receivers for each to a healthy one.
const AT_ONCE: usize = 4;
/// Between replies to healthy receivers and replies to bad ones.
const PACE: Duration = Duration::from_millis(25);

/// How long everything takes.
struct Form {
    /// With the healthy receivers alone.
    alone: Duration,
    /// With all of them.
    together: Duration,
    /// `delivery.timeout`.
    timeout: Duration,
    /// `delivery.max_age`.
    max_age: Duration,
}

impl Form {
    fn chosen() -> Self {
        let minutes = std::env::var("SOAK_MINUTES")
            .ok()
            .and_then(|minutes| minutes.parse::<u64>().ok());
        match minutes {
            None => Self {
                alone: Duration::from_secs(6),
                together: Duration::from_secs(20),
                timeout: Duration::from_secs(1),
                max_age: Duration::from_secs(6),
            },
            Some(minutes) => Self {
                alone: Duration::from_secs(60),
                together: Duration::from_secs(minutes * 60),
                timeout: Duration::from_secs(3),
                max_age: Duration::from_secs(45),
            },
        }
    }

    fn settings(&self) -> String {
        format!(
            r#"
[delivery]
allow_http = true
allow_networks = ["127.0.0.0/8"]
timeout = "{}ms"
first_delay = "200ms"
max_delay = "2s"
max_age = "{}ms"
max_in_flight = {MAX_IN_FLIGHT}
rate = {{ per_second = 1000, burst = 1000 }}
breaker = {{ failures = 8, open_for = "1s" }}
"#,
            self.timeout.as_millis(),
            self.max_age.as_millis(),
        )
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_receivers_of_every_kind_at_once_delay_nobody_and_cost_nothing_that_lasts() {
    let form = Form::chosen();
    let mut chance = Chance::announced();
    let mut daemon = Daemon::configured(&form.settings());
    daemon.configure_more("[store]\ncache = \"8MiB\"\n");
    daemon.start().await;

    let healthy = healthy_receivers().await;
    let mut correspondence = Correspondence::default();
    for receiver in &healthy {
        correspondence
            .open(&daemon, &receiver.name, &receiver.urls)
            .await;
    }
    let lasts = Instant::now() + form.alone;
    while Instant::now() < lasts {
        correspondence.reply_to_healthy(&daemon, &mut chance).await;
        sleep(2 * PACE).await;
    }
    let count_alone = correspondence.replies_to_healthy();

    let bad = bad_receivers(&healthy[0].url()).await;
    for receiver in &bad {
        correspondence
            .open_bad(&daemon, receiver.name, &receiver.url)
            .await;
    }
    // Each fails once, so that it is known.
    for _ in 0..bad.len() {
        correspondence.reply_to_bad(&daemon, &mut chance, 2).await;
    }
    let known = Instant::now() + 8 * form.timeout;
    let watch = Watch::begin(daemon.pid(), form.together / 200);
    let lasts = Instant::now() + form.together;
    while Instant::now() < lasts {
        correspondence.reply_to_healthy(&daemon, &mut chance).await;
        sleep(PACE).await;
        correspondence
            .reply_to_bad(&daemon, &mut chance, AT_ONCE)
            .await;
        sleep(PACE).await;
        let hanging = if Instant::now() > known {
            hanging_in_flight(&bad)
        } else {
            0
        };
        watch.see_in_flight(in_flight(&healthy, &bad), hanging);
    }
    let samples = watch.end().await;

    wait_until_nothing_is_pending(&daemon, 3 * form.max_age + Duration::from_secs(60)).await;
    let account = Account::of(&daemon, &correspondence, &healthy, &bad, count_alone).await;
    if let Ok(path) = std::env::var("SOAK_LOG") {
        std::fs::write(path, daemon.log()).unwrap();
    }
    println!("{account}");
    println!("{samples}");

    account.healthy_were_served_once_and_in_order();
    account.healthy_were_as_quick_as_alone(form.timeout);
    account.nothing_is_lost();
    account
        .every_dead_letter_says_why(&daemon, &correspondence)
        .await;
    samples.memory_reached_a_plateau();
    samples.descriptors_are_bounded(MAX_IN_FLIGHT, healthy.len() + bad.len());
    samples.calls_were_bounded(MAX_IN_FLIGHT);
    let log = daemon.log();
    for word in ["panicked", "please report this"] {
        assert!(!log.contains(word), "the log says {word}:\n{log}");
    }
    assert_eq!(daemon.terminate().await, Some(0));
}

fn in_flight(healthy: &[Healthy], bad: &[Bad]) -> usize {
    let healthy: usize = healthy.iter().map(Healthy::in_flight).sum();
    healthy + bad.iter().map(Bad::in_flight).sum::<usize>()
}

fn hanging_in_flight(bad: &[Bad]) -> usize {
    bad.iter()
        .filter(|each| each.fate == Fate::Hangs)
        .map(Bad::in_flight)
        .sum()
}
