//! Nothing that a server says is a panic, and nothing of it shows the key.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// JSON with the keys and the kinds of values that answers have, in any arrangement.
fn odd_json() -> impl Strategy<Value = Value> {
    let keys = [
        "status",
        "success",
        "error",
        "errors",
        "message",
        "data",
        "meta",
        "links",
        "next",
        "current_page",
        "last_page",
        "id",
        "title",
        "content",
        "ticket",
        "customer",
        "labels",
        "is_internal",
        "sender",
        "sender_type",
        "created_at",
        "unread_count",
        "liked",
        "count",
        "name",
        "email",
        "type",
        "0",
        "1",
    ];
    let key = proptest::sample::select(keys.map(str::to_owned).to_vec());
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("2026-03-15 14:30:00")),
        Just(json!("-009999-01-01T00:00:00Z")),
        Just(json!("open")),
        Just(json!("7")),
    ];
    leaf.prop_recursive(4, 32, 5, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(key.clone(), inner, 0..6)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => odd_json().prop_map(|json| json.to_string().into_bytes()),
        1 => "<[a-z =\"]{0,60}".prop_map(String::into_bytes),
        1 => proptest::collection::vec(any::<u8>(), 0..200),
    ]
}

proptest! {
    #[test]
    fn no_body_is_a_panic_and_no_error_repeats_the_key(body in body(), status in 300_u16..=999) {
        let none = Paging::default();
        let customer = internal::NewCustomer::new("Jo", "jo@example.com");
        let ticket = internal::NewTicket::new(1, "t", "c");
        if let Ok(listed) = external::tickets(&external::TicketFilter::default(), none).read(&body) {
            for ticket in &listed.items {
                let times = [ticket.created(), ticket.updated(), ticket.last_reply(), ticket.closed()];
                prop_assert!(times.iter().flatten().all(|time| *time <= Timestamp::MAX));
            }
            let next = listed.place.next_page();
            prop_assert!(next.is_none() || next > Some(0));
        }
        let shown = [
            external::connection_check().read(&body).err(),
            external::dashboard().read(&body).err(),
            external::ticket(1).read(&body).err(),
            external::close(1).read(&body).err(),
            external::messages(1, none).read(&body).err(),
            reply().read(&body).err(),
            external::toggle_like(1, 2).read(&body).err(),
            external::canned_responses().read(&body).err(),
            external::search_articles("ab").unwrap().read(&body).err(),
            external::profile().read(&body).err(),
            external::notifications(none).read(&body).err(),
            external::unread_count().read(&body).err(),
            internal::create_customer(&customer).unwrap().read(&body).err(),
            internal::customers(none).read(&body).err(),
            internal::create_ticket(&ticket).unwrap().read(&body).err(),
        ]
        .map(|error| format!("{error:?}"));
        prop_assert!(shown.iter().all(|shown| !shown.is_empty()));

        let refusal = Refusal::from_answer(status, Headers::default(), &body, true).cleaned(KEY_TEXT);
        prop_assert_eq!(refusal.status, status);
        prop_assert!(!refusal.to_string().contains('\n'));
        let shown = format!("{refusal:?}");
        prop_assert!(!shown.contains(KEY_TEXT));
    }

    #[test]
    fn the_key_is_cut_out_of_whatever_surrounds_it(before in any::<String>(), after in any::<String>()) {
        let said = format!("{before}{KEY_TEXT}{after}");
        let body = json!({"message": said, "errors": {said.clone(): [said]}}).to_string();
        let refusal = Refusal::from_answer(422, Headers::default(), body.as_bytes(), false).cleaned(KEY_TEXT);
        let shown = format!("{refusal:?} {refusal}");
        prop_assert!(!shown.contains(KEY_TEXT));
    }
}
