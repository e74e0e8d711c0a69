//! What is sent for each command, to the byte, and what its success means.

use crate::model::Class;

use super::*;

const CREATE: &str = r#"{"lineId":"12345","firstName":"Jane","lastName":"Doe","email":"jane@example.com","languageCode":"en","labels":[{"value":"tb-00aa11bb22cc-7"}]}"#;

#[tokio::test]
async fn each_command_is_one_request() {
    let form = Some("application/x-www-form-urlencoded");
    for (command, line, content_type, body) in [
        (
            create_ticket(),
            "POST /tickets",
            Some("application/json"),
            CREATE,
        ),
        (
            Command::AddLabel("a b&c".to_owned()),
            "POST /v1/tickets/226859/labels/add",
            form,
            "value=a+b%26c&user=900",
        ),
        (
            Command::RemoveLabel("VIP".to_owned()),
            "POST /v1/tickets/226859/labels/remove",
            form,
            "value=VIP&user=900",
        ),
        (
            Command::CancelTicket {
                remote: "77".to_owned(),
            },
            "POST /v1/tickets/77/cancel",
            form,
            "user=900",
        ),
        (
            Command::SendSms,
            "POST /v1/tickets/226859/messages",
            form,
            "message=My+PIN+is+1234+and+my+cat+is+called+Whiskers&user=900",
        ),
    ] {
        let answer = match command {
            Command::CreateTicket { .. } => {
                Act::json(201, json!({"id": "226859", "publicId": "A-42"}))
            }
            _ => Act::json(200, json!({"result": "no action"})),
        };
        let server = Server::start(vec![answer]).await;
        let desk = desk(&server);
        let parcel = parcel(command.clone());
        let shown = desk.shown(&parcel).unwrap().requests.remove(0);
        let report = deliver(&desk, parcel).await;
        assert_eq!(report.class, Class::Ok, "{report:?}");
        let received = server.received();
        assert_eq!(received.len(), 1);
        assert_eq!(
            (received[0].line.as_str(), received[0].body.as_str()),
            (line, body)
        );
        assert_eq!(
            received[0].headers.get("content-type").map(String::as_str),
            content_type
        );
        assert_eq!(received[0].headers["x-qminder-rest-api-key"], KEY);
        assert_eq!(format!("{} {}", shown.method, shown.target), line);
        assert_eq!(shown.body, body);
        let remote = (command == create_ticket()).then_some("226859");
        assert_eq!(report.remote_uid.as_deref(), remote);
        assert!(!report.vanished && !report.gone);
    }
}

#[tokio::test]
async fn the_record_goes_beside_the_linked_ticket() {
    let server = Server::start(vec![Act::json(200, json!({"statusCode": 200}))]).await;
    let report = deliver(&desk(&server), parcel(Command::ReplaceRecord)).await;
    assert_eq!((report.class, report.status), (Class::Ok, Some(200)));
    let received = server.received();
    assert_eq!(received[0].line, "POST /v1/tickets/226859/external");
    let start = "provider=ticketbridge&title=Support+ticket&data=%7B%22fields%22%3A%5B%7B%22type%22%3A%22message%22";
    assert!(received[0].body.starts_with(start), "{}", received[0].body);
    assert!(received[0].body.contains("My+PIN+is"));
}

#[tokio::test]
async fn every_try_has_the_same_bytes_also_from_another_desk() {
    for command in all_commands() {
        let server = Server::start(vec![Act::refuses(500, "No"), Act::refuses(500, "No")]).await;
        for _ in 0..2 {
            let mut parcel = parcel(command.clone());
            parcel.delivery.attempts += 1;
            deliver(&desk(&server), parcel).await;
        }
        let received = server.received();
        assert_eq!(received[0].line, received[1].line);
        assert_eq!(received[0].body, received[1].body);
    }
}

#[tokio::test]
async fn what_can_never_be_sent_is_rejected_without_a_call() {
    let mut nameless = parcel(Command::SendSms);
    nameless.text = " \n".to_owned();
    let unlinked = |state, remote| {
        let mut parcel = parcel(Command::ReplaceRecord);
        let conversation = parcel.conversation.as_mut().unwrap();
        conversation.ticket.links = vec![link(state, remote)];
        parcel
    };
    let mut elsewhere = parcel(Command::ReplaceRecord);
    elsewhere.delivery.system = "other-desk".to_owned();
    for (parcel, words) in [
        (nameless, "the message is empty"),
        (
            unlinked(LinkState::Wanted(DeliveryId(7)), None),
            "no ticket was made there",
        ),
        (elsewhere, "no ticket was made there"),
        (
            unlinked(LinkState::Gone, Some("226859")),
            "was deleted there",
        ),
        (unlinked(LinkState::Waiting, Some("../users")), "not an id"),
        (parcel(Command::AddLabel(" ".to_owned())), "is blank"),
        (parcel(Command::AddLabel("x".repeat(51))), "longer than 50"),
    ] {
        let (report, lines) = once(parcel, Vec::new()).await;
        assert_eq!(
            (report.class, report.status, report.failure),
            (Class::Rejected, None, None)
        );
        assert!(report.detail.contains(words), "{report:?}");
        assert_eq!(lines, [""; 0]);
    }
}

