//! Lists, tickets and messages.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_ticket_is_shown_whole() {
    let bridge = Fixture::new();
    bridge
        .ticket(|sent| {
            sent["custom_provider"] = "shop".into();
            sent["author"]["username"] = "ada@example.com".into();
        })
        .await
        .expect(201);
    let json = bridge
        .ask("/api/v1/external/tickets/1")
        .await
        .expect(200)
        .json();
    assert_eq!(
        json,
        json!({
            "status": true,
            "data": {
                "id": 1,
                "reference_id": "#1",
                "title": "The printer is on fire.",
                "content": "The printer is on fire.",
                "status": "open",
                "priority": "high",
                "department": {"id": 1, "name": "Technical Support"},
                "category": {"id": 2, "name": "Account Issues"},
                "product": null,
                "customer": {"id": 1, "name": "ada@example.com", "email": "ada@example.com"},
                "labels": [],
                "assigned_to": {"id": 3, "name": "Agent Smith"},
                "agents": [{"id": 3, "name": "Agent Smith"}, {"id": 4, "name": "Agent Jones"}],
                "custom_fields": [
                    {"id": 1, "label": "External uid", "type": "text", "value": "t-1"},
                    {"id": 2, "label": "Provider", "type": "text", "value": "shop"},
                    {"id": 3, "label": "Author uid", "type": "text", "value": "u-1"},
                ],
                "is_resolved": false,
                "is_locked": false,
                "last_reply_at": null,
                "closed_at": null,
                "created_at": "2020-04-04T23:35:27Z",
                "updated_at": "2026-03-15T14:30:00Z",
            },
        })
    );
}

