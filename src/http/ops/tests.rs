//! Operations, through the whole router.

use serde_json::json;

use crate::http::testing::{Fixture, KEY, bridge_over, settings};
use crate::http::{Hearing, ops_router, public_router};
use crate::model::Time;
use crate::store::{Store, StoreOptions};

#[tokio::test(start_paused = true)]
async fn a_sound_daemon_is_alive_and_ready() {
    let bridge = Fixture::new();
    for path in ["/healthz", "/readyz"] {
        let reply = bridge.get(path, &[]).await.expect(200);
        assert_eq!(reply.text, "ok\n");
        assert_eq!(bridge.without_body("HEAD", path, &[]).await.text, "");
        bridge.post(path, &[], &json!({})).await.problem(405);
    }
}

#[tokio::test(start_paused = true)]
async fn a_low_disk_is_alive_and_not_ready() {
    let bridge = Fixture::new();
    bridge.bridge.room.look("/".as_ref(), u64::MAX).unwrap();
    bridge.get("/healthz", &[]).await.expect(200);
    let reply = bridge.get("/readyz", &[]).await.expect(503);
    assert!(
        reply.text.starts_with("the disk is low: "),
        "{}",
        reply.text
    );
}

#[tokio::test]
async fn a_failed_store_is_neither_and_everything_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let bridge = Fixture::over(bridge_over(settings(), |planner| {
        Store::open(StoreOptions {
            path: folder.path().join("state"),
            cache: 1 << 20,
            create: true,
            now: Time::EPOCH,
            planner,
            observer: None,
            traces: None,
            sync_gate: None,
        })
        .unwrap()
    }));
    bridge.ticket(|_| {}).await.expect(201);
    bridge.bridge.store.fail("a test's failure");
    for path in ["/healthz", "/readyz"] {
        let reply = bridge.get(path, &[]).await.expect(503);
        assert!(reply.text.contains("a test's failure"), "{}", reply.text);
    }
    let after = bridge.ticket(|_| {}).await;
    after.problem(503);
    assert_eq!(after.header("retry-after"), Some("5"));
    // The writer has ended by then.
    bridge.bridge.store.clone().close().await.unwrap_err();
    let agents = bridge
        .post(
            "/api/v1/external/tickets/1/messages",
            &[("x-api-key", KEY)],
            &json!({"content": "On it."}),
        )
        .await
        .expect(503);
    assert_eq!(agents.json(), json!({"message": "Service Unavailable"}));
    assert_eq!(agents.header("retry-after"), Some("5"));
    // What was counted is shown all the same.
    bridge.get("/metrics", &[]).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn metrics_are_looked_up_when_they_are_asked_for() {
    let bridge = Fixture::new();
    let reply = bridge.get("/metrics", &[]).await.expect(200);
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let pending = r#"ticketbridge_pending{system="response-url"}"#;
    let due = r#"ticketbridge_oldest_due_seconds{system="response-url"}"#;
    assert_eq!(bridge.metric(pending).await, 0.0);
    bridge.ticket(|_| {}).await.expect(201);
    let path = "/api/v1/external/tickets/1/messages";
    bridge
        .post(path, &[("x-api-key", KEY)], &json!({"content": "On it."}))
        .await
        .expect(201);
    tokio::time::advance(std::time::Duration::from_secs(7)).await;
    assert_eq!(bridge.metric(pending).await, 1.0);
    assert_eq!(bridge.metric(due).await, 7.0);
    assert!(bridge.metric("ticketbridge_store_bytes").await > 0.0);
}

#[tokio::test(start_paused = true)]
async fn operations_stand_on_their_own_listener_where_they_have_one() {
    let bridge = Fixture::new().bridge;
    let router = public_router(bridge.clone(), Hearing::deaf(), false);
    let public = Fixture::routed(bridge.clone(), router);
    let ops = Fixture::routed(bridge.clone(), ops_router(bridge));
    for path in ["/healthz", "/readyz", "/metrics"] {
        public.get(path, &[]).await.problem(404);
        ops.get(path, &[]).await.expect(200);
    }
    ops.ticket(|_| {}).await.problem(404);
    public.ticket(|_| {}).await.expect(201);
}
