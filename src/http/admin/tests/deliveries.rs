//! Deliveries.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::model::{Class, LaneFailure};

fn ids(list: &Value) -> Vec<u64> {
    let deliveries = list.as_array().unwrap();
    deliveries
        .iter()
        .map(|delivery| delivery["id"].as_u64().unwrap())
        .collect()
}

/// 1 is delivered, 2 dead, 3 due again, 4 waits behind it, 5 is of another ticket, 6 is held.
async fn desk() -> Desk {
    let desk = Desk::with("\n[delivery]\non_unknown = \"hold\"\n");
    desk.arrives("uid-1").await;
    desk.arrives("uid-2").await;
    desk.arrives("uid-3").await;
    for text in ["one", "two", "three", "four"] {
        desk.replies(1, text).await;
    }
    desk.replies(2, "five").await;
    desk.replies(3, "six").await;
    desk.settles(1, |settled| settled.remote_uid = Some("R-1".to_owned()))
        .await;
    desk.dies(2).await;
    desk.settles(3, |settled| {
        settled.attempt.class = Class::Retry;
        settled.attempt.status = Some(503);
        settled.attempt.detail = "the receiver failed".to_owned();
        settled.failure = Some(LaneFailure::ServerError);
    })
    .await;
    desk.settles(6, |settled| settled.attempt.class = Class::Unknown)
        .await;
    desk
}

#[tokio::test]
async fn lists_are_filtered_newest_first() {
    let desk = desk().await;
    for (query, expected) in [
        ("", vec![6, 5, 4, 3, 2, 1]),
        ("?limit=2", vec![6, 5]),
        ("?state=delivered", vec![1]),
        ("?state=unverified", vec![]),
        ("?state=dead", vec![2]),
        ("?state=due", vec![5, 3]),
        ("?state=due&limit=1", vec![5]),
        ("?state=waiting", vec![4]),
        ("?state=held", vec![6]),
        ("?ticket=1", vec![4, 3, 2, 1]),
        ("?ticket=1&state=dead", vec![2]),
        ("?ticket=9", vec![]),
        ("?system=response-url&state=held", vec![6]),
        ("?system=front-desk", vec![]),
    ] {
        let (status, list) = desk.get(&format!("deliveries{query}")).await;
        assert_eq!((status, ids(&list)), (StatusCode::OK, expected), "{query}");
    }
    let (status, problem) = desk.get("deliveries?state=lost").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["errors"][0]["pointer"], "/state");
}

#[tokio::test]
async fn one_is_shown_with_every_try() {
    let desk = desk().await;
    desk.passes(Duration::from_secs(5));
    desk.settles(3, |_| {}).await;
    let (status, shown) = desk.get("deliveries/3").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(shown["state"], "unverified");
    assert_eq!(shown["webhook_id"], "msg_memory_3");
    assert_eq!(shown["to"], "https://hooks.example.com/…");
    let tries = shown["all_attempts"].as_array().unwrap();
    assert_eq!(tries.len(), 2);
    assert_eq!(
        (&shown["attempts"], &shown["counted_attempts"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(
        (&tries[0]["class"], &tries[0]["status"]),
        (&json!("retry"), &json!(503))
    );
    assert!(tries[0]["next_at"].is_string());
    assert_eq!(
        (&tries[1]["number"], &tries[1]["class"]),
        (&json!(2), &json!("ok"))
    );
    assert_eq!(desk.get("deliveries/99").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_can_be_tried_again_is_and_the_rest_says_why_not() {
    let desk = desk().await;
    for (id, status, words) in [
        (1, StatusCode::CONFLICT, "delivery 1 was delivered"),
        (2, StatusCode::OK, "delivery 2 is tried again"),
        (3, StatusCode::OK, "delivery 3 is tried again"),
        (
            4,
            StatusCode::CONFLICT,
            "delivery 4 waits behind another delivery of its ticket; retry that one",
        ),
        (6, StatusCode::OK, "delivery 6 is tried again"),
        (99, StatusCode::NOT_FOUND, "there is no such delivery"),
    ] {
        let (found, answer) = desk
            .post(&format!("deliveries/{id}/retry"), Value::Null)
            .await;
        let said = answer["done"]
            .as_str()
            .or(answer["error"].as_str())
            .unwrap();
        assert_eq!((found, said), (status, words));
    }
    let (_, list) = desk.get("deliveries?state=held").await;
    assert_eq!(list, json!([]));
}

#[tokio::test]
async fn what_is_called_off_is_never_sent_and_counted() {
    let desk = desk().await;
    for (id, status) in [
        (1, StatusCode::CONFLICT),
        (2, StatusCode::OK),
        (4, StatusCode::OK),
        (6, StatusCode::OK),
        (6, StatusCode::CONFLICT),
        (99, StatusCode::NOT_FOUND),
    ] {
        let (found, _) = desk
            .post(&format!("deliveries/{id}/cancel"), Value::Null)
            .await;
        assert_eq!(found, status, "{id}");
    }
    let (_, list) = desk.get("deliveries?state=cancelled").await;
    assert_eq!(ids(&list), [6, 4, 2]);
    let counted = r#"ticketbridge_deliveries_total{system="response-url",outcome="cancelled"} 3"#;
    assert!(desk.bridge.metrics.render().contains(counted));
}
