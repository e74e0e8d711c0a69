//! The binary, with a person at its keyboard.

use super::{ACCEPT, AGENT, JSON, request};
use crate::by_hand::{Desk, help};
use crate::client::Client;

/// A client of it, once it has said where it listens and with which keys.
async fn client(desk: &mut Desk) -> Client {
    let address = desk.address("http").await;
    let second = desk.line().await;
    assert!(
        second.contains("desk-agent-key") && second.contains("desk-internal-key"),
        "{second}"
    );
    Client::connect(address.parse().unwrap()).await
}

fn by_agent(line: &str, body: &str) -> String {
    let line = line.replace(" /", " /api/v1/external/");
    request(&line, &format!("{ACCEPT}{AGENT}{JSON}"), body)
}

#[tokio::test]
async fn requests_are_shown_and_people_answer_them() {
    let mut desk = Desk::open("deskhive", &[]);
    let mut client = client(&mut desk).await;
    let opened = desk.types("open jane@example.com Cannot log in").await;
    assert_eq!(opened, "ticket 1");
    let list = client.ask(&by_agent("GET /tickets?per_page=5", "")).await;
    assert_eq!(list.json()["data"][0]["title"], "Cannot log in");
    assert_eq!(
        desk.line().await,
        "GET /api/v1/external/tickets?per_page=5 -> 200"
    );
    let reply = by_agent(
        "POST /tickets/1/messages",
        r#"{"content":"Which\nbrowser?"}"#,
    );
    assert_eq!(client.ask(&reply).await.status, 201);
    assert_eq!(
        desk.line().await,
        "POST /api/v1/external/tickets/1/messages -> 201"
    );
    assert_eq!(desk.types("customer 1 Firefox").await, "message 102");
    assert_eq!(desk.types("lock 1").await, "done");
    assert_eq!(client.ask(&reply).await.status, 403);
    assert_eq!(
        desk.line().await,
        "POST /api/v1/external/tickets/1/messages -> 403 refused: This ticket is locked."
    );
    let shown = desk.types("show 1").await;
    assert_eq!(shown, "1 #1001 open medium locked jane: Cannot log in");
    assert_eq!(desk.line().await, "  opened with: Cannot log in");
    assert_eq!(desk.line().await, r"  101 agent 3: Which\nbrowser?");
    assert_eq!(desk.line().await, "  102 customer: Firefox");
}

#[tokio::test]
async fn reads_that_go_well_may_be_left_out_and_the_rate_is_kept() {
    let mut desk = Desk::open(
        "deskhive",
        &["--writes", "--per-minute", "3", "--no-auto-assign"],
    );
    let mut client = client(&mut desk).await;
    assert_eq!(desk.types("open jane@example.com Help").await, "ticket 1");
    let list = client.ask(&by_agent("GET /tickets", "")).await;
    assert_eq!(list.json()["data"], serde_json::json!([]));
    assert_eq!(
        client.ask(&by_agent("GET /tickets/1", "")).await.status,
        403
    );
    let refused = "refused: agent 3 is not assigned to ticket 1";
    assert_eq!(
        desk.line().await,
        format!("GET /api/v1/external/tickets/1 -> 403 {refused}")
    );
    assert_eq!(desk.types("assign 1").await, "done");
    assert_eq!(
        client
            .ask(&by_agent("POST /tickets/1/close", ""))
            .await
            .status,
        200
    );
    assert_eq!(
        desk.line().await,
        "POST /api/v1/external/tickets/1/close -> 200"
    );
    assert_eq!(client.ask(&by_agent("GET /profile", "")).await.status, 429);
    assert_eq!(
        desk.line().await,
        "GET /api/v1/external/profile -> 429 refused: Too Many Attempts."
    );
}

#[tokio::test]
async fn over_tls_its_certificate_is_written() {
    let name = format!("ticketbridge-sim-deskhive-{}.pem", std::process::id());
    let file = std::env::temp_dir().join(name);
    let mut desk = Desk::open("deskhive", &["--tls", file.to_str().unwrap()]);
    let first = desk.line().await;
    assert!(first.starts_with("listening on https://"), "{first}");
    let pem = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
}

#[tokio::test]
async fn help_names_the_options_and_the_commands() {
    let help = help("deskhive").await;
    for word in [
        "--per-minute",
        "--writes",
        "127.0.0.1:9092",
        "open EMAIL TEXT",
        "complaints",
    ] {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
}
