//! Answers at the addresses that were given with pushed tickets, over a store in memory.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use super::super::testing::{Fixture, Reply, bridge_over, settings};
use crate::http::{Hearing, public_router};
use crate::model::{Command, TicketId, Time};
use crate::settings::{Mode, Rate, Respondo, RespondoPath, Secret, Settings, System, SystemKind};
use crate::store::Store;

const TICKET: &str = r#"{"external_uid": "a", "content": "Help me", "response_url": "https://hooks.example.com/1",
    "author": {"external_uid": "jane", "username": "Jane"}, "created_at": "2020-04-04 23:35:27 UTC",
    "personal_access_token": {"name": "zapier", "token": "acme-token-1"}}"#;

fn with_hub(settings: &mut Settings, path: RespondoPath) {
    let hub = System {
        id: "hub".to_owned(),
        base_url: "https://app.example.com".parse().unwrap(),
        rate: Rate {
            per_second: 10.0,
            burst: 20,
        },
        mode: Mode::Live,
        ca_file: None,
        kind: SystemKind::Respondo(Respondo {
            remote_brand: 7,
            token_name: "bridge".to_owned(),
            token: Secret::new("t".to_owned()),
            path,
        }),
    };
    settings.systems.insert(hub.id.clone(), hub);
    let brand = settings.brands.get_mut("acme").unwrap();
    brand.mirror_to.push("hub".to_owned());
}

struct Hub {
    fixture: Fixture,
}

impl Hub {
    /// With one ticket taken in.
    async fn new(path: RespondoPath) -> Self {
        let mut settings = settings();
        with_hub(&mut settings, path);
        let bridge = bridge_over(settings, |planner| Store::in_memory(planner, Time::EPOCH));
        let router = public_router(bridge.clone(), Hearing::deaf(), true);
        let hub = Self {
            fixture: Fixture::routed(bridge, router),
        };
        let taken = hub
            .post("/brands/acme/external_tickets", "application/json", TICKET)
            .await;
        assert_eq!(taken.status, StatusCode::CREATED);
        hub
    }

