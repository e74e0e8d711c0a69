//! Systems in dry-run mode: they are read and never written to, all that they would be sent is shown, and a person says
//! what becomes of it.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::stage::{SOON, Stage, plain};
use crate::daemon::{answer, ticket};

const ALL: [&str; 3] = ["front-desk", "support", "hub"];

/// In dry-run mode, at work.
async fn in_dry_run() -> Stage {
    let more = "import_to = \"acme\"\nmapping = { mark_read = true, internal_notes = true }";
    let mut stage = Stage::set(more, "").await;
    set_mode(&stage, "dry-run");
    stage.daemon.start().await;
    stage
}

/// Configures all systems so.
fn set_mode(stage: &Stage, mode: &str) {
    let config = fs::read_to_string(stage.daemon.config()).unwrap();
    let lines = config.lines().filter(|line| !line.starts_with("mode = "));
    let lines = lines.map(|line| match line.starts_with("kind = ") {
        true => format!("{line}\nmode = \"{mode}\"\n"),
        false => format!("{line}\n"),
    });
    fs::write(stage.daemon.config(), lines.collect::<String>()).unwrap();
}

pub(super) async fn turn(stage: &Stage, mode: &str) {
    set_mode(stage, mode);
    stage
        .daemon
        .reload("the new configuration is in force")
        .await;
}

/// No peer was asked to change anything.
fn nothing_was_written(stage: &Stage) {
    for seen in stage.qminder.requests() {
        let is_question = seen.method == "GET" || seen.path.contains("graphql");
        assert!(is_question, "{} {}", seen.method, seen.path);
    }
    for seen in stage.desk.seen() {
        assert_eq!(seen.method, "GET", "{}", seen.path);
    }
    assert!(
        stage.hub.requests().is_empty(),
        "{:?}",
        stage.hub.requests()
    );
}

/// How many deliveries are recorded, by system.
async fn recorded(stage: &Stage) -> Vec<u64> {
    let systems = stage.daemon.json(&["systems", "list"]).await;
    let systems = systems.as_array().unwrap();
    let count = |id: &&str| {
        let system = systems.iter().find(|one| one["id"] == **id).unwrap();
        assert_eq!(system["pause"], Value::Null, "dry-run is no pause");
        system["recorded"].as_u64().unwrap()
    };
    ALL.iter().map(count).collect()
}

