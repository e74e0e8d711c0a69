//! How everything stands.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::desk::Desk;
use crate::model::{Class, LaneFailure, Time};

#[tokio::test]
async fn an_idle_bridge_shows_zeros() {
    let desk = Desk::new();
    let (status, shown) = desk.get("status").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(shown["at"], "2026-01-01T10:00:00.000000Z");
    assert_eq!(
        shown["systems"],
        json!([{
            "system": "response-url", "pending": 0, "held": 0, "recorded": 0, "dead_letters": 0, "oldest_due": null,
            "throttled": {"lanes": 0, "until": null}, "breaker": {"lanes": 0, "hosts": 0, "until": null},
            "gone_lanes": 0, "paused": false, "paused_reason": null,
        }])
    );
    assert_eq!(shown["hosts"], json!([]));
    assert_eq!(shown["set_aside"], 0);
    assert_eq!(shown["store"]["low"], false);
    assert_eq!(shown["run"]["after_crash"], false);
    assert_eq!(shown["run"]["state"], "running");
}

#[tokio::test]
async fn trouble_shows_by_system_and_by_host() {
    let desk = Desk::with("\n[delivery]\non_unknown = \"hold\"\n");
    for uid in ["uid-1", "uid-2", "uid-3", "uid-4", "uid-5"] {
        desk.arrives(uid).await;
    }
    for ticket in 1..=5 {
        desk.replies(ticket, "Hello").await;
    }
    desk.dies(1).await;
    desk.settles(2, |settled| settled.attempt.class = Class::Unknown)
        .await;
    desk.settles(3, |settled| {
        settled.attempt.class = Class::Throttled;
        settled.until = Some(Time::from_micros(super::desk::BEGAN).plus(Duration::from_secs(600)));
    })
    .await;
    for _ in 0..10 {
        desk.settles(4, |settled| {
            settled.attempt.class = Class::Retry;
            settled.failure = Some(LaneFailure::ServerError);
        })
        .await;
    }
    desk.passes(Duration::from_secs(1));
    let (_, shown) = desk.get("status").await;
    let system = &shown["systems"][0];
    assert_eq!(system["pending"], 4);
    assert_eq!(system["held"], 1);
    assert_eq!(system["dead_letters"], 1);
    assert_eq!(system["oldest_due"], "2026-01-01T10:00:00.000000Z");
    assert_eq!(
        system["throttled"],
        json!({"lanes": 1, "until": "2026-01-01T10:10:00.000000Z"})
    );
    assert_eq!(system["breaker"]["lanes"], 1);
    let host = &shown["hosts"][0];
    assert_eq!(host["host"], "hooks.example.com:443");
    assert_eq!((&host["lanes"], &host["pending"]), (&json!(4), &json!(4)));
    assert_eq!(host["breaker"], system["breaker"]);
}

#[tokio::test]
async fn configured_systems_are_named() {
    let desk = Desk::with(
        "\n[[systems]]\nid = \"hub\"\nkind = \"respondo\"\nbase_url = \"https://app.example.com\"\n\
         remote_brand = 7\ntoken_name = \"bridge\"\ntoken_file = \"respondo.token\"\n",
    );
    let (_, shown) = desk.get("status").await;
    assert_eq!(shown["systems"][1]["system"], "hub");
}
