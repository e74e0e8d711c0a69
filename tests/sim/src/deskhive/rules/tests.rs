//! What is judged, and what is said of it.

use serde_json::json;

use super::*;

fn refused(input: Value, rules: impl FnOnce(&mut Rules<'_>)) -> Value {
    let Value::Object(input) = input else {
        panic!("the input of a test is an object");
    };
    let mut judged = Rules::on(&input);
    rules(&mut judged);
    judged
        .finish()
        .map_or_else(|refusal| refusal.body, |()| Value::Null)
}

#[test]
fn six_values_are_booleans() {
    for good in [
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!("0"),
        json!("1"),
    ] {
        let body = refused(json!({ "is_internal": good }), |rules| {
            rules.boolean("is_internal");
        });
        assert_eq!(body, Value::Null, "{good}");
    }
    for wrong in [
        json!("true"),
        json!("on"),
        json!(2),
        json!(null),
        json!(1.5),
        json!([]),
    ] {
        let body = refused(json!({ "is_internal": wrong }), |rules| {
            rules.boolean("is_internal");
        });
        assert_eq!(
            body["message"],
            "The is internal field must be true or false."
        );
    }
}

#[test]
fn all_that_is_wrong_is_said_by_field_and_counted() {
    let body = refused(json!({ "labels": [1, 9], "priority": "urgent" }), |rules| {
        rules.text("content", Need::Required, None);
        rules.ids("labels", |id| id == 1);
        rules.word("priority", super::super::Priority::from_word);
    });
    assert_eq!(
        body,
        json!({
            "message": "The content field is required. (and 2 more errors)",
            "errors": {
                "content": ["The content field is required."],
                "labels.1": ["The selected labels.1 is invalid."],
                "priority": ["The selected priority is invalid."],
            },
        })
    );
}

#[test]
fn characters_are_counted_and_not_bytes() {
    let long = |count: usize| {
        refused(json!({ "name": "é".repeat(count) }), |rules| {
            rules.text("name", Need::Required, Some(250));
        })
    };
    assert_eq!(long(250), Value::Null);
    let message = "The name field must not be greater than 250 characters.";
    assert_eq!(long(251)["errors"], json!({ "name": [message] }));
}

#[test]
fn a_null_is_taken_only_where_it_is_said() {
    let need = |need| {
        refused(json!({ "phone": null }), |rules| {
            rules.text("phone", need, None);
        })["message"]
            .clone()
    };
    assert_eq!(need(Need::Nullable), Value::Null);
    assert_eq!(need(Need::Optional), "The phone field must be a string.");
    assert_eq!(need(Need::Required), "The phone field is required.");
}
