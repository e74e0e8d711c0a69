//! What answers mean: refusals, limits, values.

use super::*;

#[tokio::test]
async fn refusals_carry_status_message_field_and_kind() {
    // Sources: the old v1 page; the OpenAPI document and the pages about creating and editing; the page about external
    // data, whose envelope is not shown; the official client's tests.
    let form = r#"must match "^(\+)?([0-9]){5,20}$""#;
    for (status, body, kind, message, field) in [
        (
            401,
            r#"{"statusCode":401,"message":"Please authenticate","developerMessage":"Set X-Qminder-REST-API-Key HTTP header with API key"}"#,
            Kind::Credentials,
            "Please authenticate",
            None,
        ),
        (
            400,
            r#"{"statusCode":400,"message":"First name must not be empty or blank"}"#,
            Kind::Invalid,
            "First name must not be empty or blank",
            None,
        ),
        (
            400,
            r#"{"statusCode":400,"errors":[{"phoneNumber":"must match \"^(\\+)?([0-9]){5,20}$\""}]}"#,
            Kind::Invalid,
            form,
            Some("phoneNumber"),
        ),
        (
            404,
            r#"{"message":"Ticket with id 123456 not found"}"#,
            Kind::NotFound,
            "Ticket with id 123456 not found",
            None,
        ),
        (
            409,
            r#"{"message":"Line with id 789 is disabled"}"#,
            Kind::Conflict,
            "Line with id 789 is disabled",
            None,
        ),
        (
            409,
            r#"{"statusCode":409,"errors":{"email":"Email already in use"}}"#,
            Kind::Conflict,
            "Email already in use",
            Some("email"),
        ),
        (
            409,
            r#"{"statusCode":409,"error":{"email":"Email already in use"}}"#,
            Kind::Conflict,
            "Email already in use",
            Some("email"),
        ),
        (
            500,
            r#"{"statusCode":500,"error":"Internal Server Error"}"#,
            Kind::Unavailable,
            "Internal Server Error",
            None,
        ),
        (
            404,
            r#"{"code":"resource_missing","message":"Location not found"}"#,
            Kind::NotFound,
            "Location not found",
            None,
        ),
        (
            400,
            r#"{"message":"Data does not match the schema"}"#,
            Kind::Invalid,
            "Data does not match the schema",
            None,
        ),
        (403, "Forbidden", Kind::Credentials, "Forbidden", None),
        (502, "<html>no</html>", Kind::Unavailable, "", None),
        (400, "", Kind::Invalid, "", None),
    ] {
        let error = refusal(&with_body(status, body)).await;
        assert_eq!(error.kind(), kind, "{body}");
        assert_eq!(error.status(), Some(status), "{body}");
        let refusal = error.refusal().unwrap();
        assert_eq!(
            (refusal.message.as_str(), refusal.field()),
            (message, field),
            "{body}"
        );
        assert_discreet(&error);
    }
    let error = refusal(&with_body(
        404,
        r#"{"code":"resource_missing","message":"Gone"}"#,
    ))
    .await;
    assert_eq!(
        error.to_string(),
        "qminder refused with 404 (resource_missing): Gone"
    );
}

#[tokio::test]
async fn a_refusal_whose_body_breaks_off_keeps_its_status() {
    let error = refusal("HTTP/1.1 409 X\r\nContent-Length: 90\r\n\r\n{\"mess").await;
    assert_eq!((error.kind(), error.status()), (Kind::Conflict, Some(409)));
}

