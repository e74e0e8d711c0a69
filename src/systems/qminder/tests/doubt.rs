//! Calls of which nobody knows whether they arrived: looked for before they are made again.

use crate::model::Class;

use super::*;

/// Ten minutes before the doubt.
const SEARCH: &str = "GET /v1/tickets/search?line=12345&minCreated=2026-03-01T11%3A50%3A00Z&limit=1000&order=created+ASC";

fn found(labels: &[&str]) -> Act {
    let labels: Vec<Value> = labels
        .iter()
        .map(|label| json!({"value": label, "color": "000000"}))
        .collect();
    let theirs = json!({"id": "1", "status": "NEW", "labels": [{"value": "VIP"}]});
    let ours = json!({"id": "226859", "status": "CALLED", "created": {"date": "2026-03-01T12:00:01Z"}, "labels": labels});
    Act::json(200, json!({"statusCode": 200, "data": [theirs, ours]}))
}

fn made() -> Act {
    Act::json(201, json!({"id": "226860"}))
}

#[tokio::test]
async fn a_ticket_that_is_found_is_not_made_again() {
    let (report, lines) = once(
        doubtful(create_ticket()),
        vec![found(&["VIP", "tb-00aa11bb22cc-7"])],
    )
    .await;
    assert_eq!(
        (report.class, report.remote_uid.as_deref()),
        (Class::Ok, Some("226859"))
    );
    assert_eq!(lines, [SEARCH]);
}

#[tokio::test]
async fn a_ticket_that_is_not_found_is_made() {
    let others: [&[&str]; 4] = [
        &[],
        &["tb-00aa11bb22cc-8"],
        &["tb-00aa11bb22cc-70"],
        &["tb-ffffffffffff-7"],
    ];
    for labels in others {
        let (report, lines) = once(doubtful(create_ticket()), vec![found(labels), made()]).await;
        assert_eq!(
            (report.class, report.remote_uid.as_deref()),
            (Class::Ok, Some("226860")),
            "{labels:?}"
        );
        assert_eq!(lines, [SEARCH, "POST /tickets"]);
    }
}

#[tokio::test]
async fn nothing_is_made_while_it_cannot_be_looked_for() {
    let misread = json!({"statusCode": 200, "data": [{"id": {}, "status": 7}]});
    for (act, class) in [
        (Act::HangUp, Class::Retry),
        (Act::Silence, Class::Retry),
        (Act::refuses(500, "Oh"), Class::Retry),
        (Act::refuses(400, "Oh"), Class::Retry),
        (Act::refuses(404, "Oh"), Class::Retry),
        (Act::refuses(409, "Oh"), Class::Retry),
        (Act::Answer(200, "", "<p>".to_owned()), Class::Retry),
        (Act::json(200, json!({"statusCode": 200})), Class::Retry),
        (Act::json(200, misread), Class::Retry),
        (Act::refuses(401, "Oh"), Class::Paused),
        (Act::Answer(302, "", String::new()), Class::Paused),
        (Act::refuses(429, "Oh"), Class::Throttled),
        (Act::refuses(500, SAID), Class::Retry),
    ] {
        for command in [create_ticket(), Command::SendSms] {
            let is_sms = command == Command::SendSms;
            let (report, lines) = once(doubtful(command), vec![act.clone(), made()]).await;
            let context = format!("{act:?} {report:?}");
            let is_gone = is_sms && report.vanished;
            assert_eq!(
                report.class,
                if is_gone { Class::Rejected } else { class },
                "{context}"
            );
            assert_eq!(
                is_gone,
                is_sms && context.contains("Answer(404"),
                "{context}"
            );
            assert_eq!(lines.len(), 1, "{context}");
            if !is_gone {
                assert!(report.detail.starts_with("cannot look"), "{context}");
            }
        }
    }
}

