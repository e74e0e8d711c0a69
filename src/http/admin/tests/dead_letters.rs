//! Dead letters.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::model::{DeliveryId, DeliveryState};

fn ids(list: &Value, name: &str) -> Vec<u64> {
    let items = list.as_array().unwrap();
    items
        .iter()
        .map(|item| item[name].as_u64().unwrap())
        .collect()
}

/// 1 and 2 of ticket 1 died three hours ago, 3 of ticket 2 now; 4 of ticket 2 is due.
async fn desk() -> Desk {
    let desk = Desk::new();
    desk.arrives("uid-1").await;
    desk.arrives("uid-2").await;
    desk.replies(1, "one\nand more").await;
    desk.replies(1, "two").await;
    desk.dies(1).await;
    desk.dies(2).await;
    desk.passes(Duration::from_secs(3 * 3600));
    desk.replies(2, "three").await;
    desk.replies(2, "four").await;
    desk.dies(3).await;
    desk
}

async fn states(desk: &Desk) -> Vec<&'static str> {
    let mut words = Vec::new();
    for id in 1..=4 {
        let found = desk
            .bridge
            .store
            .delivery(DeliveryId(id))
            .await
            .unwrap()
            .unwrap();
        words.push(found.delivery.state.word());
    }
    words
}

#[tokio::test]
async fn filters_choose_the_oldest_first() {
    let desk = desk().await;
    for (query, expected) in [
        ("", vec![1, 2, 3]),
        ("?limit=2", vec![1, 2]),
        ("?ticket=2", vec![3]),
        ("?system=response-url", vec![1, 2, 3]),
        ("?system=front-desk", vec![]),
        ("?ids=3,1", vec![1, 3]),
        ("?older_than=2h", vec![1, 2]),
        ("?newer_than=2h", vec![3]),
        ("?ids=1,3&newer_than=2h", vec![3]),
    ] {
        let (status, list) = desk.get(&format!("dead-letters{query}")).await;
        assert_eq!(
            (status, ids(&list, "id")),
            (StatusCode::OK, expected),
            "{query}"
        );
    }
    for (query, pointer) in [
        ("?ids=1,x", "/ids"),
        ("?ids=1,4", "/ids/1"),
        ("?ids=99", "/ids/0"),
        ("?older_than=soon", "/older_than"),
        ("?newer_than=3", "/newer_than"),
    ] {
        let (status, problem) = desk.get(&format!("dead-letters{query}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert_eq!(problem["errors"][0]["pointer"], pointer);
    }
}

#[tokio::test]
async fn a_dry_run_changes_nothing_and_lists_what_a_retry_then_does() {
    let desk = desk().await;
    let before = states(&desk).await;
    let choice = json!({"older_than": "2h"});
    let mut dry = choice.clone();
    dry["dry_run"] = json!(true);
    let (status, planned) = desk.post("dead-letters/retry", dry).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(states(&desk).await, before);
    assert_eq!(
        planned["deliveries"][0],
        json!({
            "delivery": 1, "ticket": 1, "brand": "acme", "system": "response-url",
            "to": "https://hooks.example.com/…", "author": "Agent Smith", "text": "one",
            "done": false, "problem": null,
        })
    );
    let (status, done) = desk.post("dead-letters/retry", choice).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        (&done["done"], &done["refused"], &done["more"]),
        (&json!(2), &json!(0), &json!(false))
    );
    let undone = |bulk: &Value| {
        let mut items = bulk["deliveries"].clone();
        for item in items.as_array_mut().unwrap() {
            item["done"] = json!(null);
        }
        items
    };
    assert_eq!(undone(&done), undone(&planned));
    assert_eq!(states(&desk).await, ["due", "waiting", "dead", "due"]);
}

#[tokio::test]
async fn a_dry_run_names_the_new_destination() {
    let desk = desk().await;
    let url = json!({"url": "https://new.example.com/secret-2"});
    desk.post("tickets/1/response-url", url).await;
    let (_, planned) = desk
        .post("dead-letters/retry", json!({"ids": [1], "dry_run": true}))
        .await;
    assert_eq!(planned["deliveries"][0]["to"], "https://new.example.com/…");
    desk.post("dead-letters/retry", json!({"ids": [1]})).await;
    let (_, shown) = desk.get("deliveries/1").await;
    assert_eq!(
        (&shown["to"], &shown["state"]),
        (&json!("https://new.example.com/…"), &json!("due"))
    );
}

#[tokio::test]
async fn a_limit_leaves_the_rest_and_says_so() {
    let desk = desk().await;
    let (_, done) = desk.post("dead-letters/retry", json!({"limit": 1})).await;
    assert_eq!(ids(&done["deliveries"], "delivery"), [1]);
    assert_eq!(done["more"], true);
    let (_, done) = desk.post("dead-letters/retry", Value::Null).await;
    assert_eq!(ids(&done["deliveries"], "delivery"), [2, 3]);
    assert_eq!(done["more"], false);
}

#[tokio::test]
async fn discarding_needs_to_say_which() {
    let desk = desk().await;
    let (status, _) = desk.post("dead-letters/discard", json!({})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, planned) = desk
        .post("dead-letters/discard", json!({"ids": [3], "dry_run": true}))
        .await;
    assert_eq!(ids(&planned["deliveries"], "delivery"), [3]);
    assert_eq!(states(&desk).await, ["dead", "dead", "dead", "due"]);
    desk.post("dead-letters/discard", json!({"ids": [3]})).await;
    assert_eq!(states(&desk).await, ["dead", "dead", "cancelled", "due"]);
    let (_, done) = desk
        .post("dead-letters/discard", json!({"all": true}))
        .await;
    assert_eq!(done["done"], 2);
    assert_eq!(
        states(&desk).await,
        ["cancelled", "cancelled", "cancelled", "due"]
    );
}

#[tokio::test]
async fn an_edit_changes_what_is_sent_next_time() {
    let desk = desk().await;
    let (status, _) = desk
        .post("dead-letters/3/edit", json!({"text": "better"}))
        .await;
    assert_eq!(status, StatusCode::OK);
    let parcel = desk
        .bridge
        .store
        .parcel(DeliveryId(3))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (parcel.text.as_str(), parcel.delivery.revision),
        ("better", 1)
    );
    assert!(matches!(parcel.delivery.state, DeliveryState::Dead { .. }));
    for (path, text, status) in [
        ("dead-letters/4/edit", "better", StatusCode::CONFLICT),
        ("dead-letters/99/edit", "better", StatusCode::NOT_FOUND),
        ("dead-letters/3/edit", " ", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        assert_eq!(
            desk.post(path, json!({"text": text})).await.0,
            status,
            "{path}"
        );
    }
}
