//! The process dies at a named point: before the sync, after it, before the send, after it, after the answer. Each is
//! tried with what the page cache keeps and with what only the disk keeps.

use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::{Behaviour, Received, Receiver};
use tokio::time::Instant;

use super::disk::Disk;
use super::shim::Faults;
use crate::daemon::{Daemon, LOOPBACK, ticket};

const SOON: Duration = Duration::from_secs(30);

/// What is left after the process has died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    /// All that was written.
    Written,
    /// What was synced.
    Synced,
}

const BOTH: [Left; 2] = [Left::Written, Left::Synced];

/// A daemon with a ticket that is waiting to be answered.
struct Scene {
    daemon: Daemon,
    receiver: Receiver,
    faults: Faults,
    plain: Faults,
    disk: Disk,
    number: u64,
}

impl Scene {
    async fn with(rule: &str, on_unknown: &str) -> Self {
        let receiver = Receiver::start().await.unwrap();
        receiver.behave("/hook", Behaviour::ValidReply);
        let mut daemon = Daemon::configured(&format!("{LOOPBACK}on_unknown = \"{on_unknown}\"\n"));
        let port = receiver.addr().port();
        let plain = Faults::under(&daemon).journalled().outgoing(port);
        let faults = Faults::under(&daemon)
            .journalled()
            .outgoing(port)
            .rule(rule);
        faults.apply_to(&mut daemon);
        let disk = Disk::new(daemon.state(), faults.journal());
        daemon.start().await;
        let (status, taken) = daemon
            .post_ticket(&ticket("T-1", &receiver.url("/hook")))
            .await;
        assert_eq!(status, 201, "{taken}");
        Self {
            daemon,
            receiver,
            faults,
            plain,
            disk,
            number: taken["id"].as_u64().unwrap(),
        }
    }

    /// The process dies at the point; a start without faults follows, and the receiver answers at once.
    async fn dies_and_starts(&mut self, left: Left) {
        let code = self.daemon.ended().await;
        assert_eq!(code, None, "{}", self.daemon.log());
        assert!(self.faults.hits().contains("died"));
        if left == Left::Synced {
            self.disk.cut(None);
        }
        self.receiver.behave("/hook", Behaviour::ValidReply);
        self.plain.apply_to(&mut self.daemon);
        self.daemon.start().await;
    }

    async fn reply(&self, text: &str) -> Result<(u16, Value), reqwest::Error> {
        self.daemon
            .try_reply(self.number, &json!({ "content": text }))
            .await
    }

    async fn story_with(&self, what: &str) -> String {
        let deadline = Instant::now() + SOON;
        loop {
            let story = self.daemon.ok(&["trace", "T-1"]).await;
            if story.contains(what) {
                return story;
            }
            assert!(Instant::now() < deadline, "no {what}: {story}");
        }
    }

    /// A second ticket is not answered, and is sent again after the crash; what the answer is then.
    async fn dies_taking_a_second_ticket(&mut self, left: Left) -> (u16, Value) {
        self.faults.arm();
        let second = ticket("T-2", &self.receiver.url("/hook"));
        let answer = self.daemon.try_post_ticket(&second).await;
        assert!(answer.is_err(), "{answer:?}");
        self.dies_and_starts(left).await;
        self.daemon.post_ticket(&second).await
    }

    async fn arrivals(&self, count: usize) -> Vec<Received> {
        self.receiver.wait_for("/hook", count, SOON).await.unwrap()
    }

    /// A later reply arrives, once, and is not called a repetition: all that came before it has been dealt with.
    async fn goes_on(&self, before: usize) {
        let (status, body) = self.reply("and one more").await.unwrap();
        assert_eq!(status, 201, "{body}");
        let got = self.arrivals(before + 1).await;
        assert_eq!(got[before].json().unwrap()["response_text"], "and one more");
    }
}

fn assert_same(got: &[Received]) {
    for one in got {
        assert_eq!(one.webhook_id(), got[0].webhook_id());
        assert_eq!(one.body, got[0].body);
    }
}

#[tokio::test]
async fn before_the_sync_nothing_is_acknowledged_and_a_second_try_makes_no_second_ticket() {
    for left in BOTH {
        let mut scene = Scene::with("sync 1 kill-before", "resend").await;
        let (status, body) = scene.dies_taking_a_second_ticket(left).await;
        match left {
            Left::Synced => assert_eq!(status, 201, "{body}"),
            Left::Written => assert!([200, 201].contains(&status), "{body}"),
        }
        let (_, list) = scene.daemon.agent_get("/tickets").await;
        assert_eq!(list["data"].as_array().unwrap().len(), 2, "{list}");
        assert_eq!(scene.daemon.terminate().await, Some(0));
    }
}

#[tokio::test]
async fn after_the_sync_it_is_there_though_nobody_was_told() {
    for left in BOTH {
        let mut scene = Scene::with("sync 1 kill-after", "resend").await;
        let (status, body) = scene.dies_taking_a_second_ticket(left).await;
        assert_eq!((status, &body["duplicate"]), (200, &json!(true)), "{body}");
        assert_eq!(scene.daemon.terminate().await, Some(0));
    }
}

