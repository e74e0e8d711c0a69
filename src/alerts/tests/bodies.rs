//! What is sent.

use serde_json::json;

use super::*;
use crate::model::TicketId;

#[tokio::test(start_paused = true)]
async fn a_body_says_what_where_how_often_and_what_to_do() {
    let world = World::new(URL);
    world.alerts.raise(&dead(1));
    world.posts(1).await;
    for delivery in 2..=9 {
        world.pass(1).await;
        let alert = dead(delivery);
        world.alerts.raise(&if delivery == 9 {
            alert.at("desk")
        } else {
            alert
        });
    }
    let posted = world.posts(2).await;
    let host = rustix::system::uname()
        .nodename()
        .to_str()
        .unwrap()
        .to_owned();
    let first = json!({
        "kind": "dead-letter",
        "state": "begun",
        "count": 1,
        "since": "1970-01-01T00:00:00.000000Z",
        "systems": ["response-url"],
        "text": format!(
            "ticketbridge on {host}: a delivery was given up on: see `ticketbridge dead-letters list` (response-url); ticket 101"
        ),
        "examples": [{
            "at": "1970-01-01T00:00:00.000000Z",
            "systems": ["response-url"],
            "ticket": 101,
            "delivery": 1,
            "detail": "refused with 410",
        }],
        "host": host,
    });
    assert_eq!(posted[0], first);
    let second = &posted[1];
    assert_eq!(told(second), ("dead-letter", "begun", 8));
    assert_eq!(second["since"], "1970-01-01T00:00:01.000000Z");
    assert_eq!(second["systems"], json!(["desk", "response-url"]));
    assert_eq!(second["examples"].as_array().unwrap().len(), 5);
    let text = second["text"].as_str().unwrap();
    assert!(text.contains("8 deliveries were given up on"), "{text}");
    assert!(
        text.ends_with("; tickets 102, 103, 104, 105, 106 and more"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn every_kind_is_one_that_can_be_configured_and_has_words_of_its_own() {
    let kinds = [
        Kind::DeadLetter,
        Kind::Paused,
        Kind::Breaker,
        Kind::Loop,
        Kind::Disk,
        Kind::Store,
    ];
    let configured = loaded("").settings.alerts.events;
    let named: Vec<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(named, configured);
    let world = World::new(URL);
    for kind in kinds {
        world.alerts.raise(&Alert::new(kind, "x", "why"));
        world.pass(1).await;
        world.alerts.end(&Alert::new(kind, "x", "why"));
    }
    world.pass(300).await;
    let posted = world.posted();
    let over = posted.iter().filter(|body| body["state"] == "over").count();
    assert_eq!((posted.len(), over), (10, 4));
    let texts: std::collections::BTreeSet<_> = posted
        .iter()
        .map(|body| body["text"].as_str().unwrap())
        .collect();
    assert_eq!(texts.len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_body_is_bounded_whatever_is_raised() {
    let world = World::new(URL);
    world.alerts.raise(&dead(1));
    world.posts(1).await;
    for number in 0..5000 {
        let system = format!("system-{number}");
        let alert = Alert::new(Kind::DeadLetter, "", "x".repeat(10_000)).at(&system);
        world.alerts.raise(&Alert {
            ticket: Some(TicketId(number)),
            ..alert
        });
    }
    let body = world.posts(2).await[1].clone();
    assert_eq!(told(&body).2, 5000);
    assert!(body.to_string().len() < 4096, "{}", body.to_string().len());
}

#[tokio::test(start_paused = true)]
async fn what_lasts_is_remembered_within_bounds() {
    let world = World::new(URL);
    for number in 0..3000 {
        world
            .alerts
            .raise(&Alert::new(Kind::Breaker, format!("lane {number}"), "x"));
    }
    world.pass(300).await;
    for number in 0..3000 {
        world
            .alerts
            .end(&Alert::new(Kind::Breaker, format!("lane {number}"), "x"));
    }
    world.pass(300).await;
    let posted = world.posted();
    let of = |state: &str| -> u64 {
        let bodies = posted.iter().filter(|body| body["state"] == state);
        bodies.map(|body| told(body).2).sum()
    };
    assert_eq!((of("begun"), of("over")), (3000, 1000));
}
