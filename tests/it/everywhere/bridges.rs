//! More bridges than one: they neither take each other's tickets for news nor chase each other.

use std::time::Duration;

use ticketbridge_sim::deskhive::Operation;
use ticketbridge_sim::{Behaviour, DeskHive, Receiver};
use tokio::time::{Instant, sleep};

use super::stage::{DELIVERY, SOON, helpdesk, keep_secrets, said, thread, ticket_is, writes};
use crate::daemon::Daemon;

/// So often each of them has looked by the time that it would have done whatever it was going to do.
const LOOKS: usize = 10;

async fn bridge(desk: &DeskHive, key: &str) -> Daemon {
    let import = "import_to = \"acme\"";
    let system = helpdesk("support", desk, import).replace("./agent.key", key);
    let config = format!("{DELIVERY}\n{system}");
    let mut daemon = Daemon::configured_with(r#"mirror_to = ["support"]"#, &config);
    keep_secrets(&daemon);
    std::fs::copy(
        daemon.folder().join("agent.key"),
        daemon.folder().join("other.key"),
    )
    .unwrap();
    std::fs::write(daemon.folder().join("other.key"), "other-agent-key").unwrap();
    daemon.start().await;
    daemon
}

/// Waits until both bridges have looked through the list so often.
async fn looks(desk: &DeskHive) {
    let lists =
        |world: &ticketbridge_sim::deskhive::World| world.seen_for(Operation::ListTickets).count();
    let before = desk.seen_for(Operation::ListTickets).len();
    let enough = |world: &ticketbridge_sim::deskhive::World| lists(world) >= before + 2 * LOOKS;
    desk.wait_until(SOON, enough).await.unwrap();
}

async fn receiver() -> Receiver {
    let receiver = Receiver::start().await.unwrap();
    receiver.otherwise(|_| Some(Behaviour::ValidReply));
    receiver
}

#[tokio::test]
async fn two_bridges_at_one_helpdesk_settle_and_stay_quiet() {
    let desk = DeskHive::start().await.unwrap();
    desk.unlimited();
    desk.add_agent(5, "Agent Jones");
    desk.add_external_key("other-agent-key", 5);
    let (one, other) = (
        bridge(&desk, "./agent.key").await,
        bridge(&desk, "./other.key").await,
    );
    let receiver = receiver().await;
    let ours = writes(&one, &receiver, "T-1", "The printer is on fire", None).await;
    writes(&other, &receiver, "T-1", "The scanner is on fire", None).await;
    // One that began at the helpdesk is everybody's.
    let jane = desk.customer("Jane Doe", "jane.doe@example.com");
    let theirs = desk
        .customer_creates_ticket(jane, "Cannot log in", "It says 500.")
        .unwrap();
    for daemon in [&one, &other] {
        let imported = |shown: &serde_json::Value| shown["customer"]["name"] == "Jane Doe";
        let deadline = Instant::now() + SOON;
        loop {
            let (_, list) = daemon.agent_get("/tickets?per_page=100").await;
            let all = list["data"].as_array().unwrap().clone();
            if all.iter().any(imported) {
                break;
            }
            assert!(Instant::now() < deadline, "{list:#}\n{}", daemon.log());
            sleep(Duration::from_millis(20)).await;
        }
    }
    let (status, _) = one
        .reply(ours, &serde_json::json!({ "content": "Use water" }))
        .await;
    assert_eq!(status, 201);
    desk.agent_replies(theirs, 5, "Which browser?").unwrap();
    desk.customer_replies(theirs, "Any of them.").unwrap();
    writes(&one, &receiver, "T-2", "Which water?", Some("T-1")).await;
    let settled = |world: &ticketbridge_sim::deskhive::World| {
        let made = world
            .tickets()
            .find(|ticket| ticket.content.contains("printer"))?;
        (thread(world, made.id).len() == 2).then_some(())
    };
    desk.wait_for(SOON, settled).await.unwrap();
    // All that may still come of it has come by then; whatever comes later is one too many.
    looks(&desk).await;
    let before = desk
        .seen()
        .iter()
        .filter(|seen| seen.method != "GET")
        .count();
    assert_eq!(desk.tickets().len(), 3);
    assert_eq!(desk.messages(theirs).len(), 2);
    looks(&desk).await;
    let after = desk
        .seen()
        .iter()
        .filter(|seen| seen.method != "GET")
        .count();
    assert_eq!(before, after, "they write to each other");
    assert_eq!(said(&one, ours).await, ["Use water", "Which water?"]);
    let dead = one.json(&["dead-letters", "list"]).await;
    assert_eq!(dead.as_array().unwrap().len(), 0, "{dead:#}");
}

#[tokio::test]
async fn a_bridge_serves_the_helpdesk_that_another_bridge_follows() {
    let mut first = Daemon::configured(DELIVERY);
    first.start().await;
    let base_url = format!("http://{}", first.address());
    let config = format!(
        r#"
{DELIVERY}

[[systems]]
id = "upstream"
kind = "deskhive"
base_url = "{base_url}"
external_key_file = "./first.key"
poll_interval = "100ms"
import_to = "acme"
rate = {{ per_second = 1000, burst = 1000 }}
"#
    );
    let mut second = Daemon::configured(&config);
    let file = second.folder().join("first.key");
    std::fs::write(&file, "test-agent-key").unwrap();
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    second.start().await;
    let receiver = receiver().await;
    let number = writes(&first, &receiver, "T-1", "It says a < b & c", None).await;
    // The second has no other ticket, so it is its first.
    let imported = ticket_is(&second, 1, "imported", |shown| shown["id"] == 1).await;
    assert!(
        imported["content"].as_str().unwrap().contains("a < b & c"),
        "{imported:#}"
    );
    let (status, _) = second
        .reply(1, &serde_json::json!({ "content": "Try <again>" }))
        .await;
    assert_eq!(status, 201);
    let deadline = Instant::now() + SOON;
    while receiver.received().is_empty() {
        assert!(
            Instant::now() < deadline,
            "{}\n{}",
            first.log(),
            second.log()
        );
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(
        receiver.received()[0].json().unwrap()["response_text"],
        "Try <again>"
    );
    writes(&first, &receiver, "T-2", "It works", Some("T-1")).await;
    let note = serde_json::json!({ "content": "finally", "is_internal": true });
    assert_eq!(first.reply(number, &note).await.0, 201);
    let deadline = Instant::now() + SOON;
    let expected = ["Try <again>", "It works", "(note) finally"];
    while said(&second, 1).await != expected {
        let now = said(&second, 1).await;
        assert!(Instant::now() < deadline, "{now:?}\n{}", second.log());
        sleep(Duration::from_millis(20)).await;
    }
    let path = format!("/api/v1/external/tickets/{number}/close");
    let close = first
        .client()
        .post(first.url(&path))
        .header("x-api-key", "test-agent-key");
    close.send().await.unwrap();
    ticket_is(&second, 1, "closed", |shown| shown["status"] == "closed").await;
    // What comes after that has come after everything else.
    writes(&first, &receiver, "T-3", "Thank you", Some("T-1")).await;
    let expected = [&expected[..], &["Thank you"]].concat();
    let deadline = Instant::now() + SOON;
    while said(&second, 1).await != expected {
        assert!(Instant::now() < deadline, "{}", second.log());
        sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(said(&first, number).await, expected);
    assert_eq!(receiver.received().len(), 1);
}
