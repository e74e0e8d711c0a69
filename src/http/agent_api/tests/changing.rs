//! Changes of tickets, likes, and the figures that follow.

use super::*;

const ONE: &str = "/api/v1/external/tickets/1";

async fn bridge() -> Fixture {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    bridge
}

/// Open, in progress, needs response, closed today.
async fn figures(bridge: &Fixture, key: &str) -> [u64; 4] {
    let data = bridge.data(key, "dashboard").await;
    [
        "open_tickets",
        "in_progress_tickets",
        "needs_response",
        "closed_today",
    ]
    .map(|figure| data[figure].as_u64().unwrap())
}

#[tokio::test(start_paused = true)]
async fn status_priority_and_labels_are_changed() {
    let bridge = bridge().await;
    let body = json!({"status": "in_progress", "priority": "critical", "labels": [2, "1", 2]});
    let json = bridge.put(KEY, ONE, body).await.expect(200).json();
    assert_eq!(
        (&json["status"], &json["message"]),
        (&json!(true), &json!("Ticket updated"))
    );
    let data = &json["data"];
    assert_eq!(data["status"], "in_progress");
    assert_eq!(data["priority"], "critical");
    assert_eq!(
        data["labels"],
        json!([
            {"id": 2, "name": "Billing", "color": "#3498db"},
            {"id": 1, "name": "Bug", "color": "#e74c3c"},
        ])
    );
    assert_eq!(bridge.data(KEY, "tickets/1").await, *data);
    // What is not named stays, also where nothing is named.
    for body in [json!({"labels": []}), json!({})] {
        let json = bridge.put(KEY, ONE, body).await.expect(200).json();
        assert_eq!(json["data"]["labels"], json!([]));
        assert_eq!(json["data"]["priority"], "critical");
    }
    let form = "status=on_hold&priority=low&labels[]=1";
    let json = bridge.put_form(KEY, ONE, form).await.expect(200).json();
    assert_eq!(
        (&json["data"]["status"], &json["data"]["priority"]),
        (&json!("on_hold"), &json!("low"))
    );
    assert_eq!(json["data"]["labels"][0]["id"], 1);
    let listed = bridge
        .data(KEY, "tickets?status=on_hold&priority=low")
        .await;
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_change_is_422_and_changes_nothing() {
    let bridge = bridge().await;
    let before = bridge.data(KEY, "tickets/1").await;
    let body = json!({"status": "done", "priority": "urgent", "labels": [1, 9]});
    let reply = bridge.put(KEY, ONE, body).await.expect(422);
    assert_eq!(
        reply.json(),
        json!({
            "message": "The selected status is invalid. (and 2 more errors)",
            "errors": {
                "status": ["The selected status is invalid."],
                "priority": ["The selected priority is invalid."],
                "labels.1": ["The selected labels.1 is invalid."],
            },
        })
    );
    assert_eq!(bridge.data(KEY, "tickets/1").await, before);
}

#[tokio::test(start_paused = true)]
async fn a_closed_ticket_says_when_and_opens_again() {
    let bridge = bridge().await;
    let close = format!("{ONE}/close");
    let json = bridge.post_nothing(KEY, &close).await.expect(200).json();
    assert_eq!(json["message"], "Ticket closed");
    let closed = |data: &Value| {
        let facts = ["status", "is_resolved", "closed_at"].map(|key| data[key].clone());
        json!(facts)
    };
    let expected = json!(["closed", true, "2026-03-15T14:30:00Z"]);
    assert_eq!(closed(&json["data"]), expected);
    // Once more changes nothing.
    let again = bridge
        .post_nothing(SECOND_KEY, &close)
        .await
        .expect(200)
        .json();
    assert_eq!(closed(&again["data"]), expected);
    let ticket = bridge
        .bridge
        .store
        .ticket(TicketId(1))
        .await
        .unwrap()
        .unwrap()
        .ticket;
    assert_eq!(ticket.closed_by, Some(AgentId(3)));
    let json = bridge
        .put(KEY, ONE, json!({"status": "open"}))
        .await
        .expect(200)
        .json();
    assert_eq!(closed(&json["data"]), json!(["open", false, null]));
    bridge.post_nothing(KEY, &close).await.expect(200);
    bridge.follow_up("t-2", "t-1").await;
    assert_eq!(
        closed(&bridge.data(KEY, "tickets/1").await),
        json!(["open", false, null])
    );
}

#[tokio::test(start_paused = true)]
async fn a_locked_ticket_takes_no_reply_and_can_be_closed() {
    let bridge = bridge().await;
    let (ticket, locked) = (TicketId(1), true);
    bridge.order(OperatorOrder::Lock { ticket, locked }).await;
    bridge
        .reply(KEY, "1", json!({"content": "Hi."}))
        .await
        .expect(403);
    let json = bridge
        .post_nothing(KEY, &format!("{ONE}/close"))
        .await
        .expect(200)
        .json();
    assert_eq!(json["data"]["is_locked"], true);
}

#[tokio::test(start_paused = true)]
async fn each_agent_likes_a_message_once() {
    let bridge = bridge().await;
    bridge
        .reply(KEY, "1", json!({"content": "Try again."}))
        .await
        .expect(201);
    let path = format!("{ONE}/messages/2/like");
    for (key, liked, count) in [
        (KEY, true, 1),
        (SECOND_KEY, true, 2),
        (KEY, false, 1),
        (KEY, true, 2),
    ] {
        let json = bridge.post_nothing(key, &path).await.expect(200).json();
        assert_eq!(
            json,
            json!({"status": true, "data": {"liked": liked, "count": count}})
        );
    }
    bridge.post_nothing(KEY, &path).await.expect(200);
    for (key, liked) in [(KEY, false), (SECOND_KEY, true)] {
        let message = &bridge.data(key, "tickets/1/messages").await[0];
        assert_eq!(
            (&message["likes_count"], &message["is_liked"]),
            (&json!(1), &json!(liked))
        );
    }
    // The opening message is one, too.
    bridge
        .post_nothing(KEY, &format!("{ONE}/messages/1/like"))
        .await
        .expect(200);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_the_agents_cannot_be_changed() {
    let bridge = bridge().await;
    bridge.ticket_called("t-2").await;
    bridge.assign(2, 4).await;
    let mut texts = Vec::new();
    for (key, ticket) in [
        (FOREIGN_KEY, "1"),
        (KEY, "2"),
        (KEY, "3"),
        (KEY, "x"),
        (KEY, "+1"),
    ] {
        let path = format!("{TICKETS}/{ticket}");
        for body in [json!({"status": "closed"}), json!({"status": "junk"})] {
            texts.push(bridge.put(key, &path, body).await.expect(404).text);
        }
        for call in ["close", "messages/1/like", "messages/2/like"] {
            let reply = bridge.post_nothing(key, &format!("{path}/{call}")).await;
            texts.push(reply.expect(404).text);
        }
    }
    // A message of another ticket, and none at all.
    for message in ["2", "9", "x", "-1"] {
        let path = format!("{ONE}/messages/{message}/like");
        texts.push(bridge.post_nothing(KEY, &path).await.expect(404).text);
    }
    assert!(
        texts
            .iter()
            .all(|text| text == r#"{"message":"Not found"}"#)
    );
    let ticket = bridge.data(SECOND_KEY, "tickets/2").await;
    assert_eq!(ticket["status"], "open");
}

#[tokio::test(start_paused = true)]
async fn figures_are_right_at_any_time() {
    let bridge = bridge().await;
    assert_eq!(figures(&bridge, KEY).await, [1, 0, 1, 0]);
    assert_eq!(figures(&bridge, FOREIGN_KEY).await, [0, 0, 0, 0]);
    bridge.ticket_called("t-2").await;
    bridge.ticket_called("t-3").await;
    bridge.assign(3, 4).await;
    assert_eq!(figures(&bridge, KEY).await, [2, 0, 2, 0]);
    assert_eq!(figures(&bridge, SECOND_KEY).await, [3, 0, 3, 0]);
    // A reply leaves the status and ends the waiting; a note does neither.
    let note = json!({"content": "Hm.", "is_internal": true});
    bridge.reply(KEY, "1", note).await.expect(201);
    assert_eq!(figures(&bridge, KEY).await, [2, 0, 2, 0]);
    bridge
        .reply(KEY, "1", json!({"content": "Hi."}))
        .await
        .expect(201);
    assert_eq!(figures(&bridge, KEY).await, [2, 0, 1, 0]);
    bridge
        .put(KEY, ONE, json!({"status": "in_progress"}))
        .await
        .expect(200);
    assert_eq!(figures(&bridge, KEY).await, [1, 1, 1, 0]);
    // Closed: nobody waits for an answer to it.
    let close = "/api/v1/external/tickets/2/close";
    bridge.post_nothing(KEY, close).await.expect(200);
    assert_eq!(figures(&bridge, KEY).await, [0, 1, 0, 1]);
    bridge
        .put(
            KEY,
            "/api/v1/external/tickets/2",
            json!({"status": "on_hold"}),
        )
        .await
        .expect(200);
    assert_eq!(figures(&bridge, KEY).await, [0, 1, 1, 0]);
    bridge.post_nothing(KEY, close).await.expect(200);
    // Another's ticket takes its figures along.
    bridge.assign(2, 4).await;
    assert_eq!(figures(&bridge, KEY).await, [0, 1, 0, 0]);
    assert_eq!(figures(&bridge, SECOND_KEY).await, [1, 1, 1, 1]);
    bridge.follow_up("t-2b", "t-2").await;
    assert_eq!(figures(&bridge, SECOND_KEY).await, [2, 1, 2, 0]);
    // Midnight in UTC ends the day.
    bridge.post_nothing(SECOND_KEY, close).await.expect(200);
    tokio::time::sleep(std::time::Duration::from_secs(9 * 3600 + 1799)).await;
    assert_eq!(figures(&bridge, SECOND_KEY).await, [1, 1, 1, 1]);
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_eq!(figures(&bridge, SECOND_KEY).await, [1, 1, 1, 0]);
    bridge.bridge.store.audit(bridge.bridge.clock.now());
}
