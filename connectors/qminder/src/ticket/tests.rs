use serde_json::{Value, json};

use super::*;
use crate::{MessageStatus, MessageType};

/// The OpenAPI document, `GET /v1/tickets/search`.
const SERVED: &str = r#"{"id":"51999102","status":"SERVED","source":"MANUAL","line":88100,"firstName":"Jane","lastName":"Doe","orderAfter":"2015-04-29T12:29:40.701Z","created":{"date":"2016-04-29T12:29:40.701Z"},"called":{"date":"2016-05-05T14:05:29Z","caller":15144,"desk":3},"served":{"date":"2016-05-05T14:05:34Z"},"assigned":{"assigner":15100,"assignee":15144},"extra":[{"title":"Notes","value":"assistance required"}],"labels":[{"value":"VIP","color":"FF00FF"}],"interactions":[{"start":"2016-05-05T14:05:29Z","end":"2016-05-05T14:05:34Z","line":88100,"user":15144}],"messages":[{"created":{"date":"2017-06-15T18:43:41Z"},"body":"Hello Jane! You are now in the queue. We will let you know when it's your turn.","type":"OUTGOING","status":"DELIVERED"}]}"#;

/// The same, `GET /v1/tickets/{id}`.
const CALLED: &str = r#"{"statusCode":200,"id":"13429905","status":"CALLED","source":"NAME","line":47466,"firstName":"Johnny","lastName":"Bravo","phoneNumber":13186190204,"created":{"date":"2016-08-01T15:27:45.057Z"},"called":{"date":"2020-05-06T13:13:16Z","caller":13860}}"#;

/// The same, `POST /v1/tickets/{id}/call`.
const CALLED_NOW: &str = r#"{"statusCode":200,"id":"51999102","status":"CALLED","source":"MANUAL","line":88100,"firstName":"Jane","lastName":"Doe","orderAfter":"2017-05-17T14:01:35.736Z","created":{"date":"2021-09-13T13:49:54.735Z"},"labels":[{"value":"VIP","color":"FF00FF"}],"extra":[{"title":"Notes","value":"assistance required"}],"called":{"date":"2021-09-22T08:11:18.572Z","caller":15144},"assigned":{"assigner":15100,"assignee":15144}}"#;

