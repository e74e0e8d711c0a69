//! Create and edit of the versioned family, and the refusals that their documents show.

use serde_json::{Value, json};
use ticketbridge_sim::Qminder;
use ticketbridge_sim::qminder::{InputField, Operation};

use super::{FORM, JSON, KEY, VERSION, ask, create, request, versioned, with_visitor};

const FIELD: &str = "550e8400-e29b-41d4-a716-446655440000";

#[tokio::test]
async fn the_documented_create_makes_a_ticket() {
    let peer = Qminder::start().await.unwrap();
    peer.add_input_field(InputField {
        id: FIELD.to_owned(),
        location: 1,
        title: "Reason".to_owned(),
        mandatory: false,
        options: Vec::new(),
    });
    let body = r#"{"lineId":"12345","firstName":"John","lastName":"Doe","phoneNumber":"+12125551234","email":"john@example.com","languageCode":"en","source":"MANUAL","fields":[{"inputFieldId":"550e8400-e29b-41d4-a716-446655440000","value":"Consultation"}],"labels":[{"value":"VIP"}]}"#;
    let answer = ask(&peer, &create(body)).await;
    assert_eq!(answer.status, 201);
    let made = answer.json();
    let id = made["id"].as_str().unwrap();
    assert_eq!(made.as_object().unwrap().len(), 2);
    assert!(
        made["publicId"].as_str().unwrap().starts_with("A-"),
        "{made}"
    );
    let read = ask(&peer, &super::get(&format!("/v1/tickets/{id}")))
        .await
        .json();
    assert_eq!(read["statusCode"], 200);
    assert_eq!(read["id"], id);
    assert_eq!(read["line"], 12345);
    assert_eq!(read["phoneNumber"], 12_125_551_234_u64);
    assert_eq!(
        read["labels"],
        json!([{ "value": "VIP", "color": "FF00FF" }])
    );
    assert_eq!(
        read["extra"],
        json!([{ "title": "Reason", "value": "Consultation" }])
    );
    let created = read["created"]["date"].as_str().unwrap();
    assert_eq!((created.len(), &created[19..20]), (24, "."));
    for absent in ["called", "served", "orderAfter", "interactions", "messages"] {
        assert_eq!(read.get(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn a_create_that_breaks_a_rule_is_refused_as_documented() {
    let peer = Qminder::start().await.unwrap();
    peer.unlimited();
    peer.add_line(789, 1);
    peer.disable_line(789);
    let message = |text: &str| json!({ "statusCode": 400, "message": text });
    let field = |name: &str, text: &str| json!({ "statusCode": 400, "errors": [{ name: text }] });
    let bare = |text: &str| json!({ "message": text });
    let long = "x".repeat(51);
    for (body, status, expected) in [
        (
            json!({ "lineId": "12345", "firstName": "" }),
            400,
            message("First name must not be empty or blank"),
        ),
        (
            json!({ "lineId": "12345" }),
            400,
            message("First name must not be empty or blank"),
        ),
        (
            json!({ "lineId": "123456", "firstName": "John" }),
            404,
            bare("Line with id 123456 not found"),
        ),
        (
            json!({ "lineId": "789", "firstName": "John" }),
            409,
            bare("Line with id 789 is disabled"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "phoneNumber": "0800 CALL" }),
            400,
            field("phoneNumber", r#"must match "^(\+)?([0-9]){5,20}$""#),
        ),
        (
            json!({ "lineId": "12345", "firstName": long }),
            400,
            field("firstName", "size must be between 2 and 50"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "lastName": long }),
            400,
            field("lastName", "size must be between 0 and 50"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "email": "john@home" }),
            400,
            field("email", "must be a well-formed email address"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "phoneNumber": 12125551234_u64 }),
            400,
            field("phoneNumber", "must be a string"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "source": "PHONE" }),
            400,
            field("source", "must be one of MANUAL, NAME, MICROSITE"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "languageCode": "e" }),
            400,
            field("languageCode", "size must be between 2 and 5"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "languageCode": "xx" }),
            404,
            bare("Language xx not found"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "labels": [{ "value": " " }] }),
            400,
            message("Label must not be blank"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "labels": [{ "value": long }] }),
            400,
            message("Label must not be longer than 50 characters"),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "extra": [] }),
            400,
            message("Unrecognized field \"extra\""),
        ),
        (
            json!({ "lineId": "12345", "firstName": "John", "fields": [{ "inputFieldId": FIELD, "value": "x" }] }),
            404,
            bare(&format!("Input field with id {FIELD} not found")),
        ),
    ] {
        let answer = ask(&peer, &create(&body.to_string())).await;
        assert_eq!((answer.status, answer.json()), (status, expected), "{body}");
    }
    assert!(peer.tickets().is_empty());
}

