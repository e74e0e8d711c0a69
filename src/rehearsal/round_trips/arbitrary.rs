//! Samples of every kind, as they may be and as nobody would write them.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

type Arbitrary = BoxedStrategy<Value>;

/// Words that mean something to somebody on the way.
const WORDS: [&str; 28] = [
    "printer",
    "fire",
    "Straße",
    "żółć",
    "日本語",
    "مرحبا",
    "👩‍🚒",
    "e\u{301}",
    "<b>bold</b>",
    "<script>alert(1)</script>",
    "&amp;",
    "a<b",
    "&",
    "\"quoted\"",
    "'",
    "\\n",
    "{{ author }}",
    "{% if x %}",
    "%20",
    "a=b&c=d",
    "#tag",
    "*star*",
    "\u{202e}reversed",
    "\u{200b}",
    "https://example.com/?a=1&b=2",
    "- item",
    "tb-1",
    "NULL",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "[a-zA-Z]{3,12}",
        2 => select(&WORDS[..]).prop_map(str::to_owned),
        1 => "\\PC{1,8}",
    ]
}

/// What people write, with a line of its own so that it is found again.
fn text() -> impl Strategy<Value = String> {
    let gap = select(&[" ", " ", " ", "  ", "\n", "\n\n", "\r\n", "\t"][..]);
    let some =
        prop_oneof![8 => vec((word(), gap.clone()), 1..12), 1 => vec((word(), gap), 300..700)];
    ("[a-z]{9}", some).prop_map(|(first, words)| {
        let rest: String = words.iter().flat_map(|(word, gap)| [*gap, word]).collect();
        format!("{first}{rest}")
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[A-Z][a-z]{3,9} [A-Z][a-z]{3,12}",
        2 => "[A-Z][a-z]{2,9}",
        2 => vec(word(), 1..4).prop_map(|words| words.join(" ")),
        1 => "[A-Z][a-z]{30,70} [A-Z][a-z]{30,70}",
        1 => "[a-z]{3,9} {2}[a-z]{3,9}\n",
        1 => "[A-Z][a-z]{300}",
    ]
    .prop_filter("somebody", |name| !name.trim().is_empty())
}

fn email() -> impl Strategy<Value = String> {
    "[a-z]{3,12}\\.[a-z]{3,9}@[a-z]{4,9}\\.example"
}

fn phone() -> impl Strategy<Value = String> {
    prop_oneof!["\\+1555[0-9]{7}", "\\+44 20 7946 0[0-9]{3}"]
}

fn moment() -> impl Strategy<Value = String> {
    (1..29_u8, 0..24_u8, 0..60_u8)
        .prop_map(|(day, hour, minute)| format!("2026-03-{day:02}T{hour:02}:{minute:02}:07Z"))
}

fn maybe<T: std::fmt::Debug>(inner: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::of(inner)
}

/// Without the fields that are null.
fn told(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !field.is_null());
    }
    value
}

pub(super) fn external_ticket() -> Arbitrary {
    let uid = prop_oneof!["u-[a-z0-9]{8}", email(), phone(), name()];
    let sent_at = prop_oneof![
        moment(),
        (1..29_u8, 0..1_000_000_u32)
            .prop_map(|(day, micros)| format!("2026-03-{day:02} 23:35:27.{micros:06} UTC")),
    ];
    let provider = maybe("[a-z]{4,9}_[a-z]{4,9}");
    (
        "t-[a-z0-9]{10}",
        text(),
        "[a-z0-9]{12}",
        (uid, name()),
        sent_at,
        provider,
    )
        .prop_map(
            |(external_uid, content, path, (uid, username), created_at, provider)| {
                told(json!({
                    "external_uid": external_uid,
                    "content": content,
                    "response_url": format!("https://hooks.example.com/{path}"),
                    "author": {"external_uid": uid, "username": username},
                    "created_at": created_at,
                    "custom_provider": provider,
                }))
            },
        )
        .boxed()
}

