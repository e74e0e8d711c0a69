//! The simulated DeskHive, asked with requests that are written out by hand from its documents.

mod by_hand;
mod clock;
mod external;
mod faults;
mod gate;
mod internal;
mod invalid;
mod lists;
mod messages;
mod own_desk;
mod portal;
mod readings;
mod unheard_of;

use serde_json::Value;
use ticketbridge_sim::DeskHive;

use crate::client::{Answer, Client};

const AGENT: &str = "X-API-KEY: desk-agent-key\r\n";
const ADMIN: &str = "X-API-KEY: desk-internal-key\r\n";
const ACCEPT: &str = "Accept: application/json\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// A request with these headers, and `Content-Length` if it can have a body.
fn request(line: &str, headers: &str, body: &str) -> String {
    let length = match line.split(' ').next() {
        Some("GET" | "HEAD" | "DELETE") => String::new(),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    format!("{line} HTTP/1.1\r\nHost: desk.example\r\n{headers}{length}\r\n{body}")
}

async fn ask(peer: &DeskHive, request: &str) -> Answer {
    Client::connect(peer.addr()).await.ask(request).await
}

/// Asks the External API as agent 3; the line is a method and what comes after `/api/v1/external`.
async fn agent(peer: &DeskHive, line: &str, body: &str) -> Answer {
    as_key(peer, "external", AGENT, line, body).await
}

/// Asks the Internal API with all scopes, as [`agent`] does the other.
async fn admin(peer: &DeskHive, line: &str, body: &str) -> Answer {
    as_key(peer, "internal", ADMIN, line, body).await
}

async fn as_key(peer: &DeskHive, api: &str, key: &str, line: &str, body: &str) -> Answer {
    let (method, path) = line.split_once(' ').unwrap();
    let line = format!("{method} /api/v1/{api}{path}");
    ask(peer, &request(&line, &format!("{ACCEPT}{key}{JSON}"), body)).await
}

/// What a GET by the agent answers, if it is a success.
async fn read(peer: &DeskHive, path: &str) -> Value {
    let answer = agent(peer, &format!("GET {path}"), "").await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

/// A member of every item of `data`.
fn each(list: &Value, name: &str) -> Vec<Value> {
    let items = list["data"].as_array().unwrap().iter();
    items.map(|item| item[name].clone()).collect()
}

/// A peer whose clock stands at nine, and a ticket of Jane's that agent 3 is assigned to.
async fn with_ticket() -> (DeskHive, u64) {
    let peer = DeskHive::start().await.unwrap();
    peer.set_clock("2026-03-14T09:00:00Z".parse().unwrap());
    let ticket = open(&peer);
    (peer, ticket)
}

/// One more ticket of Jane's.
fn open(peer: &DeskHive) -> u64 {
    let jane = peer.customer("Jane Doe", "jane@example.com");
    peer.customer_creates_ticket(jane, "Cannot log in", "It says 500.")
        .unwrap()
}