#[tokio::test]
async fn full_pages_are_turned() {
    let page = |from: i64, label: &str| {
        let tickets: Vec<Value> = (0..1000)
            .map(|index| {
                let created = jiff::Timestamp::from_second(1_772_366_000 + from + index).unwrap();
                json!({"id": (from + index).to_string(), "status": "NEW", "created": {"date": created.to_string()},
                    "labels": [{"value": if index == 999 { label } else { "VIP" }}]})
            })
            .collect();
        Act::json(200, json!({"statusCode": 200, "data": tickets}))
    };
    let script = vec![page(0, "x"), page(998, "tb-00aa11bb22cc-7")];
    let (report, lines) = once(doubtful(create_ticket()), script).await;
    assert_eq!(report.remote_uid.as_deref(), Some("1997"));
    // One second before the last of the first page.
    let next = jiff::Timestamp::from_second(1_772_366_000 + 998).unwrap();
    let next = next.to_string().replace(':', "%3A");
    assert!(
        lines[1].contains(&format!("minCreated={next}&")),
        "{lines:?}"
    );

    // A page that leads nowhere is no reason to make another ticket.
    let script = vec![page(0, "x"), page(0, "x"), made()];
    let (report, lines) = once(doubtful(create_ticket()), script).await;
    assert_eq!((report.class, lines.len()), (Class::Retry, 2), "{report:?}");
}

fn sms(body: &str, kind: &str, date: &str, user: Option<u64>) -> Act {
    let mut message =
        json!({"created": {"date": date}, "body": body, "type": kind, "status": "NEW"});
    if let Some(user) = user {
        message["userId"] = json!(user);
    }
    Act::json(200, json!({"statusCode": 200, "messages": [message]}))
}

#[tokio::test]
async fn a_message_that_was_sent_is_not_sent_again() {
    let (at, before) = ("2026-03-01T12:00:05Z", "2026-03-01T11:58:59Z");
    for (act, was_sent) in [
        (sms(SAID, "OUTGOING", at, Some(900)), true),
        (sms(SAID, "OUTGOING", at, None), true),
        (
            sms(
                &format!(" {SAID}\n"),
                "OUTGOING",
                "2026-03-01T11:59:30Z",
                Some(900),
            ),
            true,
        ),
        (sms(SAID, "OUTGOING", before, Some(900)), false),
        (sms(SAID, "OUTGOING", at, Some(901)), false),
        (sms(SAID, "OUTGOING_AUTOMATED", at, Some(900)), false),
        (sms(SAID, "INCOMING", at, None), false),
        (sms("Something else", "OUTGOING", at, Some(900)), false),
        (
            Act::json(200, json!({"statusCode": 200, "messages": null})),
            false,
        ),
    ] {
        let context = format!("{act:?}");
        let (report, lines) = once(doubtful(Command::SendSms), vec![act, Act::ok()]).await;
        assert_eq!(report.class, Class::Ok, "{context}");
        let sent = lines.iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!(
            (lines.len(), sent),
            if was_sent { (1, 0) } else { (2, 1) },
            "{context}"
        );
    }
}

#[tokio::test]
async fn what_says_the_same_however_often_is_repeated_without_a_look() {
    for command in all_commands()
        .into_iter()
        .filter(|command| !command.is_looked_up())
    {
        let (report, lines) = once(doubtful(command), vec![Act::ok()]).await;
        assert_eq!((report.class, lines.len()), (Class::Ok, 1));
    }
}

#[tokio::test(start_paused = true)]
async fn only_the_first_request_of_a_delivery_goes_past_the_gate() {
    let server = Server::start(vec![found(&[]), made()]).await;
    let (desk, gate) = desk_of(&system(&server.base()));
    while gate.take().is_ok() {}
    let began = tokio::time::Instant::now();
    let made = tokio::spawn(async move { deliver(&desk, doubtful(create_ticket())).await });
    let report = made.await.unwrap();
    assert_eq!(report.class, Class::Ok, "{report:?}");
    assert!(
        began.elapsed() >= Duration::from_millis(190),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(server.lines().len(), 2);
}
