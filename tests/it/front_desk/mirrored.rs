//! What a clerk sees of a ticket, always current.

use serde_json::{Value, json};
use ticketbridge_sim::qminder::Operation;

use super::stage::{SOON, Stage, ours, says};
use crate::daemon::ticket;

#[tokio::test]
async fn a_ticket_stands_at_the_desk_with_the_conversation_beside_it() {
    let mut stage = Stage::new("").await;
    let number = stage
        .writes("T-1", "The printer is <b>on fire</b> 🔥", None)
        .await;
    let made = stage.record_says("on fire").await;
    assert_eq!(
        (made.first_name.as_str(), made.last_name.as_deref()),
        ("Jane", Some("Eyre"))
    );
    assert_eq!(made.email.as_deref(), Some("jane@example.com"));
    assert_eq!((made.line, made.language_code.as_str()), (12345, "en"));
    assert_eq!(made.labels.len(), 1);
    let record = made.external_by("ticketbridge").unwrap();
    assert_eq!(record.title, "Support ticket");

    stage.replies(number, "Use the extinguisher").await;
    stage.record_says("Use the extinguisher").await;
    stage.writes("T-2", "It is out", Some("T-1")).await;
    stage.record_says("It is out").await;
    let note = json!({ "content": "he smokes", "is_internal": true });
    stage.daemon.reply(number, &note).await;
    let labels = json!({ "labels": [1], "priority": "critical" });
    let path = format!("/api/v1/external/tickets/{number}");
    let call = stage.daemon.client().put(stage.daemon.url(&path));
    let call = call
        .header("x-api-key", "test-agent-key")
        .header("content-type", "application/json");
    assert_eq!(
        call.body(labels.to_string()).send().await.unwrap().status(),
        200
    );
    let made = stage
        .desk("a label", |world| {
            ours(world)
                .into_iter()
                .find(|ticket| ticket.has_label("Bug"))
        })
        .await;
    let urgent = stage.record_says("\"importance\":\"error\"").await;
    assert_eq!(urgent.id, made.id);
    assert!(
        !says(&urgent.external[0], "he smokes"),
        "an internal note is not for the desk"
    );

    let trace = stage.trace_says(number, "replace record").await;
    for part in [
        "create ticket",
        "linked",
        &format!("stands for ticket {} at front-desk", made.id),
    ] {
        assert!(trace.contains(part), "{part} is not in\n{trace}");
    }
    let shown = stage
        .daemon
        .ok(&["tickets", "show", &number.to_string()])
        .await;
    assert!(
        shown.contains(&format!("front-desk: ticket {}, NEW", made.id)),
        "{shown}"
    );
    assert_eq!(stage.qminder.requests_for(Operation::CreateTicket).len(), 1);
    stage.nothing_was_refused(&[]);
    assert_eq!(stage.daemon.terminate().await, Some(0));
    assert!(!stage.daemon.log().contains("qminder-key"));
    assert!(
        !stage.daemon.log().contains("on fire"),
        "no text of a ticket in the log"
    );
}

#[tokio::test]
async fn a_long_and_hostile_conversation_makes_a_record_that_the_desk_takes_and_can_read() {
    // Else so much within a minute were taken for a loop.
    let plausible = "[mirror]\nloop_limit = { changes = 1000, within = \"1m\" }";
    let mut stage = Stage::set("", plausible).await;
    stage.daemon.start().await;
    let hostile = [
        "<script>alert(1)</script>".to_owned(),
        "🔥".repeat(20_000),
        "x".repeat(100_000),
        "bell\u{7} escape\u{1b}[31m nul\u{0} override\u{202e}abc".to_owned(),
        "\u{feff}\u{200b}\r\n\t ".repeat(500),
    ];
    let number = stage.writes("T-0", "It begins", None).await;
    for round in 0..12 {
        for (index, text) in hostile.iter().enumerate() {
            let uid = format!("T-{round}-{index}");
            let text = format!("{round}-{index} {text}");
            stage.writes(&uid, &text, Some("T-0")).await;
        }
    }
    stage.replies(number, "That was all").await;
    let made = stage.record_says("That was all").await;
    let data = &made.external[0].data;
    let text = data.to_string();
    assert!(text.contains("<script>alert(1)</script>"), "{text}");
    assert!(
        !text.contains("\\u0007") && !text.contains('\u{202e}'),
        "{text}"
    );
    let items: Vec<&Value> = data["fields"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|field| field["type"] == "list")
        .flat_map(|list| list["items"].as_array().unwrap())
        .collect();
    assert!(
        items[0].to_string().contains("That was all"),
        "newest first: {}",
        items[0]
    );
    assert!(items.len() >= 10, "{}", items.len());
    stage.nothing_was_refused(&[]);
}

