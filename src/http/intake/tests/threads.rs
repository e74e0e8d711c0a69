//! The same again, edits, new ways back, and parents that come early, late or twice.

use super::*;
use crate::model::{Text, WayOut};

#[tokio::test(start_paused = true)]
async fn the_same_again_is_200_and_a_duplicate() {
    let bridge = Fixture::new();
    let first = bridge.ticket(|_| {}).await.expect(201).json();
    let again = bridge.ticket(|_| {}).await.expect(200).json();
    assert_eq!(again["id"], first["id"]);
    assert_eq!(again["message_id"], first["message_id"]);
    assert_eq!(
        (&again["duplicate"], &again["updated"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(again["parent_id"], Value::Null);
    // Another author name and time are no change of the ticket.
    let renamed = bridge
        .ticket(|sent| {
            sent["author"]["username"] = "Ada L.".into();
            sent["created_at"] = "2021-04-04 23:35:27 UTC".into();
        })
        .await
        .expect(200)
        .json();
    assert_eq!(renamed["duplicate"], true);
    assert_eq!(renamed["author"]["username"], "Ada L.");
    assert_eq!(renamed["created_at"], "2020-04-04T23:35:27.632879Z");
    // Another provider's is another ticket.
    let other = bridge
        .ticket(|sent| sent["custom_provider"] = "x".into())
        .await
        .expect(201)
        .json();
    assert_eq!(other["id"], 2);
}

#[tokio::test(start_paused = true)]
async fn an_edit_and_a_new_response_url_are_200_and_updates() {
    let bridge = Fixture::new();
    bridge.ticket(|_| {}).await.expect(201);
    let edited = bridge
        .ticket(|sent| sent["content"] = "It is out again.".into())
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&edited["duplicate"], &edited["updated"]),
        (&json!(false), &json!(true))
    );
    assert_eq!(edited["content"], "It is out again.");
    let view = bridge
        .bridge
        .store
        .ticket(TicketId(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(view.content, "It is out again.");
    let moved = bridge
        .ticket(|sent| {
            sent["content"] = "It is out again.".into();
            sent["response_url"] = "https://hooks.example.com/2".into();
        })
        .await
        .expect(200)
        .json();
    assert_eq!(moved["updated"], true);
    let story = bridge
        .bridge
        .store
        .story(TicketId(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        story.messages[0].message.response_url.as_deref(),
        Some("https://hooks.example.com/2")
    );
    assert_eq!(story.messages[0].message.way_out, WayOut::None);
    assert!(
        matches!(&story.messages[0].message.text, Text::Inline(text) if text == "It is out again.")
    );
}

#[tokio::test(start_paused = true)]
async fn a_follow_up_joins_its_parents_thread() {
    let bridge = Fixture::new();
    bridge.ticket(|_| {}).await.expect(201);
    let follow_up = |sent: &mut Value| {
        sent["external_uid"] = "t-1b".into();
        sent["parent_uid"] = "t-1".into();
    };
    let json = bridge.ticket(follow_up).await.expect(201).json();
    assert_eq!((&json["id"], &json["parent_id"]), (&json!(1), &json!(1)));
    let again = bridge.ticket(follow_up).await.expect(200).json();
    assert_eq!(
        (&again["duplicate"], &again["parent_id"]),
        (&json!(true), &json!(1))
    );
}

#[tokio::test(start_paused = true)]
async fn a_late_parent_joins_its_oldest_childs_ticket() {
    let bridge = Fixture::new();
    for uid in ["c-1", "c-2"] {
        let child = bridge
            .ticket(|sent| {
                sent["external_uid"] = uid.into();
                sent["parent_uid"] = "late".into();
            })
            .await
            .expect(201)
            .json();
        assert_eq!(child["parent_id"], Value::Null);
    }
    let parent = bridge
        .ticket(|sent| {
            sent["external_uid"] = "late".into();
            sent["content"] = "What came first.".into();
        })
        .await
        .expect(201)
        .json();
    assert_eq!(
        (&parent["id"], &parent["parent_id"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(parent["content"], "What came first.");
    let store = &bridge.bridge.store;
    for (id, other) in [(1, 2), (2, 1)] {
        let view = store.ticket(TicketId(id)).await.unwrap().unwrap();
        assert_eq!(view.ticket.related, [TicketId(other)]);
        assert_eq!(view.content, "The printer is on fire.");
    }
}

#[tokio::test(start_paused = true)]
async fn an_ambiguous_parent_makes_a_new_ticket_and_the_childs_own_provider_decides() {
    let bridge = Fixture::new();
    for provider in ["x", "y"] {
        bridge
            .ticket(|sent| sent["custom_provider"] = provider.into())
            .await
            .expect(201);
    }
    let child = |uid: &'static str, provider: &'static str| {
        move |sent: &mut Value| {
            sent["external_uid"] = uid.into();
            sent["custom_provider"] = provider.into();
            sent["parent_uid"] = "t-1".into();
        }
    };
    let own = bridge.ticket(child("c-1", "y")).await.expect(201).json();
    assert_eq!((&own["id"], &own["parent_id"]), (&json!(2), &json!(2)));
    let ambiguous = bridge.ticket(child("c-2", "z")).await.expect(201).json();
    assert_eq!(
        (&ambiguous["id"], &ambiguous["parent_id"]),
        (&json!(3), &Value::Null)
    );
    let mut only = ticket();
    only["external_uid"] = "only".into();
    bridge.post(PATH, &[], &only).await.expect(201);
    let foreign = bridge
        .ticket(|sent| {
            child("c-3", "z")(sent);
            sent["parent_uid"] = "only".into();
        })
        .await
        .expect(201)
        .json();
    assert_eq!(foreign["parent_id"], 4);
}
