//! Nothing that a server says is a panic.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::webhooks::{Event, create, verify};

/// JSON with the keys and the kinds of values that Qminder's answers have, in any arrangement.
fn odd_json() -> impl Strategy<Value = Value> {
    let keys = [
        "statusCode",
        "message",
        "developerMessage",
        "code",
        "error",
        "errors",
        "errorType",
        "data",
        "ticket",
        "external",
        "id",
        "status",
        "created",
        "date",
        "called",
        "messages",
        "count",
        "type",
        "secret",
        "phoneNumber",
        "labels",
        "value",
        "result",
    ];
    let key = proptest::sample::select(keys.map(str::to_owned).to_vec());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("2020-01-01T00:00:00Z")),
        Just(json!("-009999-01-01T00:00:00Z")),
        Just(json!("ticket_created")),
        Just(json!("1")),
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(key.clone(), inner, 0..5)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => odd_json().prop_map(|json| json.to_string().into_bytes()),
        1 => proptest::collection::vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    #[test]
    fn no_body_is_a_panic_and_no_error_repeats_the_key(body in body(), status in 300_u16..=999) {
        let one: TicketId = 1.into();
        let new = tickets::NewTicket::new(1.into(), "Jo");
        let shown = [
            tickets::create(&new).unwrap().read(&body).err(),
            tickets::get(&one, &[]).read(&body).err(),
            tickets::search(&tickets::Search::default()).read(&body).err(),
            tickets::count(&tickets::Filter::default()).read(&body).err(),
            tickets::messages(&one).read(&body).err(),
            tickets::add_label(&one, "x", None).unwrap().read(&body).err(),
            tickets::recall(&one).read(&body).err(),
            external::read_back(&one).read(&body).err(),
            graphql::query("", &Value::Null).read(&body).err(),
            create("https://a.example.com").unwrap().read(&body).err(),
        ]
        .map(|error| format!("{error:?}"));
        prop_assert!(shown.iter().all(|shown| !shown.is_empty()));
        if let Err(error) = Event::parse(&body) {
            prop_assert!(!error.to_string().is_empty());
        }
        let refusal = Refusal::from_answer(status, &body, None).cleaned(KEY_TEXT);
        prop_assert_eq!(refusal.status, status);
        prop_assert!(!refusal.to_string().contains(KEY_TEXT));
        prop_assert!(!refusal.to_string().contains('\n'));
    }

    #[test]
    fn the_key_is_cut_out_of_whatever_surrounds_it(before in any::<String>(), after in any::<String>()) {
        let body = json!({"message": format!("{before}{KEY_TEXT}{after}")}).to_string();
        let refusal = Refusal::from_answer(400, body.as_bytes(), None).cleaned(KEY_TEXT);
        prop_assert!(!refusal.message.contains(KEY_TEXT));
    }

    #[test]
    fn no_signature_is_a_panic(signature in "[0-9a-fA-Fx ]{0,70}", body in body()) {
        prop_assert!(verify("https://a.example.com", &"s".into(), &body, &signature).is_err());
    }
}