/// Waits until all that is pending is recorded.
pub(super) async fn is_all_recorded(stage: &Stage) {
    let deadline = Instant::now() + SOON;
    loop {
        let systems = stage.daemon.json(&["systems", "list"]).await;
        let systems = systems.as_array().unwrap();
        if systems.iter().all(|one| one["pending"] == one["recorded"]) {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{systems:#?}\n{}",
            stage.daemon.log()
        );
        sleep(Duration::from_millis(20)).await;
    }
}

async fn edits(stage: &Stage, uid: &str, content: &str, parent: Option<&str>) {
    let mut sent = ticket(uid, &stage.receiver.url("/hook"));
    sent["content"] = json!(content);
    sent["author"] = json!({ "external_uid": "jane@example.com", "username": "Jane Eyre" });
    sent["parent_uid"] = json!(parent);
    if parent.is_none() {
        sent.as_object_mut().unwrap().remove("parent_uid");
    }
    let (status, taken) = stage.daemon.post_ticket(&sent).await;
    assert_eq!((status, &taken["updated"]), (200, &json!(true)), "{taken}");
}

async fn stands(stage: &Stage, ticket: u64, change: Value) {
    let path = format!("/api/v1/external/tickets/{ticket}");
    let call = stage.daemon.client().put(stage.daemon.url(&path));
    let call = call
        .header("x-api-key", "test-agent-key")
        .header("content-type", "application/json");
    let (status, body) = answer(call.body(change.to_string())).await.unwrap();
    assert_eq!(status, 200, "{body}");
}

/// Two tickets: one that is talked about, one that is closed; the number of the first.
async fn days_work(stage: &Stage, settle: bool) -> u64 {
    let rests = async || {
        if settle {
            stage.comes_to_rest().await;
        }
    };
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    rests().await;
    stage.replies(number, "Have you tried water?").await;
    stage.notes(number, "they always say that").await;
    rests().await;
    stage.writes("T-2", "Now it is wet", Some("T-1")).await;
    rests().await;
    edits(stage, "T-2", "Now it is wet and on fire", Some("T-1")).await;
    rests().await;
    stands(
        stage,
        number,
        json!({ "status": "in_progress", "priority": "high" }),
    )
    .await;
    rests().await;
    let other = stage.writes("T-9", "Never mind", None).await;
    rests().await;
    stands(stage, other, json!({ "status": "closed" })).await;
    rests().await;
    number
}

/// What the peers have, without what differs from day to day.
fn everything(stage: &Stage) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for ticket in stage.desk.tickets() {
        let content = plain(&ticket.content);
        let opening = content.lines().next().unwrap_or_default().to_owned();
        let thread: Vec<String> = stage
            .desk
            .messages(ticket.id)
            .iter()
            .map(|message| format!("{} {}", message.is_internal, plain(&message.content)))
            .collect();
        let (status, priority) = (ticket.status, ticket.priority);
        found.insert(format!("desk {opening} {status:?} {priority:?} {thread:?}"));
    }
    let pushed = stage.hub.tickets();
    for ticket in &pushed {
        let parent = ticket
            .parent
            .and_then(|id| pushed.iter().find(|one| one.id == id));
        let parent = parent.map(|parent| parent.external_uid.as_str());
        found.insert(format!(
            "hub {} {} {parent:?}",
            ticket.external_uid, ticket.content
        ));
    }
    for visit in stage.qminder.tickets() {
        let record = visit.external_by("ticketbridge").unwrap();
        let mut texts = Vec::new();
        collect_texts(&record.data, &mut texts);
        found.insert(format!(
            "visit {} {:?} {texts:?}",
            visit.first_name, visit.status
        ));
    }
    found
}

fn collect_texts(data: &Value, texts: &mut Vec<String>) {
    match data {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name == "text" => texts.push(text.clone()),
                    _ => collect_texts(value, texts),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, texts)),
        _ => {}
    }
}

pub(super) async fn release(stage: &Stage, fate: &str) {
    for system in ALL {
        stage.daemon.ok(&["systems", "release", system, fate]).await;
    }
}

