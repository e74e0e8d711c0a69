//! What an agent finds beside tickets.

use jiff::SignedDuration;
use serde_json::json;
use ticketbridge_sim::deskhive::{Echo, Envelope, Status};

use super::{agent, as_key, each, open, read, with_ticket};

#[tokio::test]
async fn canned_responses_are_those_in_use_in_their_order() {
    let (peer, _) = with_ticket().await;
    let list = read(&peer, "/canned-responses").await;
    assert_eq!(each(&list, "title"), ["Apology", "Farewell", "Greeting"]);
    assert_eq!(
        list["data"][2],
        json!({
            "id": 1,
            "title": "Greeting",
            "content": "<p>Hello! How can we help?</p>",
            "category": "General",
            "shortcut": "/greeting",
            "is_active": true,
            "sort_order": 1,
        })
    );
    assert_eq!(list["meta"], json!(null));
}

#[tokio::test]
async fn a_search_finds_published_articles_by_any_text() {
    let (peer, _) = with_ticket().await;
    for (words, titles) in [
        ("PASSWORD", &["How to reset your password"][..]),
        ("steps", &["How to reset your password"]),
        ("by+e-mail", &["Invoices"]),
        ("where", &["Invoices"]),
        ("letters", &[]),
    ] {
        let list = read(&peer, &format!("/knowledge-base/search?q={words}")).await;
        assert_eq!(each(&list, "title"), titles, "{words}");
    }
}

#[tokio::test]
async fn the_dashboard_counts_own_tickets() {
    let (peer, first) = with_ticket().await;
    let numbers = async || read(&peer, "/dashboard").await["data"].clone();
    let second = open(&peer);
    peer.agent_replies(second, 3, "Hello").unwrap();
    peer.set_status(second, Status::InProgress).unwrap();
    let third = open(&peer);
    peer.close(third).unwrap();
    peer.unassign(open(&peer), 3).unwrap();
    assert_eq!(
        numbers().await,
        json!({ "open_tickets": 1, "in_progress_tickets": 1, "needs_response": 1, "closed_today": 1 })
    );
    peer.customer_replies(second, "And now?").unwrap();
    peer.agent_notes(first, 3, "Hm").unwrap();
    peer.advance(SignedDuration::from_hours(24));
    assert_eq!(
        numbers().await,
        json!({ "open_tickets": 1, "in_progress_tickets": 1, "needs_response": 2, "closed_today": 0 })
    );
}

#[tokio::test]
async fn a_profile_is_shown_and_changed() {
    let (peer, _) = with_ticket().await;
    let shown = read(&peer, "/profile").await;
    assert_eq!(
        (&shown["status"], &shown["data"]["id"]),
        (&json!(true), &json!(3))
    );
    let data = shown["data"].as_object().unwrap();
    let members: Vec<&str> = data.keys().map(String::as_str).collect();
    let mut documented = [
        "id",
        "name",
        "email",
        "phone",
        "locale",
        "avatar_url",
        "notification_settings",
        "is_active",
        "created_at",
    ];
    documented.sort_unstable();
    assert_eq!(members, documented);
    assert_eq!(data["notification_settings"], json!({}));
    peer.vary(|reading| reading.empty_settings_as_list = true);
    let settings = async || read(&peer, "/profile").await["data"]["notification_settings"].clone();
    assert_eq!(settings().await, json!([]));
    let body = r#"{"name":"Smith","notification_settings":{"mail":false}}"#;
    let changed = agent(&peer, "PUT /profile", body).await;
    assert_eq!(
        (changed.status, &changed.json()["data"]["name"]),
        (200, &json!("Smith"))
    );
    assert_eq!(settings().await, json!({ "mail": false }));
    assert_eq!(peer.agent(3).unwrap().phone.as_deref(), Some("+1234567890"));
    peer.vary(|reading| reading.write_echo = Echo::OnlyMessage);
    let changed = agent(&peer, "PUT /profile", "{}").await.json();
    assert!(changed["data"].is_null() && changed["message"].is_string());
}

#[tokio::test]
async fn an_agent_is_told_of_replies_assignments_and_statuses_and_never_of_their_own() {
    let (peer, id) = with_ticket().await;
    peer.agent_replies(id, 3, "Hello").unwrap();
    agent(
        &peer,
        &format!("POST /tickets/{id}/messages"),
        r#"{"content":"a"}"#,
    )
    .await;
    agent(&peer, &format!("POST /tickets/{id}/close"), "").await;
    peer.advance(SignedDuration::from_secs(5));
    peer.customer_replies(id, "No").unwrap();
    peer.set_status(id, Status::OnHold).unwrap();
    let list = read(&peer, "/notifications").await;
    assert_eq!(
        each(&list, "type"),
        ["ticket_status", "ticket_reply", "ticket_assigned"]
    );
    assert_eq!(
        list["data"][1],
        json!({
            "id": 2,
            "type": "ticket_reply",
            "title": "New reply on #1001",
            "message": "Customer replied to your ticket",
            "ticket_id": id,
            "sender_name": "Jane Doe",
            "sender_avatar": null,
            "is_read": false,
            "created_at": "2026-03-14T09:00:05Z",
        })
    );
    peer.mute(3, true);
    peer.customer_replies(id, "Nobody wants to hear this")
        .unwrap();
    peer.mute(3, false);
    peer.unassign(id, 3).unwrap();
    peer.customer_replies(id, "Nobody hears this").unwrap();
    assert_eq!(peer.notifications().len(), 3);
    peer.assign(id, 3).unwrap();
    assert_eq!(peer.notifications().len(), 4);
}

#[tokio::test]
async fn a_notification_is_read_once_by_whom_it_is_for() {
    let (peer, id) = with_ticket().await;
    peer.add_agent(4, "Agent Jones");
    peer.add_external_key("jones", 4);
    peer.customer_replies(id, "Hello").unwrap();
    let count = async || read(&peer, "/notifications/unread-count").await;
    assert_eq!(
        count().await,
        json!({ "status": true, "data": { "unread_count": 2 } })
    );
    let jones = |line| as_key(&peer, "external", "X-API-KEY: jones\r\n", line, "");
    assert_eq!(jones("POST /notifications/1/read").await.status, 404);
    assert_eq!(jones("GET /notifications").await.json()["data"], json!([]));
    let unread = jones("GET /notifications/unread-count").await.json();
    assert_eq!(unread["data"]["unread_count"], 0);
    for _ in 0..2 {
        assert_eq!(
            agent(&peer, "POST /notifications/1/read", "").await.status,
            200
        );
        assert_eq!(count().await["data"]["unread_count"], 1);
    }
    let first = read(&peer, "/notifications?per_page=1").await;
    assert_eq!(
        (each(&first, "id"), each(&first, "is_read")),
        (vec![json!(2)], vec![json!(false)])
    );
}

#[tokio::test]
async fn what_the_documents_show_in_an_envelope_is_never_bare() {
    let (peer, id) = with_ticket().await;
    let message = peer.customer_replies(id, "Hello").unwrap();
    let like = format!("POST /tickets/{id}/messages/{message}/like");
    for (envelope, status) in [
        (Envelope::StatusAndData, json!(true)),
        (Envelope::Bare, json!(true)),
        (Envelope::Data, json!(null)),
    ] {
        peer.vary(|reading| reading.envelope = envelope);
        for line in [
            "GET /dashboard",
            "GET /profile",
            "GET /notifications/unread-count",
            &like,
        ] {
            let answer = agent(&peer, line, "").await.json();
            assert_eq!(answer["status"], status, "{line}");
            assert!(answer["data"].is_object(), "{line}");
        }
    }
}
