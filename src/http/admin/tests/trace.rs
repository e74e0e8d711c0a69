//! Stories.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::model::{Class, ExternalTicket, Fate, How, LaneFailure};

fn told(story: &Value) -> Vec<(String, String)> {
    let entries = story["entries"].as_array().unwrap();
    let word = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    entries
        .iter()
        .map(|entry| (word(entry, "what"), word(entry, "text")))
        .collect()
}

/// Looks for each of these in turn: what, and a part of the text.
fn tells_in_order(story: &Value, expected: &[(&str, &str)]) {
    let told = told(story);
    let words: Vec<&str> = told.iter().map(|(what, _)| what.as_str()).collect();
    let wanted: Vec<&str> = expected.iter().map(|(what, _)| *what).collect();
    assert_eq!(words, wanted, "{told:#?}");
    for ((_, text), (what, part)) in told.iter().zip(expected) {
        assert!(text.contains(part), "{what}: {part} is not in {text}");
    }
    let times: Vec<&str> = story["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["at"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted());
}

#[tokio::test]
async fn the_whole_story_is_told_in_order_of_time() {
    let desk = Desk::new();
    let second = Duration::from_secs(1);
    desk.takes(ExternalTicket {
        provider: Some("shop".to_owned()),
        ..Desk::external("uid-1")
    })
    .await;
    desk.passes(second);
    desk.takes(ExternalTicket {
        provider: Some("shop".to_owned()),
        ..Desk::external("uid-1")
    })
    .await;
    desk.passes(second);
    let edited = ExternalTicket {
        provider: Some("shop".to_owned()),
        content: "Changed".to_owned(),
        ..Desk::external("uid-1")
    };
    desk.takes(edited).await;
    desk.passes(second);
    desk.post("tickets/1/assign", json!({"agent": 3})).await;
    desk.passes(second);
    desk.replies(1, "Hello").await;
    desk.passes(second);
    desk.settles(1, |settled| {
        settled.attempt.class = Class::Unknown;
        settled.attempt.status = None;
        settled.attempt.detail = "timed out".to_owned();
        settled.failure = Some(LaneFailure::Silence);
    })
    .await;
    desk.passes(second);
    desk.settles(1, |settled| {
        settled.attempt.class = Class::Rejected;
        settled.attempt.status = Some(422);
        settled.attempt.detail = "it will not have it".to_owned();
    })
    .await;
    desk.passes(second);
    desk.post("dead-letters/retry", Value::Null).await;
    desk.passes(second);
    desk.settles(1, |settled| settled.remote_uid = Some("R-1".to_owned()))
        .await;
    desk.passes(second);
    let child = ExternalTicket {
        parent_uid: Some("R-1".to_owned()),
        ..Desk::external("uid-2")
    };
    desk.takes(child).await;
    desk.passes(second);
    desk.post("tickets/1/reply", json!({"text": "psst", "internal": true}))
        .await;
    desk.passes(second);
    desk.replies(1, "Bye").await;
    desk.passes(second);
    desk.replies(1, "Really").await;
    desk.passes(second);
    desk.post("deliveries/3/cancel", Value::Null).await;

    let (status, trace) = desk.get("trace?of=1").await;
    assert_eq!(status, StatusCode::OK);
    tells_in_order(
        &trace,
        &[
            (
                "received",
                "from Jane Doe (jane-1) as uid-1 of shop, opens the ticket, answers go to https://hooks.example.com/…: “Changed”",
            ),
            ("duplicate", "the same arrived again"),
            ("edited", "by its sender; revision 1 now"),
            ("assigned", "to agent 3"),
            (
                "reply",
                "by agent 3 (Agent Smith); answers message 1: “Hello”",
            ),
            (
                "planned",
                "for response-url, answers uid-1; its lane is 1 now, to https://hooks.example.com/…",
            ),
            (
                "attempt",
                "unknown after 120 ms: timed out; next try 2026-01-01T10:00:",
            ),
            (
                "attempt",
                "rejected 422 after 120 ms: it will not have it; no further try; may be a repetition",
            ),
            ("ordered", "retry, by the operator"),
            ("attempt", "ok 200 after 120 ms"),
            ("delivered", "taken, known there as R-1"),
            ("received", "as uid-2, joins the thread, follows R-1"),
            ("note", "internal, never leaves: “psst”"),
            ("reply", "“Bye”"),
            ("planned", "answers uid-2; its lane is 2 now"),
            ("due", ""),
            ("reply", "“Really”"),
            ("planned", ""),
            ("ordered", "cancel, by the operator"),
            ("cancelled", "it is never sent"),
        ],
    );
    assert_eq!(trace["ticket"]["id"], 1);
    assert_eq!(trace["messages"].as_array().unwrap().len(), 6);
    assert_eq!(
        trace["deliveries"][0]["all_attempts"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(trace["others"], json!([]));
    let attempt = &trace["entries"][6];
    assert_eq!(
        (
            &attempt["message"],
            &attempt["delivery"],
            &attempt["attempt"]
        ),
        (&json!(2), &json!(1), &json!(1))
    );
}

#[tokio::test]
async fn deaths_waits_and_late_parents_are_told() {
    let desk = Desk::new();
    let child = ExternalTicket {
        parent_uid: Some("uid-0".to_owned()),
        ..Desk::external("uid-1")
    };
    desk.takes(child).await;
    desk.passes(Duration::from_secs(1));
    let sibling = ExternalTicket {
        parent_uid: Some("uid-0".to_owned()),
        ..Desk::external("uid-2")
    };
    desk.takes(sibling).await;
    desk.passes(Duration::from_secs(1));
    desk.arrives("uid-0").await;
    desk.passes(Duration::from_secs(1));
    desk.replies(1, "one").await;
    desk.replies(1, "two").await;
    desk.dies(1).await;
    let (_, trace) = desk.get("trace?of=uid-1").await;
    tells_in_order(
        &trace,
        &[
            ("received", "follows uid-0"),
            ("received", "late: what follows it was here before"),
            ("related", "to ticket 2"),
            ("reply", "“one”"),
            ("reply", "“two”"),
            ("planned", ""),
            ("planned", ""),
            ("attempt", "rejected 422"),
            ("dead", "rejected: it will not have it"),
            ("due", ""),
        ],
    );
}

#[tokio::test]
async fn a_ticket_is_found_by_number_first_and_then_by_uid() {
    let desk = Desk::new();
    desk.arrives("uid-1").await;
    desk.takes(ExternalTicket {
        brand: "other".to_owned(),
        ..Desk::external("uid-1")
    })
    .await;
    desk.arrives("1").await;
    desk.arrives("77").await;
    let numbers = |trace: &Value| {
        let others = trace["others"].as_array().unwrap().iter();
        let mut numbers = vec![trace["ticket"]["id"].as_u64().unwrap()];
        numbers.extend(others.map(|story| story["ticket"]["id"].as_u64().unwrap()));
        numbers
    };
    for (of, expected) in [
        ("2", vec![2]),
        ("1", vec![1, 3]),
        ("77", vec![4]),
        ("uid-1", vec![1, 2]),
    ] {
        let (status, trace) = desk.get(&format!("trace?of={of}")).await;
        assert_eq!(
            (status, numbers(&trace)),
            (StatusCode::OK, expected),
            "{of}"
        );
    }
    for of in ["nobody", "99", ""] {
        assert_eq!(
            desk.get(&format!("trace?of={of}")).await.0,
            StatusCode::NOT_FOUND,
            "{of}"
        );
    }
}

#[tokio::test]
async fn what_did_not_arrive_as_it_is_here_is_told_once_with_the_reason() {
    let desk = Desk::new();
    desk.arrives("uid-1").await;
    desk.replies(1, "Hello").await;
    let fates = || {
        let fate = |from: &'static str, to: &'static str, how| Fate {
            from: from.into(),
            to: to.into(),
            how,
            why: "no place for it".into(),
        };
        vec![
            fate("created_at", "", How::Dropped),
            fate("author.username", "/author", How::Converted),
        ]
    };
    for class in [Class::Retry, Class::Ok] {
        desk.settles(1, |settled| {
            settled.attempt.class = class;
            settled.attempt.fates = fates();
        })
        .await;
        desk.passes(Duration::from_secs(60));
    }
    let (_, story) = desk.get("trace?of=1").await;
    let told = told(&story);
    let mapped: Vec<&str> = told
        .iter()
        .filter(|(what, _)| what == "mapped")
        .map(|(_, text)| text.as_str())
        .collect();
    assert_eq!(
        mapped,
        ["not as it is here at response-url: created_at dropped (no place for it)"]
    );
    let shown = &story["deliveries"][0]["all_attempts"][1]["fates"];
    assert_eq!(
        *shown,
        json!([
            {"from": "created_at", "to": "", "how": "dropped", "why": "no place for it"},
            {"from": "author.username", "to": "/author", "how": "converted", "why": "no place for it"},
        ])
    );
}
