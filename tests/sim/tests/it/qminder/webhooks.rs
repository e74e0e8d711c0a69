//! Webhooks: how they are registered, what fires them, how they are signed and how they go wrong.

use serde_json::{Value, json};
use ticketbridge_sim::qminder::{HookFault, Outcome, Release, Status, Variation};
use ticketbridge_sim::{Behaviour, Qminder, Receiver};

use super::{KEY, ask, form, request, versioned, with_visitor};
use crate::client::LONG;

const URL: &str = "https://bridge.example.com/webhooks/qminder?desk=1";

async fn with_receiver() -> (Qminder, Receiver) {
    let (peer, receiver) = (
        Qminder::start().await.unwrap(),
        Receiver::start().await.unwrap(),
    );
    receiver.otherwise(|_| Some(Behaviour::Empty(200)));
    peer.register_webhook(URL, "secret");
    peer.deliver_webhooks_to(receiver.addr());
    (peer, receiver)
}

fn events(peer: &Qminder) -> Vec<String> {
    peer.deliveries()
        .into_iter()
        .map(|each| each.event)
        .collect()
}

/// The bodies that a receiver was given, in the order of arrival.
async fn bodies(receiver: &Receiver, count: usize) -> Vec<Value> {
    let all = receiver
        .wait_for("/webhooks/qminder", count, LONG)
        .await
        .unwrap();
    all.iter().map(|each| each.json().unwrap()).collect()
}

#[tokio::test]
async fn a_webhook_is_registered_and_removed_as_documented() {
    let peer = Qminder::start().await.unwrap();
    let answer = ask(
        &peer,
        &form(
            "/v1/webhooks",
            "url=https%3A%2F%2Fexample.com%2Fhooks%3Fa%3D1",
        ),
    )
    .await;
    let made = answer.json();
    assert_eq!((answer.status, &made["statusCode"]), (200, &200.into()));
    let (id, secret) = (
        made["id"].as_str().unwrap(),
        made["secret"].as_str().unwrap(),
    );
    assert_eq!((id.len(), secret.len()), (36, 30));
    assert_eq!(peer.webhooks()[0].url, "https://example.com/hooks?a=1");
    let second = ask(&peer, &form("/v1/webhooks", "url=https://www.example.com"))
        .await
        .json();
    assert_ne!(second["secret"], secret);
    for wrong in [
        "url=https%3A%2F%2Flocalhost%2Fhooks",
        "url=http://127.0.0.1:80/",
        "url=example.com",
        "",
    ] {
        assert_eq!(
            ask(&peer, &form("/v1/webhooks", wrong)).await.status,
            400,
            "{wrong}"
        );
    }
    let remove = request("DELETE", &format!("/v1/webhooks/{id}"), KEY, "");
    assert_eq!(
        ask(&peer, &remove).await.json(),
        json!({ "statusCode": 200 })
    );
    assert_eq!(ask(&peer, &remove).await.status, 404);
    assert_eq!(peer.webhooks().len(), 1);
}

#[tokio::test]
async fn a_delivery_is_signed_over_the_registered_url_and_the_body() {
    let (peer, receiver) = with_receiver().await;
    let id = peer
        .visitor_with(12345, "Jane", |ticket| {
            ticket.phone_number = Some("+12125551234".to_owned())
        })
        .unwrap();
    let came = receiver.wait_for(&URL[26..], 1, LONG).await.unwrap();
    assert_eq!(came[0].header("host"), Some("bridge.example.com"));
    assert_eq!(came[0].header("content-type"), Some("application/json"));
    let body = String::from_utf8(came[0].body.clone()).unwrap();
    let signature = came[0].header("x-qminder-signature").unwrap();
    assert_eq!(signature, expected_signature(&body));
    let json = came[0].json().unwrap();
    assert_eq!(json["type"], "ticket_created");
    let data = &json["data"];
    assert_eq!(
        (&data["id"], &data["line"], &data["phoneNumber"]),
        (&json!(id), &json!(12345), &json!(12_125_551_234_u64))
    );
    assert_eq!(data["created"]["date"].as_str().unwrap().len(), 20);
    assert_eq!(data.get("publicId"), None);
    peer.wait_until(LONG, |world| {
        world.deliveries()[0].outcome == Outcome::Answered(200)
    })
    .await
    .unwrap();
}

