//! Where every reply went, by what the daemon says and by what arrived.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::crowd::{Bad, Fate, Healthy};
use super::load::{Correspondence, Thread};
use crate::daemon::Daemon;

/// How much slower a healthy receiver may be served beside the bad ones.
const MOST_SLOWER: u32 = 4;

/// Waits until each delivery has found its end, but for those that are held.
pub(super) async fn wait_until_nothing_is_pending(daemon: &Daemon, within: Duration) {
    let deadline = Instant::now() + within;
    loop {
        let mut pending = 0;
        for lane in list(&daemon.json(&["lanes", "list"]).await) {
            if lane["gone_since"].is_null() {
                pending += lane["pending"].as_u64().unwrap();
            }
        }
        if pending == 0 {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{pending} deliveries are pending"
        );
        // Another process, so there is no signal to wait for.
        sleep(Duration::from_millis(500)).await;
    }
}

fn list(document: &Value) -> Vec<Value> {
    document.as_array().unwrap().clone()
}

/// What became of the replies to one ticket.
struct Told {
    receiver: String,
    ticket: u64,
    replies: usize,
    states: BTreeMap<String, usize>,
    deliveries: Vec<Value>,
}

/// What arrived at a healthy receiver, by its text.
struct Arrival {
    at: SystemTime,
    times: usize,
}

pub(super) struct Account {
    healthy: Vec<Told>,
    bad: Vec<(Told, Fate)>,
    attempts: BTreeMap<&'static str, usize>,
    arrivals: HashMap<String, Arrival>,
    /// By ticket, in the order of arrival.
    orders: HashMap<String, Vec<String>>,
    /// From accepted to arrived, in the order of sending.
    waits: Vec<Option<Duration>>,
    /// How many of those were sent before the bad ones came.
    count_alone: usize,
}

impl Account {
    pub(super) async fn of(
        daemon: &Daemon,
        correspondence: &Correspondence,
        healthy: &[Healthy],
        bad: &[Bad],
        count_alone: usize,
    ) -> Self {
        let mut told_of_healthy = Vec::new();
        for thread in &correspondence.healthy {
            told_of_healthy.push(told(daemon, thread).await);
        }
        let mut told_of_bad = Vec::new();
        for thread in &correspondence.bad {
            let fate = bad
                .iter()
                .find(|each| each.name == thread.receiver)
                .unwrap()
                .fate;
            told_of_bad.push((told(daemon, thread).await, fate));
        }
        let mut arrivals: HashMap<String, Arrival> = HashMap::new();
        let mut orders: HashMap<String, Vec<String>> = HashMap::new();
        for got in healthy.iter().flat_map(Healthy::received) {
            let body = got.json().unwrap();
            let text = body["response_text"].as_str().unwrap().to_owned();
            let parent = body["parent_id"].as_str().unwrap().to_owned();
            let arrival = arrivals.entry(text.clone()).or_insert(Arrival {
                at: got.at,
                times: 0,
            });
            arrival.times += 1;
            orders.entry(parent).or_default().push(text);
        }
        let waits = correspondence
            .sent
            .iter()
            .map(|sent| {
                let arrival = arrivals.get(&sent.text)?;
                Some(arrival.at.duration_since(sent.accepted).unwrap_or_default())
            })
            .collect();
        Self {
            healthy: told_of_healthy,
            bad: told_of_bad,
            attempts: bad
                .iter()
                .map(|each| (each.name, each.attempts()))
                .collect(),
            arrivals,
            orders,
            waits,
            count_alone,
        }
    }

    pub(super) fn healthy_were_served_once_and_in_order(&self) {
        let lost = self.waits.iter().filter(|wait| wait.is_none()).count();
        assert_eq!(lost, 0, "replies to healthy receivers never arrived");
        for (text, arrival) in &self.arrivals {
            assert_eq!(arrival.times, 1, "{text} arrived more than once");
        }
        for order in self.orders.values() {
            // The texts carry their place in the ticket.
            assert!(order.is_sorted(), "out of order: {order:?}");
        }
        for told in &self.healthy {
            let delivered = told.states.get("delivered").copied().unwrap_or_default();
            assert_eq!(delivered, told.replies, "ticket {}", told.ticket);
        }
    }

    /// A bad receiver that delays anybody does so by a call's time-out; processors that are busy otherwise, by less.
    pub(super) fn healthy_were_as_quick_as_alone(&self, timeout: Duration) {
        let (alone, together) = self.waits.split_at(self.count_alone);
        for (percent, slack) in [(50, timeout / 8), (95, timeout / 2)] {
            let (alone, together) = (percentile(alone, percent), percentile(together, percent));
            assert!(
                together <= alone * MOST_SLOWER + slack,
                "of a hundred, {percent} waited {alone:?} alone and {together:?} beside the bad ones"
            );
        }
    }

