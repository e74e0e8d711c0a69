//! Every example of the External API's document against what is served: the same keys in the same order, each with a
//! value of the same kind. The values of the examples are made up, as the document's are.

use super::*;

/// What keys an example has, in order, and of what kind each value is.
#[derive(Debug)]
enum Shape {
    Bool,
    Number,
    Text,
    Time,
    /// Text or `null`.
    Maybe,
    List(Box<Shape>),
    Object(&'static [(&'static str, Shape)]),
}

use Shape::{Bool, List, Maybe, Number, Object, Text, Time};

const NAMED: Shape = Object(&[("id", Number), ("name", Text)]);

fn ticket() -> Vec<(&'static str, Shape)> {
    let list = |shape| List(Box::new(shape));
    let customer = Object(&[("id", Number), ("name", Text), ("email", Text)]);
    let label = Object(&[("id", Number), ("name", Text), ("color", Text)]);
    let field = Object(&[
        ("id", Number),
        ("label", Text),
        ("type", Text),
        ("value", Text),
    ]);
    vec![
        ("id", Number),
        ("reference_id", Text),
        ("title", Text),
        ("content", Text),
        ("status", Text),
        ("priority", Text),
        ("department", NAMED),
        ("category", NAMED),
        ("product", NAMED),
        ("customer", customer),
        ("labels", list(label)),
        ("assigned_to", NAMED),
        ("agents", list(NAMED)),
        ("custom_fields", list(field)),
        ("is_resolved", Bool),
        ("is_locked", Bool),
        ("last_reply_at", Time),
        ("closed_at", Maybe),
        ("created_at", Time),
        ("updated_at", Time),
    ]
}

const DASHBOARD: Shape = Object(&[
    ("open_tickets", Number),
    ("in_progress_tickets", Number),
    ("needs_response", Number),
    ("closed_today", Number),
]);

const LIKE: Shape = Object(&[("liked", Bool), ("count", Number)]);

const PROFILE: Shape = Object(&[
    ("id", Number),
    ("name", Text),
    ("email", Text),
    ("phone", Text),
    ("locale", Text),
    ("avatar_url", Text),
    ("notification_settings", Object(&[])),
    ("is_active", Bool),
    ("created_at", Time),
]);

const NOTIFICATION: Shape = Object(&[
    ("id", Number),
    ("type", Text),
    ("title", Text),
    ("message", Text),
    ("ticket_id", Number),
    ("sender_name", Text),
    ("sender_avatar", Maybe),
    ("is_read", Bool),
    ("created_at", Time),
]);

const UNREAD: Shape = Object(&[("unread_count", Number)]);

fn is_time(text: &str) -> bool {
    let form: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    form == "0000-00-00T00:00:00Z"
}

/// Panics where `value` has not the keys and kinds of the example. `at` says where.
fn has(value: &Value, shape: &Shape, at: &str) {
    let fits = match (shape, value) {
        (Bool, Value::Bool(_)) | (Text | Maybe, Value::String(_)) | (Maybe, Value::Null) => true,
        (Number, Value::Number(number)) => number.is_u64(),
        (Time, Value::String(text)) => is_time(text),
        (List(of), Value::Array(items)) => {
            assert!(!items.is_empty(), "{at} is empty");
            items
                .iter()
                .for_each(|item| has(item, of, &format!("{at}[]")));
            true
        }
        (Object(keys), Value::Object(fields)) => {
            has_keys(fields, keys, at);
            true
        }
        _ => false,
    };
    assert!(fits, "{at} is {value}, not {shape:?}");
}

fn has_keys(fields: &serde_json::Map<String, Value>, keys: &[(&str, Shape)], at: &str) {
    let found: Vec<&String> = fields.keys().collect();
    let mut wanted: Vec<&str> = keys.iter().map(|(key, _)| *key).collect();
    wanted.sort_unstable();
    assert_eq!(found, wanted, "{at}");
    for (key, shape) in keys {
        has(&fields[*key], shape, &format!("{at}.{key}"));
    }
}

/// That these keys come in this order in what was sent.
fn in_order(text: &str, keys: &[(&str, Shape)]) {
    let mut from = 0;
    for (key, _) in keys {
        let key = format!("\"{key}\":");
        let place = text[from..].find(&key);
        from += place.unwrap_or_else(|| panic!("{key} is not in its place in {text}")) + key.len();
    }
}