fn read(json: &str) -> Ticket {
    serde_json::from_str(json).unwrap()
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn a_served_ticket_is_read_whole() {
    let ticket = read(SERVED);
    assert_eq!(ticket.id, 51999102.into());
    assert_eq!(ticket.public_id, None);
    assert_eq!(ticket.status, Status::Served);
    assert_eq!(ticket.source, Some(Source::Manual));
    assert_eq!(ticket.line, Some(88100.into()));
    assert_eq!(ticket.first_name.as_deref(), Some("Jane"));
    assert_eq!(ticket.last_name.as_deref(), Some("Doe"));
    assert_eq!(ticket.order_after, Some(time("2015-04-29T12:29:40.701Z")));
    assert_eq!(
        ticket.created.unwrap().date,
        time("2016-04-29T12:29:40.701Z")
    );
    let called = ticket.called.as_ref().unwrap();
    assert_eq!(called.date, time("2016-05-05T14:05:29Z"));
    assert_eq!(
        (&called.caller, &called.desk),
        (&Some(15144.into()), &Some(3.into()))
    );
    assert_eq!(ticket.served.unwrap().date, time("2016-05-05T14:05:34Z"));
    let assigned = ticket.assigned.as_ref().unwrap();
    assert_eq!(assigned.assigner, Some(15100.into()));
    assert_eq!(assigned.assignee, Some(15144.into()));
    assert_eq!(ticket.extra[0].title, "Notes");
    assert_eq!(
        ticket.extra[0].value.as_deref(),
        Some("assistance required")
    );
    assert_eq!(ticket.labels[0].value, "VIP");
    assert_eq!(ticket.labels[0].color.as_deref(), Some("FF00FF"));
    let interaction = &ticket.interactions[0];
    assert_eq!(interaction.start, time("2016-05-05T14:05:29Z"));
    assert_eq!(interaction.end, Some(time("2016-05-05T14:05:34Z")));
    assert_eq!(interaction.line, Some(88100.into()));
    assert_eq!(interaction.user, Some(15144.into()));
    let message = &ticket.messages[0];
    assert_eq!(message.created.date, time("2017-06-15T18:43:41Z"));
    assert!(message.body.starts_with("Hello Jane!"));
    assert_eq!(message.message_type, MessageType::Outgoing);
    assert_eq!(message.status, Some(MessageStatus::Delivered));
    assert_eq!(ticket.sort_key(), ticket.order_after);
}

#[test]
fn the_other_examples_are_read() {
    let ticket = read(CALLED);
    assert_eq!(ticket.source, Some(Source::Name));
    assert_eq!(ticket.phone_number.as_deref(), Some("13186190204"));
    assert_eq!(ticket.called.as_ref().unwrap().caller, Some(13860.into()));
    assert_eq!(ticket.called.as_ref().unwrap().desk, None);
    assert_eq!((ticket.extra.len(), ticket.labels.len()), (0, 0));
    assert_eq!(ticket.sort_key(), Some(time("2016-08-01T15:27:45.057Z")));
    let ticket = read(CALLED_NOW);
    assert_eq!(ticket.status, Status::Called);
    assert_eq!(
        ticket.called.unwrap().date,
        time("2021-09-22T08:11:18.572Z")
    );
}

#[test]
fn all_that_the_tickets_page_lists_and_the_clients_know_is_read() {
    let ticket = json!({
        "id": "1", "publicId": "A-42", "status": "CANCELLED_BY_CLERK", "source": "MICROSITE", "line": 2,
        "firstName": "Jo", "lastName": "Ly", "phoneNumber": "+12125551234", "email": "jo@example.com",
        "languageCode": "es",
        "cancelled": {"date": "2020-01-01T00:00:00Z", "canceller": 3},
        "extra": [
            {"title": "Pets", "value": "Cat", "color": "FF0000"},
            {"title": "Pets", "value": "Dog", "color": "00FF00"},
            {"title": "Page", "value": "Open", "url": "https://example.com"},
            {"title": "Age", "value": 7},
            {"title": "Empty"},
        ],
        "interactions": [{"start": "2020-01-01T00:00:00.5Z", "line": 2, "desk": 4}],
        "messages": [{"created": {"date": "2020-01-01T00:00:00Z"}, "body": "?", "type": "SIGNAL", "status": "ODD"}],
        "connectedTickets": [{"id": "9"}],
    });
    let ticket = Ticket::deserialize(ticket).unwrap();
    assert_eq!(ticket.public_id.as_deref(), Some("A-42"));
    assert_eq!(ticket.phone_number.as_deref(), Some("+12125551234"));
    assert_eq!(ticket.email.as_deref(), Some("jo@example.com"));
    assert_eq!(ticket.language_code.as_deref(), Some("es"));
    assert_eq!(ticket.cancelled.unwrap().canceller, Some(3.into()));
    let extra: Vec<_> = ticket
        .extra
        .iter()
        .map(|extra| {
            (
                extra.title.as_str(),
                extra.value.as_deref(),
                extra.color.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        extra,
        [
            ("Pets", Some("Cat"), Some("FF0000")),
            ("Pets", Some("Dog"), Some("00FF00")),
            ("Page", Some("Open"), None),
            ("Age", Some("7"), None),
            ("Empty", None, None),
        ]
    );
    assert_eq!(ticket.extra[2].url.as_deref(), Some("https://example.com"));
    assert_eq!(
        (&ticket.interactions[0].end, &ticket.interactions[0].desk),
        (&None, &Some(4.into()))
    );
    assert_eq!(
        ticket.messages[0].message_type,
        MessageType::Unknown("SIGNAL".to_owned())
    );
    assert_eq!(
        ticket.messages[0].status,
        Some(MessageStatus::Unknown("ODD".to_owned()))
    );
}

#[test]
fn spellings_that_vary_mean_the_same() {
    let plain = json!({"id": "1", "status": "NEW", "line": 2, "phoneNumber": 12345,
        "created": {"date": "2020-01-01T00:00:00Z"}, "extra": [], "labels": []});
    let expected = Ticket::deserialize(&plain).unwrap();
    for (key, spelling) in [
        ("id", json!(1)),
        ("line", json!("2")),
        ("phoneNumber", json!("12345")),
        ("created", json!({"date": "2020-01-01T00:00:00.000Z"})),
        ("created", json!({"date": "2020-01-01T02:00:00+02:00"})),
        ("extra", Value::Null),
        ("labels", Value::Null),
        ("email", Value::Null),
        ("called", Value::Null),
        ("orderAfter", Value::Null),
        ("messages", json!([])),
        ("statusCode", json!(200)),
        ("somethingNew", json!({"a": [1]})),
    ] {
        let mut varied = plain.clone();
        varied[key] = spelling;
        assert_eq!(Ticket::deserialize(&varied).unwrap(), expected, "{key}");
    }
    for key in ["extra", "labels"] {
        let mut varied = plain.clone();
        varied.as_object_mut().unwrap().remove(key);
        assert_eq!(Ticket::deserialize(&varied).unwrap(), expected, "{key}");
    }
}

#[test]
fn unknown_statuses_and_sources_are_kept() {
    let ticket = read(r#"{"id":"1","status":"ASTRAY","source":"KIOSK"}"#);
    assert_eq!(ticket.status, Status::Unknown("ASTRAY".to_owned()));
    assert_eq!(ticket.source, Some(Source::Unknown("KIOSK".to_owned())));
    assert_eq!(ticket.sort_key(), None);
}

#[test]
fn an_odd_time_is_not_repeated() {
    for json in [
        r#"{"id":"1","status":"NEW","created":{"date":"s3nsitive"}}"#,
        r#"{"id":"1","status":"NEW","orderAfter":"s3nsitive"}"#,
    ] {
        let error = serde_json::from_str::<Ticket>(json).unwrap_err();
        assert!(!error.to_string().contains("s3nsitive"), "{error}");
    }
}