#[tokio::test]
async fn all_is_shown_and_nothing_sent_and_released_it_is_as_if_it_had_been_live() {
    let twin = Stage::set("mapping = { internal_notes = true }", "").await;
    let mut twin = twin;
    twin.daemon.start().await;
    days_work(&twin, true).await;

    let mut stage = in_dry_run().await;
    let number = days_work(&stage, false).await;
    // Reading goes on.
    let jane = stage.desk.customer("Jane Doe", "jane.doe@example.com");
    let there = stage
        .desk
        .customer_creates_ticket(jane, "Cannot log in", "It says 500.")
        .unwrap();
    let deadline = Instant::now() + SOON;
    let imported = loop {
        let tickets = stage.daemon.json(&["tickets", "list"]).await;
        if tickets.as_array().unwrap().len() == 3 {
            break tickets[0]["id"].as_u64().unwrap();
        }
        assert!(Instant::now() < deadline, "{tickets:#}");
        sleep(Duration::from_millis(20)).await;
    };
    stage.replies(imported, "Which browser?").await;
    is_all_recorded(&stage).await;
    nothing_was_written(&stage);

    // Each command is told with its request.
    let trace = stage.daemon.ok(&["trace", "T-1"]).await;
    for words in [
        "POST /tickets\n",
        "x-qminder-rest-api-key: (hidden)",
        "POST /api/v1/internal/tickets\n",
        "{ticket made by delivery ",
        "update ticket, recorded:",
        "x-api-key: (hidden)",
        "Have you tried water?",
        "POST /brands/7/external_tickets.json",
        "\"token\": \"(hidden)\"",
    ] {
        assert!(trace.contains(words), "{words} is not in\n{trace}");
    }
    for secret in [
        "qminder-key",
        "desk-agent-key",
        "desk-internal-key",
        "hub-token",
    ] {
        assert!(!trace.contains(secret), "{secret}");
    }
    let all = stage
        .daemon
        .json(&["deliveries", "list", "--state", "recorded"])
        .await;
    let before = recorded(&stage).await;
    assert_eq!(
        all.as_array().unwrap().len() as u64,
        before.iter().sum::<u64>()
    );
    let id = all[0]["id"].to_string();
    let shown = stage.daemon.json(&["deliveries", "show", &id]).await;
    assert_eq!(shown["requests"][0]["method"], "POST", "{shown:#}");
    let client = stage.daemon.client();
    let metrics = client
        .get(stage.daemon.url("/metrics"))
        .send()
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    for line in [
        format!(
            "ticketbridge_deliveries_total{{system=\"hub\",outcome=\"recorded\"}} {}",
            before[2]
        ),
        "ticketbridge_paused{system=\"hub\"} 0".to_owned(),
        "ticketbridge_oldest_due_seconds{system=\"hub\"} 0".to_owned(),
    ] {
        assert!(metrics.contains(&line), "{line} is not in\n{metrics}");
    }
    let status = stage.daemon.ok(&["status"]).await;
    assert!(
        status.contains("recorded for hub instead of sent"),
        "{status}"
    );
    let lanes = stage.daemon.ok(&["lanes", "list"]).await;
    assert!(lanes.contains("recorded in dry-run mode"), "{lanes}");
    let refused = stage
        .daemon
        .run(&["systems", "release", "hub", "--send"])
        .await;
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && words.contains("mode = \"live\""),
        "{words}"
    );
    let reconciled = stage.daemon.run(&["reconcile", "--apply"]).await;
    assert!(reconciled.status.code().is_some());

    // A new start knows it, and turning it live sends nothing of it.
    assert_eq!(stage.daemon.terminate().await, Some(0));
    stage.daemon.start().await;
    assert_eq!(recorded(&stage).await, before);
    nothing_was_written(&stage);
    turn(&stage, "live").await;
    let fresh = stage.writes("T-20", "Something else", None).await;
    twin.writes("T-20", "Something else", None).await;
    stage.at_desk("Something else").await;
    stage.writes("T-3", "It is out", Some("T-1")).await;
    twin.writes("T-3", "It is out", Some("T-1")).await;
    assert_eq!(recorded(&stage).await, before);
    let waits = stage
        .daemon
        .json(&["deliveries", "list", "--state", "waiting"])
        .await;
    let waits = waits.as_array().unwrap();
    assert!(
        waits.iter().any(|one| one["ticket"] == number),
        "{waits:#?}"
    );
    assert!(waits.iter().all(|one| one["ticket"] != fresh), "{waits:#?}");

    release(&stage, "--send").await;
    stage.comes_to_rest().await;
    twin.comes_to_rest().await;
    assert_eq!(recorded(&stage).await, [0, 0, 0]);
    stage.desk_says(there, &["Which browser?"]).await;
    let mut got = everything(&stage);
    let expected = everything(&twin);
    // The twin has no ticket that began elsewhere.
    got.retain(|one| !one.contains("It says 500") && !one.contains("Which browser?"));
    assert_eq!(got, expected, "{}", stage.daemon.log());
    let dead = stage.daemon.json(&["dead-letters", "list"]).await;
    assert_eq!(dead, json!([]));
    stage.all_went_by_the_book();
    release(&stage, "--send").await;
}

