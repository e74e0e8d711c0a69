//! The binary, as the README's reader runs it.

use std::process::Stdio;

use serde_json::Value;

use crate::by_hand::{Desk, command, help};
use crate::client::{Client, post, post_reply};

#[tokio::test]
async fn each_request_is_a_line_and_an_interrupt_ends_it() {
    let mut running = Desk::open("receiver", &["--behave", "/late=late:1ms"]);
    let address = running.address("http").await;
    assert!(running.line().await.ends_with("/valid/1"));
    let mut client = Client::connect(address.parse().unwrap()).await;
    for (request, status, end) in [
        (
            post_reply("/valid/1", "tb-1", "hello"),
            200,
            " POST /valid/1 tb-1 -> 200 \"hello\"",
        ),
        (
            post_reply("/late", "tb-2", "later"),
            200,
            " POST /late tb-2 -> 200 \"later\"",
        ),
        (
            post_reply("/gone", "tb-3", "x"),
            410,
            " POST /gone tb-3 -> 410 \"x\"",
        ),
        (
            post("/", "Content-Type: application/json\r\n", "{}"),
            422,
            " POST / - -> 422 refused: author is missing",
        ),
    ] {
        assert_eq!(client.ask(&request).await.status, status);
        let line = running.line().await;
        assert!(line.ends_with(end), "{line}");
    }
    assert!(running.end("-INT").await.success());
}

#[tokio::test]
async fn json_is_an_object_a_line_and_a_termination_ends_it() {
    let mut running = Desk::open("receiver", &["--json"]);
    let first: Value = serde_json::from_str(&running.line().await).unwrap();
    let addr = first["listening"]
        .as_str()
        .unwrap()
        .strip_prefix("http://")
        .unwrap();
    let mut client = Client::connect(addr.parse().unwrap()).await;
    client
        .ask(&post_reply("/hooks/catch/1/a", "tb-1", "hello"))
        .await;
    let line: Value = serde_json::from_str(&running.line().await).unwrap();
    assert_eq!(line["path"], "/hooks/catch/1/a");
    assert_eq!(
        (&line["answered"], &line["response_text"]),
        (&200.into(), &"hello".into())
    );
    assert!(running.end("-TERM").await.success());
}

#[tokio::test]
async fn help_names_the_paths_and_the_behaviours() {
    let help = help("receiver").await;
    for word in [
        "/hooks/catch/",
        "--behave",
        "--json",
        "127.0.0.1:9090",
        "lying-length",
    ] {
        assert!(help.contains(word), "{word} is not in:\n{help}");
    }
}

#[tokio::test]
async fn a_behaviour_that_is_not_known_is_refused() {
    let mut refused = command(&["receiver", "--behave", "/a=soon"]);
    let output = refused.stderr(Stdio::piped()).output().await.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("\"soon\" is not a behaviour"), "{message}");
}
