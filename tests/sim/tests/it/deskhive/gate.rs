//! Who may ask, how often, and what they have to say of themselves.

use jiff::SignedDuration;
use serde_json::json;
use ticketbridge_sim::DeskHive;
use ticketbridge_sim::deskhive::{Errors, Operation};

use super::{ACCEPT, AGENT, JSON, admin, agent, as_key, ask, request, with_ticket};

const CHECK: &str = "GET /api/v1/external/connection-check";

#[tokio::test]
async fn health_is_told_to_anybody() {
    let peer = DeskHive::start().await.unwrap();
    let answer = ask(&peer, &request("GET /api/v1/health-check", ACCEPT, "")).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json(),
        json!({ "message": "Health check successful" })
    );
    assert!(answer.head.contains("Content-Type: application/json\r\n"));
}

#[tokio::test]
async fn a_missing_key_is_400_and_a_bad_one_401() {
    let peer = DeskHive::start().await.unwrap();
    let none = ask(&peer, &request(CHECK, ACCEPT, "")).await;
    assert_eq!(
        (none.status, none.json()),
        (400, json!({ "message": "Missing header: X-API-KEY" }))
    );
    for key in ["desk-agent-keys", "desk-internal-key"] {
        let headers = format!("{ACCEPT}X-API-KEY: {key}\r\n");
        let bad = ask(&peer, &request(CHECK, &headers, "")).await;
        assert_eq!(
            (bad.status, bad.json()),
            (401, json!({ "message": "Invalid API key" })),
            "{key}"
        );
    }
    let twice = ask(
        &peer,
        &request(CHECK, &format!("{ACCEPT}{AGENT}{AGENT}"), ""),
    )
    .await;
    assert_eq!(twice.status, 400);
    assert_eq!(peer.complaints().len(), 1);
    let lower = format!("{ACCEPT}{}", AGENT.to_lowercase());
    let good = ask(&peer, &request(CHECK, &lower, "")).await;
    let expected = json!({ "status": true, "message": "Connection check successful" });
    assert_eq!((good.status, good.json()), (200, expected));
}

#[tokio::test]
async fn an_external_key_opens_nothing_internal() {
    let peer = DeskHive::start().await.unwrap();
    let answer = as_key(&peer, "internal", AGENT, "GET /tickets", "").await;
    assert_eq!(answer.status, 401);
}

#[tokio::test]
async fn no_key_is_in_the_records() {
    let peer = DeskHive::start().await.unwrap();
    agent(&peer, "GET /profile", "").await;
    admin(&peer, "GET /settings", "").await;
    let seen = format!("{:?}", peer.seen());
    assert!(!seen.contains("desk-agent-key") && !seen.contains("desk-internal-key"));
    assert_eq!(peer.seen_for(Operation::GetProfile).len(), 1);
    assert_eq!(peer.seen()[1].header("x-api-key"), Some("(key)"));
}

#[tokio::test]
async fn a_key_is_good_while_it_is_not_revoked_nor_over_and_its_agent_works() {
    let peer = DeskHive::start().await.unwrap();
    peer.set_clock("2026-03-14T09:00:00Z".parse().unwrap());
    let status = async || agent(&peer, "GET /connection-check", "").await.status;
    peer.set_agent_active(3, false);
    assert_eq!(status().await, 401);
    peer.set_agent_active(3, true);
    peer.expire_key("desk-agent-key", "2026-03-14T09:01:00Z".parse().unwrap());
    assert_eq!(status().await, 200);
    peer.advance(SignedDuration::from_secs(60));
    assert_eq!(status().await, 401);
    peer.add_external_key("desk-agent-key", 3);
    assert_eq!(status().await, 200);
    peer.add_external_key("desk-agent-key", 77);
    assert_eq!(status().await, 401);
    peer.revoke_key("desk-agent-key");
    assert_eq!(status().await, 401);
}

#[tokio::test]
async fn every_internal_call_needs_its_own_scope() {
    let (peer, ticket) = with_ticket().await;
    let one = format!("/tickets/{ticket}");
    let messages = format!("{one}/messages");
    for (scope, line) in [
        ("connection:check", "GET /connection-check".to_owned()),
        ("customers:list", "GET /customers".to_owned()),
        ("customers:create", "POST /customers".to_owned()),
        ("customers:read", "GET /customers/5".to_owned()),
        ("customers:update", "PUT /customers/5".to_owned()),
        ("tickets:list", "GET /tickets".to_owned()),
        ("tickets:create", "POST /tickets".to_owned()),
        ("tickets:read", format!("GET {one}")),
        ("tickets:update", format!("PUT {one}")),
        ("messages:list", format!("GET {messages}")),
        ("messages:create", format!("POST {messages}")),
        ("tickets:delete", format!("DELETE {one}")),
        ("departments:list", "GET /departments".to_owned()),
        ("categories:list", "GET /categories".to_owned()),
        ("labels:list", "GET /labels".to_owned()),
        ("products:list", "GET /products".to_owned()),
        ("agents:list", "GET /agents".to_owned()),
        ("settings:read", "GET /settings".to_owned()),
    ] {
        peer.add_internal_key("other", &["reports:overview"]);
        let asked = async || as_key(&peer, "internal", "X-API-KEY: other\r\n", &line, "").await;
        let refused = asked().await;
        assert_eq!(
            (refused.status, refused.json()),
            (403, json!({ "message": "Forbidden scope" })),
            "{line}"
        );
        peer.add_internal_key("other", &[scope]);
        let passed = asked().await;
        assert!([200, 422].contains(&passed.status), "{line}: {passed:?}");
    }
    assert!(peer.tickets().is_empty());
}

