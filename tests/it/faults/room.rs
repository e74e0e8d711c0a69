//! The guard before the disk is full: no tickets are taken while there is still room to finish what is stored.

use std::time::Duration;

use serde_json::json;
use ticketbridge_sim::{Behaviour, Receiver};
use tokio::time::{Instant, sleep};

use super::shim::Faults;
use crate::daemon::{Daemon, LOOPBACK, ticket};

const SOON: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_low_disk_refuses_tickets_and_nothing_else_until_there_is_room_again() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/hook", Behaviour::ValidReply);
    let mut daemon = Daemon::configured(LOOPBACK);
    let faults = Faults::under(&daemon).can_be_low();
    faults.apply_to(&mut daemon);
    daemon.start().await;
    let (_, taken) = daemon
        .post_ticket(&ticket("T-1", &receiver.url("/hook")))
        .await;
    let number = taken["id"].as_u64().unwrap();

    faults.fill();
    let said = wait_for_readiness(&daemon, 503).await;
    assert!(said.contains("disk is low"), "{said}");
    let refused = daemon
        .client()
        .post(daemon.url("/brands/acme/external_tickets"))
        .header("content-type", "application/json")
        .body(ticket("T-2", &receiver.url("/hook")).to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    let alive = daemon.client().get(daemon.url("/healthz")).send().await;
    assert_eq!(alive.unwrap().status(), 200);
    let (status, body) = daemon
        .reply(number, &json!({ "content": "there is room for this" }))
        .await;
    assert_eq!(status, 201, "{body}");
    receiver.wait_for("/hook", 1, SOON).await.unwrap();
    wait_for_settle(&daemon).await;
    let shown = daemon.json(&["status"]).await;
    assert_eq!(shown["store"]["low"], true, "{shown}");
    let metrics = daemon.client().get(daemon.url("/metrics")).send().await;
    let metrics = metrics.unwrap().text().await.unwrap();
    assert!(
        metrics.contains("ticketbridge_store_free_bytes 0"),
        "{metrics}"
    );

    // A start does not need room that is not there.
    assert_eq!(daemon.terminate().await, Some(0));
    daemon.spawn();
    let said = wait_for_readiness(&daemon, 503).await;
    assert!(said.contains("disk is low"), "{said}");

    faults.make_room();
    wait_for_readiness(&daemon, 200).await;
    let (status, body) = daemon
        .post_ticket(&ticket("T-2", &receiver.url("/hook")))
        .await;
    assert_eq!(status, 201, "{body}");
    assert_eq!(daemon.terminate().await, Some(0));
}

async fn wait_for_readiness(daemon: &Daemon, status: u16) -> String {
    let deadline = Instant::now() + SOON;
    loop {
        if let Ok(answer) = daemon.client().get(daemon.url("/readyz")).send().await
            && answer.status() == status
        {
            return answer.text().await.unwrap();
        }
        assert!(
            Instant::now() < deadline,
            "never {status}: {}",
            daemon.log()
        );
        // Another process, so there is no signal to wait for.
        sleep(Duration::from_millis(10)).await;
    }
}

async fn wait_for_settle(daemon: &Daemon) {
    let deadline = Instant::now() + SOON;
    while !daemon.ok(&["trace", "T-1"]).await.contains("delivered") {
        assert!(Instant::now() < deadline, "never settled: {}", daemon.log());
    }
}