#[tokio::test]
async fn a_reply_that_was_not_synced_is_neither_acknowledged_nor_sent() {
    let mut scene = Scene::with("sync 1 kill-before", "resend").await;
    scene.faults.arm();
    assert!(scene.reply("lost with the power").await.is_err());
    scene.dies_and_starts(Left::Synced).await;
    scene.goes_on(0).await;
    assert_eq!(scene.arrivals(1).await.len(), 1);
    let story = scene.story_with("and one more").await;
    assert!(!story.contains("lost with the power"), "{story}");
}

#[tokio::test]
async fn before_the_send_it_arrives_once_after_the_restart() {
    for rule in ["connect 1 kill-before", "request 1 kill-before"] {
        for left in BOTH {
            let mut scene = Scene::with(rule, "resend").await;
            scene.faults.arm();
            // It is stored before it is sent, so whether the answer gets out in time does not matter.
            drop(scene.reply("have you tried again?").await);
            scene.dies_and_starts(left).await;
            let got = scene.arrivals(1).await;
            assert_eq!(
                got[0].json().unwrap()["response_text"],
                "have you tried again?"
            );
            scene.story_with("delivered").await;
            scene.goes_on(1).await;
            assert_eq!(scene.arrivals(2).await.len(), 2);
        }
    }
}

#[tokio::test]
async fn after_the_send_it_arrives_again_under_its_id_and_trace_says_so() {
    for left in BOTH {
        let mut scene = Scene::with("request 1 kill-after", "resend").await;
        scene.faults.arm();
        drop(scene.reply("have you tried again?").await);
        scene.dies_and_starts(left).await;
        assert_same(&scene.arrivals(2).await);
        let story = scene.story_with("delivered").await;
        assert!(story.contains("may be a repetition"), "{story}");
        scene.goes_on(2).await;
    }
}

#[tokio::test]
async fn after_the_answer_but_before_the_settle_is_synced_it_arrives_again_under_its_id() {
    let mut scene = answered_but_not_settled("resend").await;
    scene.dies_and_starts(Left::Synced).await;
    let got = scene.arrivals(2).await;
    assert_eq!(got[0].answered, Some(200));
    assert_same(&got);
    let story = scene.story_with("delivered").await;
    assert!(story.contains("may be a repetition"), "{story}");
    scene.goes_on(2).await;
    assert_eq!(scene.daemon.terminate().await, Some(0));
}

/// The receiver has taken the reply; the daemon is dying at the sync of that.
async fn answered_but_not_settled(on_unknown: &str) -> Scene {
    let scene = Scene::with("sync 1 kill-before", on_unknown).await;
    scene.receiver.behave("/hook", Behaviour::Held);
    let (status, body) = scene.reply("have you tried again?").await.unwrap();
    assert_eq!(status, 201, "{body}");
    let receiver = &scene.receiver;
    receiver
        .wait_until(SOON, |receiver| receiver.held("/hook") == 1)
        .await
        .unwrap();
    // With the call in hand nothing else is stored, so the next sync is the settle's.
    scene.faults.arm();
    receiver.release("/hook", 1);
    scene
}

#[tokio::test]
async fn with_hold_what_may_have_arrived_waits_for_a_person() {
    for (rule, arrived) in [
        ("connect 1 kill-before", 0),
        ("request 1 kill-after", 1),
        ("", 1),
    ] {
        let mut scene = if rule.is_empty() {
            answered_but_not_settled("hold").await
        } else {
            let scene = Scene::with(rule, "hold").await;
            scene.faults.arm();
            drop(scene.reply("have you tried again?").await);
            scene
        };
        scene.dies_and_starts(Left::Synced).await;
        let deadline = Instant::now() + SOON;
        let held = loop {
            let held = scene
                .daemon
                .json(&["deliveries", "list", "--state", "held"])
                .await;
            if held.as_array().is_some_and(|held| held.len() == 1) {
                break held[0].clone();
            }
            assert!(Instant::now() < deadline, "{held}\n{}", scene.daemon.log());
        };
        let status = scene.daemon.json(&["status"]).await;
        assert_eq!(status["systems"][0]["held"], 1, "{status}");
        let story = scene.story_with("unknown").await;
        assert!(story.contains("held"), "{story}");
        assert_eq!(scene.receiver.received_at("/hook").len(), arrived, "{rule}");
        // A person decides.
        let id = held["id"].as_u64().unwrap().to_string();
        scene.daemon.ok(&["deliveries", "retry", &id]).await;
        let got = scene.arrivals(arrived + 1).await;
        assert_eq!(got.len(), arrived + 1);
        assert_same(&got);
        scene.story_with("delivered").await;
        scene.goes_on(arrived + 1).await;
    }
}

#[tokio::test]
async fn with_hold_what_cannot_have_been_sent_is_sent_once() {
    // The first sync is the reply's, the second that of the mark that its call begins.
    let mut scene = Scene::with("sync 2 kill-before", "hold").await;
    scene.faults.arm();
    drop(scene.reply("have you tried again?").await);
    scene.dies_and_starts(Left::Synced).await;
    scene.arrivals(1).await;
    scene.story_with("delivered").await;
    scene.goes_on(1).await;
    assert_eq!(scene.arrivals(2).await.len(), 2);
}