    async fn post(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Reply {
        let request = Request::post(path).header("content-type", content_type);
        self.fixture.call(request.body(body.into()).unwrap()).await
    }

    async fn delete(&self, path: &str) -> Reply {
        let request = Request::delete(path).body(Body::empty()).unwrap();
        self.fixture.call(request).await
    }

    /// The address that was given with the ticket.
    async fn address(&self) -> String {
        let story = self.fixture.bridge.store.story(TicketId(1)).await.unwrap();
        let deliveries = story.unwrap().deliveries.into_iter();
        let mut tokens = deliveries.filter_map(|story| match story.delivery.command {
            Command::PushTicket(pushing) => Some(pushing.token),
            _ => None,
        });
        format!("/replies/{}", tokens.next().unwrap())
    }

    /// What was said in the ticket, the customer's own aside.
    async fn answers(&self) -> Vec<String> {
        let story = self.fixture.bridge.store.story(TicketId(1)).await.unwrap();
        let messages = story.unwrap().messages.into_iter().skip(1);
        messages.map(|view| view.content).collect()
    }
}

fn own_path(url: &Value) -> String {
    let url = url.as_str().unwrap();
    url.strip_prefix("https://bridge.example.com")
        .unwrap()
        .to_owned()
}

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_reply_is_stored_once_and_answered_as_a_ticket_with_an_address_of_its_own() {
    let hub = Hub::new(RespondoPath::Brands).await;
    let address = hub.address().await;
    let body = "response_text=Try+again.&parent_id=acme%3A%3Aa&author=%7B%3Aexternal_uid%3D%3E%22jane%22%2C+%3Ausername%3D%3E%22Jane%22%7D";
    let first = hub.post(&address, FORM, body).await;
    assert_eq!(first.status, StatusCode::OK);
    let said = first.json();
    assert_eq!(said["content"], "Try again.");
    assert_eq!(said["parent_uid"], "acme::a");
    assert_eq!(
        said["author"],
        json!({"external_uid": "hub", "username": "ACME"})
    );
    assert_ne!(said["external_uid"], "acme::a");
    let own = own_path(&said["response_url"]);
    assert_ne!(own, address);
    // An agent who clicks twice.
    let second = hub.post(&address, FORM, body).await;
    assert_eq!(second.json(), said);
    assert_eq!(hub.answers().await, ["Try again."]);
    // The answer can be answered, and removed.
    let text = json!({"response_text": "Or call us.", "parent_id": said["external_uid"]});
    let third = hub.post(&own, "application/json", text.to_string()).await;
    assert_eq!(third.status, StatusCode::OK);
    assert_eq!(third.json()["parent_uid"], said["external_uid"]);
    assert_eq!(hub.answers().await, ["Try again.", "Or call us."]);
    let removed = hub.delete(&own).await;
    assert_eq!(
        (removed.status, removed.json()),
        (StatusCode::OK, json!({}))
    );
}

#[tokio::test]
async fn every_spelling_of_the_author_is_taken() {
    let hub = Hub::new(RespondoPath::Brands).await;
    let address = hub.address().await;
    for (number, (content_type, author)) in [
        (
            "application/json",
            r#","author":{"external_uid":"jane","username":"Jane"}"#,
        ),
        (
            "application/json",
            r#","author":"{:external_uid=>\"jane\", :username=>\"Jane\"}""#,
        ),
        ("application/json", r#","author":"gibberish{{""#),
        ("application/json", ""),
        (FORM, "&author[external_uid]=jane&author[username]=Jane"),
        (FORM, "&author.external_uid=jane"),
        (FORM, ""),
    ]
    .into_iter()
    .enumerate()
    {
        let body = match content_type {
            FORM => format!("response_text=answer+{number}&parent_id=acme%3A%3Aa{author}"),
            _ => format!(r#"{{"response_text":"answer {number}","parent_id":"acme::a"{author}}}"#),
        };
        let reply = hub.post(&address, content_type, body).await;
        assert_eq!(reply.status, StatusCode::OK, "{author}");
    }
    assert_eq!(hub.answers().await.len(), 7);
}

#[tokio::test]
async fn organizations_are_answered_in_their_shape() {
    let hub = Hub::new(RespondoPath::Organizations).await;
    let address = hub.address().await;
    let reply = hub
        .post(&address, FORM, "response_text=hi&parent_id=x")
        .await
        .json();
    assert!(reply.get("response_url").is_none());
    own_path(&reply["ticketable_attributes"]["response_url"]);
    assert_eq!(reply["parent_uid"], "x");
}

#[tokio::test]
async fn what_is_no_reply_is_refused_with_everything_that_is_wrong() {
    let hub = Hub::new(RespondoPath::Brands).await;
    let address = hub.address().await;
    let unknown = "/replies/00000000000000000000000000000000";
    for (path, content_type, body, status) in [
        (address.as_str(), "application/json", "{", 400),
        (&address, "application/json", "[]", 422),
        (&address, "application/json", r#"{"parent_id":[]}"#, 422),
        (&address, FORM, "parent_id=x", 422),
        (&address, FORM, "response_text=+", 422),
        (&address, "text/plain", "hello", 415),
        (unknown, FORM, "response_text=hello", 404),
        ("/replies/%FF", FORM, "response_text=hello", 404),
    ] {
        let reply = hub.post(path, content_type, body).await;
        assert_eq!(reply.status.as_u16(), status, "{path} {body}");
        assert!(reply.json()["error"].is_string());
    }
    let both = hub
        .post(&address, "application/json", r#"{"parent_id":[]}"#)
        .await
        .json();
    assert_eq!(both["errors"].as_array().unwrap().len(), 2, "{both}");
    assert!(hub.answers().await.is_empty());
    assert_eq!(hub.delete(unknown).await.status, StatusCode::NOT_FOUND);
    let large = format!("response_text={}", "x".repeat(5000));
    let reply = hub.post(&address, FORM, large).await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE);
}
