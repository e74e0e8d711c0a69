//! What the desk tells those who only ask.

use crate::model::{Class, Maker, Phase};

use super::*;

#[tokio::test]
async fn a_ticket_is_told_with_its_messages_and_a_deleted_one_is_none() {
    let mut ticket = there("CALLED");
    ticket["messages"] =
        json!([{"created": {"date": "2026-03-01T12:00:00Z"}, "body": "Hi", "type": "INCOMING"}]);
    let script = vec![
        Act::json(200, ticket),
        Act::refuses(404, "Ticket with id 226859 not found"),
        Act::Answer(404, "", "<html>".to_owned()),
        Act::refuses(403, "Forbidden"),
    ];
    let server = Server::start(script).await;
    let desk = desk(&server);
    let seen = desk.look("226859").await.unwrap().unwrap();
    assert_eq!(
        (seen.phase, seen.messages.unwrap().len()),
        (Some(Phase::Attended), 1)
    );
    assert_eq!(desk.look("226859").await, Ok(None));
    let trouble = desk.look("226859").await.unwrap_err();
    assert_eq!((trouble.class, trouble.status), (Class::Retry, Some(404)));
    let trouble = desk.look("226859").await.unwrap_err();
    assert_eq!(trouble.class, Class::Paused);
    assert!(!trouble.to_string().contains(KEY));
    // What cannot stand in a path is not asked for.
    assert_eq!(desk.look("../users").await.unwrap_err().class, Class::Retry);
    assert_eq!(
        server.lines(),
        ["GET /v1/tickets/226859?responseScope=MESSAGES%2CINTERACTIONS"; 4]
    );
}

#[tokio::test]
async fn open_tickets_are_those_of_the_line_over_all_pages_once_each() {
    let page = |ids: std::ops::Range<i64>| {
        let tickets: Vec<Value> = ids
            .map(|id| {
                let created = jiff::Timestamp::from_second(1_772_366_000 + id).unwrap();
                json!({"id": id.to_string(), "status": "NEW", "created": {"date": created.to_string()}})
            })
            .collect();
        Act::json(200, json!({"statusCode": 200, "data": tickets}))
    };
    let server = Server::start(vec![page(0..1000), page(998..1003)]).await;
    let open = desk(&server).open_tickets().await.unwrap();
    let ids: Vec<i64> = open
        .iter()
        .map(|ticket| ticket.id.parse().unwrap())
        .collect();
    assert_eq!(ids, (0..1003).collect::<Vec<_>>());
    assert!(
        open.iter()
            .all(|ticket| ticket.made_by == Maker::Somebody && ticket.messages.is_some())
    );
    assert_eq!(
        server.lines()[0],
        "GET /v1/tickets/search?line=12345&status=NEW%2CCALLED&limit=1000&order=created+ASC&responseScope=MESSAGES%2CINTERACTIONS"
    );
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn a_ticket_that_cannot_be_read_hides_no_other() {
    let data = json!([{"id": {}}, {"id": "7", "status": "NEW"}]);
    let server = Server::start(vec![Act::json(
        200,
        json!({"statusCode": 200, "data": data}),
    )])
    .await;
    let open = desk(&server).open_tickets().await.unwrap();
    assert_eq!(open.len(), 1);
}

#[test]
fn settings_that_cannot_work_are_named() {
    let http = || system_client(None, [], TIMEOUT).unwrap();
    let system = system("https://api.qminder.com");
    let with = |change: fn(&mut Qminder)| {
        let mut qminder = qminder();
        change(&mut qminder);
        let fault = DeskWays::new(&system, &qminder, http(), TIMEOUT).unwrap_err();
        fault.to_string()
    };
    assert!(with(|qminder| qminder.line = "12 345".to_owned()).starts_with("`line`"));
    let fault = with(|qminder| qminder.api_key = Secret::new("s3cret é".to_owned()));
    assert!(
        fault.starts_with("`api_key_file`") && !fault.contains("s3cret"),
        "{fault}"
    );
}
