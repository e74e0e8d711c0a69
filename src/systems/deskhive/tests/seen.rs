//! Tickets as DeskHive tells them, in its own documents' shapes.

use deskhive_client::Ticket;
use serde_json::{Value, json};

use crate::model::{DeliveryId, Incarnation, Maker, Person, Phase, Priority, RemoteTicket, Time};
use crate::systems::deskhive::seen as see;
use crate::systems::deskhive::spelling::Spelling;

const OURS: Incarnation = Incarnation::named("00aa11bb22cc");

fn seen(value: Value) -> RemoteTicket {
    let mut ticket = json!({"id": 42, "status": "open"});
    let fields = value.as_object().unwrap().clone();
    ticket.as_object_mut().unwrap().extend(fields);
    let ticket: Ticket = serde_json::from_value(ticket).unwrap();
    see(&ticket, &OURS, Spelling::Rich)
}

fn at(text: &str) -> Option<Time> {
    Some(Time::from_timestamp(text.parse().unwrap()))
}

#[test]
fn a_status_is_a_phase_or_none() {
    for (status, phase) in [
        ("open", Some(Phase::Waiting)),
        ("in_progress", Some(Phase::Attended)),
        ("on_hold", Some(Phase::Attended)),
        ("closed", Some(Phase::Ended)),
        ("escalated", None),
        ("", None),
    ] {
        let seen = seen(json!({"status": status}));
        assert_eq!((seen.phase, seen.status.as_str()), (phase, status));
    }
}

#[test]
fn everything_that_a_ticket_has_finds_a_place() {
    let seen = seen(json!({
        "reference_id": "#1001", "title": "Cannot log in",
        "content": "<p>It says <b>500</b>.</p><p>tb-00aa11bb22cc-7</p>",
        "status": "in_progress", "priority": "high",
        "department": {"id": 1, "name": "Sales"}, "category": {"id": 2, "name": "Web"}, "product": null,
        "customer": {"id": 5, "name": "Jane Doe", "email": "jane@example.com"},
        "labels": [{"id": 1, "name": "VIP", "color": "#e74c3c"}, {"id": 2, "name": " "}],
        "assigned_to": {"id": 3, "name": "Agent Smith"},
        "custom_fields": [
            {"id": 1, "label": "Order", "type": "text", "value": "A-1\nB-2"},
            {"id": 2, "label": "", "type": "number", "value": 7},
            {"id": 3, "label": "Empty", "type": "text", "value": null},
        ],
        "is_locked": true,
        "last_reply_at": "2026-03-15T15:00:00Z", "closed_at": null,
        "created_at": "2026-03-15T14:00:00Z", "updated_at": "2026-03-15T14:30:00.000000Z",
    }));
    assert_eq!(seen.made_by, Maker::Us(DeliveryId(7)));
    assert_eq!(seen.opening, "Cannot log in\n\nIt says 500.");
    assert_eq!(seen.changed_at, at("2026-03-15T15:00:00Z"));
    assert_eq!(seen.created_at, at("2026-03-15T14:00:00Z"));
    assert_eq!(
        (seen.assignee.as_deref(), seen.priority),
        (Some("3"), Some(Priority::High))
    );
    assert_eq!(seen.labels, Some(vec!["VIP".to_owned()]));
    let jane = Person {
        name: "Jane Doe".to_owned(),
        email: Some("jane@example.com".to_owned()),
        phone: None,
    };
    assert_eq!(seen.person, jane);
    let details: Vec<String> = seen
        .details
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert_eq!(
        details,
        [
            "reference_id=#1001",
            "department=Sales",
            "category=Web",
            "assigned_to=Agent Smith",
            "locked=yes",
            "Order=A-1 B-2",
            "field 2=7",
        ]
    );
}