#[tokio::test(start_paused = true)]
async fn related_tickets_are_named() {
    let bridge = Fixture::new();
    for uid in ["c-1", "c-2"] {
        bridge
            .ticket(|sent| {
                sent["external_uid"] = uid.into();
                sent["parent_uid"] = "late".into();
            })
            .await
            .expect(201);
    }
    bridge.ticket_called("late").await;
    let json = bridge.ask("/api/v1/external/tickets/2").await.json();
    let fields = json["data"]["custom_fields"].as_array().unwrap();
    assert_eq!(
        fields.last().unwrap(),
        &json!({"id": 3, "label": "Related ticket", "type": "text", "value": "1"})
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_not_the_agents_is_not_there() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    bridge.ticket_called("t-2").await;
    bridge.assign(2, 4).await;
    let mut texts = Vec::new();
    for (key, ticket) in [
        (FOREIGN_KEY, "1"),
        (KEY, "2"),
        (KEY, "3"),
        (KEY, "0"),
        (KEY, "x"),
        (KEY, "+1"),
        (KEY, "-1"),
        (KEY, "1.0"),
        (KEY, "%231"),
        (KEY, "%FF"),
        (KEY, "99999999999999999999"),
    ] {
        for path in [
            format!("{TICKETS}/{ticket}"),
            format!("{TICKETS}/{ticket}/messages"),
        ] {
            let reply = bridge.get(&path, &[("x-api-key", key)]).await.expect(404);
            texts.push(reply.text);
        }
        for body in [json!({"content": "Hi."}), json!({})] {
            texts.push(bridge.reply(key, ticket, body).await.expect(404).text);
        }
    }
    assert!(
        texts
            .iter()
            .all(|text| text == r#"{"message":"Not found"}"#)
    );
    bridge
        .get("/api/v1/external/tickets/2", &[("x-api-key", SECOND_KEY)])
        .await
        .expect(200);
}

#[tokio::test(start_paused = true)]
async fn lists_come_in_pages_newest_first_with_links() {
    let bridge = Fixture::new();
    for uid in ["t-1", "t-2", "t-3"] {
        bridge.ticket_called(uid).await;
    }
    let json = bridge
        .ask("/api/v1/external/tickets?per_page=2&status=open&junk=1&page=1")
        .await
        .expect(200)
        .json();
    let ids: Vec<_> = json["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|ticket| &ticket["id"])
        .collect();
    assert_eq!(ids, [3, 2]);
    assert_eq!(json["status"], true);
    let base = "https://bridge.example.com/api/v1/external/tickets";
    assert_eq!(
        json["links"],
        json!({
            "first": format!("{base}?status=open&per_page=2&page=1"),
            "last": format!("{base}?status=open&per_page=2&page=2"),
            "prev": null,
            "next": format!("{base}?status=open&per_page=2&page=2"),
        })
    );
    assert_eq!(json["meta"]["path"], base);
    for (key, value) in [
        ("current_page", 1),
        ("from", 1),
        ("last_page", 2),
        ("per_page", 2),
        ("to", 2),
        ("total", 3),
    ] {
        assert_eq!(json["meta"][key], value, "{key}");
    }
    let second = bridge
        .ask("/api/v1/external/tickets?per_page=2&page=2")
        .await
        .json();
    assert_eq!(second["data"].as_array().unwrap().len(), 1);
    assert_eq!(second["data"][0]["id"], 1);
    let beyond = bridge
        .ask("/api/v1/external/tickets?page=18446744073709551615")
        .await
        .json();
    assert_eq!(
        (&beyond["data"], &beyond["meta"]["total"]),
        (&json!([]), &json!(3))
    );
}

#[tokio::test(start_paused = true)]
async fn paging_and_filters_forgive_as_laravel_does() {
    let bridge = Fixture::new();
    for uid in ["t-1", "t-2"] {
        bridge.ticket_called(uid).await;
    }
    for (query, total, per_page, page) in [
        ("", 2, 15, 1),
        ("per_page=0", 2, 15, 1),
        ("per_page=x&page=x", 2, 15, 1),
        ("per_page=1000", 2, 100, 1),
        ("page=-4", 2, 15, 1),
        ("page=7", 2, 15, 7),
        ("status=open", 2, 15, 1),
        ("status=", 2, 15, 1),
        ("status=closed", 0, 15, 1),
        ("status=Open", 0, 15, 1),
        ("status=junk", 0, 15, 1),
        ("priority=high", 2, 15, 1),
        ("priority=low", 0, 15, 1),
        ("priority=junk", 0, 15, 1),
        ("department_id=1", 2, 15, 1),
        ("department_id=2", 0, 15, 1),
        ("department_id=junk", 0, 15, 1),
        (
            "status=closed&status=open&priority=high&department_id=1",
            2,
            15,
            1,
        ),
    ] {
        let path = format!("{TICKETS}?{query}");
        let json = bridge.ask(&path).await.expect(200).json();
        let meta = &json["meta"];
        assert_eq!(
            (&meta["total"], &meta["per_page"], &meta["current_page"]),
            (&json!(total), &json!(per_page), &json!(page)),
            "{query}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn lists_hold_what_is_the_agents_and_nothing_else() {
    let bridge = Fixture::new();
    for uid in ["t-1", "t-2", "t-3", "t-4"] {
        bridge.ticket_called(uid).await;
    }
    bridge.assign(2, 4).await;
    bridge.assign(3, 3).await;
    for (key, expected) in [
        (KEY, &[4, 3, 1][..]),
        (SECOND_KEY, &[4, 2, 1]),
        (FOREIGN_KEY, &[]),
    ] {
        let json = bridge.get(TICKETS, &[("x-api-key", key)]).await.json();
        let ids: Vec<_> = json["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|ticket| ticket["id"].as_u64().unwrap())
            .collect();
        assert_eq!(ids, expected, "{key}");
        assert_eq!(json["meta"]["total"], expected.len());
    }
}

#[tokio::test(start_paused = true)]
async fn messages_come_in_order_without_the_opening_one() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let path = "/api/v1/external/tickets/1/messages";
    let none = bridge.ask(path).await.expect(200).json();
    assert_eq!(
        (&none["data"], &none["meta"]["per_page"]),
        (&json!([]), &json!(30))
    );
    bridge
        .reply(KEY, "1", json!({"content": "Which one?"}))
        .await
        .expect(201);
    bridge
        .ticket(|sent| {
            sent["external_uid"] = "t-1b".into();
            sent["parent_uid"] = "t-1".into();
            sent["content"] = "The red one.".into();
            sent["author"] = json!({"external_uid": "u-2", "username": "Bob"});
        })
        .await
        .expect(201);
    bridge
        .reply(
            SECOND_KEY,
            "1",
            json!({"content": "Call them.", "is_internal": true}),
        )
        .await
        .expect(201);
    let json = bridge.ask(path).await.json();
    assert_eq!(
        json["data"][0],
        json!({
            "id": 2,
            "ticket_id": 1,
            "content": "Which one?",
            "is_internal": false,
            "sender_type": "agent",
            "sender": {"id": 3, "name": "Agent Smith"},
            "likes_count": 0,
            "is_liked": false,
            "created_at": "2026-03-15T14:30:00Z",
            "updated_at": "2026-03-15T14:30:00Z",
        })
    );
    assert_eq!(json["data"][1]["sender_type"], "customer");
    assert_eq!(
        json["data"][1]["sender"],
        json!({"id": null, "name": "Bob"})
    );
    assert_eq!(json["data"][1]["created_at"], "2020-04-04T23:35:27Z");
    assert_eq!(json["data"][2]["is_internal"], true);
    let second = bridge
        .ask(&format!("{path}?per_page=1&page=2"))
        .await
        .json();
    assert_eq!(second["data"][0]["content"], "The red one.");
    assert_eq!(
        second["links"]["next"],
        "https://bridge.example.com/api/v1/external/tickets/1/messages?per_page=1&page=3"
    );
    let ticket = bridge.ask("/api/v1/external/tickets/1").await.json();
    assert_eq!(ticket["data"]["last_reply_at"], "2026-03-15T14:30:00Z");
}
