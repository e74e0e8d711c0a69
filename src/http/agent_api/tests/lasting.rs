//! What is still so after a restart.

use std::path::Path;

use super::*;
use crate::http::testing::{bridge_over, settings};
use crate::model::{Happening, Time};
use crate::settings::Assign;
use crate::store::{Rank, Store, StoreOptions};

/// A bridge over a store on the disk, whose agents take turns.
async fn started(folder: &Path) -> Fixture {
    let mut settings = settings();
    settings.brands.get_mut("acme").unwrap().assign = Assign::RoundRobin;
    let bridge = Fixture::over(bridge_over(settings, |planner| {
        Store::open(StoreOptions {
            path: folder.join("state"),
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
    for agent in [3, 4] {
        let joined = bridge.bridge.clock.event(Happening::Joined(AgentId(agent)));
        bridge
            .bridge
            .store
            .commit(joined, Rank::Agent)
            .await
            .unwrap();
    }
    bridge
}

async fn stopped(bridge: Fixture) {
    let store = bridge.bridge.store.clone();
    drop(bridge);
    store.close().await.unwrap();
}

#[tokio::test]
async fn profiles_notifications_likes_and_turns_survive_restarts() {
    const READS: [&str; 6] = [
        "profile",
        "notifications",
        "notifications/unread-count",
        "dashboard",
        "tickets",
        "tickets/1/messages",
    ];
    let folder = tempfile::tempdir().unwrap();
    let bridge = started(folder.path()).await;
    for uid in ["t-1", "t-2", "t-3"] {
        bridge.ticket_called(uid).await;
    }
    let profile = "/api/v1/external/profile";
    let body = json!({"name": "Jo", "phone": null, "notification_settings": {"x": true}});
    bridge.put(KEY, profile, body).await.expect(200);
    bridge.follow_up("t-1b", "t-1").await;
    for call in [
        "notifications/1/read",
        "tickets/1/messages/4/like",
        "tickets/3/close",
    ] {
        let path = format!("/api/v1/external/{call}");
        bridge.post_nothing(KEY, &path).await.expect(200);
    }
    let mut before = Vec::new();
    for path in READS {
        before.push(bridge.data(KEY, path).await);
    }
    assert_eq!(before[0]["name"], "Jo");
    assert_eq!(before[2]["unread_count"], 2);
    assert_eq!(before[5][0]["likes_count"], 1);
    stopped(bridge).await;

    let bridge = started(folder.path()).await;
    for (path, before) in READS.iter().zip(before) {
        assert_eq!(bridge.data(KEY, path).await, before, "{path}");
    }
    // 3, 4 and 3 had the first three; it is 4's turn.
    bridge.ticket_called("t-4").await;
    assert_eq!(bridge.data(SECOND_KEY, "tickets").await[0]["id"], 4);
    bridge.bridge.store.audit(bridge.bridge.clock.now());
    stopped(bridge).await;
}
