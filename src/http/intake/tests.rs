//! Every row of the intake's table, through the whole router.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::http::testing::{Fixture, OTHER_TOKEN, Reply, TOKEN, ticket};
use crate::model::TicketId;

mod credentials;
mod refusals;
mod threads;

const PATH: &str = "/brands/acme/external_tickets";

fn basic(name: &str, token: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{token}")))
}

fn without(key: &str) -> Value {
    let mut value = ticket();
    value.as_object_mut().unwrap().remove(key);
    value
}

#[tokio::test(start_paused = true)]
async fn a_new_ticket_is_201_and_told_in_full() {
    let bridge = Fixture::new();
    let reply = bridge
        .ticket(|sent| sent["custom_provider"] = "hacker_news".into())
        .await
        .expect(201);
    assert_eq!(reply.header("content-type"), Some("application/json"));
    assert_eq!(
        reply.text,
        concat!(
            r#"{"id":1,"message_id":1,"external_uid":"t-1","status":"open","#,
            r#""content":"The printer is on fire.","provider":"hacker_news","parent_id":null,"#,
            r#""author":{"external_uid":"u-1","username":"Ada"},"response_url_known":true,"#,
            r#""created_at":"2020-04-04T23:35:27.632879Z","duplicate":false,"updated":false}"#,
        )
    );
    let accepted = r#"ticketbridge_tickets_accepted_total{brand="acme"}"#;
    assert_eq!(bridge.metric(accepted).await, 1.0);
    assert_eq!(
        bridge.metric("ticketbridge_intake_seconds_count").await,
        1.0
    );
}

#[tokio::test(start_paused = true)]
async fn every_path_takes_tickets() {
    let bridge = Fixture::new();
    for (path, uid) in super::PATHS.into_iter().zip(["a", "b", "c", "d"]) {
        let mut sent = ticket();
        sent["external_uid"] = uid.into();
        let path = path.replace("{brand}", "acme");
        let reply = bridge.post(&path, &[], &sent).await.expect(201);
        assert_eq!(reply.json()["external_uid"], uid);
    }
}

#[tokio::test(start_paused = true)]
async fn both_examples_of_the_document_are_taken() {
    let bridge = Fixture::new();
    let author =
        json!({"external_uid": "external_ticket_author_external_uid", "username": "best_username"});
    let token = json!({"name": "zapier", "token": TOKEN});
    let second = json!({
        "external_uid": "123hello321world",
        "content": "This is content from the external ticket example.",
        "response_url": "https://response_url.com",
        "custom_provider": "hacker_news",
        "author": author,
        "created_at": "2019-01-01 23:35:27.632879 UTC",
        "token": token,
    });
    let reply = bridge.post(PATH, &[], &second).await.expect(201);
    assert_eq!(reply.json()["id"], 1);
    // The first names a parent and has no response URL: its parent's serves.
    let first = json!({
        "external_uid": "123hello321world-2",
        "content": "This is content from the external ticket example.",
        "parent_uid": "123hello321world",
        "author": author,
        "created_at": "2019-01-01 23:35:27.632879 UTC",
        "token": token,
    });
    let json = bridge.post(PATH, &[], &first).await.expect(201).json();
    assert_eq!((&json["id"], &json["parent_id"]), (&json!(1), &json!(1)));
    assert_eq!(
        (&json["message_id"], &json["provider"]),
        (&json!(2), &Value::Null)
    );
    assert_eq!(json["response_url_known"], true);
}

#[tokio::test(start_paused = true)]
async fn form_data_is_taken_in_every_spelling() {
    let bridge = Fixture::new();
    for (uid, open, close) in [("f-1", "[", "]"), ("f-2", ".", ""), ("f-3", "__", "")] {
        let nested = |object: &str, key: &str| format!("{object}{open}{key}{close}");
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("external_uid", uid)
            .append_pair("content", "Grüße & more")
            .append_pair("response_url", "https://hooks.example.com/1")
            .append_pair("custom_provider", "")
            .append_pair(&nested("author", "external_uid"), "u-1")
            .append_pair(&nested("author", "username"), "Ada")
            .append_pair("created_at", "2020-04-04T23:35:27+0200")
            .append_pair(&nested("personal_access_token", "name"), "zapier")
            .append_pair(&nested("personal_access_token", "token"), TOKEN)
            .finish();
        let request = axum::http::Request::post(PATH)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.into())
            .unwrap();
        let json = bridge.call(request).await.expect(201).json();
        assert_eq!(json["content"], "Grüße & more");
        assert_eq!(json["provider"], Value::Null);
        assert_eq!(json["created_at"], "2020-04-04T21:35:27.000000Z");
    }
}
