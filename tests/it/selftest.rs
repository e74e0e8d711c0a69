//! `selftest`: it works beside a daemon and without one, says what does not work, and leaves nothing.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tokio::process::Command;
use tokio::time::{Instant, sleep};

use crate::daemon::Daemon;

/// The command, with a folder of its own for what is temporary.
fn selftest(daemon: &Daemon, temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ticketbridge"));
    command
        .arg("--config")
        .arg(daemon.config())
        .args(["selftest", "--json"])
        .env("TMPDIR", temporary)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

/// What it found, and that it left nothing in either folder.
async fn tested(daemon: &Daemon) -> (bool, Value) {
    let temporary = tempfile::tempdir().unwrap();
    let before = names(daemon.folder());
    let output = selftest(daemon, temporary.path()).output().await.unwrap();
    assert_eq!(names(daemon.folder()), before);
    assert_eq!(names(temporary.path()), Vec::<String>::new());
    let said = String::from_utf8(output.stderr).unwrap();
    let found = serde_json::from_slice(&output.stdout);
    let found: Value = found.unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!(found["ok"], output.status.success(), "{found}");
    (output.status.success(), found)
}

fn steps(found: &Value) -> Vec<&str> {
    let steps = found["steps"].as_array().unwrap().iter();
    steps.map(|step| step["step"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_ticket_and_a_reply_get_through_with_and_without_a_daemon() {
    let mut daemon = Daemon::configured("");
    let (ok, alone) = tested(&daemon).await;
    assert!(ok, "{alone}");
    assert_eq!(alone["on_disk_of_store"], true);
    for step in [
        "a ticket is taken and synced",
        "the reply arrives",
        "the daemon stops in order",
    ] {
        assert!(steps(&alone).contains(&step), "{alone}");
    }
    assert!(!steps(&alone).contains(&"the daemon that runs here answers"));

    daemon.start().await;
    let (ok, beside) = tested(&daemon).await;
    assert!(ok, "{beside}");
    assert_eq!(steps(&beside)[0], "the daemon that runs here answers");
    assert_eq!(steps(&beside)[1..], steps(&alone));
    let status = daemon.json(&["tickets", "list"]).await;
    assert_eq!(
        status,
        serde_json::json!([]),
        "the daemon here has a ticket"
    );
}

#[tokio::test]
async fn what_keeps_tickets_out_is_said() {
    let daemon = Daemon::configured("");
    let config = fs::read_to_string(daemon.config()).unwrap();
    fs::write(daemon.config(), config.replace("\"1MiB\"", "\"1PiB\"")).unwrap();
    let (ok, found) = tested(&daemon).await;
    assert!(!ok, "{found}");
    let problem = found["problem"].as_str().unwrap();
    assert!(problem.contains("the disk is low"), "{found}");
    assert_eq!(found["steps"][0]["ok"], false, "{found}");
    assert!(
        found["log"].as_str().unwrap().contains("intake is refused"),
        "{found}"
    );
}

#[tokio::test]
async fn one_that_is_broken_off_leaves_nothing() {
    let daemon = Daemon::configured("");
    let temporary = tempfile::tempdir().unwrap();
    let before = names(daemon.folder());
    let test = selftest(&daemon, temporary.path()).spawn().unwrap();
    let pid = Pid::from_raw(test.id().unwrap().cast_signed()).unwrap();
    // As soon as its own daemon is at work.
    let deadline = Instant::now() + Duration::from_secs(30);
    let at_work = |name: &String| daemon.folder().join(name).join("state").is_dir();
    while !names(daemon.folder()).iter().any(&at_work) {
        assert!(Instant::now() < deadline, "the test does not begin");
        // Another process, so there is no signal to wait for.
        sleep(Duration::from_millis(1)).await;
    }
    kill_process(pid, Signal::INT).unwrap();
    let output = test.wait_with_output().await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("broken off; nothing is left of it"), "{said}");
    assert_eq!(names(daemon.folder()), before);
    assert_eq!(names(temporary.path()), Vec::<String>::new());
}
