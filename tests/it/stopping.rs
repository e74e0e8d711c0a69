//! Ending in order: what is in hand is finished, nobody who is connected is turned away, and the next start knows.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;
use ticketbridge_sim::{Behaviour, Receiver};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::daemon::{Daemon, LOOPBACK, read_to_end, ticket};

const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_connection_that_has_sent_nothing_yet_is_still_answered_and_then_closed() {
    let mut daemon = Daemon::started().await;
    let mut early = TcpStream::connect(daemon.address()).await.unwrap();
    // A whole answer on the same listener shows that the connection before it was accepted.
    daemon.agent_get("/connection-check").await;
    let body = ticket("T-1", "http://127.0.0.1:9/hook").to_string();
    let request = format!(
        "POST /brands/acme/external_tickets HTTP/1.1\r\nhost: bridge\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    daemon.signal(Signal::TERM);
    daemon.says("stopping", 1).await;
    early.write_all(request.as_bytes()).await.unwrap();
    let answer = read_to_end(&mut early).await;
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    assert!(
        answer.to_ascii_lowercase().contains("connection: close"),
        "{answer}"
    );
    assert_eq!(daemon.ended().await, Some(0));
    assert!(TcpStream::connect(daemon.address()).await.is_err());
}

#[tokio::test]
async fn a_call_in_hand_is_finished_and_not_repeated_after_the_restart() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/hook", Behaviour::Held);
    let mut daemon = Daemon::started().await;
    let (_, taken) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/hook")))
        .await;
    daemon
        .reply(
            taken["id"].as_u64().unwrap(),
            &json!({ "content": "in hand" }),
        )
        .await;
    receiver
        .wait_until(SOON, |receiver| receiver.held("/hook") == 1)
        .await
        .unwrap();
    daemon.signal(Signal::TERM);
    receiver.release("/hook", 1);
    assert_eq!(daemon.ended().await, Some(0));
    daemon.start().await;
    let story = daemon.ok(&["trace", "T-1"]).await;
    assert!(story.contains("delivered"), "{story}");
    assert_eq!(receiver.received_at("/hook").len(), 1);
}

#[tokio::test]
async fn a_call_that_outlasts_the_grace_period_is_recorded_as_unknown_and_repeated_under_its_id() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/hook", Behaviour::Hang);
    let mut daemon = Daemon::configured(LOOPBACK);
    daemon.start().await;
    let (_, taken) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/hook")))
        .await;
    daemon
        .reply(
            taken["id"].as_u64().unwrap(),
            &json!({ "content": "too slow" }),
        )
        .await;
    receiver.wait_for("/hook", 1, SOON).await.unwrap();
    assert_eq!(daemon.terminate().await, Some(0));
    receiver.behave("/hook", Behaviour::ValidReply);
    daemon.start().await;
    let got = receiver.wait_for("/hook", 2, SOON).await.unwrap();
    assert_eq!(got[0].webhook_id(), got[1].webhook_id());
    let story = daemon.ok(&["trace", "T-1"]).await;
    assert!(story.contains("unknown"), "{story}");
}

#[tokio::test]
async fn a_reload_changes_what_can_change_and_a_bad_file_changes_nothing() {
    let mut daemon = Daemon::started().await;
    let config = std::fs::read_to_string(daemon.config()).unwrap();
    std::fs::write(
        daemon.config(),
        format!(
            "{}\n[log]\nlevel = \"debug\"\n",
            config.replace("Agent Smith", "Agent Brown")
        ),
    )
    .unwrap();
    daemon.reload("is in force").await;
    let (_, taken) = daemon
        .post_ticket(&ticket("T-1", "http://127.0.0.1:9/hook"))
        .await;
    let number = taken["id"].as_u64().unwrap();
    let (_, shown) = daemon.agent_get(&format!("/tickets/{number}")).await;
    assert_eq!(shown["data"]["assigned_to"]["name"], "Agent Brown");
    // The log's level, too: only now a request is a line.
    daemon.says("DEBUG", 1).await;
    std::fs::write(daemon.config(), "nonsense = true").unwrap();
    daemon.reload("stays in force").await;
    assert_eq!(daemon.agent_get(&format!("/tickets/{number}")).await.0, 200);
    assert_eq!(daemon.terminate().await, Some(0));
}
