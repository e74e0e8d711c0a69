//! What is not taken, and why.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};

use axum::body::Body;
use axum::http::Request;
use futures_util::stream;

use super::*;
use crate::http::testing::{bridge_over, settings};
use crate::model::{Event, Happening, Kick, LaneId, Time};
use crate::store::{Rank, Store, StoreOptions};

async fn raw(bridge: &Fixture, content_type: Option<&str>, body: impl Into<Body>) -> Reply {
    let mut request = Request::post(PATH);
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    bridge.call(request.body(body.into()).unwrap()).await
}

async fn counted(bridge: &Fixture, reason: &str) -> f64 {
    let series = format!(r#"ticketbridge_intake_rejected_total{{reason="{reason}"}}"#);
    bridge.metric(&series).await
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_400_413_or_415() {
    let bridge = Fixture::new();
    let json = Some("application/json");
    let form = Some("application/x-www-form-urlencoded");
    for (content_type, body) in [
        (json, "{"),
        (json, ""),
        (json, "{}x"),
        (form, "content=%FF"),
    ] {
        let reply = raw(&bridge, content_type, body).await;
        assert!(reply.problem(400).is_empty());
    }
    assert_eq!(counted(&bridge, "schema").await, 4.0);
    for content_type in [
        None,
        Some("text/plain"),
        Some("multipart/form-data; boundary=x"),
    ] {
        let reply = raw(&bridge, content_type, ticket().to_string()).await;
        assert!(reply.problem(415).is_empty());
    }
    assert_eq!(counted(&bridge, "type").await, 3.0);
    let large = "x".repeat(4097);
    let reply = raw(&bridge, json, large.clone()).await;
    assert!(reply.problem(413).is_empty());
    let pieces = stream::iter([
        Ok::<_, std::io::Error>("x".repeat(4096)),
        Ok("x".to_owned()),
    ]);
    let reply = raw(&bridge, json, Body::from_stream(pieces)).await;
    assert!(reply.problem(413).is_empty());
    // Too large goes before another type: it is not read to find out.
    let reply = raw(&bridge, None, large).await;
    assert!(reply.problem(413).is_empty());
    assert_eq!(counted(&bridge, "size").await, 3.0);
}

#[tokio::test(start_paused = true)]
async fn every_violation_is_named() {
    let bridge = Fixture::new();
    let reply = bridge
        .ticket(|sent| {
            let sent = sent.as_object_mut().unwrap();
            sent.remove("external_uid");
            sent.remove("content");
            sent["author"] = json!({"username": 5});
            sent["created_at"] = "yesterday".into();
            sent["response_url"] = "http://127.0.0.1/".into();
            sent.insert("a/b".to_owned(), 1.into());
        })
        .await;
    let mut found = reply.problem(422);
    found.sort();
    let pointers: Vec<&str> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(
        pointers,
        [
            "/author/external_uid",
            "/author/username",
            "/a~1b",
            "/content",
            "/created_at",
            "/external_uid",
            "/response_url",
        ]
    );
    assert_eq!(found[6].1, "must begin with https://");
    assert_eq!(
        reply.json()["error"],
        "/external_uid is missing (and 6 more violations)"
    );
}

#[tokio::test(start_paused = true)]
async fn what_is_no_object_has_that_one_violation() {
    let bridge = Fixture::new();
    for body in ["[]", "5", "null"] {
        let request = Request::post(PATH)
            .header("content-type", "application/json")
            .header("x-api-key", TOKEN)
            .body(Body::from(body))
            .unwrap();
        let found = bridge.call(request).await.problem(422);
        let pointers: Vec<&str> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
        assert_eq!(pointers, [""], "{body}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_url_that_may_not_be_called_is_422() {
    let bridge = Fixture::new();
    for url in [
        "",
        "hooks.example.com",
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "https://",
        "https://127.0.0.1/",
        "https://0x7f.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/",
        "https://169.254.169.254/latest",
    ] {
        let reply = bridge
            .ticket(|sent| sent["response_url"] = url.into())
            .await;
        let found = reply.problem(422);
        assert_eq!(found.len(), 1, "{url}: {found:?}");
        assert_eq!(found[0].0, "/response_url");
        assert!(url.is_empty() || !reply.text.contains(url), "{url}");
    }
    let lenient = Fixture::with(|settings| {
        settings.delivery.allow_http = true;
        settings.delivery.allow_networks = vec!["127.0.0.0/8".parse().unwrap()];
    });
    let inside = |sent: &mut Value| sent["response_url"] = "http://127.0.0.1:9/".into();
    lenient.ticket(inside).await.expect(201);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_without_a_way_back_is_422_unless_it_needs_none() {
    let bridge = Fixture::new();
    let no_url = |sent: &mut Value| {
        sent.as_object_mut().unwrap().remove("response_url");
    };
    let alone = bridge.ticket(no_url).await.problem(422);
    assert_eq!(
        alone,
        [("/response_url".to_owned(), "is missing".to_owned())]
    );
    let orphan = bridge
        .ticket(|sent| {
            no_url(sent);
            sent["parent_uid"] = "nowhere".into();
        })
        .await
        .problem(422);
    assert_eq!(
        orphan[0].1,
        "is missing, and parent_uid names nothing known"
    );
    // With others it is named among them, once.
    let several = bridge
        .ticket(|sent| {
            no_url(sent);
            sent["x"] = 1.into();
        })
        .await
        .problem(422);
    assert_eq!(several.len(), 2, "{several:?}");
    let wrong_type = bridge
        .ticket(|sent| sent["response_url"] = Value::Null)
        .await
        .problem(422);
    assert_eq!(wrong_type.len(), 1, "{wrong_type:?}");

    let lenient = Fixture::with(|settings| settings.intake.require_response_url = false);
    let json = lenient.ticket(no_url).await.expect(201).json();
    assert_eq!(json["response_url_known"], false);
    // Once it is needed again, a known parent without one serves nothing.
    let mut strict = settings();
    strict.intake.require_response_url = true;
    lenient
        .bridge
        .live
        .store(Arc::new(crate::live::Live::new(strict)));
    let child = lenient
        .ticket(|sent| {
            no_url(sent);
            sent["external_uid"] = "t-2".into();
            sent["parent_uid"] = "t-1".into();
        })
        .await
        .problem(422);
    assert_eq!(child[0].1, "is missing, and what parent_uid names has none");
    // The same again is no new ticket, and needs nothing.
    lenient.ticket(no_url).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn other_methods_and_paths_are_problems_too() {
    let bridge = Fixture::new();
    for method in ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"] {
        let reply = bridge.without_body(method, PATH, &[]).await;
        assert_eq!(reply.status, 405, "{method}");
        assert_eq!(reply.header("allow"), Some("POST"), "{method}");
        if method != "HEAD" {
            reply.problem(405);
        }
    }
    for path in [
        "/",
        "/brands",
        "/brands/acme",
        "/brands/acme/external_tickets/",
        "/api",
        "/api/v10",
    ] {
        bridge.post(path, &[], &ticket()).await.problem(404);
    }
}

#[tokio::test(start_paused = true)]
async fn a_low_disk_refuses_before_anything_else() {
    let bridge = Fixture::new();
    bridge.bridge.room.look("/".as_ref(), u64::MAX).unwrap();
    let reply = bridge.post(PATH, &[], &json!([])).await;
    reply.problem(503);
    assert_eq!(reply.header("retry-after"), Some("60"));
    assert_eq!(counted(&bridge, "store").await, 1.0);
}

#[tokio::test(start_paused = true)]
async fn a_ticket_that_cannot_be_planned_is_500_and_the_next_is_taken() {
    let bridge = Fixture::over(bridge_over(settings(), |planner| {
        let planner = move |event: &Event, facts: &_| {
            if let Happening::Arrived(sent) = &event.what {
                assert_ne!(sent.external_uid, "bad", "a test's panic");
            }
            planner(event, facts)
        };
        Store::in_memory(Arc::new(planner), Time::EPOCH)
    }));
    let bad = bridge
        .ticket(|sent| sent["external_uid"] = "bad".into())
        .await;
    bad.problem(500);
    assert!(!bad.text.contains("panic"));
    bridge.ticket(|_| {}).await.expect(201);
}

#[tokio::test]
async fn a_full_queue_is_503_for_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let holds = Arc::new(AtomicBool::new(false));
    let (release, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let (reached, mut at_gate) = tokio::sync::mpsc::unbounded_channel();
    let bridge = Fixture::over(bridge_over(settings(), |planner| {
        let holds = Arc::clone(&holds);
        Store::open(StoreOptions {
            path: folder.path().join("state"),
            cache: 1 << 20,
            create: true,
            now: Time::EPOCH,
            planner,
            observer: None,
            // Holds the writer until the test lets it go.
            traces: None,
            sync_gate: Some(Arc::new(move || {
                if holds.load(Ordering::SeqCst) {
                    let _told = reached.send(());
                    let _released = held.lock().unwrap().recv();
                }
            })),
        })
        .unwrap()
    }));
    holds.store(true, Ordering::SeqCst);
    let mut first = Box::pin(bridge.ticket(|_| {}));
    assert!(futures_util::poll!(&mut first).is_pending());
    at_gate.recv().await.unwrap();
    let event = || {
        let lane = LaneId(1);
        bridge.bridge.clock.event(Happening::Kicked(Kick { lane }))
    };
    let mut waiting: Vec<_> = (0..4096)
        .map(|_| Box::pin(bridge.bridge.store.commit(event(), Rank::Intake)))
        .collect();
    for commit in &mut waiting {
        assert!(futures_util::poll!(commit).is_pending());
    }
    let reply = bridge.ticket(|_| {}).await;
    reply.problem(503);
    assert_eq!(reply.header("retry-after"), Some("1"));
    drop(release);
    first.await.expect(201);
    for commit in waiting {
        commit.await.unwrap();
    }
    bridge.ticket(|_| {}).await.expect(200);
}

#[tokio::test(start_paused = true)]
async fn no_refusal_repeats_a_secret_or_what_was_said() {
    let bridge = Fixture::new();
    let secrets = [
        TOKEN,
        OTHER_TOKEN,
        "secret-path-1",
        "printer is on fire",
        "presented-wrong",
    ];
    let mut replies = Vec::new();
    replies.push(
        bridge
            .ticket(|sent| sent["created_at"] = "now".into())
            .await,
    );
    replies.push(
        bridge
            .ticket(|sent| sent["response_url"] = "http://h/secret-path-1".into())
            .await,
    );
    replies.push(bridge.ticket(|sent| sent["author"] = Value::Null).await);
    replies.push(
        bridge
            .ticket(|sent| sent["personal_access_token"]["token"] = "presented-wrong".into())
            .await,
    );
    replies.push(
        bridge
            .ticket(|sent| sent["token"] = json!({"name": "zapier", "token": OTHER_TOKEN}))
            .await,
    );
    replies.push(raw(&bridge, Some("application/json"), format!("{}x", ticket())).await);
    replies.push(raw(&bridge, Some(TOKEN), ticket().to_string()).await);
    replies.push(
        bridge
            .post(PATH, &[("x-api-key", "presented-wrong")], &ticket())
            .await,
    );
    for reply in replies {
        assert!(reply.status.is_client_error(), "{}", reply.text);
        for secret in secrets {
            assert!(!reply.text.contains(secret), "{secret} in {}", reply.text);
        }
    }
}
