//! The demo, as the README's reader runs it.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{sleep, timeout};

/// The demo's own patience with one thing, and more.
const LONG: Duration = Duration::from_secs(120);
/// What nobody may be shown.
const SECRETS: [&str; 9] = [
    "demo-zap-token",
    "demo-agent-key",
    "demo-webhook-secret",
    "demo-hook-secret",
    "qminder-key",
    "desk-agent-key",
    "desk-internal-key",
    "hub-token",
    "/replies/",
];
const NOTES: [&str; 2] = ["It is that printer again.", "The fourth this week."];

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticketbridge-sim"));
    command
        .arg("demo")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Both outputs of a demo that must succeed.
async fn played(arguments: &[&str]) -> (String, String) {
    let output = timeout(LONG, demo(arguments).output()).await.unwrap();
    let output = output.unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    for secret in SECRETS {
        assert!(!out.contains(secret) && !err.contains(secret), "{secret}");
    }
    (out, err)
}

/// A demo under way, and the daemon's process.
struct UnderWay {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    daemon: String,
}

impl UnderWay {
    async fn start(arguments: &[&str]) -> Self {
        let mut child = demo(arguments).arg("--json").spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = timeout(LONG, lines.next_line()).await.unwrap().unwrap();
        let first: Value = serde_json::from_str(&first.unwrap()).unwrap();
        let (_, daemon) = first["what"].as_str().unwrap().rsplit_once(' ').unwrap();
        let daemon = daemon.to_owned();
        assert!(is_alive(&daemon));
        Self {
            child,
            lines,
            daemon,
        }
    }
}

fn is_alive(process: &str) -> bool {
    Path::new("/proc").join(process).join("stat").exists()
}

async fn send(signal: &str, process: &str) {
    let sent = Command::new("kill").args([signal, process]).status().await;
    assert!(sent.unwrap().success());
}

async fn ends(process: &str) {
    let gone = async {
        while is_alive(process) {
            // Not our child, so there is nothing to wait on.
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(LONG, gone).await.unwrap();
}

#[tokio::test]
async fn a_day_is_played_to_its_end_and_everything_is_counted() {
    let (out, _) = played(&[]).await;
    for words in [
        "14 messages and 2 notes in 3 tickets.",
        "5 replies, each under an id of its own",
        "The notes are nowhere else.",
        "$ ticketbridge trace 1\nticket 1   My printer is on fire.",
        "$ ticketbridge trace 3\nticket 3   Cannot log in",
        "--keep DIR keeps both",
    ] {
        assert!(out.contains(words), "{words:?} is not in:\n{out}");
    }
    assert!(!out.contains('\u{1b}'), "nobody reads it on a terminal");
}

#[tokio::test]
async fn every_line_is_an_object_and_no_note_is_seen_outside() {
    let folder = tempfile::tempdir().unwrap();
    let kept = folder.path().join("kept");
    let (out, _) = played(&["--json", "--keep", kept.to_str().unwrap()]).await;
    let objects = out.lines().map(|line| serde_json::from_str(line).unwrap());
    let objects: Vec<Value> = objects.collect();
    let seen = objects.iter().filter(|one| one["who"].is_string());
    for one in seen {
        let (who, what) = (one["who"].as_str().unwrap(), one["what"].as_str().unwrap());
        let is_inside = ["agent", "DeskHive"].contains(&who);
        let is_note = NOTES.iter().any(|note| what.contains(note));
        assert!(is_inside || !is_note, "{one}");
    }
    let summary = objects.iter().find(|one| one["summary"].is_object());
    assert_eq!(summary.unwrap()["summary"]["replies"], 5);
    let traces = objects.iter().filter(|one| one["command"].is_string());
    let entries = traces.map(|one| one["printed"]["entries"].as_array().unwrap().len());
    assert!(entries.clone().count() == 3 && entries.min() > Some(10));
    let log = std::fs::read_to_string(kept.join("daemon.log")).unwrap();
    assert!(log.contains("stopped"), "it was ended in order:\n{log}");
    for secret in SECRETS {
        assert!(!log.contains(secret), "{secret}");
    }
    let again = timeout(LONG, demo(&["--keep", kept.to_str().unwrap()]).output()).await;
    let again = again.unwrap().unwrap();
    assert_eq!(again.status.code(), Some(1), "a folder is not used twice");
}

#[tokio::test]
async fn an_interrupt_ends_the_daemon_too() {
    let mut demo = UnderWay::start(&[]).await;
    send("-INT", &demo.child.id().unwrap().to_string()).await;
    let ended = timeout(LONG, demo.child.wait()).await.unwrap().unwrap();
    assert_eq!(ended.code(), Some(130));
    ends(&demo.daemon).await;
}

#[tokio::test]
async fn a_demo_that_is_killed_leaves_no_daemon() {
    let mut demo = UnderWay::start(&[]).await;
    demo.child.kill().await.unwrap();
    ends(&demo.daemon).await;
}

#[tokio::test]
async fn what_does_not_come_is_said_with_the_end_of_the_log() {
    let mut demo = UnderWay::start(&[]).await;
    send("-KILL", &demo.daemon).await;
    let mut complaint = String::new();
    let mut stderr = demo.child.stderr.take().unwrap();
    let reading = async {
        while demo.lines.next_line().await.unwrap().is_some() {}
        stderr.read_to_string(&mut complaint).await.unwrap();
        demo.child.wait().await.unwrap()
    };
    let ended = timeout(LONG, reading).await.unwrap();
    assert_eq!(ended.code(), Some(1));
    for words in [
        "The demo breaks off:",
        "The daemon's log ends:",
        "taking tickets",
    ] {
        assert!(
            complaint.contains(words),
            "{words:?} is not in:\n{complaint}"
        );
    }
}
