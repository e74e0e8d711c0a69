//! What each answer means.

use serde_json::{Value, json};

use crate::clock::{Clock as _, SystemClock};
use crate::model::{Class, LaneFailure};
use crate::systems::tests::server::{Act, Server};

use super::*;

fn is_making(command: &Command) -> bool {
    matches!(command, Command::CreateTicket { .. })
}

/// One call: of a ticket to be made the customer is known there.
fn script_of(command: &Command, act: Act) -> Vec<Act> {
    let customer = Act::json(201, json!({"data": {"id": 5, "email": "jane@example.com"}}));
    match is_making(command) {
        true => vec![customer, act],
        false => vec![act],
    }
}

async fn once(parcel: Parcel, script: Vec<Act>) -> (Report, Vec<String>) {
    let server = Server::start(script).await;
    let report = deliver(&helpdesk(&server.base()), parcel).await;
    (report, server.lines())
}

fn refuses(status: u16, message: &str) -> Act {
    let errors: Value = match status {
        400 | 422 => json!({"title": ["No"]}),
        _ => json!({}),
    };
    Act::json(status, json!({"message": message, "errors": errors}))
}

fn class_of(status: u16, command: &Command) -> Class {
    match status {
        429 => Class::Throttled,
        300..=399 | 401 | 402 => Class::Paused,
        403 | 404 | 410 if is_making(command) => Class::Paused,
        503 | 407 | 408 | 424 | 425 => Class::Retry,
        500..=599 => Class::Unknown,
        _ => Class::Rejected,
    }
}

#[tokio::test]
async fn every_status_has_its_class_its_failure_and_its_words() {
    let statuses = [
        300, 302, 307, 400, 401, 402, 405, 407, 408, 409, 413, 422, 425, 429, 451, 500, 502, 503,
        504, 599,
    ];
    for command in all_commands() {
        let making = is_making(&command).then_some([403, 404, 410]);
        for status in statuses.into_iter().chain(making.into_iter().flatten()) {
            let script = script_of(&command, refuses(status, "Words of DeskHive's"));
            let (report, _) = once(parcel(command.clone(), 42), script).await;
            let context = format!("{status} {command:?}: {report:?}");
            assert_eq!(report.class, class_of(status, &command), "{context}");
            assert_eq!(report.status, Some(status), "{context}");
            let failure = (status >= 500).then_some(LaneFailure::ServerError);
            assert_eq!(report.failure, failure, "{context}");
            assert!(!report.vanished && !report.gone, "{context}");
            assert_eq!(
                (report.until, &report.remote_uid),
                (None, &None),
                "{context}"
            );
            assert!(report.detail.contains(&status.to_string()), "{context}");
        }
    }
}

#[tokio::test]
async fn silence_is_unknown_and_no_connection_is_retried() {
    for command in all_commands() {
        for act in [Act::HangUp, Act::Silence] {
            let (report, _) = once(parcel(command.clone(), 42), script_of(&command, act)).await;
            assert_eq!(
                (report.class, report.failure),
                (Class::Unknown, Some(LaneFailure::Silence)),
                "{report:?}"
            );
        }
        // Nothing listens on a port that was let go without a connection.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", free.local_addr().unwrap());
        drop(free);
        let report = deliver(&helpdesk(&base), parcel(command, 42)).await;
        assert_eq!(
            (report.class, report.failure),
            (Class::Retry, Some(LaneFailure::Silence)),
            "{report:?}"
        );
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_unknown_where_it_would_be_there_twice() {
    for body in [
        "made!",
        "<p>Welcome</p>",
        "[]",
        r#"{"status":false,"message":"No"}"#,
    ] {
        let act = || Act::Answer(201, "", body.to_owned());
        let making = script_of(&create_ticket(), act());
        let (report, _) = once(parcel(create_ticket(), 42), making).await;
        assert_eq!(
            (report.class, report.status.is_some()),
            (Class::Unknown, true),
            "{body}"
        );
        if body != "[]" {
            let (report, _) = once(parcel(Command::PostMessage, 42), vec![act()]).await;
            assert_eq!(report.class, Class::Unknown, "{body} {report:?}");
        }
    }
    let login = r#"<form><input type="password"></form>"#;
    for command in all_commands() {
        let act = Act::Answer(200, "", login.to_owned());
        let (report, _) = once(parcel(command.clone(), 42), script_of(&command, act)).await;
        assert_eq!(report.class, Class::Paused, "{report:?}");
    }
}

#[tokio::test]
async fn retry_after_is_read_in_both_spellings() {
    let cases = [
        (429, "retry-after: 86400\r\n", true),
        (503, "retry-after: 86400\r\n", true),
        (429, "retry-after: soon\r\n", false),
        (429, "retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", true),
    ];
    for command in all_commands() {
        for (status, header, is_read) in cases {
            let act = Act::Answer(status, header, String::new());
            let (report, _) = once(parcel(command.clone(), 42), script_of(&command, act)).await;
            assert_eq!(report.class, Class::Throttled, "{report:?}");
            assert_eq!(report.until.is_some(), is_read, "{report:?}");
            if header.contains("86400") {
                let wait = report.until.unwrap().since(SystemClock.now());
                assert!(wait.as_secs().abs_diff(86_400) < 5, "{wait:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_deskhive_repeats_of_the_ticket_or_the_key_is_not_repeated() {
    for command in all_commands() {
        // A change says nothing of the ticket's text, so nothing can be repeated of it.
        let says_something = command != Command::UpdateTicket;
        let key = match is_making(&command) {
            true => INTERNAL_KEY,
            false => EXTERNAL_KEY,
        };
        let quotes = [SAID, &SAID[..20]].map(|said| format!("Bad value: '{said}'"));
        let quotes = quotes.into_iter().filter(|_| says_something);
        for words in quotes.chain([format!("The key {key} may not"), "x".repeat(10_000)]) {
            let script = script_of(&command, refuses(422, &words));
            let (report, _) = once(parcel(command.clone(), 42), script).await;
            assert_eq!(report.class, Class::Rejected);
            assert!(report.detail.chars().count() <= 500, "{report:?}");
        }
    }
}

#[tokio::test]
async fn what_is_in_front_of_it_takes_no_ticket_for_deleted() {
    for command in all_commands() {
        for body in ["", "<html><h1>Not here</h1></html>"] {
            let act = || Act::Answer(404, "", body.to_owned());
            let mut script = script_of(&command, act());
            script.push(act());
            let (report, _) = once(parcel(command.clone(), 42), script).await;
            assert_eq!(
                (report.class, report.vanished),
                (Class::Retry, false),
                "{report:?}"
            );
            assert!(report.detail.contains("check `base_url`"), "{report:?}");
        }
    }
}