#[tokio::test]
async fn cancelling_needs_a_user_and_the_words_say_which_key_to_set() {
    let server = Server::start(vec![Act::ok(), Act::ok()]).await;
    let mut system = system(&server.base());
    let SystemKind::Qminder(qminder) = &mut system.kind else {
        panic!()
    };
    qminder.user = None;
    let (desk, _) = desk_of(&system);
    let cancel = Command::CancelTicket {
        remote: "226859".to_owned(),
    };
    let report = deliver(&desk, parcel(cancel)).await;
    assert_eq!(report.class, Class::Rejected);
    assert!(
        report
            .detail
            .contains("set `user` of the system \"front-desk\""),
        "{report:?}"
    );
    // The others go without one.
    assert_eq!(
        deliver(&desk, parcel(Command::SendSms)).await.class,
        Class::Ok
    );
    assert_eq!(server.lines(), ["POST /v1/tickets/226859/messages"]);
}

#[tokio::test]
async fn who_left_the_queue_need_not_be_cancelled() {
    let cancel = || {
        parcel(Command::CancelTicket {
            remote: "226859".to_owned(),
        })
    };
    for refusal in [400, 409] {
        for (answer, class, vanished) in [
            (Act::json(200, there("CALLED")), Class::Ok, false),
            (
                Act::json(200, there("CANCELLED_BY_CLERK")),
                Class::Ok,
                false,
            ),
            (Act::json(200, there("NEW")), Class::Rejected, false),
            (
                Act::refuses(404, "Ticket with id 226859 not found"),
                Class::Rejected,
                true,
            ),
            (Act::refuses(500, "Oh"), Class::Retry, false),
            (Act::HangUp, Class::Retry, false),
            (Act::refuses(429, "Slowly"), Class::Throttled, false),
        ] {
            let script = vec![Act::refuses(refusal, "Ticket is not in the queue"), answer];
            let (report, lines) = once(cancel(), script).await;
            assert_eq!(
                (report.class, report.vanished),
                (class, vanished),
                "{report:?}"
            );
            let look = "GET /v1/tickets/226859?responseScope=MESSAGES%2CINTERACTIONS";
            assert_eq!(lines, ["POST /v1/tickets/226859/cancel", look]);
        }
    }
}

#[tokio::test]
async fn a_label_that_is_not_there_takes_no_ticket_for_deleted() {
    for (command, class) in [
        (Command::RemoveLabel("VIP".to_owned()), Class::Ok),
        (Command::AddLabel("VIP".to_owned()), Class::Rejected),
    ] {
        let script = vec![
            Act::refuses(404, "No such label"),
            Act::json(200, there("NEW")),
        ];
        let (report, lines) = once(parcel(command), script).await;
        assert_eq!(
            (report.class, report.vanished, lines.len()),
            (class, false, 2),
            "{report:?}"
        );
    }
}

#[tokio::test]
async fn a_system_in_dry_run_is_told_nothing() {
    let server = Server::start(Vec::new()).await;
    let system = System {
        mode: Mode::DryRun,
        ..system(&server.base())
    };
    for command in all_commands() {
        let report = deliver(&desk_of(&system).0, parcel(command)).await;
        assert!(report.withheld, "{report:?}");
    }
    assert_eq!(server.lines(), [""; 0]);
}

#[tokio::test]
async fn what_was_planned_for_a_visit_that_is_over_goes_to_that_visit() {
    for command in [Command::ReplaceRecord, Command::SendSms] {
        let mut parcel = parcel(command);
        let conversation = parcel.conversation.as_mut().unwrap();
        conversation.ticket.links = vec![Link {
            earlier: Some("226859".to_owned()),
            ..link(LinkState::Wanted(DeliveryId(7)), None)
        }];
        let (report, lines) = once(parcel, vec![Act::ok()]).await;
        assert_eq!(report.class, Class::Ok, "{report:?}");
        assert!(lines[0].contains("/226859/"), "{lines:?}");
    }
}
