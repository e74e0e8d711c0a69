//! What is finished goes and a person is forgotten, also where the daemon is killed in the middle of it.

use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::daemon::{Daemon, LOOPBACK, ticket};
use crate::traffic::Chance;

const TICKETS: u64 = 60;
const KILLS: usize = 6;
const LONGEST: Duration = Duration::from_secs(60);
/// Nobody answers there.
const NOWHERE: &str = "http://127.0.0.1:9/private-hook";

/// Tickets with two follow-ups and a note each.
async fn filled(daemon: &Daemon, name: &str, count: u64, author: &str) -> Vec<u64> {
    let mut ids = Vec::new();
    for number in 0..count {
        let uid = format!("{name}-{number}");
        let mut sent = ticket(&uid, NOWHERE);
        sent["author"]["external_uid"] = json!(author);
        let (status, stored) = daemon.post_ticket(&sent).await;
        assert_eq!(status, 201, "{stored}");
        let id = stored["id"].as_u64().unwrap();
        for more in 0..2 {
            let mut follow_up = sent.clone();
            follow_up["external_uid"] = json!(format!("{uid}-{more}"));
            follow_up["parent_uid"] = json!(uid);
            assert_eq!(daemon.post_ticket(&follow_up).await.0, 201);
        }
        let note = json!({"content": "among us", "is_internal": true});
        assert_eq!(daemon.reply(id, &note).await.0, 201);
        ids.push(id);
    }
    ids
}

async fn stored(daemon: &Daemon) -> usize {
    let list = daemon.json(&["tickets", "list", "--limit", "1000"]).await;
    list.as_array().unwrap().len()
}

async fn close(daemon: &Daemon, id: u64) {
    let call = daemon
        .client()
        .post(daemon.url(&format!("/api/v1/external/tickets/{id}/close")))
        .header("x-api-key", "test-agent-key");
    assert_eq!(crate::daemon::answer(call).await.unwrap().0, 200);
}

async fn says(daemon: &Daemon, arguments: &[&str], words: &str) {
    let run = daemon.run(arguments).await;
    let said = String::from_utf8_lossy(&run.stderr).into_owned();
    assert_eq!(run.status.code(), Some(1), "{said}");
    assert!(said.contains(words), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn passes_that_are_killed_end_as_those_that_are_not() {
    let mut chance = Chance::seeded();
    let rule = "[retention]\nclosed_tickets = \"1s\"\ndeliveries = \"1s\"\n";
    let mut daemon = Daemon::configured(&format!("{LOOPBACK}\n{rule}"));
    daemon.start().await;
    let open = filled(&daemon, "open", 3, "author-2").await;
    let ids = filled(&daemon, "done", TICKETS, "author-1").await;
    for id in &ids {
        close(&daemon, *id).await;
    }
    for _ in 0..KILLS {
        // The first pass begins a second after the start.
        sleep(Duration::from_millis(900 + chance.below(400))).await;
        daemon.kill().await;
        daemon.start().await;
    }
    let began = Instant::now();
    while stored(&daemon).await > open.len() {
        assert!(began.elapsed() < LONGEST, "{}", daemon.log());
        sleep(Duration::from_millis(200)).await;
    }
    let first = ids[0].to_string();
    says(&daemon, &["trace", &first], "was removed at").await;
    says(&daemon, &["trace", "done-7-1"], "was removed at").await;
    says(
        &daemon,
        &["tickets", "show", &first],
        "retention.closed_tickets",
    )
    .await;
    let (status, again) = daemon.post_ticket(&ticket("done-0", NOWHERE)).await;
    assert_eq!(
        (status, &again["duplicate"], again["id"].as_u64()),
        (200, &json!(true), Some(ids[0]))
    );
    assert_eq!(again["status"], "closed");
    let (_, dashboard) = daemon.agent_get("/dashboard").await;
    assert_eq!(dashboard["data"]["open_tickets"], open.len(), "{dashboard}");
    let (_, unread) = daemon.agent_get("/notifications?per_page=100").await;
    let told = unread["meta"]["total"].as_u64().unwrap();
    assert!(
        told >= open.len() as u64 && told <= 3 * open.len() as u64,
        "{told}"
    );
    assert_eq!(daemon.terminate().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_to_forget_that_is_killed_is_finished_by_the_next() {
    let mut chance = Chance::seeded();
    let mut daemon = Daemon::configured(LOOPBACK);
    daemon.start().await;
    let others = filled(&daemon, "other", 3, "author-2").await;
    let ids = filled(&daemon, "hers", 25, "jane-1").await;
    for id in &ids[..5] {
        let reply = json!({"content": "an answer to jane"});
        assert_eq!(daemon.reply(*id, &reply).await.0, 201);
    }
    let order = ["store", "erase", "--author", "jane-1"];
    let dry = daemon
        .json(&["store", "erase", "--author", "jane-1", "--dry-run"])
        .await;
    assert_eq!(dry["tickets"].as_array().unwrap().len(), ids.len());
    assert_eq!(dry["called_off"].as_array().unwrap().len(), 5);
    assert_eq!(stored(&daemon).await, ids.len() + others.len());
    for _ in 0..KILLS {
        let (_, ()) = tokio::join!(daemon.run(&order), async {
            sleep(Duration::from_millis(chance.below(120))).await;
            daemon.signal(Signal::KILL);
        });
        daemon.ended().await;
        daemon.start().await;
    }
    let receipt = daemon.json(&order).await;
    assert_eq!(
        (&receipt["left"], &receipt["dry_run"]),
        (&json!(0), &json!(false))
    );
    assert!(!receipt.to_string().contains("jane-1"), "{receipt}");
    let again = daemon.json(&order).await;
    assert_eq!(again["tickets"], json!([]));
    assert_eq!(stored(&daemon).await, others.len());
    says(&daemon, &["trace", &ids[0].to_string()], "was erased at").await;
    let deliveries = daemon.json(&["deliveries", "list"]).await;
    assert_eq!(deliveries, json!([]));
    let status = daemon.json(&["status"]).await;
    assert!(status.to_string().contains("\"pending\":0"), "{status}");
    let mut sent = ticket("hers-3", NOWHERE);
    sent["author"]["external_uid"] = json!("jane-1");
    let (status, repeated) = daemon.post_ticket(&sent).await;
    assert_eq!((status, &repeated["duplicate"]), (200, &json!(true)));
    assert_eq!(stored(&daemon).await, others.len());
    assert_eq!(daemon.terminate().await, Some(0));
    // Without a daemon, the store is opened for it.
    let offline: Value = daemon
        .json(&["store", "erase", "--author", "author-2"])
        .await;
    assert_eq!(offline["tickets"].as_array().unwrap().len(), others.len());
    assert_eq!(stored(&daemon).await, 0);
}
