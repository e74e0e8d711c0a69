//! Samples, and what follows from them under settings of a test's own. The shipped mapping tests try the rest.

use serde_json::{Value, json};

use super::*;
use crate::settings::{Mode, SystemKind, trial};

const CONFIGURATION: &str = r#"
[delivery]
allow_http = false

[intake]
rate = { per_second = 1, burst = 1 }

[[brands]]
id = "acme"
agents = [3]
mirror_to = ["front-desk", "hub"]

[[agents]]
id = 3
name = "Agent Smith"

[[systems]]
id = "front-desk"
kind = "qminder"
api_key_file = "k"
line = "12345"
user = 900
mode = "dry-run"

[[systems]]
id = "hub"
kind = "respondo"
base_url = "https://app.example.com"
remote_brand = 7
token_name = "bridge"
token_file = "t"
"#;

fn settings() -> Settings {
    trial::loaded(CONFIGURATION).settings
}

fn pair(from: Kind, to: Kind) -> Pair {
    Pair {
        from,
        to,
        brand: None,
        system: None,
    }
}

fn ticket(uid: &str) -> Value {
    json!({
        "external_uid": uid, "content": "The printer is on fire.", "response_url": "https://hooks.example.com/x",
        "author": {"external_uid": "u-1", "username": "Jane Doe"}, "created_at": "2026-03-14T09:00:00Z",
    })
}

async fn try_it(pair: &Pair, sample: &Value) -> Result<Outcome, Fault> {
    let sample = Sample::read(sample.to_string().as_bytes())?;
    rehearse(&settings(), pair, &sample).await
}

fn commands(event: &Event) -> Vec<(&str, &str)> {
    let requests = event.requests.iter();
    requests
        .map(|request| (request.command.as_str(), request.system.as_str()))
        .collect()
}

#[test]
fn a_sample_is_json_or_form_data_and_an_array_is_several() {
    let events = |text: &str| Sample::read(text.as_bytes()).map(|sample| sample.events);
    assert_eq!(events("{\"a\": 1}").unwrap().len(), 1);
    assert_eq!(events(" [{\"a\": 1}, {}] ").unwrap().len(), 2);
    let form =
        events("external_uid=t-1&author%5Busername%5D=Jane+Doe&author__external_uid=u").unwrap();
    let nested =
        json!({"external_uid": "t-1", "author": {"username": "Jane Doe", "external_uid": "u"}});
    assert_eq!(form[0].value, nested);
    assert_eq!(form[0].content_type, sample::FORM);
    for wrong in ["", " ", "[]", "{", "hello", "a = b"] {
        assert!(events(wrong).is_err(), "{wrong:?}");
    }
    assert!(Sample::read(&[0xff]).is_err());
}

#[tokio::test]
async fn what_follows_from_what_follows_comes_as_well_also_in_dry_run() {
    let settings = settings();
    let desk = &settings.systems["front-desk"];
    assert!(matches!(desk.kind, SystemKind::Qminder(_)) && desk.mode == Mode::DryRun);
    let to_desk = pair(Kind::Respondo, Kind::Qminder);
    let outcome = try_it(&to_desk, &ticket("t-1")).await.unwrap();
    assert_eq!(outcome.system.as_deref(), Some("front-desk"));
    let expected = [
        ("create ticket", "front-desk"),
        ("replace record", "front-desk"),
    ];
    assert_eq!(commands(&outcome.events[0]), expected);
    assert!(
        outcome.events[0].requests[1].path.contains("1001"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn events_follow_each_other_whatever_rate_is_configured() {
    let mut edit = ticket("t-1");
    edit["content"] = json!("Two printers are on fire.");
    let mut child = ticket("t-2");
    child["parent_uid"] = json!("t-1");
    let sample = json!([ticket("t-1"), edit, child]);
    let outcome = try_it(&pair(Kind::Respondo, Kind::Respondo), &sample)
        .await
        .unwrap();
    let all: Vec<_> = outcome.events.iter().map(commands).collect();
    // An edit is no ticket there.
    let push = || vec![("push ticket", "hub")];
    assert_eq!(all, [push(), Vec::new(), push()]);
}

#[tokio::test]
async fn a_sample_about_a_ticket_gets_one_before_it() {
    let reply = json!({"content": "We are on our way."});
    let outcome = try_it(&pair(Kind::AgentApi, Kind::Respondo), &reply)
        .await
        .unwrap();
    let event = &outcome.events[0];
    assert_eq!(event.before.len(), 1);
    assert_eq!(commands(event), [("reply", "response-url")]);
    assert_eq!(
        event.requests[0].body["response_text"],
        "We are on our way."
    );

    let answer = json!({"response_text": "Use the stairs."});
    let outcome = try_it(&pair(Kind::Respondo, Kind::Respondo), &answer)
        .await
        .unwrap();
    let event = &outcome.events[0];
    assert_eq!(commands(event), [("reply", "response-url")]);
    assert_eq!(event.requests[0].body["response_text"], "Use the stairs.");

    let visit = json!({"id": "85234", "status": "CALLED", "line": 12345, "called": {"date": "2026-03-14T09:00:00Z"}});
    let outcome = try_it(&pair(Kind::Qminder, Kind::AgentApi), &visit)
        .await
        .unwrap();
    let event = &outcome.events[0];
    assert_eq!(event.answers[0].body["data"]["status"], "in_progress");
}

#[tokio::test]
async fn a_refusal_says_which_event_it_is_about() {
    let sample = json!([ticket("t-1"), {"external_uid": "t-2"}]);
    let refused = try_it(&pair(Kind::Respondo, Kind::Qminder), &sample).await;
    let Err(Fault::Refused(refusal)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!((refusal.event, refusal.status), (Some(2), Some(422)));
    assert!(
        refusal
            .errors
            .iter()
            .any(|error| error.pointer == "/content")
    );
}

#[tokio::test]
async fn a_field_that_no_code_reads_is_told_as_dropped() {
    let visit = json!({"id": "85234", "status": "NEW", "line": 12345, "shoeSize": 43, "extra": []});
    let outcome = try_it(&pair(Kind::Qminder, Kind::AgentApi), &visit)
        .await
        .unwrap();
    let fields = &outcome.events[0].fields;
    let found = fields
        .iter()
        .find(|field| field.field == "/shoeSize")
        .unwrap();
    assert_eq!(
        (found.how.word(), found.why.as_str()),
        ("dropped", "nothing here reads it")
    );
}
