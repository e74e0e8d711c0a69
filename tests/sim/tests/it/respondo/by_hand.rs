//! The binary, with a person at its keyboard.

use std::process::Stdio;

use serde_json::json;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::answering::{Answering, json as say_json, say};
use super::{JSON, PATH, body, stored, with};
use crate::client::{Client, LONG, post};

struct Desk {
    _child: Child,
    keyboard: ChildStdin,
    screen: Lines<BufReader<ChildStdout>>,
}

impl Desk {
    fn open(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_ticketbridge-sim"))
            .args(["respondo", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self {
            keyboard: child.stdin.take().unwrap(),
            screen: BufReader::new(child.stdout.take().unwrap()).lines(),
            _child: child,
        }
    }

    async fn line(&mut self) -> String {
        let line = timeout(LONG, self.screen.next_line()).await.unwrap();
        line.unwrap().unwrap()
    }

    /// A client of it, by its first line; the second says what it has.
    async fn client(&mut self) -> Client {
        let first = self.line().await;
        let address = first.strip_prefix("listening on http://").unwrap();
        let address = address.strip_suffix(", until Ctrl-C").unwrap();
        let client = Client::connect(address.parse().unwrap()).await;
        let second = "brand 7, token bridge with the value hub-token";
        assert_eq!(self.line().await, second);
        client
    }

    async fn types(&mut self, command: &str) -> String {
        let line = format!("{command}\n");
        self.keyboard.write_all(line.as_bytes()).await.unwrap();
        self.line().await
    }
}

#[tokio::test]
async fn a_person_replies_deletes_and_sees_every_request() {
    let answering = Answering::start(vec![say_json(&stored("r-1")), say(200, "{}")]).await;
    let mut desk = Desk::open(&["--era", "c", "--plain-http"]);
    let mut client = desk.client().await;
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