async fn bridge() -> Fixture {
    let bridge = Fixture::with(|settings| {
        settings
            .agent_api
            .products
            .insert(9, "SaaS Platform".to_owned());
        let agent = settings.agents.get_mut(&3).unwrap();
        agent.email = "smith@example.com".to_owned();
        agent.phone = "+1234567890".to_owned();
        agent.avatar_url = "https://example.com/smith.png".to_owned();
    });
    bridge
        .ticket(|sent| {
            sent["content"] = "I cannot log in.".into();
            sent["author"] = json!({"external_uid": "john@example.com", "username": "John Doe"});
        })
        .await
        .expect(201);
    bridge
        .put(KEY, "/api/v1/external/tickets/1", json!({"labels": [1]}))
        .await
        .expect(200);
    bridge.follow_up("t-1b", "t-1").await;
    bridge
}

#[tokio::test(start_paused = true)]
async fn every_example_of_the_document_is_what_is_served() {
    let bridge = bridge().await;
    let check = bridge
        .ask("/api/v1/external/connection-check")
        .await
        .expect(200);
    assert_eq!(
        check.text,
        r#"{"status":true,"message":"Connection check successful"}"#
    );
    let health = bridge.get("/api/v1/health-check", &[]).await.expect(200);
    assert_eq!(health.text, r#"{"message":"Health check successful"}"#);

    let ticket = ticket();
    let calls: [(&str, &str, &Shape); 5] = [
        ("GET", "dashboard", &DASHBOARD),
        ("POST", "tickets/1/messages/2/like", &LIKE),
        ("GET", "profile", &PROFILE),
        ("GET", "notifications/unread-count", &UNREAD),
        ("POST", "notifications/2/read", &NOTIFICATION),
    ];
    for (method, path, shape) in calls {
        let path = format!("/api/v1/external/{path}");
        let reply = bridge
            .without_body(method, &path, &[("x-api-key", KEY)])
            .await
            .expect(200);
        let json = reply.json();
        assert_eq!(json["status"], true, "{path}");
        has(&json["data"], shape, &path);
        if let Object(keys) = shape {
            in_order(&reply.text, keys);
        }
    }
    for (path, place) in [
        ("tickets/1", None),
        ("tickets", Some(0)),
        ("tickets/1/close", None),
    ] {
        let method = if path.ends_with("close") {
            "POST"
        } else {
            "GET"
        };
        let path = format!("/api/v1/external/{path}");
        let reply = bridge
            .without_body(method, &path, &[("x-api-key", KEY)])
            .await
            .expect(200);
        let json = reply.json();
        let data = place.map_or(&json["data"], |place: usize| &json["data"][place]);
        has_keys(data.as_object().unwrap(), &ticket, &path);
        in_order(&reply.text, &ticket);
    }
    let list = bridge.data(KEY, "notifications").await;
    has(&list, &List(Box::new(NOTIFICATION)), "notifications");
    let wrote = &list[0];
    assert_eq!(
        (&wrote["type"], &wrote["message"]),
        (
            &json!("ticket_reply"),
            &json!("Customer replied to your ticket")
        )
    );
}

#[tokio::test(start_paused = true)]
async fn whatever_is_read_answers_head_as_well() {
    let bridge = bridge().await;
    for path in [
        "connection-check",
        "dashboard",
        "tickets",
        "tickets/1",
        "tickets/1/messages",
        "profile",
        "notifications",
        "notifications/unread-count",
    ] {
        let path = format!("/api/v1/external/{path}");
        let headers = [("x-api-key", KEY)];
        let read = bridge.get(&path, &headers).await.expect(200);
        let head = bridge
            .without_body("HEAD", &path, &headers)
            .await
            .expect(200);
        assert_eq!(head.text, "");
        let length = read.text.len().to_string();
        assert_eq!(
            head.header("content-length"),
            Some(length.as_str()),
            "{path}"
        );
        assert!(head.header("x-ratelimit-limit").is_some());
        let wrong = bridge
            .without_body("DELETE", &path, &headers)
            .await
            .expect(405);
        assert!(wrong.header("allow").unwrap().starts_with("GET, HEAD"));
    }
    for path in [
        "tickets/1/close",
        "tickets/1/messages/1/like",
        "notifications/1/read",
    ] {
        let path = format!("/api/v1/external/{path}");
        let reply = bridge.ask(&path).await.expect(405);
        assert_eq!(reply.header("allow"), Some("POST"), "{path}");
    }
}
