//! The simulated Respondo server, asked with requests that are written out by hand, and replying to a plain server.

mod agents;
mod answering;
mod answers;
mod by_hand;
mod bytes;
mod eras;
mod faults;
mod intake;
mod refusals;

use serde_json::{Value, json};
use ticketbridge_sim::Respondo;
use ticketbridge_sim::respondo::Ticket;

use crate::client::{Answer, Client, post};

const PATH: &str = "/brands/7/external_tickets.json";
const JSON: &str = "Content-Type: application/json\r\n";

/// A body that is taken, with this uid.
fn body(uid: &str) -> Value {
    json!({
        "external_uid": uid,
        "content": "The lamp does not light.",
        "response_url": "http://127.0.0.1:9/replies/1",
        "author": { "external_uid": "ada", "username": "Ada" },
        "created_at": "2020-04-04 23:35:27.632879 UTC",
        "personal_access_token": { "name": "bridge", "token": "hub-token" },
    })
}

/// The same with a member set, or taken out where it is null; a pointer names it.
fn with(mut body: Value, pointer: &str, value: Value) -> Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let object = body.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    if value.is_null() {
        object.remove(name);
    } else {
        object.insert(name.to_owned(), value);
    }
    body
}

async fn send(peer: &Respondo, request: &str) -> Answer {
    Client::connect(peer.addr()).await.ask(request).await
}

async fn create(peer: &Respondo, body: &Value) -> Answer {
    send(peer, &post(PATH, JSON, &body.to_string())).await
}

/// Sends a body that has to be taken, and returns what became of it.
async fn created(peer: &Respondo, body: &Value) -> Ticket {
    let answer = create(peer, body).await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert_eq!(answer.status, 200, "{text}");
    let id = answer.json()["id"].as_u64().expect(&text);
    peer.ticket(id).unwrap()
}

/// A peer with a ticket whose replies go there.
async fn with_ticket(response_url: &str) -> (Respondo, Ticket) {
    let peer = Respondo::start().await.unwrap();
    let body = with(body("lamp-1"), "/response_url", json!(response_url));
    let ticket = created(&peer, &body).await;
    (peer, ticket)
}

/// An answer to a reply that is stored, with this uid.
fn stored(uid: &str) -> Value {
    json!({
        "external_uid": uid,
        "author": { "external_uid": "hub", "username": "Help desk" },
        "parent_uid": "lamp-1",
        "content": "Try the switch.",
        "created_at": "2019-01-01 23:35:27.632879 UTC",
        "response_url": "http://127.0.0.1:9/replies/2",
    })
}
