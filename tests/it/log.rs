//! What the daemon's log says, where, and how much of it.

use std::fs;
use std::os::unix::fs::MetadataExt as _;

use serde_json::{Value, json};

use crate::daemon::{Daemon, ticket};

const REPLIES: &str = "https://hooks.example.com/catch/1";

/// Whose standard error is the journal, as far as it can see.
fn under_the_journal(more: &str) -> Daemon {
    let mut daemon = Daemon::configured(more);
    let log = fs::File::create(daemon.folder().join("log")).unwrap();
    let log = log.metadata().unwrap();
    let stream = format!("{}:{}", log.dev(), log.ino());
    daemon.set_environment(vec![("JOURNAL_STREAM", stream.into())]);
    daemon
}

#[tokio::test]
async fn the_journal_gets_a_priority_on_each_line_and_no_time() {
    let mut daemon = under_the_journal("");
    daemon.start().await;
    // It answers before it says so.
    daemon.says("taking tickets", 1).await;
    assert_eq!(daemon.terminate().await, Some(0));
    let log = daemon.log();
    assert!(
        log.contains("<6>ticketbridge::app: taking tickets "),
        "{log}"
    );
    assert!(
        log.lines()
            .all(|line| line.starts_with("<6>ticketbridge::")),
        "{log}"
    );
}

#[tokio::test]
async fn the_journal_gets_what_keeps_the_daemon_from_starting_as_an_error() {
    let mut daemon = under_the_journal("[server2]\n[log2]");
    daemon.spawn();
    assert_eq!(daemon.ended().await, Some(78));
    let log = daemon.log();
    assert!(log.contains("server2") && log.contains("log2"), "{log}");
    assert!(log.lines().all(|line| line.starts_with("<3>")), "{log}");
}

#[tokio::test]
async fn whoever_reads_standard_error_beside_the_journal_gets_times() {
    let mut daemon = Daemon::configured("");
    // Of the process that started this one.
    daemon.set_environment(vec![("JOURNAL_STREAM", "1:1".into())]);
    daemon.start().await;
    daemon.says("taking tickets", 1).await;
    let log = daemon.log();
    let line = log.lines().next().unwrap();
    let (time, rest) = line.split_once(' ').unwrap();
    assert!(time.starts_with("20") && time.ends_with('Z'), "{log}");
    assert!(
        rest.trim_start()
            .starts_with("INFO ticketbridge::app: taking tickets "),
        "{log}"
    );
}

#[tokio::test]
async fn json_is_one_object_a_line_on_request() {
    let mut daemon = under_the_journal("[log]\nformat = \"json\"");
    daemon.start().await;
    daemon.says("taking tickets", 1).await;
    let log = daemon.log();
    let lines = log
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<Value> = lines.collect();
    assert_eq!(lines[0]["message"], "taking tickets");
    assert_eq!(lines[0]["level"], "INFO");
}

#[tokio::test]
async fn the_level_changes_while_it_runs_and_a_wrong_one_changes_nothing() {
    let mut daemon = Daemon::configured("");
    daemon.start().await;
    assert_eq!(daemon.ok(&["log", "level"]).await, "info\n");
    assert!(!daemon.log().contains(": answered "));

    let spec = "info,ticketbridge::http=debug";
    let said = daemon.ok(&["log", "level", spec]).await;
    assert_eq!(
        said,
        format!("the log lets {spec} through, until the next reload or restart\n")
    );
    daemon
        .says("the operator changes what the log lets through", 1)
        .await;
    assert_eq!(daemon.agent_get("/dashboard").await.0, 200);
    daemon.says(": answered ", 1).await;

    for wrong in ["inof", "ticketbridge=loud", ""] {
        let refused = daemon.run(&["log", "level", wrong]).await;
        assert_eq!(refused.status.code(), Some(1), "{wrong}");
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(
            said.contains("level is ") && said.contains("expected one of off, error, warn"),
            "{wrong}: {said}"
        );
        assert_eq!(
            daemon.json(&["log", "level"]).await,
            json!({ "level": spec })
        );
    }

    daemon.reload("the new configuration is in force").await;
    assert_eq!(daemon.ok(&["log", "level"]).await, "info\n");

    assert_eq!(daemon.terminate().await, Some(0));
    let alone = daemon.run(&["log", "level"]).await;
    assert_eq!(alone.status.code(), Some(1));
    let said = String::from_utf8(alone.stderr).unwrap();
    assert!(
        said.contains("no daemon answers on the admin socket"),
        "{said}"
    );
}

#[tokio::test]
async fn a_refused_ticket_is_found_by_its_uid_once_its_sender_is_known() {
    let mut daemon = Daemon::configured("");
    daemon.start().await;
    let mut sent = ticket("order-17", REPLIES);
    sent["content"] = json!(" ");
    sent["My Secret"] = json!(1);
    assert_eq!(daemon.post_ticket(&sent).await.0, 422);
    daemon.says("refused an external ticket", 1).await;
    let log = daemon.log();
    assert!(
        log.contains(r#"external_uid="order-17" reason="schema" faults="/content …" status=422"#),
        "{log}"
    );

    let mut strange = ticket("order-18", REPLIES);
    strange["personal_access_token"]["token"] = json!("wrong");
    assert_eq!(daemon.post_ticket(&strange).await.0, 403);
    daemon.says("refused an external ticket", 2).await;
    let log = daemon.log();
    assert!(
        !log.contains("order-18") && !log.contains("Secret"),
        "{log}"
    );
}

#[tokio::test]
async fn what_an_agent_may_not_do_is_found_by_its_ticket() {
    let mut daemon = Daemon::configured("");
    daemon.start().await;
    let (_, taken) = daemon.post_ticket(&ticket("order-17", REPLIES)).await;
    let id = taken["id"].as_u64().unwrap();
    daemon.ok(&["tickets", "lock", &id.to_string()]).await;
    let answer = json!({ "content": "Not now." });
    assert_eq!(daemon.reply(id, &answer).await.0, 403);
    assert_eq!(daemon.reply(id + 1, &answer).await.0, 404);
    daemon.says("refused what an agent did", 2).await;
    let log = daemon.log();
    for line in [
        format!("refused what an agent did ticket={id} agent=3 status=403"),
        format!(
            "refused what an agent did ticket={} agent=3 status=404",
            id + 1
        ),
    ] {
        assert!(log.contains(&line), "{line} is not in\n{log}");
    }
    assert_eq!(daemon.agent_get("/tickets/99").await.0, 404);
    let later = daemon.post_ticket(&ticket("order-19", REPLIES)).await;
    assert_eq!(later.0, 201);
    daemon.says("took an external ticket", 2).await;
    let log = daemon.log();
    assert!(
        !log.contains("Not now.") && !log.contains("ticket=99"),
        "{log}"
    );
}
