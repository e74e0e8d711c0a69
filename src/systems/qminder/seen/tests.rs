//! Tickets as Qminder tells them, in its own documents' shapes.

use serde_json::{Value, json};

use crate::model::{DeliveryId, Incarnation, Maker};

use super::*;

const OURS: Incarnation = Incarnation::named("00aa11bb22cc");

fn ticket(mut value: Value) -> Ticket {
    value["id"] = json!("51999102");
    if value.get("status").is_none() {
        value["status"] = json!("NEW");
    }
    serde_json::from_value(value).unwrap()
}

fn at(text: &str) -> Option<Time> {
    Some(time(text.parse().unwrap()))
}

#[test]
fn a_status_is_a_phase_or_none() {
    for (status, phase) in [
        ("NEW", Some(Phase::Waiting)),
        ("CALLED", Some(Phase::Attended)),
        ("SERVED", Some(Phase::Ended)),
        ("NOSHOW", Some(Phase::Ended)),
        ("CANCELLED", Some(Phase::Ended)),
        ("CANCELLED_BY_CLERK", Some(Phase::Ended)),
        ("SCHEDULING_CANCELLED", Some(Phase::Ended)),
        ("SCHEDULING_CANCELLED_BY_VISITOR", Some(Phase::Ended)),
        ("SCHEDULING_NOSHOW", Some(Phase::Ended)),
        ("SCHEDULED", None),
        ("new", None),
        ("", None),
    ] {
        let seen = seen(&ticket(json!({"status": status})), &OURS, false);
        assert_eq!((seen.phase, seen.status.as_str()), (phase, status));
    }
}

/// The example of the OpenAPI document's search, with what newer answers have beside it.
#[test]
fn everything_that_a_ticket_has_finds_a_place() {
    let ticket = ticket(json!({
        "publicId": "A-42", "status": "SERVED", "source": "MANUAL", "line": 88100,
        "firstName": "Jane", "lastName": "Doe", "phoneNumber": 13_186_190_204_u64, "email": "jane@example.com",
        "languageCode": "en",
        "orderAfter": "2030-04-29T12:29:40.701Z",
        "created": {"date": "2016-04-29T12:29:40.701Z"},
        "called": {"date": "2016-05-05T14:05:29Z", "caller": 15144, "desk": 3},
        "served": {"date": "2016-05-05T14:05:34Z"},
        "assigned": {"assigner": 15100, "assignee": 15144},
        "extra": [{"title": "Notes", "value": "assistance\nrequired"}, {"title": "Page", "value": "Open", "url": "https://example.com"}],
        "labels": [{"value": "VIP", "color": "FF00FF"}, {"value": "tb-00aa11bb22cc-7", "color": "000000"}],
        "interactions": [{"start": "2016-05-05T14:05:29Z", "end": "2016-05-05T14:06:34Z", "line": 88100, "user": 15144}],
        "messages": [
            {"created": {"date": "2017-06-15T18:43:43Z"}, "body": "On my way", "type": "INCOMING", "status": "NEW"},
            {"created": {"date": "2017-06-15T18:43:41Z"}, "body": "Hello Jane!", "type": "OUTGOING", "status": "DELIVERED"},
            {"created": {"date": "2017-06-15T18:43:42Z"}, "body": "Room 7", "type": "OUTGOING", "userId": 900},
            {"created": {"date": "2017-06-15T18:43:40Z"}, "body": "It is your turn", "type": "OUTGOING_AUTOMATED", "userId": 900},
        ],
    }));
    let seen = seen(&ticket, &OURS, true);
    assert_eq!(seen.id, "51999102");
    assert_eq!(seen.made_by, Maker::Us(DeliveryId(7)));
    assert_eq!(seen.changed_at, at("2016-05-05T14:06:34Z"));
    assert_eq!(seen.created_at, at("2016-04-29T12:29:40.701Z"));
    assert_eq!(seen.assignee.as_deref(), Some("15144"));
    assert_eq!(
        seen.opening,
        "Visitor: Jane Doe\nTelephone: 13186190204\nE-mail: jane@example.com\nLine: 88100\n\
         Notes: assistance required\nPage: Open https://example.com"
    );
    let details: Vec<String> = seen
        .details
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        details,
        [
            "publicId=A-42",
            "source=MANUAL",
            "languageCode=en",
            "orderAfter=2030-04-29T12:29:40.701Z",
            "caller=15144",
            "desk=3",
            "assigner=15100",
            "assignee=15144",
            "interaction=2016-05-05T14:05:29Z to 2016-05-05T14:06:34Z, user 15144, line 88100",
            "Notes=assistance required",
            "Page=Open https://example.com",
            "label=VIP (#FF00FF)",
        ]
    );
    let messages: Vec<_> = seen
        .messages
        .unwrap()
        .into_iter()
        .map(|heard| (heard.from, heard.text))
        .collect();
    assert_eq!(
        messages,
        [
            (RemoteSender::Automatic, "It is your turn".to_owned()),
            (RemoteSender::Automatic, "Hello Jane!".to_owned()),
            (
                RemoteSender::Colleague {
                    id: "900".to_owned(),
                    name: None,
                    may_be_us: true,
                },
                "Room 7".to_owned()
            ),
            (RemoteSender::Customer, "On my way".to_owned()),
        ]
    );
}