/// After its opening, by the same customer or another.
pub(super) fn follow_up() -> Arbitrary {
    (external_ticket(), external_ticket(), any::<bool>())
        .prop_map(|(opening, mut further, is_same)| {
            if is_same {
                further["author"] = opening["author"].clone();
            }
            further["external_uid"] = format!("f-{}", uid_of(&further)).into();
            further["parent_uid"] = uid_of(&opening).into();
            json!([opening, further])
        })
        .boxed()
}

/// After what it was at first.
pub(super) fn edit() -> Arbitrary {
    (external_ticket(), text())
        .prop_map(|(opening, content)| {
            let mut edited = opening.clone();
            edited["content"] = content.into();
            json!([opening, edited])
        })
        .boxed()
}

fn uid_of(sent: &Value) -> &str {
    sent["external_uid"].as_str().unwrap_or_default()
}

pub(super) fn answer() -> Arbitrary {
    (text(), "u-[a-z0-9]{8}", name(), "[a-z]{12}")
        .prop_map(|(text, uid, username, parent)| {
            json!({
                "response_text": text,
                "author": {"external_uid": uid, "username": username},
                "parent_id": parent,
            })
        })
        .boxed()
}

pub(super) fn visit() -> Arbitrary {
    let names = (maybe(name()), maybe(name()));
    let contact = (maybe(phone()), maybe(email()));
    let language = maybe(select(&["en", "de", "et", "xx"][..]));
    let public = maybe("[A-Z]-[0-9]{1,3}");
    let source = maybe(select(&["MANUAL", "NAME", "PRINTER"][..]));
    let extra = ("[A-Z][a-z]{4,12} [a-z]{3,9}", text());
    let status = select(&["NEW", "CALLED"][..]);
    (
        names,
        contact,
        (language, public, source),
        vec(extra, 0..3),
        vec(word(), 0..3),
        (status, moment()),
    )
        .prop_map(
            |(names, contact, (language, public, source), extra, labels, (status, at))| {
                let labels = labels
                    .into_iter()
                    .map(|value| json!({"value": value, "color": "00FF00"}));
                let extra = extra
                    .into_iter()
                    .map(|(title, value)| json!({"title": title, "value": value}));
                told(json!({
                    "id": "85234", "status": status, "line": 54321, "created": {"date": at},
                    "firstName": names.0, "lastName": names.1,
                    "phoneNumber": contact.0, "email": contact.1,
                    "languageCode": language, "publicId": public, "source": source,
                    "extra": extra.collect::<Vec<_>>(), "labels": labels.collect::<Vec<_>>(),
                }))
            },
        )
        .boxed()
}

/// Each way.
pub(super) fn visit_with_sms() -> Arbitrary {
    let sms = (text(), any::<bool>(), 10..59_u8);
    vec(sms, super::MESSAGES)
        .prop_map(|messages| {
            let messages = messages.into_iter().map(|(body, is_ours, minute)| {
                let at = json!({"date": format!("2026-03-14T10:{minute}:00Z")});
                match is_ours {
                    true => json!({"created": at, "body": body, "type": "OUTGOING", "status": "DELIVERED", "userId": 901}),
                    false => json!({"created": at, "body": body, "type": "INCOMING", "status": "NEW"}),
                }
            });
            json!({
                "id": "85234", "status": "CALLED", "line": 12345, "created": {"date": "2026-03-14T09:00:00Z"},
                "firstName": "Jane", "phoneNumber": "+15551234567", "languageCode": "en",
                "messages": messages.collect::<Vec<_>>(),
            })
        })
        .boxed()
}

