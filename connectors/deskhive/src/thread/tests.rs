use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::error::Misread;

fn read(rest: Value) -> ThreadMessage {
    let mut value = rest;
    value["id"] = json!(7);
    value["content"] = json!("<p>x</p>");
    serde_json::from_value(value).unwrap()
}

#[test]
fn the_message_that_this_crate_serves_is_read_whole() {
    let served = crate::Message {
        id: 7,
        ticket_id: 1,
        content: "On it.".to_owned(),
        is_internal: false,
        sender_type: crate::SenderType::Agent,
        sender: crate::Sender {
            id: Some(3),
            name: "Agent Smith".to_owned(),
        },
        likes_count: 2,
        is_liked: true,
        created_at: "2026-03-15T14:30:00Z".to_owned(),
        updated_at: "2026-03-15T14:31:00Z".to_owned(),
    };
    let wire = serde_json::to_vec(&served).unwrap();
    let read: ThreadMessage = serde_json::from_slice(&wire).unwrap();
    assert_eq!((read.id, read.ticket_id), (7, Some(1)));
    assert_eq!((read.author.role, read.author.id), (Role::Agent, Some(3)));
    assert_eq!(read.author.name.as_deref(), Some("Agent Smith"));
    assert_eq!((read.likes, read.is_liked), (Some(2), Some(true)));
    assert!(!read.is_internal());
    assert_eq!(read.created.unwrap().to_string(), "2026-03-15T14:30:00Z");
    assert_eq!(read.updated.unwrap().to_string(), "2026-03-15T14:31:00Z");
}

#[test]
fn other_spellings_are_read() {
    let message: ThreadMessage = serde_json::from_value(json!({
        "id": "7", "content": null, "ticket_id": "4", "is_internal": "0",
        "sender_type": "Botble\\SupportDesk\\Models\\User", "sender_id": "9",
        "author": {"id": 1, "name": " Kim ", "email": "kim@example.com"},
        "like_count": 3, "liked": 1, "attachments": [{"id": 1}], "created_at": "2026-03-15 14:30:00", "updated_at": 5,
    }))
    .unwrap();
    assert_eq!((message.id, message.ticket_id), (7, Some(4)));
    assert_eq!(message.content, "");
    assert_eq!(
        (message.author.role, message.author.id),
        (Role::User, Some(9))
    );
    assert_eq!(message.author.name.as_deref(), Some("Kim"));
    assert_eq!(message.author.email.as_deref(), Some("kim@example.com"));
    assert_eq!((message.likes, message.is_liked), (Some(3), Some(true)));
    assert_eq!(message.attachments.len(), 1);
    assert_eq!(message.created.unwrap().to_string(), "2026-03-15T14:30:00Z");
    assert_eq!(message.updated, None);
    assert_eq!(
        read(json!({"sender": "Jo"})).author.name.as_deref(),
        Some("Jo")
    );
    for wrong in [json!({"id": 7}), json!({"content": "x"})] {
        assert!(serde_json::from_value::<ThreadMessage>(wrong).is_err());
    }
}

#[test]
fn authors_are_known_by_the_first_key_that_says_anything() {
    for (rest, role) in [
        (json!({"sender_type": "customer"}), Role::Customer),
        (json!({"sender_type": " Customer "}), Role::Customer),
        (
            json!({"sender_type": "App\\Models\\Customer"}),
            Role::Customer,
        ),
        (json!({"sender_type": "support.agent"}), Role::Agent),
        (json!({"sender_type": "User"}), Role::User),
        (json!({"sender_type": "admin"}), Role::User),
        (json!({"sender_type": "staff"}), Role::Staff),
        (json!({"sender_type": "system"}), Role::System),
        (json!({"author_type": "customer"}), Role::Customer),
        (json!({"sender": {"type": "agent"}}), Role::Agent),
        (json!({"sender_type": null, "is_staff": 1}), Role::Staff),
        // Not outvoted, and not guessed.
        (
            json!({"sender_type": "bot", "is_staff": true}),
            Role::Unknown,
        ),
        (
            json!({"sender_type": "", "author_type": "customer"}),
            Role::Unknown,
        ),
        (json!({"sender_type": 7}), Role::Unknown),
        (json!({"sender_type": "CustomerSupport"}), Role::Unknown),
        (json!({"is_staff": false}), Role::Unknown),
        (json!({}), Role::Unknown),
    ] {
        assert_eq!(read(rest.clone()).author.role, role, "{rest}");
    }
}

