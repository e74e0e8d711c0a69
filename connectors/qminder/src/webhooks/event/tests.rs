use serde_json::json;

use super::*;
use crate::Status;

fn parse(event: &Value) -> Result<Event, UnreadableEvent> {
    Event::parse(event.to_string().as_bytes())
}

#[test]
fn the_types_of_the_pages_are_known() {
    let words = [
        "ticket_created",
        "ticket_called",
        "ticket_recalled",
        "ticket_cancelled",
        "ticket_changed",
        "ticket_served",
        "line_changed",
        "location_created",
        "location_changed",
    ];
    assert_eq!(EventType::KNOWN.each_ref().map(EventType::as_str), words);
    for (word, event_type) in words.into_iter().zip(EventType::KNOWN) {
        assert_eq!(EventType::from(word.to_owned()), event_type);
    }
}

#[test]
fn every_ticket_event_holds_the_ticket() {
    // The page about ticket events; each spelling of the time occurs.
    let data = json!({"id": "123456789", "status": "NEW", "source": "MANUAL", "line": 37338, "firstName": "Jane",
        "lastName": "Eyre", "phoneNumber": 12125551234_u64, "created": {"date": "2020-05-15T00:15:24Z"},
        "extra": [{"title": "First time visitor?", "value": "Yes"}]});
    for event_type in &EventType::KNOWN[..6] {
        let event = parse(&json!({"type": event_type.as_str(), "data": data})).unwrap();
        assert_eq!(&event.event_type, event_type);
        let Subject::Ticket(ticket) = event.subject else {
            panic!("{event_type:?} is about a ticket");
        };
        assert_eq!(ticket.id, 123456789.into());
        assert_eq!(ticket.status, Status::New);
        assert_eq!(ticket.line, Some(37338.into()));
        assert_eq!(ticket.phone_number.as_deref(), Some("12125551234"));
        assert_eq!(ticket.extra[0].value.as_deref(), Some("Yes"));
    }
}

#[test]
fn lines_and_locations_have_ids_and_names() {
    let data = json!({"id": 12345, "name": "Priority Service"});
    let event = parse(&json!({"type": "line_changed", "data": data})).unwrap();
    let Subject::Line(line) = event.subject else {
        panic!("it is about a line");
    };
    assert_eq!(
        (line.id, line.name.as_str()),
        (12345.into(), "Priority Service")
    );
    for word in ["location_created", "location_changed"] {
        let event = parse(&json!({"type": word, "data": data})).unwrap();
        assert_eq!(event.event_type.as_str(), word);
        let Subject::Location(location) = event.subject else {
            panic!("it is about a location");
        };
        assert_eq!(location.id, 12345.into());
    }
}

#[test]
fn unknown_types_are_kept_with_their_data() {
    for data in [json!({"id": 1}), json!(null), json!([1]), json!("x")] {
        let event = parse(&json!({"type": "appointment_booked", "data": data})).unwrap();
        assert_eq!(
            event.event_type,
            EventType::Unknown("appointment_booked".to_owned())
        );
        assert_eq!(event.subject, Subject::Unknown(data));
    }
    let event = parse(&json!({"type": "ping"})).unwrap();
    assert_eq!(event.subject, Subject::Unknown(Value::Null));
}

#[test]
fn what_is_no_event_says_which_type_it_claims() {
    for (body, shown) in [
        ("", "not an event"),
        ("{}", "not an event"),
        (r#"{"type":7,"data":{}}"#, "not an event"),
        (
            r#"{"type":"ticket_created"}"#,
            "not an event of type ticket_created",
        ),
        (
            r#"{"type":"ticket_created","data":{"id":"1"}}"#,
            "not an event of type ticket_created",
        ),
        (
            r#"{"type":"line_changed","data":{"name":"x"}}"#,
            "not an event of type line_changed",
        ),
    ] {
        let error = Event::parse(body.as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), shown, "{body}");
    }
    assert!(Event::parse(b"\xff").is_err());
    assert!(Event::parse("[".repeat(100_000).as_bytes()).is_err());
}
