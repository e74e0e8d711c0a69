//! Senders, agents and receivers at work while the daemon is ended and started again, and what must be true afterwards:
//! nothing acknowledged is lost, and nothing arrives under two names.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::{Behaviour, Receiver};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::daemon::{Daemon, answer, ticket};

const SENDERS: u64 = 4;
const AGENTS: u64 = 2;
const HOOKS: u64 = 12;

/// What was acknowledged.
#[derive(Default)]
struct Acknowledged {
    /// By external uid.
    tickets: BTreeMap<String, u64>,
    replies: BTreeSet<String>,
}

/// A sequence that looks like chance and can be had again.
pub(crate) struct Chance(u64);

impl Chance {
    /// From `CRASH_SEED` if that is set; says how to have the same again.
    pub(crate) fn seeded() -> Self {
        let seed = std::env::var("CRASH_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
        println!("CRASH_SEED={seed} runs this again");
        Self(seed)
    }

    /// Another sequence, for the part called `part` of a test.
    pub(crate) fn of(part: u64) -> Self {
        Self(part)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }
}

/// Clients that go on until they are told to stop, and the receiver of the replies.
pub(crate) struct Traffic {
    pub(crate) receiver: Receiver,
    acknowledged: Arc<Mutex<Acknowledged>>,
    stop: Arc<AtomicBool>,
    clients: JoinSet<()>,
}

impl Traffic {
    /// Against a daemon that need not run yet.
    pub(crate) async fn begin(daemon: &Daemon) -> Self {
        let receiver = Receiver::start().await.unwrap();
        for hook in 0..HOOKS {
            receiver.script(&hook_path(hook), behaviours(hook));
        }
        let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
        let stop = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        let base = daemon.url("");
        for sender in 0..SENDERS {
            clients.spawn(send_tickets(
                sender,
                base.clone(),
                receiver.url(""),
                acknowledged.clone(),
                stop.clone(),
            ));
        }
        let replies = Arc::new(AtomicU64::new(0));
        for agent in 0..AGENTS {
            clients.spawn(send_replies(
                agent,
                base.clone(),
                acknowledged.clone(),
                replies.clone(),
                stop.clone(),
            ));
        }
        Self {
            receiver,
            acknowledged,
            stop,
            clients,
        }
    }