#[tokio::test]
async fn two_systems_of_one_line_share_a_ticket_and_have_a_record_each() {
    let second = r#"
[[systems]]
id = "second-desk"
kind = "qminder"
base_url = "BASE_URL"
api_key_file = "./qminder.key"
line = "12345"
provider = "billing"
title = "Invoices"
rate = { per_second = 1000, burst = 1000 }
"#;
    let mut stage = Stage::set("", second).await;
    stage.daemon.start().await;
    stage.writes("T-1", "Hello", None).await;
    let made = stage
        .desk("two records", |world| {
            ours(world)
                .into_iter()
                .find(|ticket| ticket.external.len() == 2)
        })
        .await;
    let providers: Vec<_> = made
        .external
        .iter()
        .map(|record| record.provider.as_str())
        .collect();
    assert!(
        providers.contains(&"billing") && providers.contains(&"ticketbridge"),
        "{providers:?}"
    );
    assert_eq!(stage.qminder.requests_for(Operation::CreateTicket).len(), 1);
}

#[tokio::test]
async fn updates_of_a_record_coalesce_and_nobody_waits_for_them() {
    let stage = Stage::new("").await;
    let number = stage.writes("T-1", "Hello", None).await;
    stage.record_says("Hello").await;
    stage.qminder.fault(
        Operation::SetExternal,
        ticketbridge_sim::qminder::Fault::Hang,
        1,
    );
    for count in 0..50 {
        stage.replies(number, &format!("answer {count}")).await;
    }
    let got = stage.receiver.wait_for("/hook", 50, SOON).await.unwrap();
    assert_eq!(got.len(), 50, "replies do not wait for the desk");
    stage.qminder.release_hung();
    stage.record_says("answer 49").await;
    let sent = stage.qminder.requests_for(Operation::SetExternal).len();
    assert!(sent < 10, "{sent} records for 51 changes");
}

#[tokio::test]
async fn who_is_forgotten_is_not_read_of_beside_somebody_elses_ticket() {
    let mut stage = Stage::new("").await;
    stage.writes("T-1", "the first one's words", None).await;
    let mut theirs = ticket("T-2", &stage.receiver.url("/hook"));
    theirs["content"] = "the other one's words".into();
    theirs["parent_uid"] = "T-1".into();
    theirs["author"] = json!({ "external_uid": "other-1", "username": "Other Person" });
    let (status, body) = stage.daemon.post_ticket(&theirs).await;
    assert_eq!(status, 201, "{body}");
    let before = stage.record_says("the other one's words").await;
    let erase = ["store", "erase", "--author", "other-1"];
    let receipt = stage.daemon.json(&erase).await;
    let words = receipt["messages_erased"].as_array();
    assert_eq!(words.map(Vec::len), Some(1), "{receipt}");
    let after = stage.record_says("(erased)").await;
    assert_eq!(after.id, before.id);
    let record = after.external_by("ticketbridge").unwrap();
    assert!(says(record, "the first one's words"));
    assert!(!says(record, "the other one's words") && !says(record, "Other Person"));
    assert_eq!(stage.daemon.terminate().await, Some(0));
}
