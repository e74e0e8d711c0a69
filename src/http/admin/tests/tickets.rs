//! Tickets.

use axum::http::StatusCode;
use serde_json::json;

use super::desk::Desk;
use crate::model::{AgentId, Assignee, ExternalTicket, TicketId};

fn ids(list: &serde_json::Value) -> Vec<u64> {
    let tickets = list.as_array().unwrap();
    tickets
        .iter()
        .map(|ticket| ticket["id"].as_u64().unwrap())
        .collect()
}

async fn desk() -> Desk {
    let desk = Desk::new();
    desk.arrives("uid-1").await;
    desk.arrives("uid-2").await;
    desk.takes(ExternalTicket {
        brand: "other".to_owned(),
        ..Desk::external("uid-3")
    })
    .await;
    desk
}

#[tokio::test]
async fn lists_are_filtered_and_cut() {
    let desk = desk().await;
    let (status, _) = desk.post("tickets/2/assign", json!({"agent": 5})).await;
    assert_eq!(status, StatusCode::OK);
    for (query, expected) in [
        ("", vec![3, 2, 1]),
        ("?brand=acme", vec![2, 1]),
        ("?brand=nobody", vec![]),
        ("?status=open", vec![3, 2, 1]),
        ("?status=closed", vec![]),
        ("?agent=3", vec![1]),
        ("?agent=5", vec![3, 2, 1]),
        ("?agent=5&brand=other", vec![3]),
        ("?limit=1&offset=1", vec![2]),
    ] {
        let (status, list) = desk.get(&format!("tickets{query}")).await;
        assert_eq!((status, ids(&list)), (StatusCode::OK, expected), "{query}");
    }
    let answer = desk.call("GET", "tickets?limit=1", "").await;
    assert_eq!(answer.headers()["x-total-count"], "3");
    let (status, problem) = desk.get("tickets?status=Open").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["errors"][0]["pointer"], "/status");
}

#[tokio::test]
async fn one_is_shown_with_its_messages() {
    let desk = desk().await;
    desk.replies(1, "Hello").await;
    let (status, shown) = desk.get("tickets/1").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(shown["ticket"]["title"], "Text of uid-1");
    assert_eq!(shown["ticket"]["assigned_to"], json!(null));
    assert_eq!(shown["ticket"]["agents"], json!([3, 5]));
    assert_eq!(shown["ticket"]["arrived_at"], "2026-01-01T10:00:00.000000Z");
    let messages = shown["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0]["author"]["username"], "Jane Doe");
    assert_eq!(messages[0]["response_url"], "https://hooks.example.com/…");
    assert_eq!(messages[1]["agent"], 3);
    assert_eq!(messages[1]["delivery"], 1);
    let (status, problem) = desk.get("tickets/99").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(problem["error"], "there is no such ticket");
}

#[tokio::test]
async fn a_ticket_is_given_to_an_agent_who_exists() {
    let desk = desk().await;
    let (status, done) = desk.post("tickets/1/assign", json!({"agent": 3})).await;
    assert_eq!(
        (status, &done["done"]),
        (StatusCode::OK, &json!("ticket 1 is changed"))
    );
    let ticket = desk
        .bridge
        .store
        .ticket(TicketId(1))
        .await
        .unwrap()
        .unwrap()
        .ticket;
    assert_eq!(ticket.assignee, Assignee::One(AgentId(3)));
    for (path, agent) in [("tickets/1/assign", 99), ("tickets/99/assign", 3)] {
        let (status, _) = desk.post(path, json!({"agent": agent})).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_locked_ticket_refuses_replies_until_it_is_unlocked() {
    let desk = desk().await;
    let reply = json!({"text": "Hello"});
    let (status, _) = desk.post("tickets/1/lock", json!(null)).await;
    assert_eq!(status, StatusCode::OK);
    let (status, problem) = desk.post("tickets/1/reply", reply.clone()).await;
    assert_eq!(
        (status, &problem["error"]),
        (StatusCode::CONFLICT, &json!("the ticket is locked"))
    );
    desk.post("tickets/1/unlock", json!(null)).await;
    let (status, _) = desk.post("tickets/1/reply", reply).await;
    assert_eq!(status, StatusCode::CREATED);
}

#[tokio::test]
async fn a_reply_says_how_it_goes_out() {
    let desk = desk().await;
    let (status, stored) = desk
        .post("tickets/1/reply", json!({"text": " Hello \n", "agent": 5}))
        .await;
    assert_eq!(status, StatusCode::CREATED);
    let expected = json!({
        "ticket": 1, "message": 4, "agent": 5, "agent_name": "Agent Jones", "internal": false,
        "delivery": 1, "went_nowhere": false,
    });
    assert_eq!(stored, expected);
    let (_, note) = desk
        .post("tickets/1/reply", json!({"text": "psst", "internal": true}))
        .await;
    assert_eq!(
        (&note["internal"], &note["delivery"]),
        (&json!(true), &json!(null))
    );
    let (_, shown) = desk.get("tickets/1").await;
    assert_eq!(shown["messages"][1]["content"], "Hello");
    for (body, status) in [
        (json!({"text": " \n"}), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json!({"text": "x".repeat(256 * 1024 + 1)}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json!({"text": "x".repeat(1024 * 1024)}),
            StatusCode::PAYLOAD_TOO_LARGE,
        ),
        (json!({"text": "x", "agent": 99}), StatusCode::NOT_FOUND),
    ] {
        assert_eq!(desk.post("tickets/1/reply", body).await.0, status);
    }
}

#[tokio::test]
async fn a_reply_without_a_way_out_goes_nowhere_and_says_so() {
    let desk = Desk::with("\n[intake]\nrequire_response_url = false\n");
    desk.takes(ExternalTicket {
        response_url: None,
        ..Desk::external("uid-1")
    })
    .await;
    let (status, stored) = desk.post("tickets/1/reply", json!({"text": "Hello"})).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(
        (&stored["went_nowhere"], &stored["delivery"]),
        (&json!(true), &json!(null))
    );
    let (_, trace) = desk.get("trace?of=1").await;
    let entries = trace["entries"].to_string();
    assert!(
        entries.contains("went nowhere: no response URL"),
        "{entries}"
    );
}

#[tokio::test]
async fn a_new_response_url_is_judged_and_takes_deliveries_along() {
    let desk = desk().await;
    desk.replies(1, "Hello").await;
    for url in ["http://new.example.com/x", "https://127.0.0.1/x", "x"] {
        let (status, problem) = desk
            .post("tickets/1/response-url", json!({"url": url}))
            .await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
        assert_eq!(problem["errors"][0]["pointer"], "/url");
    }
    let url = json!({"url": "https://new.example.com/x"});
    let (status, done) = desk.post("tickets/1/response-url", url).await;
    assert_eq!(status, StatusCode::OK);
    assert!(
        done["done"].as_str().unwrap().contains("moved along: 1"),
        "{done}"
    );
    let (_, shown) = desk.get("deliveries/1").await;
    assert_eq!(shown["to"], "https://new.example.com/…");
}
