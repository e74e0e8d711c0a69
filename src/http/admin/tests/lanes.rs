//! Lanes.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::desk::Desk;
use crate::model::{Class, Time};

#[tokio::test]
async fn a_lane_says_what_it_holds_and_what_holds_it() {
    let desk = Desk::new();
    desk.arrives("uid-1").await;
    desk.arrives("uid-2").await;
    desk.replies(1, "one").await;
    desk.passes(Duration::from_secs(400));
    desk.replies(1, "two").await;
    desk.replies(2, "three").await;
    desk.settles(3, |settled| {
        settled.attempt.class = Class::Throttled;
        settled.until = Some(Time::from_micros(super::desk::BEGAN).plus(Duration::from_secs(1000)));
    })
    .await;
    let (status, lanes) = desk.get("lanes").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(lanes[0]["id"], 1);
    assert_eq!(lanes[0]["to"], "https://hooks.example.com/…");
    assert_eq!(lanes[0]["host"], "hooks.example.com:443");
    assert_eq!(lanes[0]["state"], "open");
    assert_eq!(lanes[0]["pending"], 2);
    assert_eq!(
        lanes[0]["ages"],
        json!({"1m": 1, "5m": 0, "10m": 1, "30m": 0, "1h": 0, "6h": 0, "1d": 0, "older": 0})
    );
    assert_eq!(lanes[0]["oldest"], "2026-01-01T10:00:00.000000Z");
    assert_eq!(lanes[0]["next_due"], "2026-01-01T10:00:00.000000Z");
    assert_eq!(lanes[1]["state"], "throttled");
    assert_eq!(lanes[1]["paused_until"], "2026-01-01T10:16:40.000000Z");
}

#[tokio::test]
async fn a_gone_lane_goes_on_by_number_or_by_url() {
    let desk = Desk::new();
    desk.arrives("uid-1").await;
    let url = "https://hooks.example.com/secret-1/uid-1";
    for which in [json!({"lane": 1}), json!({"url": url})] {
        desk.replies(1, "one").await;
        desk.replies(1, "two").await;
        let (_, due) = desk.get("deliveries?state=due").await;
        let id = due[0]["id"].as_u64().unwrap();
        desk.settles(id, |settled| {
            settled.attempt.class = Class::Rejected;
            settled.gone = true;
        })
        .await;
        let (_, lanes) = desk.get("lanes").await;
        assert_eq!(lanes[0]["state"], "gone");
        let (status, done) = desk.post("lanes/resume", which).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(
            done["done"],
            "lane 1 to https://hooks.example.com/… goes on"
        );
        let (_, lanes) = desk.get("lanes").await;
        assert_eq!(lanes[0]["state"], "open");
    }
    for (which, status) in [
        (json!({"lane": 99}), StatusCode::NOT_FOUND),
        (
            json!({"url": "https://hooks.example.com/other"}),
            StatusCode::NOT_FOUND,
        ),
        (json!({"url": "x"}), StatusCode::NOT_FOUND),
        (json!({}), StatusCode::UNPROCESSABLE_ENTITY),
        (
            json!({"lane": 1, "url": url}),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    ] {
        assert_eq!(desk.post("lanes/resume", which).await.0, status);
    }
}
