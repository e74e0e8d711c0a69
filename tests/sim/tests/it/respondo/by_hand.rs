//! The binary, with a person at its keyboard.

use serde_json::json;

use super::answering::{Answering, json as say_json, say};
use super::{JSON, PATH, body, stored, with};
use crate::by_hand::Desk;
use crate::client::{Client, post};

/// A client of it, once it has said where it listens and what it has.
async fn client(desk: &mut Desk) -> Client {
    let address = desk.address("http").await;
    let second = "brand 7, token bridge with the value hub-token";
    assert_eq!(desk.line().await, second);
    Client::connect(address.parse().unwrap()).await
}

#[tokio::test]
async fn a_person_replies_deletes_and_sees_every_request() {
    let answering = Answering::start(vec![say_json(&stored("r-1")), say(200, "{}")]).await;
    let mut desk = Desk::open("respondo", &["--era", "c", "--plain-http"]);
    let mut client = client(&mut desk).await;
    let url = answering.url("/r");
    let ticket = with(body("lamp-1"), "/response_url", json!(url));
    client.ask(&post(PATH, JSON, &ticket.to_string())).await;
    assert_eq!(desk.line().await, format!("POST {PATH} -> 200"));
    client.ask(&post(PATH, JSON, &ticket.to_string())).await;
    let refused = "422 refused: external_uid \\\"lamp-1\\\" has been taken";
    assert_eq!(desk.line().await, format!("POST {PATH} -> {refused}"));
    let lamp = "1 open lamp-1 (Ada): The lamp does not light.";
    assert_eq!(desk.types("list").await, lamp);
    // What was typed and what went out are shown as they come.
    let mut both = [desk.types("reply 1 Try it.").await, desk.line().await];
    both.sort();
    assert_eq!(both[0], format!("POST {url} for ticket 1 -> 200"));
    assert_eq!(both[1], "stored as ticket 2");
    assert_eq!(desk.types("note 2 Call.").await, "done");
    assert_eq!(desk.types("solve 1").await, "done");
    assert_eq!(desk.types("list").await, lamp.replace("open", "solved"));
    let reply = "  2 open r-1 (Help desk): Try the switch.";
    assert_eq!(desk.line().await, reply);
    assert_eq!(desk.line().await, "    note: Call.");
    assert_eq!(desk.types("reopen 1").await, "done");
    let mut both = [desk.types("delete 1").await, desk.line().await];
    both.sort();
    assert_eq!(both[0], format!("DELETE {url} for ticket 1 -> 200"));
    assert_eq!(both[1], "deleted");
    assert_eq!(desk.types("reply 1 x").await, "there is no ticket \"1\"");
    let complaint = desk.types("complaints").await;
    assert!(complaint.ends_with("has been taken"), "{complaint}");
    assert_eq!(desk.types("what").await, "Commands:");
    assert!(answering.requests()[0].contains("\r\n\r\nresponse_text=Try+it."));
}
