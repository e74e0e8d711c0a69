//! Replies and notes.

use super::*;
use crate::model::{Visibility, WayOut};

#[tokio::test(start_paused = true)]
async fn a_reply_is_201_and_planned_to_go_out() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let json = bridge
        .reply(KEY, "1", json!({"content": " On <it>. \n"}))
        .await
        .expect(201)
        .json();
    assert_eq!(
        (&json["status"], &json["message"]),
        (&json!(true), &json!("Reply sent"))
    );
    assert_eq!(
        (&json["data"]["id"], &json["data"]["ticket_id"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(json["data"]["content"], "On <it>.");
    assert_eq!(
        json["data"]["sender"],
        json!({"id": 3, "name": "Agent Smith"})
    );
    let story = bridge
        .bridge
        .store
        .story(TicketId(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(story.deliveries.len(), 1);
    let reply = story.deliveries[0].delivery.reply().unwrap();
    assert_eq!(reply.parent_uid, "t-1");
    assert_eq!(reply.author_uid, "3");
}

#[tokio::test(start_paused = true)]
async fn a_note_is_stored_and_never_planned_to_leave() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    for is_internal in [json!(true), json!(1), json!("1")] {
        let json = bridge
            .reply(
                KEY,
                "1",
                json!({"content": "Careful.", "is_internal": is_internal}),
            )
            .await
            .expect(201)
            .json();
        assert_eq!(json["data"]["is_internal"], true);
    }
    let story = bridge
        .bridge
        .store
        .story(TicketId(1))
        .await
        .unwrap()
        .unwrap();
    assert!(story.deliveries.is_empty());
    for message in &story.messages[1..] {
        assert_eq!(message.message.visibility, Visibility::Internal);
        assert_eq!(message.message.way_out, WayOut::None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_in_form_data_is_taken() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let request = axum::http::Request::post("/api/v1/external/tickets/1/messages")
        .header("x-api-key", KEY)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("content=On+it.&is_internal=0".into())
        .unwrap();
    let json = bridge.call(request).await.expect(201).json();
    assert_eq!(json["data"]["content"], "On it.");
}

#[tokio::test(start_paused = true)]
async fn what_is_wrong_with_a_reply_is_422() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let reply = bridge
        .reply(KEY, "1", json!({"content": "  ", "is_internal": "true"}))
        .await
        .expect(422);
    assert_eq!(
        reply.json(),
        json!({
            "message": "The content field is required. (and 1 more error)",
            "errors": {
                "content": ["The content field is required."],
                "is_internal": ["The is internal field must be true or false."],
            },
        })
    );
    assert!(reply.header("x-ratelimit-remaining").is_some());
}

#[tokio::test(start_paused = true)]
async fn a_locked_ticket_is_403() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let ticket = TicketId(1);
    let locked = true;
    bridge.order(OperatorOrder::Lock { ticket, locked }).await;
    for is_internal in [false, true] {
        let reply = bridge
            .reply(
                KEY,
                "1",
                json!({"content": "Hi.", "is_internal": is_internal}),
            )
            .await
            .expect(403);
        assert_eq!(reply.json(), json!({"message": "This ticket is locked."}));
    }
    // That it is locked is told to nobody else.
    bridge
        .reply(FOREIGN_KEY, "1", json!({"content": "Hi."}))
        .await
        .expect(404);
    let shown = bridge.ask("/api/v1/external/tickets/1").await.json();
    assert_eq!(shown["data"]["is_locked"], true);
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_is_too_large_is_413() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let reply = bridge
        .reply(KEY, "1", json!({"content": "x".repeat(5000)}))
        .await
        .expect(413);
    assert_eq!(
        reply.json(),
        json!({"message": "The POST data is too large."})
    );
}

#[tokio::test(start_paused = true)]
async fn no_error_repeats_a_key_or_what_was_said() {
    let bridge = Fixture::new();
    bridge.ticket_called("t-1").await;
    let said = json!({"content": "A secret.", "is_internal": "A secret."});
    for (key, ticket) in [
        (KEY, "1"),
        (KEY, "9"),
        (FOREIGN_KEY, "1"),
        (INACTIVE_KEY, "1"),
        ("wrong-key", "1"),
    ] {
        let reply = bridge.reply(key, ticket, said.clone()).await;
        assert!(reply.status.is_client_error());
        assert!(
            !reply.text.contains(key) && !reply.text.contains("A secret"),
            "{}",
            reply.text
        );
    }
}
