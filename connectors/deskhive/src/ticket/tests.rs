use serde_json::{Value, json};

use super::*;

/// The keys of the documentation's example with values of our own.
const WHOLE: &str = r##"{"id":12,"reference_id":"#12","title":"No sound","content":"Since the update.",
"status":"in_progress","priority":"high","department":{"id":1,"name":"Hardware"},"category":{"id":2,"name":"Audio"},
"product":{"id":3,"name":"Phone"},"customer":{"id":5,"name":"Jo","email":"jo@example.com"},
"labels":[{"id":1,"name":"Defect","color":"#e74c3c"}],"assigned_to":{"id":3,"name":"Kim"},
"agents":[{"id":3,"name":"Kim"},{"id":4,"name":"Lee"}],
"custom_fields":[{"id":1,"label":"Model","type":"text","value":"X1"}],"is_resolved":false,"is_locked":true,
"last_reply_at":"2026-03-15T14:30:00Z","closed_at":null,"created_at":"2026-03-14T09:00:00Z",
"updated_at":"2026-03-15T14:30:00Z"}"##;

fn without_line_breaks(text: &str) -> String {
    text.replace('\n', "")
}

#[test]
fn a_ticket_goes_both_ways_with_the_documented_keys_in_order() {
    let ticket: Ticket = serde_json::from_str(WHOLE).unwrap();
    assert_eq!(ticket.status, Status::InProgress);
    assert_eq!(ticket.custom_fields[0].kind, "text");
    assert_eq!(ticket.closed_at, None);
    assert_eq!(
        serde_json::to_string(&ticket).unwrap(),
        without_line_breaks(WHOLE)
    );
}

#[test]
fn relations_may_be_null_or_absent_and_are_written_as_null() {
    let mut bare: Value = serde_json::from_str(WHOLE).unwrap();
    let optional = [
        "department",
        "category",
        "product",
        "customer",
        "labels",
        "assigned_to",
        "agents",
        "custom_fields",
        "last_reply_at",
        "closed_at",
    ];
    for key in optional {
        bare[key] = Value::Null;
    }
    let null: Ticket = serde_json::from_value(bare.clone()).unwrap();
    for key in optional.into_iter().chain(["is_resolved"]) {
        bare.as_object_mut().unwrap().remove(key);
    }
    bare["is_locked"] = json!(1);
    bare["attachments"] = json!([{"id": 1}]);
    let absent: Ticket = serde_json::from_value(bare).unwrap();
    assert_eq!(null, absent);

    let written = serde_json::to_value(&absent).unwrap();
    assert_eq!(written["department"], json!(null));
    assert_eq!(written["labels"], json!([]));
    assert_eq!(written["is_locked"], json!(true));
    assert_eq!(written.as_object().unwrap().len(), 20);
}

#[test]
fn a_customer_may_be_without_address() {
    let customer: Customer = serde_json::from_str(r#"{"id":5,"name":"Jo"}"#).unwrap();
    assert_eq!(
        serde_json::to_string(&customer).unwrap(),
        r#"{"id":5,"name":"Jo","email":null}"#
    );
}
