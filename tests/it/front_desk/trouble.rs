//! Troubles of a system that are not the tickets' own.

use serde_json::Value;
use ticketbridge_sim::qminder::{KeyKind, Operation, Outage};

use super::stage::{SOON, Stage, ours};

async fn system(stage: &Stage) -> Value {
    stage.daemon.json(&["systems", "list"]).await[0].clone()
}

async fn is_paused(stage: &Stage) -> String {
    stage
        .daemon
        .says("the system is paused and keeps its queue", 1)
        .await;
    let system = system(stage).await;
    system["pause"]["reason"].as_str().unwrap().to_owned()
}

async fn metric(stage: &Stage, line: &str) -> bool {
    let answer = stage
        .daemon
        .client()
        .get(stage.daemon.url("/metrics"))
        .send()
        .await;
    answer.unwrap().text().await.unwrap().contains(line)
}

#[tokio::test]
async fn a_disabled_line_pauses_the_system_until_a_person_resumes_it() {
    let mut stage = Stage::set("", "").await;
    // Nor is it tried by itself before the test is over.
    stage.reconfigure("max_delay = \"500ms\"", "max_delay = \"1h\"");
    stage.daemon.start().await;
    stage.qminder.disable_line(12345);
    stage.writes("T-1", "first", None).await;
    let reason = is_paused(&stage).await;
    assert!(reason.contains("disabled"), "{reason}");
    let number = stage.writes("T-2", "second", None).await;
    let asked = stage.qminder.requests_for(Operation::CreateTicket).len();
    assert_eq!(asked, 1, "nothing more is asked of it");
    assert!(metric(&stage, r#"ticketbridge_paused{system="front-desk"} 1"#).await);
    let status = stage.daemon.ok(&["status"]).await;
    assert!(status.contains("disabled"), "{status}");
    // Replies go on.
    stage.replies(number, "We are at it").await;
    stage.receiver.wait_for("/hook", 1, SOON).await.unwrap();

    stage.qminder.enable_line(12345);
    let done = stage.daemon.ok(&["systems", "resume", "front-desk"]).await;
    assert!(done.contains("goes on"), "{done}");
    stage.record_says("first").await;
    stage.record_says("We are at it").await;
    assert_eq!(system(&stage).await["pause"], Value::Null);
    assert_eq!(system(&stage).await["pending"], 0);
}

#[tokio::test]
async fn a_refused_key_pauses_the_system_also_over_a_restart() {
    for status in [401, 403] {
        let mut stage = Stage::new("").await;
        stage.qminder.answer_bad_keys(status);
        stage.qminder.revoke_key("qminder-key");
        stage.writes("T-1", "first", None).await;
        let reason = is_paused(&stage).await;
        assert!(reason.contains("key"), "{reason}");
        stage.daemon.terminate().await;
        stage.daemon.start().await;
        assert!(system(&stage).await["pause"].is_object());
        stage.qminder.add_key("qminder-key", KeyKind::Secret);
        stage.daemon.ok(&["systems", "resume", "front-desk"]).await;
        stage.record_says("first").await;
    }
}

#[tokio::test]
async fn a_key_that_is_not_secret_pauses_at_the_record_and_says_so() {
    let stage = Stage::new("").await;
    stage.qminder.revoke_key("qminder-key");
    stage.qminder.add_key("qminder-key", KeyKind::Plain);
    stage.writes("T-1", "first", None).await;
    let reason = is_paused(&stage).await;
    assert!(reason.contains("secret"), "{reason}");
}

#[tokio::test]
async fn a_person_pauses_a_system_and_it_keeps_its_queue() {
    let stage = Stage::new("").await;
    stage.daemon.ok(&["systems", "pause", "front-desk"]).await;
    stage.writes("T-1", "first", None).await;
    let system = system(&stage).await;
    assert_eq!(
        (&system["pending"], &system["pause"]["probe_at"]),
        (&1.into(), &Value::Null)
    );
    assert!(
        stage
            .qminder
            .requests_for(Operation::CreateTicket)
            .is_empty()
    );
    stage.daemon.ok(&["systems", "resume", "front-desk"]).await;
    stage.record_says("first").await;
    let unknown = stage.daemon.run(&["systems", "pause", "nobody"]).await;
    assert_eq!(unknown.status.code(), Some(1));
}

#[tokio::test]
async fn a_desk_that_is_down_delays_nobody_and_catches_up() {
    for outage in [Outage::Refused, Outage::Reset, Outage::Unavailable] {
        let stage = Stage::new("").await;
        let number = stage.writes("T-0", "before", None).await;
        stage.record_says("before").await;
        stage.qminder.outage(Some(outage)).await.unwrap();
        for count in 1..=10 {
            stage
                .writes(&format!("T-{count}"), &format!("ticket {count}!"), None)
                .await;
        }
        stage.replies(number, "meanwhile").await;
        stage.receiver.wait_for("/hook", 1, SOON).await.unwrap();
        stage.qminder.outage(None).await.unwrap();
        stage.record_says("meanwhile").await;
        for count in 1..=10 {
            stage.record_says(&format!("ticket {count}!")).await;
        }
        let open = stage.desk("all", |world| Some(ours(world))).await;
        assert_eq!(open.len(), 11, "{outage:?}");
    }
}

#[tokio::test]
async fn a_ticket_that_was_deleted_there_is_unlinked_and_told() {
    let stage = Stage::new("").await;
    let number = stage.writes("T-1", "first", None).await;
    let made = stage.record_says("first").await;
    stage.qminder.delete(&made.id).unwrap();
    let trace = stage.trace_says(number, "unlinked").await;
    assert!(trace.contains(&made.id), "{trace}");
    stage.writes("T-2", "more", Some("T-1")).await;
    stage.writes("T-3", "another", None).await;
    stage.record_says("another").await;
    assert_eq!(stage.qminder.tickets().len(), 1, "none is made anew");
    assert!(
        stage.daemon.log().contains("ERROR"),
        "the operator is told:\n{}",
        stage.daemon.log()
    );
}

#[tokio::test]
async fn what_others_use_of_the_key_is_heeded() {
    let mut stage = Stage::set("", "").await;
    stage.limit(10, 80);
    stage.reconfigure("poll_interval = \"200ms\"", "poll_interval = \"1h\"");
    stage.daemon.start().await;
    let url = format!("{}/v1/lines/12345", stage.qminder.base_url());
    for _ in 0..76 {
        let call = stage.daemon.client().get(&url);
        let answer = call
            .header("x-qminder-rest-api-key", "qminder-key")
            .send()
            .await;
        assert_eq!(answer.unwrap().status(), 200);
    }
    stage.crowd(15).await;
    // Up to four calls are under way before the first answer tells.
    assert!(stage.throttled() <= 6, "{} of 30", stage.throttled());
}

#[tokio::test]
async fn the_limit_of_the_key_is_kept_by_everything_that_uses_it() {
    let mut stage = Stage::set("", "").await;
    stage.limit(20, 10);
    stage.daemon.start().await;
    stage.crowd(30).await;
    let requests = stage.qminder.requests().len();
    assert!(
        stage.throttled() <= 3,
        "{} of {requests}",
        stage.throttled()
    );
}
