//! What agents are told.

use super::*;

const NOTIFICATIONS: &str = "/api/v1/external/notifications";

impl Fixture {
    async fn unread(&self, key: &str) -> u64 {
        let data = self.data(key, "notifications/unread-count").await;
        data["unread_count"].as_u64().unwrap()
    }

    /// Type and ticket of each, newest first.
    async fn told(&self, key: &str) -> Vec<(String, u64)> {
        let data = self.data(key, "notifications").await;
        let all = data.as_array().unwrap().iter();
        all.map(|one| {
            let kind = one["type"].as_str().unwrap().to_owned();
            (kind, one["ticket_id"].as_u64().unwrap())
        })
        .collect()
    }

    async fn read(&self, key: &str, notice: impl std::fmt::Display) -> Reply {
        self.post_nothing(key, &format!("{NOTIFICATIONS}/{notice}/read"))
            .await
    }
}

fn told(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    let all = expected.iter();
    all.map(|(kind, ticket)| ((*kind).to_owned(), *ticket))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn each_thing_is_told_once_to_those_it_concerns() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let assigned = ("ticket_assigned", 1);
    for key in [KEY, SECOND_KEY] {
        assert_eq!(bridge.told(key).await, told(&[assigned]));
    }
    // The same again and an answer are no news; a message is.
    bridge
        .ticket(|sent| sent["external_uid"] = "t-1".into())
        .await
        .expect(200);
    bridge
        .reply(KEY, "1", json!({"content": "Hi."}))
        .await
        .expect(201);
    bridge.follow_up("t-1b", "t-1").await;
    let wrote = ("ticket_reply", 1);
    for key in [KEY, SECOND_KEY] {
        assert_eq!(bridge.told(key).await, told(&[wrote, assigned]));
    }
    // A change of status is news to the others.
    let path = format!("{TICKETS}/1");
    for _ in 0..2 {
        bridge
            .put(KEY, &path, json!({"status": "on_hold", "priority": "low"}))
            .await
            .expect(200);
    }
    let status = ("ticket_status", 1);
    assert_eq!(bridge.told(KEY).await, told(&[wrote, assigned]));
    assert_eq!(
        bridge.told(SECOND_KEY).await,
        told(&[status, wrote, assigned])
    );
    // Who gets a ticket alone is told, and from then on nobody else.
    bridge.assign(1, 4).await;
    bridge.follow_up("t-1c", "t-1").await;
    assert_eq!(bridge.told(KEY).await, told(&[wrote, assigned]));
    assert_eq!(
        bridge.told(SECOND_KEY).await,
        told(&[wrote, assigned, status, wrote, assigned])
    );
    assert_eq!(
        (bridge.unread(KEY).await, bridge.unread(SECOND_KEY).await),
        (2, 5)
    );
    assert_eq!(bridge.told(FOREIGN_KEY).await, told(&[]));
    bridge.bridge.store.audit(bridge.bridge.clock.now());
}

#[tokio::test(start_paused = true)]
async fn a_message_that_reopens_a_ticket_is_told_as_both() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    bridge
        .post_nothing(KEY, &format!("{TICKETS}/1/close"))
        .await
        .expect(200);
    bridge.follow_up("t-1b", "t-1").await;
    let data = bridge.data(KEY, "notifications").await;
    assert_eq!(data[0]["message"], "The status of your ticket is open now");
    assert_eq!(data[0]["sender_name"], "Ada");
    assert_eq!(
        bridge.told(KEY).await,
        told(&[
            ("ticket_status", 1),
            ("ticket_reply", 1),
            ("ticket_assigned", 1)
        ])
    );
}

#[tokio::test(start_paused = true)]
async fn a_notification_is_shown_whole_and_read_once() {
    let bridge = Fixture::with(|settings| {
        settings.agents.get_mut(&4).unwrap().avatar_url = "https://example.com/j.png".to_owned();
    });
    bridge.ticket_called("t-1").await;
    bridge.follow_up("t-1b", "t-1").await;
    bridge
        .put(
            SECOND_KEY,
            &format!("{TICKETS}/1"),
            json!({"status": "closed"}),
        )
        .await
        .expect(200);
    let data = bridge.data(KEY, "notifications").await;
    assert_eq!(
        data[0],
        json!({
            "id": 3,
            "type": "ticket_status",
            "title": "Status of #1 changed",
            "message": "The status of your ticket is closed now",
            "ticket_id": 1,
            "sender_name": "Agent Jones",
            "sender_avatar": "https://example.com/j.png",
            "is_read": false,
            "created_at": "2026-03-15T14:30:00Z",
        })
    );
    let mut expected = json!({
        "id": 2,
        "type": "ticket_reply",
        "title": "New reply on #1",
        "message": "Customer replied to your ticket",
        "ticket_id": 1,
        "sender_name": "Ada",
        "sender_avatar": null,
        "is_read": false,
        "created_at": "2026-03-15T14:30:00Z",
    });
    assert_eq!(data[1], expected);
    expected["is_read"] = true.into();
    for _ in 0..2 {
        let json = bridge.read(KEY, 2).await.expect(200).json();
        assert_eq!(
            json,
            json!({"status": true, "data": expected, "message": "Notification marked as read"})
        );
        assert_eq!(bridge.unread(KEY).await, 2);
    }
    assert_eq!(bridge.data(KEY, "notifications").await[1], expected);
    // What one has read, another has not.
    assert_eq!(bridge.unread(SECOND_KEY).await, 2);
    bridge.bridge.store.audit(bridge.bridge.clock.now());
}