#[tokio::test]
async fn a_refusal_never_repeats_the_key_nor_breaks_a_line() {
    let long = "x".repeat(2000);
    let body = format!(
        r#"{{"message":"no {KEY_TEXT}\nWARN {long}","developerMessage":"{KEY_TEXT}","code":"{KEY_TEXT}","errors":[{{"{KEY_TEXT}":"{KEY_TEXT}"}}]}}"#
    );
    let error = refusal(&with_body(400, &body)).await;
    assert_discreet(&error);
    let refusal = error.refusal().unwrap();
    assert!(
        refusal.message.starts_with("no [key] WARN xxx"),
        "{refusal}"
    );
    assert_eq!(refusal.message.chars().count(), 500);
    assert_eq!(refusal.field(), Some("[key]"));
    let call = graphql::query("{ account { id } }", &Value::Null);
    let body = format!(r#"{{"errors":[{{"message":"{KEY_TEXT}"}}]}}"#);
    assert_discreet(&outcome(&call, &with_body(200, &body)).await.unwrap_err());
}

#[tokio::test]
async fn limits_are_told_in_both_spellings() {
    let after = Some(RetryAfter::After(Duration::from_secs(7)));
    let at = Some(RetryAfter::At("1994-11-06T08:49:37Z".parse().unwrap()));
    let date = "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT";
    for (status, headers, kind, retry_after, remaining) in [
        (
            429,
            "Retry-After: 7\r\nX-Ratelimit-Remaining: 0",
            Kind::Throttled,
            after,
            Some(0),
        ),
        (429, date, Kind::Throttled, at, None),
        (
            429,
            "x-ratelimit-remaining: -1",
            Kind::Throttled,
            None,
            None,
        ),
        (429, "Retry-After: soon", Kind::Throttled, None, None),
        (503, "Retry-After: 7", Kind::Throttled, after, None),
        (503, date, Kind::Throttled, at, None),
        (503, "Retry-After: \u{e9}", Kind::Unavailable, None, None),
        (
            503,
            "x-ratelimit-remaining: 12",
            Kind::Unavailable,
            None,
            Some(12),
        ),
    ] {
        let answer = format!("HTTP/1.1 {status} X\r\n{headers}\r\nContent-Length: 0\r\n\r\n");
        let error = refusal(&answer).await;
        assert_eq!(error.kind(), kind, "{headers}");
        assert_eq!(error.retry_after(), retry_after, "{headers}");
        assert_eq!(error.rate_limit_remaining(), remaining, "{headers}");
    }
    let answer = "HTTP/1.1 200 X\r\nX-Ratelimit-Remaining: 39\r\nContent-Length: 0\r\n\r\n";
    let answer = outcome(&tickets::recall(&ticket()), answer).await.unwrap();
    assert_eq!(
        (answer.status, answer.rate_limit_remaining),
        (200, Some(39))
    );
}

#[tokio::test]
async fn graphql_errors_are_refusals_by_their_type() {
    for (error_type, kind) in [
        (r#""ValidationError""#, Kind::Invalid),
        (r#""InvalidSyntax""#, Kind::Invalid),
        (r#""INVALID_ARGUMENT""#, Kind::Invalid),
        (r#""BAD_REQUEST""#, Kind::Invalid),
        (r#""FIELD_NOT_FOUND""#, Kind::Invalid),
        (r#""NOT_FOUND""#, Kind::NotFound),
        (r#""PERMISSION_DENIED""#, Kind::Credentials),
        (r#""INTERNAL""#, Kind::Unavailable),
        ("null", Kind::Unavailable),
    ] {
        let body = format!(
            r#"{{"statusCode":200,"data":null,"errors":[{{"message":"No","errorType":{error_type}}}]}}"#
        );
        let call = external::read_back(&ticket());
        let error = outcome(&call, &with_body(200, &body)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error_type}");
        assert_eq!(error.status(), Some(200));
        assert_eq!(error.refusal().unwrap().message, "No");
    }
}

#[tokio::test]
async fn data_beside_an_error_are_not_taken() {
    let call = graphql::query("{ account { id x } }", &Value::Null);
    let body = r#"{"data":{"account":{"id":"1","x":null}},"errors":[{"message":"No","errorType":"ValidationError"}]}"#;
    let error = outcome(&call, &with_body(200, body)).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Invalid);
    let body = r#"{"data":{"account":{"id":"1"}}}"#;
    let answer = outcome(&call, &with_body(200, body)).await.unwrap();
    assert_eq!(answer.value["account"]["id"], "1");
}

#[tokio::test]
async fn what_is_kept_is_read_back() {
    let call = external::read_back(&ticket());
    let body = r#"{"statusCode":200,"data":{"ticket":{"id":"12345","external":[
        {"provider":"my-crm","title":"T","data":{"fields":[]},"created":"2026-01-10T08:00:00.123Z"},
        {"provider":"epic","title":"U","data":null,"created":"2026-01-10T08:00:00Z"}]}}}"#;
    let answer = outcome(&call, &with_body(200, body)).await.unwrap();
    let records = answer.value.unwrap();
    assert_eq!(records.len(), 2);
    assert_eq!(
        (records[0].provider.as_str(), records[0].title.as_str()),
        ("my-crm", "T")
    );
    assert_eq!(records[0].data, Some(serde_json::json!({"fields": []})));
    assert_eq!(records[0].created.to_string(), "2026-01-10T08:00:00.123Z");
    assert_eq!(records[1].data, None);
    for (body, expected) in [
        (r#"{"data":{"ticket":null}}"#, Some(None)),
        (
            r#"{"data":{"ticket":{"external":[]}},"errors":[]}"#,
            Some(Some(0)),
        ),
        (r#"{"data":{"ticket":{"external":null}}}"#, Some(Some(0))),
        (r#"{"data":{}}"#, None),
        (r#"{"data":{"ticket":{}}}"#, None),
        (r#"{"data":7}"#, None),
        (r#"{"statusCode":200}"#, None),
    ] {
        let outcome = outcome(&call, &with_body(200, body)).await;
        let found = outcome.map(|answer| answer.value.map(|records| records.len()));
        assert_eq!(found.ok(), expected, "{body}");
    }
}

#[tokio::test]
async fn values_are_those_of_the_documents_examples() {
    let new = tickets::NewTicket::new(1.into(), "Jo");
    let call = tickets::create(&new).unwrap();
    let answer = with_body(201, r#"{"id":"226859","publicId":"A-42"}"#);
    let created = outcome(&call, &answer).await.unwrap();
    assert_eq!(created.status, 201);
    assert_eq!(created.value.id, 226859.into());
    assert_eq!(created.value.public_id.as_deref(), Some("A-42"));
    // The old call's answer.
    let answer = with_body(200, r#"{"statusCode":200,"id":226859}"#);
    let created = outcome(&call, &answer).await.unwrap();
    assert_eq!(created.value.id, 226859.into());
    assert_eq!(created.value.public_id, None);

    let call = tickets::count(&tickets::Filter::default());
    let answer = with_body(200, "{\n    \"statusCode\": 200,\n    \"count\": 59\n}");
    assert_eq!(outcome(&call, &answer).await.unwrap().value, 59);

    let call = tickets::add_label(&ticket(), "VIP", None).unwrap();
    for (body, expected) in [
        (
            r#"{"statusCode":200,"result":"success"}"#,
            tickets::AddedLabel::Added,
        ),
        (
            r#"{"statusCode":200,"result":"no action"}"#,
            tickets::AddedLabel::AlreadyThere,
        ),
        ("", tickets::AddedLabel::Added),
    ] {
        let answer = outcome(&call, &with_body(200, body)).await.unwrap();
        assert_eq!(answer.value, expected);
    }

    let call = crate::webhooks::create("https://bridge.example.com/hook").unwrap();
    let body = r#"{"statusCode":200,"id":"4ef258d7-e56e-4c9f-bb6e-4eaec6d9408e","secret":"wfdfghfhfgdsfderthyndf4356hyfds"}"#;
    let created = outcome(&call, &with_body(200, body)).await.unwrap().value;
    assert_eq!(created.id.as_str(), "4ef258d7-e56e-4c9f-bb6e-4eaec6d9408e");
    assert_eq!(created.secret.reveal(), "wfdfghfhfgdsfderthyndf4356hyfds");
    assert!(!format!("{created:?}").contains("wfdf"));
}

#[tokio::test]
async fn messages_are_read_as_the_openapi_document_shows_them() {
    let body = r#"{"statusCode":200,"messages":[
        {"created":{"date":"2017-04-12T16:27:57Z"},"body":"It's your turn!","type":"OUTGOING","status":"SENT","userId":15000},
        {"created":{"date":"2017-04-17T11:50:13Z"},"body":"Thank you!","type":"INCOMING","status":"NEW"}]}"#;
    let call = tickets::messages(&ticket());
    let messages = outcome(&call, &with_body(200, body)).await.unwrap().value;
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].message_type, crate::MessageType::Outgoing);
    assert_eq!(messages[0].status, Some(crate::MessageStatus::Sent));
    assert_eq!(messages[0].user_id, Some(15000.into()));
    assert_eq!(messages[0].created.date.to_string(), "2017-04-12T16:27:57Z");
    assert_eq!(messages[1].body, "Thank you!");
    assert_eq!(
        (&messages[1].message_type, &messages[1].user_id),
        (&crate::MessageType::Incoming, &None)
    );
}

#[tokio::test]
async fn one_odd_entry_hides_no_others() {
    let body = r#"{"statusCode":200,"data":[
        {"id":"1","status":"NEW"},{"id":{},"status":"NEW"},null,{"status":"NEW"},{"id":2,"status":"ODD"}]}"#;
    let call = tickets::search(&tickets::Search::default());
    let found = outcome(&call, &with_body(200, body)).await.unwrap().value;
    let ids: Vec<_> = found
        .tickets
        .iter()
        .map(|ticket: &Ticket| ticket.id.as_str())
        .collect();
    assert_eq!((ids.as_slice(), found.unreadable), (&["1", "2"][..], 3));
}
