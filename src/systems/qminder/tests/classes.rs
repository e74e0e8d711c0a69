//! What every answer and every silence means, for every command.

use crate::clock::{Clock as _, SystemClock};
use crate::model::{Class, LaneFailure};

use super::*;

const SILENCE: Option<LaneFailure> = Some(LaneFailure::Silence);
const BROKEN: Option<LaneFailure> = Some(LaneFailure::ServerError);

fn is_making(command: &Command) -> bool {
    *command == create_ticket()
}

/// The classes, written down once more.
fn class_of(status: u16, command: &Command) -> Class {
    match status {
        429 => Class::Throttled,
        300..=399 | 401..=403 => Class::Paused,
        404 | 409 | 410 if is_making(command) => Class::Paused,
        500..=502 | 504..=599 if is_making(command) || *command == Command::SendSms => {
            Class::Unknown
        }
        407 | 408 | 423..=425 | 500..=599 => Class::Retry,
        _ => Class::Rejected,
    }
}

#[tokio::test]
async fn every_status_has_its_class_its_failure_and_its_words() {
    let statuses = [
        300, 302, 307, 400, 401, 402, 403, 404, 405, 407, 408, 409, 410, 413, 422, 423, 425, 429,
        451, 500, 502, 503, 504, 599,
    ];
    for command in all_commands() {
        for status in statuses {
            // A step that does not fit, and a label's 404, are looked into.
            let script = vec![
                Act::refuses(status, "Words of Qminder's"),
                match status {
                    404 | 410 => Act::refuses(404, "Ticket with id 226859 not found"),
                    _ => Act::json(200, there("NEW")),
                },
            ];
            let (report, _) = once(parcel(command.clone()), script).await;
            let context = format!("{status} {command:?}: {report:?}");
            assert_eq!(report.class, class_of(status, &command), "{context}");
            assert_eq!(report.status, Some(status), "{context}");
            assert_eq!(
                report.failure,
                (status >= 500).then_some(LaneFailure::ServerError),
                "{context}"
            );
            assert_eq!(
                (report.until, report.gone, &report.remote_uid),
                (None, false, &None),
                "{context}"
            );
            let vanishes = matches!(status, 404 | 410) && !is_making(&command);
            assert_eq!(report.vanished, vanishes, "{context}");
            assert!(report.detail.contains(&status.to_string()), "{context}");
            let tells = !(300..=399).contains(&status);
            assert_eq!(
                report.detail.contains("Words of Qminder's"),
                tells,
                "{context}"
            );
        }
    }
}

#[tokio::test]
async fn what_an_operator_has_to_see_to_is_said() {
    let making = create_ticket();
    for (command, status, words) in [
        (
            Command::ReplaceRecord,
            403,
            "external data need a secret key",
        ),
        (Command::SendSms, 403, "check `api_key_file`"),
        (making.clone(), 401, "check `api_key_file`"),
        (making.clone(), 402, "paid"),
        (making.clone(), 404, "check `line`"),
        (making.clone(), 409, "check `line`"),
        (making, 301, "check `base_url`"),
    ] {
        let (report, _) = once(parcel(command), vec![Act::refuses(status, "No")]).await;
        assert!(report.detail.contains(words), "{status}: {report:?}");
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
            let (report, _) = once(parcel(command.clone()), vec![act]).await;
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
async fn silence_is_unknown_and_no_connection_is_retried() {
    for command in all_commands() {
        for act in [Act::HangUp, Act::Silence] {
            let (report, _) = once(parcel(command.clone()), vec![act]).await;
            assert_eq!(
                (report.class, report.failure),
                (Class::Unknown, SILENCE),
                "{report:?}"
            );
            assert_eq!(report.status, None);
        }
        // Nothing listens on a port that was let go without a connection.
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", free.local_addr().unwrap());
        drop(free);
        let (desk, _) = desk_of(&system(&base));
        let report = deliver(&desk, parcel(command)).await;
        assert_eq!(
            (report.class, report.failure),
            (Class::Retry, SILENCE),
            "{report:?}"
        );
    }
}

#[tokio::test]
async fn a_ticket_that_was_made_under_an_unreadable_name_is_looked_for_later() {
    for body in ["", "made!", "{}", r#"{"id": null}"#] {
        let act = Act::Answer(201, "", body.to_owned());
        let (report, lines) = once(parcel(create_ticket()), vec![act]).await;
        assert_eq!(
            (report.class, report.failure),
            (Class::Unknown, None),
            "{report:?}"
        );
        assert_eq!((report.status, lines.len()), (Some(201), 1));
    }
    // Nobody needs the others' answers.
    for command in all_commands()
        .into_iter()
        .filter(|command| !is_making(command))
    {
        let (report, _) = once(
            parcel(command),
            vec![Act::Answer(200, "", "<p>".to_owned())],
        )
        .await;
        assert_eq!(report.class, Class::Ok, "{report:?}");
    }
}

#[tokio::test]
async fn a_404_that_is_not_qminders_takes_no_ticket_for_deleted() {
    for command in all_commands()
        .into_iter()
        .filter(|command| !is_making(command))
    {
        for body in ["", "<html><h1>Not here</h1></html>"] {
            let act = Act::Answer(404, "", body.to_owned());
            let (report, lines) = once(parcel(command.clone()), vec![act]).await;
            assert_eq!(
                (report.class, report.vanished),
                (Class::Retry, false),
                "{report:?}"
            );
            assert!(report.detail.contains("check `base_url`"), "{report:?}");
            assert_eq!(lines.len(), 1);
        }
    }
}

#[tokio::test]
async fn what_qminder_repeats_of_the_ticket_or_the_key_is_not_repeated() {
    for command in all_commands() {
        for words in [
            format!("Bad value: '{SAID}'"),
            format!("Bad value: '{}'", &SAID[..20]),
            format!("The key {KEY} may not"),
            "x".repeat(10_000),
        ] {
            let script = vec![Act::refuses(400, &words), Act::json(200, there("NEW"))];
            let (report, _) = once(parcel(command.clone()), script).await;
            assert_eq!(report.class, Class::Rejected);
            assert!(report.detail.chars().count() <= 500, "{report:?}");
        }
    }
}

#[tokio::test]
async fn a_servers_trouble_counts_and_its_remaining_calls_are_heeded() {
    let script = vec![
        Act::Answer(200, "x-ratelimit-remaining: 2\r\n", String::new()),
        Act::Answer(500, "x-ratelimit-remaining: 0\r\n", String::new()),
    ];
    let server = Server::start(script).await;
    let (desk, gate) = desk_of(&system(&server.base()));
    assert_eq!(gate.take(), Ok(()));
    let report = deliver(&desk, parcel(Command::ReplaceRecord)).await;
    assert_eq!(report.class, Class::Ok);
    assert_eq!((gate.take(), gate.take()), (Ok(()), Ok(())));
    assert!(gate.take().is_err());
    let (desk, gate) = desk_of(&system(&server.base()));
    let report = deliver(&desk, parcel(Command::ReplaceRecord)).await;
    assert_eq!((report.class, report.failure), (Class::Retry, BROKEN));
    assert!(gate.take().is_err());
}
