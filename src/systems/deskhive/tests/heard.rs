//! Messages in every shape that they may have.

use deskhive_client::ThreadMessage;
use serde_json::{Value, json};

use crate::model::{RemoteMessage, RemoteSender, Time, Visibility};
use crate::systems::deskhive::heard::{Us, heard};
use crate::systems::deskhive::spelling::Spelling;

const US: Us = Us {
    agent: Some(3),
    writes_as_user: true,
};

fn hear(values: &[Value], us: Us) -> Vec<RemoteMessage> {
    let messages: Vec<ThreadMessage> = values
        .iter()
        .map(|value| serde_json::from_value(value.clone()).unwrap())
        .collect();
    heard(
        &messages,
        Time::from_micros(5),
        us,
        Spelling::Rich,
        &mut crate::mapping::Tally::off(),
    )
}

fn one(mut value: Value, us: Us) -> RemoteMessage {
    value["id"] = json!(101);
    value["content"] = json!("Hello");
    hear(&[value], us).remove(0)
}

#[test]
fn who_said_it_and_who_may_see_it() {
    let unknown = Us {
        agent: None,
        writes_as_user: false,
    };
    let (public, internal) = (Visibility::Public, Visibility::Internal);
    for (value, id, us, not_knowing, visibility) in [
        (
            json!({"sender_type": "agent", "sender_id": 3, "is_internal": false}),
            "3",
            true,
            true,
            public,
        ),
        (
            json!({"sender_type": "App\\Agent", "sender_id": 4, "is_internal": 0}),
            "4",
            false,
            true,
            public,
        ),
        (
            json!({"sender_type": "agent", "is_internal": false}),
            "agent",
            true,
            true,
            public,
        ),
        (
            json!({"sender_type": "agent", "sender_id": 3}),
            "3",
            true,
            true,
            internal,
        ),
        (
            json!({"sender_type": "user", "sender_id": 5, "is_internal": false}),
            "user-5",
            true,
            false,
            public,
        ),
        (
            json!({"sender_type": "User"}),
            "user",
            true,
            false,
            internal,
        ),
        (
            json!({"is_staff": true, "is_internal": false}),
            "staff",
            true,
            true,
            public,
        ),
        (
            json!({"sender_type": "robot", "sender_id": 9, "is_internal": false}),
            "unknown",
            true,
            true,
            internal,
        ),
        (json!({}), "unknown", true, true, internal),
    ] {
        for (who, may_be_us) in [(US, us), (unknown, not_knowing)] {
            let message = one(value.clone(), who);
            let colleague = RemoteSender::Colleague {
                id: id.to_owned(),
                name: None,
                may_be_us,
            };
            assert_eq!(
                (message.from, message.visibility),
                (colleague, visibility),
                "{value}"
            );
        }
    }
    for (value, from, visibility) in [
        (
            json!({"sender_type": "customer"}),
            RemoteSender::Customer,
            public,
        ),
        (
            json!({"sender_type": "customer", "is_internal": true}),
            RemoteSender::Customer,
            internal,
        ),
        (
            json!({"sender_type": "system", "is_internal": false}),
            RemoteSender::Automatic,
            public,
        ),
    ] {
        let message = one(value, US);
        assert_eq!((message.from, message.visibility), (from, visibility));
    }
}

#[test]
fn messages_are_in_order_each_once_and_attachments_are_named() {
    let messages = [
        json!({"id": 9, "content": "c", "created_at": "2026-03-15T14:00:01Z"}),
        json!({"id": 8, "content": "b", "created_at": "2026-03-15T14:00:01Z", "attachments": [
            {"name": "a\nb.pdf"}, "c.png", {"url": "https://x"}]}),
        json!({"id": 7, "content": "a", "created_at": "2026-03-15T14:00:00Z"}),
        json!({"id": 6, "content": "", "created_at": "never", "attachments": [{"file_name": "d.txt"}]}),
        json!({"id": 9, "content": "c", "created_at": "2026-03-15T14:00:01Z"}),
    ];
    let heard = hear(&messages, US);
    let said: Vec<_> = heard
        .iter()
        .map(|message| (message.number.unwrap(), message.text.as_str()))
        .collect();
    assert_eq!(
        said,
        [
            (6, "[attachment: d.txt]"),
            (7, "a"),
            (
                8,
                "b\n[attachment: a b.pdf]\n[attachment: c.png]\n[attachment]"
            ),
            (9, "c"),
        ]
    );
    assert_eq!(heard[0].at, Time::from_micros(5));
}
