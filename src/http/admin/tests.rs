//! The operator's interface over a store in memory: every call's shape and its refusals.

mod access;
mod dead_letters;
mod deliveries;
mod desk;
mod lanes;
mod loops;
mod status;
mod tickets;
mod trace;

use axum::http::StatusCode;
use serde_json::{Value, json};

use desk::Desk;

#[tokio::test]
async fn an_unknown_resource_and_method_are_problems() {
    let desk = Desk::new();
    let (status, problem) = desk.get("no-such-thing").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(problem["error"], "there is no such resource");
    let (status, problem) = desk.post("status", json!({})).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(problem["status"], 405);
    assert_eq!(problem["title"], "Method Not Allowed");
}

#[tokio::test]
async fn a_body_that_is_no_json_and_one_of_another_shape_are_told_apart() {
    let desk = Desk::new();
    desk.arrives("uid-1").await;
    let (status, _) = desk.post_raw("tickets/1/reply", "{\"text\"").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    for body in [
        json!({}),
        json!({"text": 1}),
        json!({"text": "x", "extra": 1}),
    ] {
        let (status, problem) = desk.post("tickets/1/reply", body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(problem["detail"].is_string() && problem["error"] == problem["detail"]);
    }
    for body in ["[]", "[null, null]", " [\"response-url\"]"] {
        let (status, problem) = desk.post_raw("dead-letters/retry", body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(problem["detail"], "the body is not an object");
    }
    let (status, _) = desk.get("tickets?colour=red").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (status, _) = desk.get("tickets/seven").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn problems_have_their_own_content_type() {
    let desk = Desk::new();
    let answer = desk.call("GET", "tickets/9", "").await;
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
}

/// No answer of any kind shows what comes after the host.
#[tokio::test]
async fn no_answer_shows_the_secret_part_of_a_url() {
    let desk = Desk::new();
    desk.arrives("uid-1").await;
    desk.replies(1, "Hello").await;
    desk.dies(1).await;
    desk.replies(1, "Hello again").await;
    for path in [
        "status",
        "tickets",
        "tickets/1",
        "trace?of=1",
        "deliveries",
        "deliveries/1",
        "dead-letters",
        "lanes",
    ] {
        let (status, shown) = desk.get(path).await;
        assert_eq!(status, StatusCode::OK, "{path}");
        desk::has_no_secret(path, &shown);
    }
    for (path, body) in [
        ("dead-letters/retry", json!({"dry_run": true})),
        ("lanes/resume", json!({"lane": 1})),
        (
            "tickets/1/response-url",
            json!({"url": "https://other.example.com/secret-2"}),
        ),
        (
            "tickets/1/response-url",
            json!({"url": "http://other.example.com/secret-2"}),
        ),
        ("deliveries/2/retry", Value::Null),
    ] {
        let (_, shown) = desk.post(path, body).await;
        desk::has_no_secret(path, &shown);
    }
}