    pub(super) fn nothing_is_lost(&self) {
        for (told, fate) in &self.bad {
            let Told {
                receiver,
                replies,
                states,
                ..
            } = told;
            let count = |names: &[&str]| -> usize {
                names.iter().filter_map(|name| states.get(*name)).sum()
            };
            let accepted = count(&["delivered", "unverified"]);
            let (dead, held) = (count(&["dead"]), count(&["waiting", "due", "held"]));
            assert_eq!(
                accepted + dead + held,
                *replies,
                "the sum for {receiver} does not add up: {states:?}"
            );
            let is_fate = match fate {
                Fate::Accepted => dead + held == 0,
                Fate::Dead | Fate::Hangs => accepted + held == 0,
                Fate::Either => held == 0,
                Fate::Held => accepted == 0,
            };
            assert!(is_fate, "{receiver}: {states:?}, not {fate:?}");
        }
        let never: Vec<_> = self
            .bad
            .iter()
            .filter(|(told, _)| told.replies == 0)
            .collect();
        assert!(
            never.len() * 4 < self.bad.len(),
            "most bad receivers were never called"
        );
    }

    pub(super) async fn every_dead_letter_says_why(
        &self,
        daemon: &Daemon,
        correspondence: &Correspondence,
    ) {
        for thread in &correspondence.bad {
            let (told, _) = self
                .bad
                .iter()
                .find(|(told, _)| told.ticket == thread.number)
                .unwrap();
            let dead: Vec<&Value> = told
                .deliveries
                .iter()
                .filter(|delivery| delivery["state"] == "dead")
                .collect();
            let Some(first) = dead.first() else { continue };
            for delivery in &dead {
                let reason = delivery["reason"].as_str().unwrap_or_default();
                assert!(!reason.is_empty(), "{delivery}");
            }
            let number = thread.number.to_string();
            let listed = daemon
                .json(&["dead-letters", "list", "--ticket", &number])
                .await;
            assert_eq!(list(&listed).len(), dead.len(), "ticket {number}");
            let story = daemon.ok(&["trace", &number]).await;
            let reason = first["reason"].as_str().unwrap();
            assert!(story.contains(reason), "{reason} is not in\n{story}");
        }
    }
}

async fn told(daemon: &Daemon, thread: &Thread) -> Told {
    let number = thread.number.to_string();
    let listed = daemon
        .json(&[
            "deliveries",
            "list",
            "--ticket",
            &number,
            "--limit",
            "10000",
        ])
        .await;
    let deliveries = list(&listed);
    let mut states = BTreeMap::new();
    for delivery in &deliveries {
        let state = delivery["state"].as_str().unwrap().to_owned();
        *states.entry(state).or_default() += 1;
    }
    Told {
        receiver: thread.receiver.clone(),
        ticket: thread.number,
        replies: thread.replies,
        states,
        deliveries,
    }
}

fn percentile(waits: &[Option<Duration>], percent: usize) -> Duration {
    let mut sorted: Vec<Duration> = waits.iter().copied().flatten().collect();
    sorted.sort_unstable();
    sorted[(sorted.len() - 1) * percent / 100]
}

impl fmt::Display for Account {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut by_receiver: BTreeMap<&str, (usize, BTreeMap<&str, usize>)> = BTreeMap::new();
        for (told, _) in &self.bad {
            let (replies, states) = by_receiver.entry(&told.receiver).or_default();
            *replies += told.replies;
            for (state, count) in &told.states {
                *states.entry(state).or_default() += count;
            }
        }
        for (receiver, (replies, states)) in by_receiver {
            let attempts = self.attempts.get(receiver).copied().unwrap_or_default();
            writeln!(
                to,
                "{receiver:<22} {replies:>5} replies {attempts:>6} arrivals {states:?}"
            )?;
        }
        let sum = |told: &mut dyn Iterator<Item = &Told>| -> usize {
            told.map(|told| told.replies).sum()
        };
        for percent in [50, 95, 99, 100] {
            let wait = |waits| percentile(waits, percent);
            let (alone, together) = self.waits.split_at(self.count_alone);
            let (alone, together) = (wait(alone), wait(together));
            writeln!(
                to,
                "{percent:>3} % of the healthy: {alone:?} alone, {together:?} together"
            )?;
        }
        write!(
            to,
            "{} replies to healthy receivers, {} to bad ones",
            sum(&mut self.healthy.iter()),
            sum(&mut self.bad.iter().map(|(told, _)| told))
        )
    }
}