/// A customer's messages, agents' and notes.
pub(super) fn thread() -> Arbitrary {
    let said = prop_oneof![text(), text().prop_map(|text| format!("<p>{text}</p>"))];
    let sender = select(&["customer", "agent", "note"][..]);
    let message = (said, sender, name(), 10..59_u8);
    vec(message, super::MESSAGES)
        .prop_map(|messages| {
            let messages = messages.into_iter().zip(11..);
            let messages = messages.map(|((content, sender, name, minute), id)| {
                json!({
                    "id": id, "ticket_id": 7001, "content": content, "is_internal": sender == "note",
                    "sender_type": if sender == "customer" { "customer" } else { "agent" },
                    "sender": {"id": 5, "name": name},
                    "created_at": format!("2026-03-15T14:{minute}:00Z"),
                })
            });
            json!({
                "ticket": {
                    "id": 7001, "reference_id": "#1001", "title": "Cannot log in", "content": "It says 500.",
                    "status": "open", "priority": "medium", "department": null, "category": null, "product": null,
                    "customer": {"id": 5, "name": "Jane Doe", "email": "jane@example.com"},
                    "labels": [], "assigned_to": null, "agents": [], "custom_fields": [],
                    "is_resolved": false, "is_locked": false, "last_reply_at": null, "closed_at": null,
                    "created_at": "2026-03-14T09:00:00Z", "updated_at": "2026-03-15T14:30:00Z",
                },
                "messages": messages.collect::<Vec<_>>(),
            })
        })
        .boxed()
}

pub(super) fn helpdesk_ticket() -> Arbitrary {
    let title = prop_oneof![5 => "[A-Z][a-z]{5,9}( [a-z]{3,9}){2,6}", 1 => "[A-Z][a-z]{5,9}( [a-z]{3,9}){90}"];
    let content = prop_oneof![text(), text().prop_map(|text| format!("<p>{text}</p>"))];
    let status = select(&["open", "in_progress", "on_hold"][..]);
    let priority = select(&["low", "medium", "high", "critical"][..]);
    let field = ("[A-Z][a-z]{4,9}", text());
    let label = select(&["Bug", "Urgent", "VIP customer"][..]);
    let people = maybe((1..99_u32, name(), email()));
    (title, content, (status, priority), people, vec(field, 0..3), (vec(label, 0..3), moment(), 1000..9999_u32))
        .prop_map(|(title, content, (status, priority), people, fields, (labels, at, reference))| {
            let customer = people.map(|(id, name, email)| json!({"id": id, "name": name, "email": email}));
            let labels = labels.into_iter().zip(1..).map(|(name, id)| json!({"id": id, "name": name, "color": "#e74c3c"}));
            let fields = fields.into_iter().zip(1..).map(|((label, value), id)| {
                json!({"id": id, "label": label, "type": "text", "value": value})
            });
            json!({
                "id": 1, "reference_id": format!("#{reference}"), "title": title, "content": content,
                "status": status, "priority": priority,
                "department": {"id": 1, "name": "Technical Support"}, "category": null, "product": null,
                "customer": customer, "labels": labels.collect::<Vec<_>>(), "assigned_to": null, "agents": [],
                "custom_fields": fields.collect::<Vec<_>>(), "is_resolved": false, "is_locked": false,
                "last_reply_at": null, "closed_at": null, "created_at": at, "updated_at": at,
            })
        })
        .boxed()
}

pub(super) fn reply() -> Arbitrary {
    (text(), any::<bool>())
        .prop_map(|(content, is_internal)| json!({"content": content, "is_internal": is_internal}))
        .boxed()
}

pub(super) fn change() -> Arbitrary {
    let status = maybe(select(&["in_progress", "on_hold", "closed"][..]));
    let priority = maybe(select(&["low", "high", "critical"][..]));
    (status, priority, any::<bool>())
        .prop_map(|(status, priority, labels)| {
            let labels = labels.then(|| json!([1]));
            let change = told(json!({"status": status, "priority": priority, "labels": labels}));
            match change == json!({}) {
                true => json!({"status": "in_progress"}),
                false => change,
            }
        })
        .boxed()
}
