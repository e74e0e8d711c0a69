//! The main job, as its users do it.

use std::time::Duration;

use serde_json::json;
use ticketbridge_sim::{Behaviour, Receiver};

use crate::daemon::{Daemon, ticket};

const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_ticket_comes_in_an_agent_answers_and_the_answer_arrives() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/hook", Behaviour::ValidReply);
    let mut daemon = Daemon::started().await;

    let (status, taken) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/hook")))
        .await;
    assert_eq!(status, 201, "{taken}");
    let number = taken["id"].as_u64().unwrap();

    let (status, list) = daemon.agent_get("/tickets").await;
    assert_eq!(
        (status, &list["data"][0]["content"]),
        (200, &json!("content of T-1"))
    );
    let (status, note) = daemon
        .reply(
            number,
            &json!({ "content": "do not tell him", "is_internal": true }),
        )
        .await;
    assert_eq!(status, 201, "{note}");
    let (status, reply) = daemon
        .reply(number, &json!({ "content": "Have you tried again?" }))
        .await;
    assert_eq!(status, 201, "{reply}");

    let got = receiver.wait_for("/hook", 1, SOON).await.unwrap().remove(0);
    assert_eq!(
        got.json().unwrap(),
        json!({
            "response_text": "Have you tried again?",
            "author": { "external_uid": "3", "username": "Agent Smith" },
            "parent_id": "T-1",
        })
    );
    assert_eq!(got.webhook_id(), got.header("idempotency-key"));
    assert!(got.refused.is_none(), "{got:?}");

    // The receiver's name for the reply threads what follows it.
    let mut follow_up = ticket("T-2", &receiver.url("/hook"));
    follow_up["parent_uid"] = json!(got.reply_uid.clone().unwrap());
    wait_for_trace(&daemon, number, "delivered").await;
    let (status, joined) = daemon.post_ticket(&follow_up).await;
    assert_eq!(
        (status, joined["parent_id"].as_u64()),
        (201, Some(number)),
        "{joined}"
    );

    let story = daemon.ok(&["trace", "T-1"]).await;
    for part in [
        "content of T-1",
        "Have you tried again?",
        "do not tell him",
        "delivered",
    ] {
        assert!(story.contains(part), "{part} is not in\n{story}");
    }
    assert!(
        !story.contains("/hook"),
        "the response URL's path is a secret:\n{story}"
    );
    assert_eq!(receiver.received().len(), 1, "an internal note left");
    assert_eq!(daemon.terminate().await, Some(0));
}

#[tokio::test]
async fn a_reply_survives_a_receiver_that_is_down_and_a_restart() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/hook", Behaviour::Status(503));
    let mut daemon = Daemon::started().await;
    let (_, taken) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/hook")))
        .await;
    let number = taken["id"].as_u64().unwrap();
    daemon.reply(number, &json!({ "content": "first" })).await;
    daemon.reply(number, &json!({ "content": "second" })).await;
    let failed = receiver.wait_for("/hook", 3, SOON).await.unwrap();
    daemon.kill().await;
    receiver.behave("/hook", Behaviour::ValidReply);
    daemon.start().await;
    receiver
        .wait_until(SOON, |receiver| {
            receiver
                .received()
                .iter()
                .filter(|got| got.answered == Some(200))
                .count()
                == 2
        })
        .await
        .unwrap();
    let taken: Vec<_> = receiver
        .received()
        .into_iter()
        .filter(|got| got.answered == Some(200))
        .collect();
    let texts: Vec<_> = taken
        .iter()
        .map(|got| got.json().unwrap()["response_text"].clone())
        .collect();
    assert_eq!(texts, [json!("first"), json!("second")]);
    assert_eq!(failed[0].webhook_id(), taken[0].webhook_id());
    assert_eq!(failed[0].body, taken[0].body);
}

#[tokio::test]
async fn a_dead_letter_says_why_is_previewed_and_goes_to_the_new_url() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/gone", Behaviour::Gone);
    receiver.behave("/new", Behaviour::ValidReply);
    let daemon = Daemon::started().await;
    let (_, taken) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/gone")))
        .await;
    let number = taken["id"].as_u64().unwrap();
    daemon
        .reply(number, &json!({ "content": "anyone there?" }))
        .await;
    wait_for_trace(&daemon, number, "410").await;

    let dead = daemon.json(&["dead-letters", "list"]).await;
    assert_eq!(dead.as_array().unwrap().len(), 1, "{dead}");
    assert!(dead.to_string().contains("410"), "{dead}");
    let (status, updated) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/new")))
        .await;
    assert_eq!(
        (status, &updated["updated"]),
        (200, &json!(true)),
        "{updated}"
    );

    daemon.ok(&["dead-letters", "retry", "--dry-run"]).await;
    assert_eq!(
        receiver.received_at("/new").len(),
        0,
        "a dry run sent something"
    );
    daemon.ok(&["dead-letters", "retry"]).await;
    let got = receiver.wait_for("/new", 1, SOON).await.unwrap();
    let first = receiver.received_at("/gone").remove(0);
    assert_eq!(
        (got[0].webhook_id(), &got[0].body),
        (first.webhook_id(), &first.body)
    );
}

#[tokio::test]
async fn commands_work_on_the_store_while_no_daemon_runs() {
    let receiver = Receiver::start().await.unwrap();
    let mut daemon = Daemon::started().await;
    let (_, taken) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/hook")))
        .await;
    let number = taken["id"].as_u64().unwrap().to_string();
    daemon.terminate().await;
    assert!(
        daemon
            .ok(&["trace", "T-1"])
            .await
            .contains("content of T-1")
    );
    daemon
        .ok(&["reply", &number, "said from the command line"])
        .await;
    daemon.start().await;
    let got = receiver.wait_for("/hook", 1, SOON).await.unwrap();
    assert_eq!(
        got[0].json().unwrap()["response_text"],
        "said from the command line"
    );
}

#[tokio::test]
async fn a_second_daemon_on_the_same_store_ends_with_75_and_a_bad_configuration_with_78() {
    let daemon = Daemon::started().await;
    let second = daemon.run(&["serve"]).await;
    assert_eq!(second.status.code(), Some(75), "{second:?}");
    assert!(
        String::from_utf8_lossy(&second.stderr).contains("already running"),
        "{second:?}"
    );
    std::fs::write(daemon.config(), "[server]\nlisten = 5\n").unwrap();
    assert_eq!(daemon.run(&["serve"]).await.status.code(), Some(78));
}

/// Waits until a ticket's story says `what`.
async fn wait_for_trace(daemon: &Daemon, number: u64, what: &str) {
    let deadline = tokio::time::Instant::now() + SOON;
    loop {
        let story = daemon.ok(&["trace", &number.to_string()]).await;
        if story.contains(what) {
            return;
        }
        assert!(
            tokio::time::Instant::now() < deadline,
            "{what} never came:\n{story}"
        );
    }
}
