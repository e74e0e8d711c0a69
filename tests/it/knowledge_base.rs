//! What agents look up comes from files, which SIGHUP reads again.

use std::fs;

use serde_json::{Value, json};

use crate::daemon::Daemon;

const FILES: &str = "[agent_api]\ncanned_responses = \"canned.toml\"\nknowledge_base = \"kb\"\n";
const SEARCH: &str = "/knowledge-base/search?q=password";

fn write(daemon: &Daemon, file: &str, text: &str) {
    let path = daemon.folder().join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn article(title: &str) -> String {
    format!(
        "+++\nid = 1\ntitle = \"{title}\"\ncreated_at = 2026-01-10\n+++\nA password has a beginning and an end.\n"
    )
}

fn canned(title: &str) -> String {
    format!("[[responses]]\nid = 1\ntitle = \"{title}\"\ncontent = \"Hello\"\n")
}

/// The titles of what `path` answers.
async fn titles(daemon: &Daemon, path: &str) -> Vec<Value> {
    let (status, body) = daemon.agent_get(path).await;
    assert_eq!(status, 200, "{body}");
    let items = body["data"].as_array().unwrap().iter();
    items.map(|item| item["title"].clone()).collect()
}

#[tokio::test]
async fn a_reload_serves_changed_files_and_a_bad_one_leaves_the_old_in_force() {
    let mut daemon = Daemon::configured("");
    daemon.configure_more(FILES);
    write(&daemon, "kb/one.md", &article("Passwords"));
    write(&daemon, "canned.toml", &canned("Greeting"));
    daemon.start().await;
    assert_eq!(titles(&daemon, SEARCH).await, [json!("Passwords")]);
    assert_eq!(
        titles(&daemon, "/canned-responses").await,
        [json!("Greeting")]
    );

    write(&daemon, "kb/one.md", &article("Passwords, revised"));
    write(
        &daemon,
        "kb/deeper/two.md",
        &article("Password rules").replace("id = 1", "id = 2"),
    );
    write(&daemon, "canned.toml", &canned("Welcome"));
    daemon.reload("the new configuration is in force").await;
    let both = [json!("Password rules"), json!("Passwords, revised")];
    assert_eq!(titles(&daemon, SEARCH).await, both);
    assert_eq!(
        titles(&daemon, "/canned-responses").await,
        [json!("Welcome")]
    );

    write(
        &daemon,
        "kb/one.md",
        &article("Worse").replace("id = 1", "id = 2"),
    );
    write(&daemon, "canned.toml", &canned("Better"));
    daemon.reload("the old one stays in force").await;
    let log = daemon.log();
    assert!(
        log.contains("kb/one.md:2") && log.contains("an id of its own"),
        "{log}"
    );
    assert_eq!(titles(&daemon, SEARCH).await, both);
    assert_eq!(
        titles(&daemon, "/canned-responses").await,
        [json!("Welcome")]
    );

    let check = daemon.run(&["check-config"]).await;
    assert_eq!(check.status.code(), Some(78));
    daemon.terminate().await;
}
