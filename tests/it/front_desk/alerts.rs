//! What the operator is told of a system's trouble, and how a loop break is seen and ended.

use std::time::Duration;

use serde_json::{Value, json};
use ticketbridge_sim::{Behaviour, Receiver};

use super::stage::{SOON, Stage, says};
use crate::alerts::{ALARM, expected, to, told};

/// More than this many changes are a loop.
const LIMIT: u64 = 5;

async fn stage() -> (Stage, Receiver) {
    let alarm = Receiver::start().await.unwrap();
    alarm.behave(ALARM, Behaviour::Empty(204));
    let mut stage = Stage::set("", "").await;
    let mirror = format!("[mirror]\nloop_limit = {{ changes = {LIMIT}, within = \"1h\" }}\n");
    stage
        .daemon
        .configure_more(&format!("{}{mirror}", to(&alarm)));
    stage.daemon.start().await;
    (stage, alarm)
}

async fn alarm(stage: &Stage, alarm: &Receiver, count: usize) -> Value {
    let received = alarm.wait_for(ALARM, count, SOON).await;
    let received = received.unwrap_or_else(|error| panic!("{error}\n{}", stage.daemon.log()));
    received[count - 1].json().unwrap()
}

async fn loop_breaks(stage: &Stage) -> String {
    let call = stage.daemon.client().get(stage.daemon.url("/metrics"));
    let text = call.send().await.unwrap().text().await.unwrap();
    let (_, after) = text
        .split_once("\nticketbridge_loop_breaks_total ")
        .unwrap();
    after.lines().next().unwrap().to_owned()
}

/// Talks until the bridge has had enough of it.
async fn talks_in_a_circle(stage: &Stage) -> u64 {
    let number = stage.writes("T-1", "first", None).await;
    stage.record_says("first").await;
    for count in 0..=LIMIT {
        stage.replies(number, &format!("reply {count}!")).await;
        if stage.daemon.json(&["status"]).await["loop_breaks"] == 1 {
            return number;
        }
        stage.record_says(&format!("reply {count}!")).await;
    }
    panic!("nothing broke the loop:\n{}", stage.daemon.log());
}

#[tokio::test]
async fn a_loop_break_is_told_once_and_a_release_catches_up() {
    let (mut stage, receiver) = stage().await;
    assert_eq!(loop_breaks(&stage).await, "0");
    let number = talks_in_a_circle(&stage).await;
    let id = number.to_string();
    let body = alarm(&stage, &receiver, 1).await;
    assert_eq!(body["kind"], "loop");
    assert_eq!(body["systems"], json!(["front-desk"]));
    assert_eq!(body["examples"][0]["ticket"], number);
    assert_eq!(loop_breaks(&stage).await, "1");
    let log = stage.daemon.log();
    let line = log
        .lines()
        .find(|line| line.contains("is not mirrored any more"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    let to_do = format!("`ticketbridge tickets release {id}`");
    assert!(line.contains("ERROR") && line.contains(&to_do), "{line}");

    // Customers and agents notice nothing, and the desk hears nothing.
    stage.replies(number, "after the break").await;
    let hears = |receiver: &Receiver| {
        let received = receiver.received_at("/hook");
        received
            .iter()
            .any(|one| one.json().unwrap()["response_text"] == "after the break")
    };
    stage.receiver.wait_until(SOON, hears).await.unwrap();
    let pending = &stage.daemon.json(&["systems", "list"]).await[0]["pending"];
    let heard = stage.qminder.wait_for(Duration::ZERO, |world| {
        let shown = world.tickets().any(|ticket| {
            ticket
                .external
                .iter()
                .any(|record| says(record, "after the break"))
        });
        Some(shown)
    });
    assert_eq!((pending, heard.await.unwrap()), (&json!(0), false));

    let shown = stage.daemon.ok(&["tickets", "show", &id]).await;
    let end = format!("(loop); `tickets release {id}` lets it go on");
    assert!(
        shown.contains("not mirrored since ") && shown.contains(&end),
        "{shown}"
    );
    let list = stage.daemon.ok(&["tickets", "list"]).await;
    assert!(
        list.contains("not mirrored for ") && list.contains("(loop)"),
        "{list}"
    );
    let status = stage.daemon.ok(&["status"]).await;
    assert!(
        status.contains(&format!("1 ticket is not mirrored any more: {id} for ")),
        "{status}"
    );
    let status = stage.daemon.json(&["status"]).await;
    assert_eq!(status["first_loop_breaks"][0]["ticket"], number);

    // Nobody is alarmed again, but what is so is said.
    assert_eq!(stage.daemon.terminate().await, Some(0));
    stage.daemon.start().await;
    stage
        .daemon
        .says("tickets are not mirrored any more", 1)
        .await;
    assert_eq!(loop_breaks(&stage).await, "0", "counters begin at 0");

    let done = stage.daemon.ok(&["tickets", "release", &id]).await;
    assert_eq!(done, format!("ticket {id} is mirrored again\n"));
    stage.record_says("after the break").await;
    let again = stage.daemon.ok(&["tickets", "release", &id]).await;
    assert_eq!(again, format!("ticket {id} is mirrored already\n"));
    let status = stage.daemon.ok(&["status"]).await;
    assert!(!status.contains("not mirrored"), "{status}");
    let trace = stage.daemon.ok(&["trace", &id]).await;
    assert!(
        trace.contains("loop") && trace.contains("released"),
        "{trace}"
    );
    let body = alarm(&stage, &receiver, 2).await;
    assert_eq!(body["examples"][0]["ticket"], number);
    assert_eq!(stage.daemon.terminate().await, Some(0));
    assert_eq!(
        told(&receiver),
        expected(&[("loop", "begun", 1), ("loop", "over", 1)])
    );
}

#[tokio::test]
async fn a_loop_break_ends_while_the_daemon_is_stopped() {
    let (mut stage, receiver) = stage().await;
    let number = talks_in_a_circle(&stage).await;
    alarm(&stage, &receiver, 1).await;
    assert_eq!(stage.daemon.terminate().await, Some(0));
    stage
        .daemon
        .ok(&["tickets", "release", &number.to_string()])
        .await;
    stage.daemon.start().await;
    stage.record_says("reply").await;
    assert_eq!(stage.daemon.json(&["status"]).await["loop_breaks"], 0);
    assert!(
        !stage
            .daemon
            .log()
            .contains("tickets are not mirrored any more")
    );
    let nobody = stage.daemon.run(&["tickets", "release", "99"]).await;
    assert_eq!(nobody.status.code(), Some(1));
}

#[tokio::test]
async fn a_paused_system_is_told_and_so_is_that_it_goes_on() {
    let (mut stage, receiver) = stage().await;
    stage.reconfigure("max_delay = \"500ms\"", "max_delay = \"1h\"");
    stage
        .daemon
        .reload("the new configuration is in force")
        .await;
    stage.qminder.disable_line(12345);
    stage.writes("T-1", "first", None).await;
    let body = alarm(&stage, &receiver, 1).await;
    assert_eq!(body["systems"], json!(["front-desk"]));
    let detail = body["examples"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("disabled"), "{detail}");
    // A restart between them changes nothing.
    assert_eq!(stage.daemon.terminate().await, Some(0));
    stage.daemon.start().await;
    stage.qminder.enable_line(12345);
    stage.daemon.ok(&["systems", "resume", "front-desk"]).await;
    stage.record_says("first").await;
    assert_eq!(stage.daemon.terminate().await, Some(0));
    assert_eq!(
        told(&receiver),
        expected(&[("paused", "begun", 1), ("paused", "over", 1)])
    );
}
