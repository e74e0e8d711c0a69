//! A mapping that changes while something is on its way: that goes out as it was planned, what comes later as it is now.

use std::fs;

use serde_json::{Value, json};
use ticketbridge_sim::deskhive::{Fault, Operation, World};

use super::stage::{SOON, Stage};

const TEXTS: [&str; 2] = ["follow_up", "reply"];

/// Has the helpdesk's texts begin with `word` from the next look at the configuration on.
fn say(stage: &Stage, word: &str) {
    let texts: String = TEXTS
        .iter()
        .map(|name| format!("{name} = \"{word}: {{{{ text }}}}\"\n"))
        .collect();
    let mapping = format!(
        "[mapping.deskhive.texts]\n{texts}\n[mapping.qminder.texts]\nbanner = \"{word}: {{{{ title }}}}\"\n"
    );
    stage.daemon.configure_more(&mapping);
}

async fn mapped_as(word: &str) -> Stage {
    let mut stage = Stage::set("", "").await;
    say(&stage, word);
    stage.daemon.start().await;
    stage
}

async fn reload(stage: &Stage) {
    stage
        .daemon
        .reload("the new configuration is in force")
        .await;
}

/// What messages were posted with so far, answered or not.
fn posted(world: &World) -> Vec<Vec<u8>> {
    let seen = world.seen_for(Operation::Reply);
    seen.map(|seen| seen.body.clone()).collect()
}

/// Waits for another try of what is posted.
async fn is_tried_again(stage: &Stage) {
    let before = stage.desk.seen_for(Operation::Reply).len();
    let again = |world: &World| posted(world).len() > before;
    stage.desk.wait_until(SOON, again).await.unwrap();
}

/// The one delivery of the ticket to the helpdesk that was tried and is pending.
async fn tried(stage: &Stage) -> Value {
    let list = stage
        .daemon
        .json(&["deliveries", "list", "--system", "support"])
        .await;
    let all = list.as_array().unwrap().iter();
    let is_tried = |one: &&Value| one["state"] == "due" || one["state"] == "started";
    let mut tried = all.filter(is_tried).cloned();
    let found = tried.next().unwrap_or_else(|| panic!("{list:#}"));
    assert_eq!(tried.next(), None, "{list:#}");
    found
}

#[tokio::test]
async fn what_is_pending_keeps_its_bytes_and_what_comes_later_goes_by_the_new_mapping() {
    let mut stage = mapped_as("one").await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.at_desk("on fire").await;
    stage.comes_to_rest().await;
    let down = Fault::Status(503, "{}".to_owned());
    stage.desk.fault(Operation::Reply, down, 1_000_000);
    stage.writes("T-2", "Anybody?", Some("T-1")).await;
    is_tried_again(&stage).await;
    // This one waits behind it, and was planned by the same mapping.
    stage.replies(number, "Soon.").await;

    say(&stage, "two");
    reload(&stage).await;
    is_tried_again(&stage).await;
    is_tried_again(&stage).await;
    stage.writes("T-3", "Still there?", Some("T-1")).await;
    let pending = tried(&stage).await;

    say(&stage, "three");
    assert_eq!(stage.daemon.terminate().await, Some(0));
    stage.daemon.start().await;
    is_tried_again(&stage).await;
    is_tried_again(&stage).await;
    let after = tried(&stage).await;
    assert_eq!(
        (&after["id"], &after["created_at"]),
        (&pending["id"], &pending["created_at"])
    );
    let bodies: Vec<Vec<u8>> = stage
        .desk
        .seen_for(Operation::Reply)
        .into_iter()
        .map(|seen| seen.body)
        .collect();
    assert!(bodies.len() >= 5, "{}", bodies.len());
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    let said = String::from_utf8_lossy(&bodies[0]).into_owned();
    assert!(said.contains("one: Anybody?"), "{said}");

    stage.desk.clear_faults();
    stage.writes("T-4", "Hello?", Some("T-1")).await;
    let expected = [
        "one: Anybody?",
        "one: Soon.",
        "two: Still there?",
        "three: Hello?",
    ];
    stage.desk_says(there, &expected).await;
    stage.comes_to_rest().await;

    // What is told of it is one story: the same delivery, from its first try to its last.
    let id = pending["id"].to_string();
    let shown = stage.daemon.json(&["deliveries", "show", &id]).await;
    assert_eq!(shown["state"], "delivered", "{shown:#}");
    let attempts = shown["all_attempts"].as_array().unwrap();
    let (last, before) = attempts.split_last().unwrap();
    assert_eq!(
        (&last["class"], &last["status"]),
        (&json!("ok"), &json!(201))
    );
    assert!(before.iter().all(|one| one["status"] == 503), "{shown:#}");
    // What became of its fields is told where it was taken.
    let why = |from: &str| {
        let mut fates = last["fates"].as_array().unwrap().iter();
        let fate = fates.find(|fate| fate["from"] == from);
        fate.unwrap_or_else(|| panic!("{shown:#}"))["why"].clone()
    };
    assert_eq!(why("message.text"), "by its template, in HTML");
    let trace = stage.daemon.json(&["trace", "T-1"]).await;
    let traced = trace["deliveries"].as_array().unwrap();
    let traced = traced.iter().find(|one| one["id"] == shown["id"]);
    let traced = traced.unwrap_or_else(|| panic!("{trace:#}"));
    for field in ["state", "message", "revision", "command", "created_at"] {
        assert_eq!(traced[field], shown[field], "{field}");
    }
    stage.all_went_by_the_book();
}