#[tokio::test(start_paused = true)]
async fn only_ones_own_notifications_are_there_to_read() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    bridge.assign(1, 4).await;
    bridge
        .put(
            SECOND_KEY,
            &format!("{TICKETS}/1"),
            json!({"status": "closed"}),
        )
        .await
        .expect(200);
    for (key, notice) in [
        // Given to another, one's own doing, another brand's, and none.
        (KEY, "2"),
        (SECOND_KEY, "3"),
        (FOREIGN_KEY, "1"),
        (KEY, "0"),
        (KEY, "99"),
        (KEY, "x"),
        (KEY, "18446744073709551616"),
    ] {
        let reply = bridge.read(key, notice).await.expect(404);
        assert_eq!(reply.text, r#"{"message":"Not found"}"#, "{notice}");
    }
    bridge.read(SECOND_KEY, 2).await.expect(200);
    assert_eq!(bridge.unread(SECOND_KEY).await, 1);
}

#[tokio::test(start_paused = true)]
async fn agents_are_told_what_they_want() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    bridge.follow_up("t-1b", "t-1").await;
    bridge.read(KEY, 2).await.expect(200);
    let profile = "/api/v1/external/profile";
    for (settings, kinds, unread) in [
        (json!({"ticket_reply": false}), vec!["ticket_assigned"], 1),
        (json!(["ticket_reply"]), vec!["ticket_reply"], 0),
        (
            json!({"ticket_reply": "0", "ticket_assigned": 0}),
            vec![],
            0,
        ),
        (json!([]), vec!["ticket_reply", "ticket_assigned"], 1),
    ] {
        let body = json!({"notification_settings": settings});
        bridge.put(KEY, profile, body).await.expect(200);
        let found: Vec<String> = bridge
            .told(KEY)
            .await
            .into_iter()
            .map(|(kind, _)| kind)
            .collect();
        assert_eq!(
            (found, bridge.unread(KEY).await),
            (kinds.iter().map(ToString::to_string).collect(), unread)
        );
    }
    let body = json!({"notification_settings": {"ticket_assigned": false}});
    bridge.put(KEY, profile, body).await.expect(200);
    bridge.read(KEY, 1).await.expect(404);
}

#[tokio::test(start_paused = true)]
async fn notifications_come_in_pages() {
    let bridge = Fixture::new();
    for number in 0..23 {
        bridge.ticket_called(&format!("t-{number}")).await;
    }
    let json = bridge.ask(NOTIFICATIONS).await.expect(200).json();
    assert_eq!(json["data"].as_array().unwrap().len(), 20);
    assert_eq!(json["data"][0]["id"], 23);
    let meta = &json["meta"];
    assert_eq!(
        (&meta["per_page"], &meta["total"], &meta["last_page"]),
        (&json!(20), &json!(23), &json!(2))
    );
    let base = "https://bridge.example.com/api/v1/external/notifications";
    assert_eq!(json["links"]["next"], format!("{base}?page=2"));
    let second = bridge.ask(&format!("{NOTIFICATIONS}?page=2")).await.json();
    assert_eq!(second["data"].as_array().unwrap().len(), 3);
    assert_eq!(second["data"][2]["id"], 1);
}

#[tokio::test(start_paused = true)]
async fn what_was_before_an_agent_is_no_news_to_them() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let mut settings = crate::http::testing::settings();
    let agent = settings.agents[&3].clone();
    let key = crate::settings::Sha256Digest::of("key-of-new");
    let new = crate::settings::Agent {
        id: 7,
        api_keys: vec![key],
        ..agent
    };
    settings.agents.insert(7, new);
    settings.brands.get_mut("acme").unwrap().agents.push(7);
    bridge
        .bridge
        .live
        .store(std::sync::Arc::new(crate::live::Live::new(settings)));
    let joined = crate::model::Happening::Joined(AgentId(7));
    // Being configured still, as after every start, changes nothing.
    for uid in ["t-2", "t-3"] {
        let event = bridge.bridge.clock.event(joined.clone());
        let commit = bridge.bridge.store.commit(event, crate::store::Rank::Agent);
        commit.await.unwrap();
        bridge.ticket_called(uid).await;
    }
    assert_eq!(
        bridge.told("key-of-new").await,
        told(&[("ticket_assigned", 3), ("ticket_assigned", 2)])
    );
    assert_eq!(bridge.unread("key-of-new").await, 2);
    bridge.read("key-of-new", 1).await.expect(404);
    // The tickets themselves are all there.
    let tickets = bridge.data("key-of-new", "tickets").await;
    assert_eq!(tickets.as_array().unwrap().len(), 3);
}
