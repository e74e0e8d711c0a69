//! The simulated Qminder, asked with requests that are written out by hand from its documents.

mod by_hand;
mod creating;
mod external;
mod faults;
mod keys;
mod queue;
mod reading;
mod webhooks;
mod wire;

use ticketbridge_sim::Qminder;

use crate::client::{Answer, Client};

const KEY: &str = "X-Qminder-REST-API-Key: qminder-key\r\n";
const JSON: &str = "Content-Type: application/json\r\n";
const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";
const VERSION: &str = "X-Qminder-API-Version: 2020-09-01\r\n";

/// A request with these headers, and `Content-Length` if it can have a body.
fn request(method: &str, target: &str, headers: &str, body: &str) -> String {
    let length = match method {
        "GET" | "DELETE" => String::new(),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    format!("{method} {target} HTTP/1.1\r\nHost: api.qminder.com\r\n{headers}{length}\r\n{body}")
}

fn get(target: &str) -> String {
    request("GET", target, KEY, "")
}

fn form(target: &str, body: &str) -> String {
    request("POST", target, &format!("{KEY}{FORM}"), body)
}

/// A request of the versioned family.
fn versioned(method: &str, target: &str, body: &str) -> String {
    request(method, target, &format!("{KEY}{VERSION}{JSON}"), body)
}

fn create(body: &str) -> String {
    versioned("POST", "/tickets", body)
}

fn graphql(query: &str) -> String {
    let body = serde_json::json!({ "query": query }).to_string();
    request("POST", "/graphql", &format!("{KEY}{JSON}"), &body)
}

async fn ask(peer: &Qminder, request: &str) -> Answer {
    Client::connect(peer.addr()).await.ask(request).await
}

/// A peer without a limit, and a visitor with a phone number in its queue.
async fn with_visitor() -> (Qminder, String) {
    let peer = Qminder::start().await.unwrap();
    peer.unlimited();
    let id = peer
        .visitor_with(12345, "Jane", |ticket| {
            ticket.phone_number = Some("+13186190204".to_owned());
        })
        .unwrap();
    (peer, id)
}
