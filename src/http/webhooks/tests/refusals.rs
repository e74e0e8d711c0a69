//! What is not taken, and what a stranger learns of it.

use std::sync::Arc;

use qminder_client::webhooks::sign;
use serde_json::{Value, json};

use super::{DESK, Desks, SECRET, URL, created, with_desks};
use crate::http::testing::{bridge_over, settings};
use crate::model::{Event, Happening, Time};
use crate::store::Store;

fn signed(url: &str, secret: &str, body: &str) -> String {
    sign(url, &secret.into(), body.as_bytes())
}

#[tokio::test(start_paused = true)]
async fn only_the_signature_over_the_registered_address_and_this_body_counts() {
    let desks = Desks::new();
    let body = created().to_string();
    let right = signed(URL, SECRET, &body);
    let other_body = signed(URL, SECRET, &body.replace("Jane", "June"));
    let parsed = signed(
        "https://bridge.example.com/webhooks/qminder/front-desk",
        SECRET,
        &body,
    );
    let by_path = signed(DESK, SECRET, &body);
    let other_secret = signed(URL, "wrong", &body);
    let unreadable = "z".repeat(64);
    let short = &right[..62];
    let wrong = [
        None,
        Some(""),
        Some(&*other_body),
        Some(&*parsed),
        Some(&*by_path),
        Some(&*other_secret),
        Some(&*unreadable),
        Some(short),
    ];
    let mut texts = Vec::new();
    for signature in wrong {
        let reply = desks.send(DESK, signature, body.clone()).await;
        reply.problem(401);
        texts.push(reply.text);
    }
    assert_eq!(desks.counted("unsigned").await, 8.0);
    // Where there is no webhook, the right signature is as wrong.
    for path in [
        "/webhooks/qminder/mute",
        "/webhooks/qminder/back-desk",
        "/webhooks/qminder/nobody",
        "/webhooks/qminder/%FF",
    ] {
        let empty = signed(URL, "", &body);
        for signature in [Some(&*right), Some(&*empty), None] {
            let reply = desks.send(path, signature, body.clone()).await;
            reply.problem(401);
            texts.push(reply.text);
        }
    }
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    assert!(desks.ticket(1).await.is_none());

    let upper = right.to_uppercase();
    desks.send(DESK, Some(&upper), body).await.expect(200);
    assert!(desks.ticket(1).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_signed_body_that_is_no_event_is_400_in_words() {
    let desks = Desks::new();
    let deep = format!("{{\"type\":\"x\",\"data\":{}", "[".repeat(3000));
    let bodies = [
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
        "{\"type\": 5}".to_owned(),
        "not json, but secret-text".to_owned(),
        deep,
        json!({"type": "ticket_created"}).to_string(),
        json!({"type": "ticket_created", "data": {"status": "secret-text"}}).to_string(),
        json!({"type": "ticket_created", "data": {"id": "../7", "status": "NEW"}}).to_string(),
        json!({"type": "line_changed", "data": "secret-text"}).to_string(),
    ];
    for body in &bodies {
        let signature = signed(URL, SECRET, body);
        let reply = desks.send(DESK, Some(&signature), body.clone()).await;
        reply.problem(400);
        assert!(!reply.text.contains("secret-text"), "{}", reply.text);
        // Strangers are told nothing about it.
        desks.send(DESK, None, body.clone()).await.problem(401);
    }
    assert_eq!(desks.counted("unreadable").await, 10.0);
}

#[tokio::test(start_paused = true)]
async fn a_body_over_the_limit_is_413_whoever_sends_it() {
    let desks = Desks::new();
    let mut event = created();
    event["data"]["extra"] = json!([{"title": "t", "value": "v".repeat(5000)}]);
    desks.tell(&event).await.problem(413);
    let strangers = "/webhooks/qminder/nobody";
    let reply = desks.send(strangers, None, event.to_string()).await;
    reply.problem(413);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_stored_is_503_with_the_time_to_wait() {
    let desks = Desks::new();
    let bridge = &desks.fixture.bridge;
    bridge.room.look("/".as_ref(), u64::MAX).unwrap();
    let reply = desks.tell(&created()).await;
    reply.problem(503);
    assert_eq!(reply.header("retry-after"), Some("60"));
    bridge.room.look("/".as_ref(), 0).unwrap();
    bridge.store.fail("the disk broke");
    let reply = desks.tell(&created()).await;
    reply.problem(503);
    assert_eq!(reply.header("retry-after"), Some("5"));
    assert!(!reply.text.contains("broke"), "{}", reply.text);
    assert_eq!(desks.counted("failed").await, 2.0);
}

#[tokio::test(start_paused = true)]
async fn an_event_that_cannot_be_planned_is_500_and_the_next_is_taken() {
    let mut settings = settings();
    with_desks(&mut settings);
    let desks = Desks::over(bridge_over(settings, |planner| {
        let planner = move |event: &Event, facts: &_| {
            if let Happening::Observed(observed) = &event.what {
                assert_ne!(observed.remote.id, "13", "a test's panic");
            }
            planner(event, facts)
        };
        Store::in_memory(Arc::new(planner), Time::EPOCH)
    }));
    let mut bad: Value = created();
    bad["data"]["id"] = "13".into();
    let reply = desks.tell(&bad).await;
    reply.problem(500);
    assert!(!reply.text.contains("panic"));
    desks.tell(&created()).await.expect(200);
    assert!(desks.ticket(1).await.is_some());
}