#[tokio::test]
async fn what_is_discarded_is_never_heard_of_there_and_the_next_ticket_goes_out() {
    let stage = in_dry_run().await;
    days_work(&stage, false).await;
    let told = stage
        .daemon
        .ok(&["systems", "release", "hub", "--discard", "--dry-run"])
        .await;
    assert_eq!(
        told.trim(),
        "3 deliveries recorded for hub would be discarded"
    );
    // Also while nothing may be sent.
    stage
        .daemon
        .ok(&["systems", "release", "hub", "--discard"])
        .await;
    turn(&stage, "live").await;
    stage.writes("T-3", "It is out", Some("T-1")).await;
    release(&stage, "--discard").await;
    stage.comes_to_rest().await;
    nothing_was_written(&stage);
    stage.writes("T-4", "It really is", Some("T-1")).await;
    stage.comes_to_rest().await;
    nothing_was_written(&stage);
    let shown = stage.daemon.ok(&["trace", "T-1"]).await;
    assert!(
        shown.contains("discard what was recorded, by the operator"),
        "{shown}"
    );
    stage.writes("T-20", "Something else", None).await;
    stage.at_desk("Something else").await;
    stage.comes_to_rest().await;
    assert_eq!(stage.desk.tickets().len(), 1);
    assert_eq!(stage.hub.tickets().len(), 1);
    assert_eq!(stage.qminder.tickets().len(), 1);
    let dead = stage.daemon.json(&["dead-letters", "list"]).await;
    assert_eq!(dead, json!([]));
    stage.all_went_by_the_book();
}

#[tokio::test]
async fn what_was_live_and_pending_is_recorded_when_the_mode_turns() {
    let mut stage = Stage::set("", "").await;
    stage.daemon.start().await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.at_desk("on fire").await;
    stage.comes_to_rest().await;
    for system in ALL {
        stage.daemon.ok(&["systems", "pause", system]).await;
    }
    for text in ["one", "two", "three"] {
        stage.replies(number, text).await;
    }
    stage.writes("T-2", "Anybody?", Some("T-1")).await;
    turn(&stage, "dry-run").await;
    for system in ALL {
        stage.daemon.ok(&["systems", "resume", system]).await;
    }
    is_all_recorded(&stage).await;
    let (at_desk, at_hub) = (stage.desk.messages(there).len(), stage.hub.tickets().len());
    assert_eq!((at_desk, at_hub), (0, 1));
    turn(&stage, "live").await;
    release(&stage, "--send").await;
    stage.comes_to_rest().await;
    stage
        .desk_says(
            there,
            &["one", "two", "three", "Jane Eyre wrote:\n\nAnybody?"],
        )
        .await;
    assert_eq!(stage.hub.tickets().len(), 2);
    stage.all_went_by_the_book();
}

#[tokio::test]
async fn a_release_that_is_killed_midway_is_ended_by_the_next() {
    const TICKETS: usize = 150;
    let mut stage = in_dry_run().await;
    for number in 0..TICKETS {
        stage
            .writes(&format!("T-{number}"), &format!("Number {number}."), None)
            .await;
    }
    turn(&stage, "live").await;
    for round in 0..3 {
        let config = stage.daemon.config();
        let release = tokio::process::Command::new(env!("CARGO_BIN_EXE_ticketbridge"))
            .arg("--config")
            .arg(config)
            .args(["systems", "release", "hub", "--send"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut release = release.unwrap();
        let some =
            |world: &ticketbridge_sim::respondo::World| world.tickets().count() >= (round + 1) * 10;
        stage.hub.wait_until(SOON, some).await.unwrap();
        stage.daemon.kill().await;
        release.wait().await.unwrap();
        stage.daemon.start().await;
    }
    for fate in ["--send", "--send"] {
        stage.daemon.ok(&["systems", "release", "hub", fate]).await;
    }
    stage
        .daemon
        .ok(&["systems", "release", "support", "--discard"])
        .await;
    stage
        .daemon
        .ok(&["systems", "release", "front-desk", "--discard"])
        .await;
    stage.comes_to_rest().await;
    let uids: BTreeSet<String> = stage
        .hub
        .tickets()
        .into_iter()
        .map(|one| one.external_uid)
        .collect();
    assert_eq!(uids.len(), TICKETS);
    assert_eq!(stage.hub.tickets().len(), TICKETS);
}