#[tokio::test]
async fn the_versioned_family_wants_its_header_and_json() {
    let peer = Qminder::start().await.unwrap();
    let body = r#"{"lineId":"12345","firstName":"John"}"#;
    let other = VERSION.replace("2020-09-01", "2024-01-01");
    for (headers, status) in [
        (format!("{KEY}{JSON}"), 400),
        (format!("{KEY}{JSON}{other}"), 400),
        (format!("{KEY}{VERSION}{FORM}"), 415),
        (format!("{KEY}{VERSION}"), 415),
        (
            format!("{KEY}{VERSION}Content-Type: application/json; charset=utf-8\r\n"),
            201,
        ),
    ] {
        let answer = ask(&peer, &request("POST", "/tickets", &headers, body)).await;
        assert_eq!(answer.status, status, "{headers}");
    }
    for broken in [
        "",
        "[]",
        r#"{"lineId":"12345","firstName":"A","firstName":"John"}"#,
    ] {
        assert_eq!(ask(&peer, &create(broken)).await.status, 400, "{broken}");
    }
    assert_eq!(peer.tickets().len(), 1);
    assert_eq!(peer.requests_for(Operation::CreateTicket).len(), 8);
}

#[tokio::test]
async fn an_edit_answers_nothing_and_null_clears() {
    let (peer, id) = with_visitor().await;
    let patch = |body: &str| versioned("PATCH", &format!("/tickets/{id}"), body);
    let answer = ask(&peer, &patch(r#"{"firstName":"John","lastName":"Smith","email":"john.smith@example.com","phoneNumber":"+12125551234"}"#)).await;
    assert_eq!((answer.status, answer.body), (200, Vec::new()));
    assert_eq!(ask(&peer, &patch(r#"{"email":null}"#)).await.status, 200);
    let ticket = peer.ticket(&id).unwrap();
    assert_eq!(ticket.first_name, "John");
    assert_eq!(
        (ticket.last_name.as_deref(), ticket.email),
        (Some("Smith"), None)
    );
}

#[tokio::test]
async fn an_edit_that_breaks_a_rule_changes_nothing() {
    let (peer, id) = with_visitor().await;
    peer.add_line(789, 1);
    peer.disable_line(789);
    peer.add_location(2);
    peer.add_line(222, 2);
    let before = peer.ticket(&id);
    for (body, status, expected) in [
        (
            r#"{"email":null,"firstName":""}"#,
            400,
            json!({ "statusCode": 400, "message": "First name must not be empty or blank" }),
        ),
        (
            r#"{"firstName":null}"#,
            400,
            json!({ "statusCode": 400, "message": "First name must not be empty or blank" }),
        ),
        (
            r#"{"line":"788"}"#,
            404,
            json!({ "message": "Line with id 788 not found" }),
        ),
        (
            r#"{"line":"789"}"#,
            409,
            json!({ "message": "Line with id 789 is disabled" }),
        ),
        (
            r#"{"line":"222"}"#,
            400,
            json!({ "statusCode": 400, "message": "Line with id 222 is in another location" }),
        ),
        (
            r#"{"line":"x"}"#,
            400,
            json!({ "statusCode": 400, "errors": [{ "line": "must match \"^[0-9]+$\"" }] }),
        ),
        (
            r#"{"status":"SERVED"}"#,
            400,
            json!({ "statusCode": 400, "message": "Unrecognized field \"status\"" }),
        ),
    ] {
        let answer = ask(&peer, &versioned("PATCH", &format!("/tickets/{id}"), body)).await;
        assert_eq!((answer.status, answer.json()), (status, expected), "{body}");
    }
    assert_eq!(
        ask(&peer, &versioned("PATCH", &format!("/tickets/{id}"), "{}"))
            .await
            .status,
        400
    );
    let missing = ask(
        &peer,
        &versioned("PATCH", "/tickets/123456", r#"{"firstName":"Jo"}"#),
    )
    .await;
    assert_eq!(
        missing.json(),
        json!({ "message": "Ticket with id 123456 not found" })
    );
    assert_eq!((missing.status, peer.ticket(&id)), (404, before));
}

#[tokio::test]
async fn a_choice_takes_its_options_and_a_mandatory_field_stays() {
    let (peer, id) = with_visitor().await;
    let option = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
    for (field, mandatory) in [
        (FIELD, false),
        ("6ba7b811-9dad-11d1-80b4-00c04fd430c8", true),
    ] {
        peer.add_input_field(InputField {
            id: field.to_owned(),
            location: 1,
            title: "Topic".to_owned(),
            mandatory,
            options: vec![(option.to_owned(), "Billing".to_owned())],
        });
    }
    let path = format!("/v1/tickets/{id}/fields/{FIELD}");
    let set = |body: Value| versioned("POST", &path, &body.to_string());
    assert_eq!(
        ask(&peer, &set(json!({ "optionIds": [option] })))
            .await
            .status,
        200
    );
    assert_eq!(peer.ticket(&id).unwrap().fields[0].options, [option]);
    for wrong in [
        json!({}),
        json!({ "value": "x" }),
        json!({ "optionIds": [FIELD] }),
        json!({ "optionIds": ["x"] }),
    ] {
        assert_eq!(ask(&peer, &set(wrong.clone())).await.status, 400, "{wrong}");
    }
    let delete = |field: &str| {
        request(
            "DELETE",
            &format!("/v1/tickets/{id}/fields/{field}"),
            &format!("{KEY}{VERSION}"),
            "",
        )
    };
    assert_eq!(
        ask(&peer, &delete("6ba7b811-9dad-11d1-80b4-00c04fd430c8"))
            .await
            .status,
        400
    );
    assert_eq!(ask(&peer, &delete(option)).await.status, 404);
    assert_eq!(ask(&peer, &delete(FIELD)).await.status, 200);
    assert_eq!(peer.ticket(&id).unwrap().fields, []);
}