fn expected_signature(body: &str) -> String {
    use hmac::Mac as _;
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(b"secret").unwrap();
    mac.update(URL.as_bytes());
    mac.update(body.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}

#[tokio::test]
async fn each_act_fires_the_event_that_the_documents_name() {
    let (peer, id) = with_visitor().await;
    peer.register_webhook(URL, "secret");
    peer.call(&id, 900).unwrap();
    peer.recall(&id).unwrap();
    peer.return_to_queue(&id, 900).unwrap();
    peer.edit(&id, |ticket| ticket.last_name = Some("Eyre".to_owned()))
        .unwrap();
    ask(
        &peer,
        &versioned("PATCH", &format!("/tickets/{id}"), r#"{"email":null}"#),
    )
    .await;
    peer.call(&id, 900).unwrap();
    peer.serve(&id).unwrap();
    let other = peer.visitor(12345, "Ann").unwrap();
    peer.cancel(&other, 900).unwrap();
    peer.disable_line(12345);
    peer.rename_location(1, "City Hall");
    assert_eq!(
        events(&peer),
        [
            "ticket_called",
            "ticket_recalled",
            "ticket_created",
            "ticket_changed",
            "ticket_changed",
            "ticket_called",
            "ticket_served",
            "ticket_created",
            "ticket_cancelled",
            "line_changed",
            "location_changed",
        ]
    );
    let line: Value = serde_json::from_str(&peer.deliveries()[9].body).unwrap();
    assert_eq!(
        line,
        json!({ "type": "line_changed", "data": { "id": 12345, "name": "Line 12345" } })
    );
    let cancelled: Value = serde_json::from_str(&peer.deliveries()[8].body).unwrap();
    assert_eq!(
        cancelled["data"]["status"],
        Status::CancelledByClerk.as_str()
    );
    assert!(
        peer.deliveries()
            .iter()
            .all(|each| each.outcome == Outcome::Nowhere)
    );
}

#[tokio::test]
async fn acts_without_a_documented_event_fire_one_where_the_test_says_so() {
    let (peer, id) = with_visitor().await;
    peer.register_webhook(URL, "secret");
    let acts = |label| {
        peer.label(&id, label).unwrap();
        peer.incoming_sms(&id, "x").unwrap();
        peer.assign(&id, 900, 900).unwrap();
    };
    acts("a");
    assert_eq!(events(&peer), [] as [&str; 0]);
    peer.variation(Variation::ChangedForEverything);
    acts("b");
    assert_eq!(events(&peer), ["ticket_changed"; 3]);
}

#[tokio::test]
async fn webhooks_are_dropped_repeated_and_forged_on_request() {
    let (peer, receiver) = with_receiver().await;
    peer.webhook_fault("ticket_called", HookFault::Dropped, 1);
    peer.webhook_fault("ticket_created", HookFault::Repeated(3), 1);
    peer.webhook_fault("ticket_served", HookFault::BrokenSignature, 1);
    let id = peer.visitor(12345, "Jane").unwrap();
    peer.call(&id, 900).unwrap();
    peer.serve(&id).unwrap();
    let came = bodies(&receiver, 4).await;
    let kinds: Vec<_> = came
        .iter()
        .map(|each| each["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "ticket_created",
            "ticket_created",
            "ticket_created",
            "ticket_served"
        ]
    );
    let dropped = &peer.deliveries()[3];
    assert_eq!(
        (dropped.event.as_str(), &dropped.outcome),
        ("ticket_called", &Outcome::Dropped)
    );
    let received = receiver.received();
    let forged = received[3].header("x-qminder-signature").unwrap();
    let body = String::from_utf8(received[3].body.clone()).unwrap();
    assert_eq!(forged.len(), 64);
    assert_ne!(forged, expected_signature(&body));
}

#[tokio::test]
async fn held_webhooks_come_in_the_order_that_the_test_says() {
    let (peer, receiver) = with_receiver().await;
    peer.hold_webhooks();
    let id = peer.visitor(12345, "Jane").unwrap();
    peer.call(&id, 900).unwrap();
    peer.serve(&id).unwrap();
    assert!(
        peer.deliveries()
            .iter()
            .all(|each| each.outcome == Outcome::Held)
    );
    peer.release_webhooks(Release::Places(vec![2, 0]));
    let came = bodies(&receiver, 2).await;
    assert_eq!(
        (&came[0]["type"], &came[1]["type"]),
        (&"ticket_served".into(), &"ticket_created".into())
    );
    assert_eq!(peer.deliveries()[1].outcome, Outcome::Held);
    peer.hold_webhooks();
    peer.visitor(12345, "Ann").unwrap();
    peer.release_webhooks(Release::Reversed);
    let came = bodies(&receiver, 4).await;
    assert_eq!(
        (&came[2]["type"], &came[3]["type"]),
        (&"ticket_created".into(), &"ticket_called".into())
    );
}

#[tokio::test]
async fn what_the_receiver_answered_is_kept() {
    let (peer, receiver) = with_receiver().await;
    receiver.script(
        "/webhooks/qminder",
        vec![
            Behaviour::Status(401),
            Behaviour::Reset,
            Behaviour::Empty(204),
        ],
    );
    for name in ["Ann", "Bob", "Cid"] {
        peer.visitor(12345, name).unwrap();
    }
    peer.wait_until(LONG, |world| {
        world
            .deliveries()
            .iter()
            .all(|each| each.outcome != Outcome::Waiting)
    })
    .await
    .unwrap();
    let all = peer.deliveries();
    assert_eq!(
        (&all[0].outcome, &all[2].outcome),
        (&Outcome::Answered(401), &Outcome::Answered(204))
    );
    assert!(matches!(all[1].outcome, Outcome::Failed(_)));
}
