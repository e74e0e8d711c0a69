//! The binary, as the README's reader runs it.

use std::process::{ExitStatus, Stdio};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use crate::client::{Client, LONG, post, post_reply};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticketbridge-sim"));
    command
        .args(arguments)
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    command
}

struct Running {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--listen", "127.0.0.1:0"]);
        let mut child = command(&arguments).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    async fn line(&mut self) -> String {
        timeout(LONG, self.lines.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap()
    }

    async fn end(mut self, signal: &str) -> ExitStatus {
        let id = self.child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &id])
                .status()
                .await
                .unwrap()
                .success()
        );
        timeout(LONG, self.child.wait()).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn each_request_is_a_line_and_an_interrupt_ends_it() {
    let mut running = Running::start(&["receiver", "--behave", "/late=late:1ms"]);
    let first = running.line().await;
    let addr = first.strip_prefix("listening on http://").unwrap();
    let addr = addr
        .strip_suffix(", until Ctrl-C")
        .unwrap()
        .parse()
        .unwrap();
    assert!(running.line().await.ends_with("/valid/1"));
    let mut client = Client::connect(addr).await;
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
    let mut running = Running::start(&["receiver", "--json"]);
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
    let output = command(&["receiver", "--help"]).output().await.unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
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
