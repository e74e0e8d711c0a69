//! What agents see and change of themselves.

use super::*;

const PROFILE: &str = "/api/v1/external/profile";

#[tokio::test(start_paused = true)]
async fn a_profile_is_what_the_operator_configured() {
    let bridge = Fixture::with(|settings| {
        let agent = settings.agents.get_mut(&3).unwrap();
        agent.email = "smith@example.com".to_owned();
        agent.phone = "+1234567890".to_owned();
        agent.avatar_url = "https://example.com/smith.png".to_owned();
    });
    let expected = json!({
        "id": 3,
        "name": "Agent Smith",
        "email": "smith@example.com",
        "phone": "+1234567890",
        "locale": "en",
        "avatar_url": "https://example.com/smith.png",
        "notification_settings": {},
        "is_active": true,
        "created_at": "2026-03-15T14:30:00Z",
    });
    assert_eq!(bridge.data(KEY, "profile").await, expected);
    let other = bridge.data(SECOND_KEY, "profile").await;
    assert_eq!(
        (&other["email"], &other["phone"]),
        (&json!(null), &json!(null))
    );
}

#[tokio::test(start_paused = true)]
async fn what_an_agent_changes_goes_before_what_is_configured() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let body = json!({"name": " Jo Smith ", "phone": "5", "notification_settings": {"ticket_reply": false}});
    let json = bridge.put(KEY, PROFILE, body).await.expect(200).json();
    assert_eq!(json["message"], "Profile updated");
    assert_eq!(json["data"]["name"], "Jo Smith");
    let shown = bridge.data(KEY, "profile").await;
    assert_eq!(shown, json["data"]);
    assert_eq!(
        shown["notification_settings"],
        json!({"ticket_reply": false})
    );
    let json = bridge
        .put_form(KEY, PROFILE, "phone=&locale=de&notification_settings[]=")
        .await
        .expect(200)
        .json();
    let data = &json["data"];
    assert_eq!(
        (&data["name"], &data["phone"], &data["locale"]),
        (&json!("Jo Smith"), &json!(null), &json!("de"))
    );
    // Tickets and replies bear the new name, and nobody else's changes.
    let ticket = bridge.data(SECOND_KEY, "tickets/1").await;
    assert_eq!(
        ticket["agents"],
        json!([{"id": 3, "name": "Jo Smith"}, {"id": 4, "name": "Agent Jones"}])
    );
    bridge
        .reply(KEY, "1", json!({"content": "Hi."}))
        .await
        .expect(201);
    let message = &bridge.data(KEY, "tickets/1/messages").await[0];
    assert_eq!(message["sender"], json!({"id": 3, "name": "Jo Smith"}));
    let story = bridge
        .bridge
        .store
        .story(TicketId(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        story.deliveries[0].delivery.reply().unwrap().author_name,
        "Jo Smith"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_profile_is_422() {
    let bridge = Fixture::new();
    let body = json!({"locale": "x".repeat(11), "name": "x".repeat(251), "phone": 5, "notification_settings": "all"});
    let reply = bridge.put(KEY, PROFILE, body).await.expect(422);
    assert_eq!(
        reply.json(),
        json!({
            "message": "The name field must not be greater than 250 characters. (and 3 more errors)",
            "errors": {
                "name": ["The name field must not be greater than 250 characters."],
                "phone": ["The phone field must be a string."],
                "locale": ["The locale field must not be greater than 10 characters."],
                "notification_settings": ["The notification settings field must be an array."],
            },
        })
    );
    assert_eq!(bridge.data(KEY, "profile").await["name"], "Agent Smith");
}

#[tokio::test(start_paused = true)]
async fn a_profile_is_only_ones_own() {
    let bridge = Fixture::new();
    bridge
        .put(KEY, PROFILE, json!({"name": "Jo"}))
        .await
        .expect(200);
    assert_eq!(
        bridge.data(SECOND_KEY, "profile").await["name"],
        "Agent Jones"
    );
    bridge
        .put(INACTIVE_KEY, PROFILE, json!({"name": "Jo"}))
        .await
        .expect(401);
}