#[test]
fn a_bare_ticket_is_seen_as_well() {
    let bare = seen(json!({}));
    assert_eq!(
        (bare.changed_at, bare.created_at, bare.messages),
        (None, None, None)
    );
    assert_eq!(
        (bare.opening.as_str(), bare.details.len()),
        ("Ticket 42", 0)
    );
    assert_eq!(bare.person.name, "Customer of ticket 42");
    let named = |customer: Value| seen(json!({"customer": customer})).person.name;
    assert_eq!(
        named(json!({"id": 5, "name": " ", "email": "a@b.c"})),
        "a@b.c"
    );
    assert_eq!(named(json!({"id": 5})), "Customer 5");
}

#[test]
fn a_subject_that_the_text_begins_with_is_not_said_twice() {
    let long = "word ".repeat(40);
    let cut = format!("{}…", &long[..79]);
    for (title, content, opening) in [
        ("Hello", "Hello there", "Hello there"),
        (
            "Hello\tthere",
            "<p>Hello <br>there</p>you",
            "Hello\nthere\n\nyou",
        ),
        (cut.as_str(), long.as_str(), long.trim()),
        ("Help", "Hello", "Help\n\nHello"),
        ("Help", "", "Help"),
        ("", "Hello", "Hello"),
        ("Help", "tb-00aa11bb22cc-7", "Help"),
        ("a &amp; b", "x &lt; y", "a &amp; b\n\nx &lt; y"),
    ] {
        let seen = seen(json!({"title": title, "content": content}));
        assert_eq!(seen.opening, opening, "{title:?} {content:?}");
    }
}

#[test]
fn what_is_kept_is_bounded() {
    let long = "x".repeat(1_000_000);
    let fields: Vec<Value> = (0..1000)
        .map(|id| json!({"id": id, "label": long, "value": long}))
        .collect();
    let labels: Vec<Value> = (0..1000).map(|id| json!({"id": id, "name": "l"})).collect();
    let ticket = json!({
        "title": long, "content": long, "status": long, "reference_id": long, "labels": labels,
        "department": {"id": 1, "name": long}, "custom_fields": fields[..50].to_vec(),
        "customer": {"id": 5, "name": long, "email": long},
    });
    let seen = seen(ticket);
    let size: usize = seen
        .details
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    assert!(size < 20_000, "{size}");
    assert!(seen.opening.len() < 340_000, "{}", seen.opening.len());
    assert!(seen.opening.ends_with("characters are left out]"));
    assert_eq!(seen.labels.unwrap().len(), 50);
    assert!(seen.person.name.len() < 300 && seen.status.len() < 100);
}

#[test]
fn what_is_lost_of_a_ticket_is_told() {
    let whole = json!({
        "reference_id": "#1001", "title": "Cannot log in", "content": "It says 500.", "priority": "high",
        "department": {"id": 1, "name": "Sales"}, "labels": [{"id": 1, "name": "VIP", "color": "#e74c3c"}],
        "customer": {"id": 5, "name": "Jane Doe", "email": "jane@example.com"},
        "created_at": "2026-03-15T14:00:00Z", "updated_at": "2026-03-15T14:30:00Z",
    });
    assert_eq!(seen(whole).fates, []);
    let fates = seen(json!({
        "title": "x".repeat(600), "priority": "urgent", "is_resolved": true, "created_at": "yesterday",
        "labels": [{"id": 1, "name": " "}], "agents": [{"id": 3, "name": "Agent Smith"}],
        "custom_fields": [{"id": 1, "label": "Order", "type": "text", "value": "x".repeat(201)}],
    }))
    .fates;
    let told: Vec<String> = fates
        .iter()
        .map(|fate| format!("{} {}", fate.from, fate.how))
        .collect();
    assert_eq!(
        told,
        [
            "/title cut",
            "/priority dropped",
            "/agents dropped",
            "/labels/0 dropped",
            "/custom_fields/0/value cut",
            "/is_resolved dropped",
            "/created_at dropped",
        ]
    );
}