#[test]
fn what_may_be_a_note_is_one() {
    let (yes, no) = (true, false);
    // Of the customer, of an agent, of the system, of an unknown.
    for (stated, expected) in [
        (json!(true), [yes, yes, yes, yes]),
        (json!(1), [yes, yes, yes, yes]),
        (json!("1"), [yes, yes, yes, yes]),
        (json!("perhaps"), [yes, yes, yes, yes]),
        (json!(2), [yes, yes, yes, yes]),
        (json!([]), [yes, yes, yes, yes]),
        (json!(false), [no, no, no, yes]),
        (json!(0), [no, no, no, yes]),
        (json!("0"), [no, no, no, yes]),
        (json!(null), [no, yes, yes, yes]),
    ] {
        let senders = ["customer", "agent", "system", "bot"];
        for (sender, expected) in senders.into_iter().zip(expected) {
            let message = read(json!({"sender_type": sender, "is_internal": stated}));
            assert_eq!(message.is_internal(), expected, "{sender} {stated}");
        }
    }
    for (sender, expected) in [("customer", no), ("user", yes), ("staff", yes)] {
        let message = read(json!({"sender_type": sender}));
        assert_eq!(message.is_internal(), expected, "{sender}");
    }
    assert!(read(json!({})).is_internal());
}

#[test]
fn staff_are_those_who_answer() {
    let staff = [Role::Agent, Role::User, Role::Staff];
    assert!(staff.into_iter().all(Role::is_staff));
    let others = [Role::Customer, Role::System, Role::Unknown];
    assert!(!others.into_iter().any(Role::is_staff));
}

#[test]
fn a_posted_message_is_found_wherever_it_stands_and_a_ticket_is_none() {
    let message = json!({"id": 7, "content": "x"});
    let ticket =
        json!({"id": 3, "reference_id": "#3", "title": "t", "content": "x", "status": "open"});
    for (body, id, whole) in [
        (
            json!({"status": true, "data": message, "message": "Sent."}),
            Some(7),
            true,
        ),
        (json!({"data": {"message": message}}), Some(7), true),
        (json!({"message": message}), Some(7), true),
        (message.clone(), Some(7), true),
        (json!({"data": {"id": "7"}}), Some(7), false),
        (json!({"data": {"message_id": 7}}), Some(7), false),
        (json!({"status": true, "message": "Sent."}), None, false),
        (json!({"status": true, "data": null}), None, false),
        (json!({"data": ticket}), None, false),
        (
            json!({"data": {"ticket": ticket, "message": message}}),
            Some(7),
            true,
        ),
        (json!([]), None, false),
    ] {
        let posted = posted(body.to_string().as_bytes()).unwrap();
        assert_eq!((posted.id, posted.message.is_some()), (id, whole), "{body}");
    }
    assert_eq!(posted(b"").unwrap(), Posted::default());
    for body in ["<html>", "OK", r#"{"status":false}"#] {
        assert!(posted(body.as_bytes()).is_err(), "{body}");
    }
    assert!(matches!(posted(b"OK"), Err(Misread::NotJson { .. })));
}

fn odd() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!([])),
        Just(json!({"id": 1, "type": "customer", "name": "Jo"})),
        Just(json!("customer")),
        Just(json!("App\\Agent")),
        Just(json!("2026-03-15 14:30:00")),
    ]
}

proptest! {
    #[test]
    fn no_shape_is_a_panic_and_only_what_is_certain_is_public(
        values in proptest::collection::vec(odd(), 10)
    ) {
        let keys = [
            "ticket_id", "is_internal", "sender_type", "author_type", "is_staff", "sender_id", "sender", "author",
            "attachments", "created_at",
        ];
        let rest: serde_json::Map<_, _> = keys.map(str::to_owned).into_iter().zip(values).collect();
        let message = read(Value::Object(rest.clone()));
        if !message.is_internal() {
            let says_no = [json!(false), json!(0), json!("0")].contains(&rest["is_internal"]);
            let is_silent = rest["is_internal"].is_null();
            prop_assert!(message.author.role != Role::Unknown);
            prop_assert!(says_no || (is_silent && message.author.role == Role::Customer));
        }
    }
}