#[test]
fn a_bare_ticket_is_seen_as_well_and_messages_only_where_asked_for() {
    let ticket = ticket(
        json!({"messages": [{"created": {"date": "2017-06-15T18:43:41Z"}, "type": "INCOMING"}]}),
    );
    let bare = seen(&ticket, &OURS, false);
    assert_eq!((bare.changed_at, bare.messages), (None, None));
    assert_eq!(
        (bare.opening.as_str(), bare.details.len()),
        ("Visit 51999102", 0)
    );
    let nobody = Person {
        name: "Visitor 51999102".to_owned(),
        ..Person::default()
    };
    assert_eq!(bare.person, nobody);
    assert_eq!(seen(&ticket, &OURS, true).messages.unwrap().len(), 1);
}

#[test]
fn what_is_kept_is_bounded() {
    let long = "x".repeat(100_000);
    let many: Vec<Value> = (0..1000)
        .map(|index| json!({"title": long, "value": long, "color": long, "url": long, "index": index}))
        .collect();
    let moment = |second: usize| format!("2017-06-15T18:{:02}:{:02}Z", second / 60, second % 60);
    let messages: Vec<Value> = (0..1000)
        .map(|index| json!({"created": {"date": moment(index)}, "body": if index == 999 { &long } else { "a" }, "type": "INCOMING"}))
        .collect();
    let labels: Vec<Value> = (0..1000)
        .map(|_| json!({"value": long, "color": long}))
        .collect();
    let ticket = ticket(json!({
        "firstName": long, "lastName": long, "email": long, "phoneNumber": long, "publicId": long,
        "languageCode": long, "extra": many, "labels": labels, "messages": messages,
    }));
    let seen = seen(&ticket, &OURS, true);
    let size: usize = seen
        .details
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    assert!(size < 20_000, "{size}");
    assert!(seen.opening.len() < 10_000, "{}", seen.opening.len());
    assert!(seen.person.name.len() < 300);
    let messages = seen.messages.unwrap();
    assert_eq!(messages.len(), 256);
    assert_eq!(messages.last().unwrap().text.len(), LONGEST_MESSAGE);
    assert!(messages.last().unwrap().at > messages[0].at);
}

#[test]
fn a_visitor_without_a_name_is_called_something() {
    let named = |more: &str| {
        let json = format!(r#"{{"id": "7", "status": "NEW"{more}}}"#);
        let seen = seen(&serde_json::from_str(&json).unwrap(), &OURS, true);
        assert!(!seen.opening.is_empty());
        seen.person.name
    };
    assert_eq!(named(r#", "firstName": "Jo", "email": "a@b.c""#), "Jo");
    assert_eq!(named(r#", "firstName": " ", "email": "a@b.c""#), "a@b.c");
    assert_eq!(named(r#", "phoneNumber": 12125551234"#), "12125551234");
    assert_eq!(named(""), "Visitor 7");
}

#[test]
fn what_is_lost_of_a_ticket_is_told_and_what_is_not_there_is_not_lost() {
    let lost = |value: Value, with_messages: bool| -> Vec<String> {
        let seen = seen(&ticket(value), &OURS, with_messages);
        let fates = seen.fates.iter();
        fates
            .map(|fate| format!("{} {}", fate.from, fate.how))
            .collect()
    };
    assert_eq!(lost(json!({"firstName": "Jane", "line": 7}), true), [""; 0]);
    let extra: Vec<Value> = (0..MOST_OF_A_KIND + 2)
        .map(|number| json!({"title": number.to_string(), "value": "x".repeat(number * 15)}))
        .collect();
    let messages = json!([
        {"created": {"date": "2017-06-15T18:43:43Z"}, "body": "Here", "type": "INCOMING"},
        {"created": {"date": "2017-06-15T18:43:40Z"}, "body": "Your turn", "type": "OUTGOING_AUTOMATED"},
    ]);
    let value = json!({
        "status": "SCHEDULED", "extra": extra, "messages": messages,
        "labels": [{"value": "tb-00aa11bb22cc-7"}, {"value": "VIP"}],
    });
    let expected = |messages: &str| {
        let cut = (14..MOST_OF_A_KIND).flat_map(|number| {
            let told = format!("/extra/{number}/value cut");
            [told.clone(), told]
        });
        let mut expected = vec!["/status dropped".to_owned()];
        expected.extend(cut);
        expected.extend([
            "/extra/20 dropped".to_owned(),
            "/extra/21 dropped".to_owned(),
            "/labels/0 dropped".to_owned(),
            messages.to_owned(),
        ]);
        expected
    };
    assert_eq!(lost(value.clone(), false), expected("/messages dropped"));
    assert_eq!(lost(value, true), expected("/messages/1 dropped"));
}

#[test]
fn no_more_is_kept_of_what_is_lost_than_fits() {
    let extra: Vec<Value> = (0..500).map(|_| json!({"title": "x".repeat(99)})).collect();
    let seen = seen(&ticket(json!({ "extra": extra })), &OURS, true);
    assert_eq!(seen.fates.len(), crate::model::Fate::MOST_KEPT);
}
