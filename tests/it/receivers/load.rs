//! Tickets and the replies to them, chosen by a seed.

use std::time::SystemTime;

use futures_util::future::join_all;
use serde_json::json;

use crate::daemon::{Daemon, ticket};

/// Numbers that follow from a seed.
pub(super) struct Chance(u64);

impl Chance {
    /// By `SOAK_SEED`, or by something else, which is told.
    pub(super) fn announced() -> Self {
        let seed = std::env::var("SOAK_SEED")
            .ok()
            .and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| u64::from(std::process::id()));
        println!("SOAK_SEED={seed} runs this load again");
        Self(seed)
    }

    /// From 0 to below `bound`.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(bound).unwrap()).unwrap()
    }
}

/// One ticket and how many replies it was given.
pub(super) struct Thread {
    pub(super) receiver: String,
    pub(super) number: u64,
    pub(super) replies: usize,
}

/// One reply to a healthy receiver.
pub(super) struct Sent {
    pub(super) text: String,
    /// When the daemon had accepted it.
    pub(super) accepted: SystemTime,
}

/// All tickets and replies.
#[derive(Default)]
pub(super) struct Correspondence {
    pub(super) healthy: Vec<Thread>,
    pub(super) bad: Vec<Thread>,
    pub(super) sent: Vec<Sent>,
    /// The bad ones take turns.
    next_bad: usize,
}

impl Correspondence {
    /// Opens two tickets for each URL of a healthy receiver.
    pub(super) async fn open(&mut self, daemon: &Daemon, name: &str, urls: &[String]) {
        for (index, url) in urls.iter().enumerate() {
            for side in ["a", "b"] {
                let uid = format!("{name}-{index}-{side}");
                let thread = open(daemon, name, &uid, url).await;
                self.healthy.push(thread);
            }
        }
    }

    /// Opens two tickets for a bad receiver.
    pub(super) async fn open_bad(&mut self, daemon: &Daemon, name: &str, url: &str) {
        for side in ["a", "b"] {
            let thread = open(daemon, name, &format!("{name}-{side}"), url).await;
            self.bad.push(thread);
        }
    }

    pub(super) fn replies_to_healthy(&self) -> usize {
        self.sent.len()
    }

    /// Replies to one ticket of a healthy receiver.
    pub(super) async fn reply_to_healthy(&mut self, daemon: &Daemon, chance: &mut Chance) {
        let chosen = chance.below(self.healthy.len());
        let thread = &mut self.healthy[chosen];
        let text = thread.next_text(20);
        reply(daemon, thread.number, &text).await;
        self.sent.push(Sent {
            text,
            accepted: wall_clock(),
        });
    }

    /// Replies to so many different tickets of bad receivers at once.
    pub(super) async fn reply_to_bad(
        &mut self,
        daemon: &Daemon,
        chance: &mut Chance,
        count: usize,
    ) {
        let first = self.next_bad;
        self.next_bad = (first + count) % self.bad.len();
        let mut replies = Vec::new();
        for place in first..first + count {
            // Some fill the buffers of a socket that nobody reads.
            let length = [20, 2_000, 100_000][chance.below(20).saturating_sub(17)];
            let index = place % self.bad.len();
            let thread = &mut self.bad[index];
            replies.push((thread.number, thread.next_text(length)));
        }
        join_all(
            replies
                .iter()
                .map(|(number, text)| reply(daemon, *number, text)),
        )
        .await;
    }
}

impl Thread {
    /// The text of the next reply, which says its place.
    fn next_text(&mut self, length: usize) -> String {
        let place = self.replies;
        self.replies += 1;
        let (receiver, number) = (&self.receiver, self.number);
        format!("{receiver} {number} {place:06} {}", "x".repeat(length))
    }
}

async fn open(daemon: &Daemon, receiver: &str, uid: &str, url: &str) -> Thread {
    let (status, taken) = daemon.post_ticket(&ticket(uid, url)).await;
    assert_eq!(status, 201, "{uid}: {taken}");
    Thread {
        receiver: receiver.to_owned(),
        number: taken["id"].as_u64().unwrap(),
        replies: 0,
    }
}

async fn reply(daemon: &Daemon, number: u64, text: &str) {
    let (status, taken) = daemon.reply(number, &json!({ "content": text })).await;
    assert_eq!(status, 201, "{taken}");
}

#[expect(
    clippy::disallowed_methods,
    reason = "receivers say by the wall clock when something arrived"
)]
fn wall_clock() -> SystemTime {
    SystemTime::now()
}