#[tokio::test]
async fn what_is_recorded_is_released_as_it_was_planned() {
    let mut stage = mapped_as("one").await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.at_desk("on fire").await;
    stage.comes_to_rest().await;
    let live = fs::read_to_string(stage.daemon.config()).unwrap();
    let kind = "kind = \"deskhive\"";
    let held = live.replace(kind, &format!("{kind}\nmode = \"dry-run\""));
    fs::write(stage.daemon.config(), held).unwrap();
    reload(&stage).await;
    stage.replies(number, "Soon.").await;
    say(&stage, "two");
    reload(&stage).await;
    stage.replies(number, "Now.").await;

    let recorded = async |stage: &Stage| {
        let list = ["deliveries", "list", "--state", "recorded"];
        let list = stage.daemon.json(&list).await;
        let mut bodies = Vec::new();
        for one in list.as_array().unwrap().iter().rev() {
            let id = one["id"].to_string();
            let shown = stage.daemon.json(&["deliveries", "show", &id]).await;
            bodies.push(shown["requests"][0]["body"].as_str().unwrap().to_owned());
        }
        bodies
    };
    let shown = recorded(&stage).await;
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(shown[0].contains("one: Soon."), "{shown:?}");
    assert!(shown[1].contains("two: Now."), "{shown:?}");
    say(&stage, "three");
    fs::write(stage.daemon.config(), live).unwrap();
    assert_eq!(stage.daemon.terminate().await, Some(0));
    stage.daemon.start().await;
    assert_eq!(recorded(&stage).await, shown);
    assert_eq!(posted_so_far(&stage), Vec::<String>::new());
    stage
        .daemon
        .ok(&["systems", "release", "support", "--send"])
        .await;
    stage.desk_says(there, &["one: Soon.", "two: Now."]).await;
    assert_eq!(posted_so_far(&stage), shown);
    stage.all_went_by_the_book();
}

#[tokio::test]
async fn what_a_command_plans_while_no_daemon_runs_goes_by_the_mapping_of_that_moment() {
    let mut stage = mapped_as("one").await;
    stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.at_desk("on fire").await;
    stage.comes_to_rest().await;
    assert_eq!(stage.daemon.terminate().await, Some(0));
    for (word, text) in [("two", "Soon."), ("three", "Now.")] {
        say(&stage, word);
        // Looking changes nothing.
        stage.daemon.ok(&["status"]).await;
        stage.daemon.ok(&["reply", "1", text]).await;
    }
    say(&stage, "four");
    stage.daemon.start().await;
    stage.replies(1, "Done.").await;
    let expected = ["two: Soon.", "three: Now.", "four: Done."];
    stage.desk_says(there, &expected).await;
    stage.all_went_by_the_book();
}

#[tokio::test]
async fn a_dead_letter_that_is_retried_while_no_daemon_runs_keeps_its_bytes() {
    let mut stage = mapped_as("one").await;
    let number = stage.writes("T-1", "The printer is on fire", None).await;
    let there = stage.at_desk("on fire").await;
    stage.comes_to_rest().await;
    stage.desk.lock(there).unwrap();
    stage.replies(number, "Soon.").await;
    stage.comes_to_rest().await;
    let dead = stage.daemon.json(&["dead-letters", "list"]).await;
    assert_eq!(dead.as_array().unwrap().len(), 1, "{dead:#}");
    assert_eq!(stage.daemon.terminate().await, Some(0));
    stage.desk.unlock(there).unwrap();
    say(&stage, "two");
    let retry = ["dead-letters", "retry", "--system", "support"];
    stage.daemon.ok(&retry).await;
    say(&stage, "three");
    stage.daemon.start().await;
    stage.desk_says(there, &["one: Soon."]).await;
    stage.all_went_by_the_book();
}

fn posted_so_far(stage: &Stage) -> Vec<String> {
    let seen = stage.desk.seen_for(Operation::Reply).into_iter();
    seen.map(|seen| String::from_utf8(seen.body).unwrap())
        .collect()
}