#[tokio::test]
async fn a_key_that_asks_too_often_waits_for_its_window_to_end() {
    let peer = DeskHive::start().await.unwrap();
    peer.set_clock("2026-03-14T09:00:00Z".parse().unwrap());
    peer.set_rate(2);
    let check = request(CHECK, &format!("{ACCEPT}{AGENT}"), "");
    for (status, left) in [(200, "1"), (200, "0"), (429, "0")] {
        let answer = ask(&peer, &check).await;
        assert_eq!(answer.status, status);
        let headers = format!("X-RateLimit-Limit: 2\r\nX-RateLimit-Remaining: {left}\r\n");
        assert!(answer.head.contains(&headers), "{}", answer.head);
        peer.advance(SignedDuration::from_secs(20));
    }
    peer.advance(SignedDuration::from_secs(-1));
    let late = ask(&peer, &check).await;
    let body = json!({ "message": "Too Many Attempts." });
    assert_eq!((late.status, late.json()), (429, body));
    assert!(late.head.contains("Retry-After: 1\r\n"), "{}", late.head);
    // 2026-03-14T09:01:00Z
    assert!(late.head.contains("X-RateLimit-Reset: 1773478860\r\n"));
    assert_eq!(admin(&peer, "GET /settings", "").await.status, 200);
    peer.advance(SignedDuration::from_secs(1));
    assert_eq!(ask(&peer, &check).await.status, 200);
    peer.unlimited();
    let free = ask(&peer, &check).await;
    assert!(!free.head.contains("X-RateLimit"), "{}", free.head);
}

#[tokio::test]
async fn requests_are_counted_before_their_key_is_looked_at() {
    let peer = DeskHive::start().await.unwrap();
    peer.set_clock("2026-03-14T09:00:00Z".parse().unwrap());
    peer.set_rate(1);
    let bad = request(CHECK, &format!("{ACCEPT}X-API-KEY: wrong\r\n"), "");
    let first = ask(&peer, &bad).await;
    assert_eq!(first.status, 401);
    assert!(first.head.contains("X-RateLimit-Remaining: 0\r\n"));
    assert_eq!(ask(&peer, &bad).await.status, 429);
}

#[tokio::test]
async fn in_the_envelope_of_the_cms_a_429_says_nothing_of_when() {
    let peer = DeskHive::start().await.unwrap();
    peer.vary(|reading| reading.errors = Errors::Core);
    peer.set_rate(0);
    let answer = agent(&peer, "GET /profile", "").await;
    let body = json!({ "error": true, "data": null, "message": "Too Many Attempts." });
    assert_eq!((answer.status, answer.json()), (429, body));
    assert!(!answer.head.contains("Retry-After"), "{}", answer.head);
    assert!(!answer.head.contains("X-RateLimit"), "{}", answer.head);
}

#[tokio::test]
async fn a_client_that_does_not_ask_for_json_is_shown_pages_where_something_is_wrong() {
    let (peer, ticket) = with_ticket().await;
    let bare = async |line: &str, body| {
        let line = line.replace(" /", " /api/v1/external/");
        ask(
            &peer,
            &request(
                &line,
                &format!("Accept: */*, application/json\r\n{AGENT}{JSON}"),
                body,
            ),
        )
        .await
    };
    let good = bare(&format!("GET /tickets/{ticket}"), "").await;
    assert_eq!(good.json()["data"]["id"], ticket);
    assert!(peer.complaints()[0].contains("Accept"));
    let missing = bare("GET /tickets/99", "").await;
    assert_eq!(missing.status, 404);
    assert!(missing.head.contains("text/html") && missing.body.starts_with(b"<html>"));
    let reply = format!("POST /tickets/{ticket}/messages");
    let invalid = bare(&reply, "{}").await;
    assert_eq!(invalid.status, 302);
    assert!(invalid.head.contains("Location: /\r\n"));
    // The check of keys is DeskHive's own, and always JSON.
    let no_key = ask(&peer, &request(CHECK, "", "")).await;
    assert_eq!(no_key.json()["message"], "Missing header: X-API-KEY");
    peer.vary(|reading| reading.forces_json = true);
    assert_eq!(bare(&reply, "{}").await.status, 422);
    let nowhere = bare("GET /nowhere", "").await;
    assert!(nowhere.head.contains("text/html"));
    peer.set_rate(0);
    peer.vary(|reading| reading.forces_json = false);
    let too_many = bare("GET /profile", "").await;
    assert!(too_many.status == 429 && too_many.head.contains("text/html"));
}

#[tokio::test]
async fn every_answer_is_written_as_php_writes_json() {
    let (peer, ticket) = with_ticket().await;
    peer.customer_replies(ticket, "https://example.com/é 😀")
        .unwrap();
    let answer = agent(&peer, &format!("GET /tickets/{ticket}/messages"), "").await;
    let text = String::from_utf8(answer.body.clone()).unwrap();
    assert!(
        text.contains(r"https:\/\/example.com\/\u00e9 \ud83d\ude00"),
        "{text}"
    );
    assert_eq!(
        answer.json()["data"][0]["content"],
        "https://example.com/é 😀"
    );
    let head = format!("HEAD /api/v1/external/tickets/{ticket}");
    let mut client = crate::client::Client::connect(peer.addr()).await;
    client
        .send(&request(
            &head,
            &format!("{ACCEPT}{AGENT}{}", "Connection: close\r\n"),
            "",
        ))
        .await;
    let (bytes, _) = client.rest().await;
    assert!(bytes.starts_with(b"HTTP/1.1 200 ") && bytes.ends_with(b"\r\n\r\n"));
}