    /// Ends the clients and asks the running daemon and the receiver for everything that was acknowledged; at least
    /// this many tickets and replies must have been.
    pub(crate) async fn settle(mut self, daemon: &Daemon, at_least: usize) {
        self.stop.store(true, Ordering::SeqCst);
        while let Some(ended) = self.clients.join_next().await {
            ended.unwrap();
        }
        let acknowledged = std::mem::take(&mut *self.acknowledged.lock().unwrap());
        println!(
            "{} tickets and {} replies acknowledged",
            acknowledged.tickets.len(),
            acknowledged.replies.len()
        );
        assert!(
            acknowledged.tickets.len() > at_least && acknowledged.replies.len() > at_least,
            "too little happened"
        );
        for (uid, number) in &acknowledged.tickets {
            let (status, body) = daemon.agent_get(&format!("/tickets/{number}")).await;
            assert_eq!(status, 200, "ticket {number} ({uid}) is lost");
            assert_eq!(body["data"]["content"], format!("content of {uid}"));
        }
        wait_for_replies(daemon, &self.receiver, &acknowledged.replies).await;
        assert_one_name_each(&self.receiver);
    }
}

fn behaviours(hook: u64) -> Vec<Behaviour> {
    match hook % 6 {
        0 => vec![
            Behaviour::FailFor {
                count: 2,
                status: 500,
            },
            Behaviour::ValidReply,
        ],
        1 => vec![Behaviour::Reset, Behaviour::ValidReply],
        2 => vec![Behaviour::LateAnswer {
            after: Duration::from_millis(40),
        }],
        3 => vec![Behaviour::Empty(204)],
        _ => vec![Behaviour::ValidReply],
    }
}

async fn wait_for_replies(daemon: &Daemon, receiver: &Receiver, expected: &BTreeSet<String>) {
    let arrived = receiver
        .wait_until(Duration::from_secs(60), |receiver| {
            let texts: BTreeSet<String> = receiver
                .received()
                .iter()
                .filter(|got| is_taken(got.answered))
                .map(text_of)
                .collect();
            expected.is_subset(&texts)
        })
        .await;
    if arrived.is_err() {
        let texts: BTreeSet<String> = receiver.received().iter().map(text_of).collect();
        let missing: Vec<&String> = expected.difference(&texts).collect();
        panic!("replies are lost: {missing:?}\n{}", daemon.log());
    }
}

/// One id for each reply, and the same bytes each time.
pub(crate) fn assert_one_name_each(receiver: &Receiver) {
    let mut ids: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut bodies: BTreeMap<String, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for got in receiver.received() {
        let id = got.webhook_id().unwrap().to_owned();
        ids.entry(text_of(&got)).or_default().insert(id.clone());
        bodies.entry(id).or_default().insert(got.body.clone());
    }
    for (text, ids) in &ids {
        assert_eq!(ids.len(), 1, "{text} arrived under {ids:?}");
    }
    for (id, bodies) in &bodies {
        assert_eq!(bodies.len(), 1, "{id} came with different bytes");
    }
}

fn hook_path(hook: u64) -> String {
    format!("/hook/{hook}")
}

fn is_taken(answered: Option<u16>) -> bool {
    answered.is_some_and(|status| (200..300).contains(&status))
}

fn text_of(got: &ticketbridge_sim::Received) -> String {
    got.json()
        .ok()
        .and_then(|body| body["response_text"].as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Sends tickets as a webhook does: what was not acknowledged is sent again.
async fn send_tickets(
    sender: u64,
    base: String,
    hooks: String,
    acknowledged: Arc<Mutex<Acknowledged>>,
    stop: Arc<AtomicBool>,
) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut count = 0;
    while !stop.load(Ordering::SeqCst) {
        let uid = format!("{sender}-{count}");
        let body = ticket(&uid, &format!("{hooks}{}", hook_path(count % HOOKS)));
        let call = client
            .post(format!("{base}/brands/acme/external_tickets"))
            .header("content-type", "application/json");
        match answer(call.body(body.to_string())).await {
            Ok((200 | 201, body)) => {
                let number = body["id"].as_u64().unwrap();
                let before = acknowledged.lock().unwrap().tickets.insert(uid, number);
                assert!(before.is_none_or(|before| before == number));
                count += 1;
                sleep(Duration::from_millis(5)).await;
            }
            Ok((status, body)) => assert_eq!(status, 503, "{body}"),
            // It is just being killed or started.
            Err(_) => sleep(Duration::from_millis(5)).await,
        }
    }
}

/// Answers tickets that were acknowledged; a text is never used twice.
async fn send_replies(
    agent: u64,
    base: String,
    acknowledged: Arc<Mutex<Acknowledged>>,
    count: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    while !stop.load(Ordering::SeqCst) {
        let nth = count.fetch_add(1, Ordering::SeqCst);
        let number = {
            let acknowledged = acknowledged.lock().unwrap();
            let known = acknowledged.tickets.len().max(1);
            acknowledged
                .tickets
                .values()
                .nth(usize::try_from(nth).unwrap() % known)
                .copied()
        };
        let Some(number) = number else {
            sleep(Duration::from_millis(5)).await;
            continue;
        };
        let text = format!("reply {nth} of agent {agent} to {number}");
        let body: Value = json!({ "content": text });
        let call = client.post(format!("{base}/api/v1/external/tickets/{number}/messages"));
        let call = call
            .header("x-api-key", "test-agent-key")
            .header("content-type", "application/json");
        match answer(call.body(body.to_string())).await {
            Ok((201, _)) => {
                assert!(
                    acknowledged.lock().unwrap().replies.insert(text),
                    "the same text twice"
                );
                sleep(Duration::from_millis(5)).await;
            }
            Ok((status, body)) => assert_eq!(status, 503, "{body}"),
            Err(_) => sleep(Duration::from_millis(5)).await,
        }
    }
}
