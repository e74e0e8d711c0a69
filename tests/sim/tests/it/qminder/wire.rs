//! Every request that an official client was seen to send, byte for byte but for the ids.

use serde_json::json;
use ticketbridge_sim::Qminder;
use ticketbridge_sim::qminder::{InputField, Operation};

use super::{FORM, JSON, KEY, VERSION, ask, with_visitor};

/// The headers that the current client sends with everything.
const ALWAYS: &str = "connection: keep-alive\r\nx-qminder-rest-api-key: qminder-key\r\naccept: */*\r\n\
    accept-language: *\r\nsec-fetch-mode: cors\r\nuser-agent: node\r\naccept-encoding: br, gzip, deflate\r\n";

fn sent(line: &str, content: &str, body: &str) -> String {
    let content = match content {
        "form" => "content-type: application/x-www-form-urlencoded;charset=UTF-8\r\n",
        "json" => "content-type: application/json\r\n",
        "versioned" => "content-type: application/json\r\nx-qminder-api-version: 2020-09-01\r\n",
        _ => "",
    };
    let length = match line.split(' ').next() {
        Some("GET" | "DELETE") => String::new(),
        _ => format!("content-length: {}\r\n", body.len()),
    };
    format!("{line} HTTP/1.1\r\nhost: localhost:8443\r\n{ALWAYS}{content}{length}\r\n{body}")
}

async fn accepts(peer: &Qminder, line: &str, content: &str, body: &str) {
    let answer = ask(peer, &sent(line, content, body)).await;
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    assert!(
        (200..300).contains(&answer.status),
        "{line}: {} {text}",
        answer.status
    );
}

#[tokio::test]
async fn everything_that_the_current_client_sends_is_taken() {
    let (peer, id) = with_visitor().await;
    let peer = &peer;
    for user in [2, 3] {
        peer.add_user(user);
    }
    peer.add_line(1, 1);
    peer.add_line(2, 1);
    peer.add_input_field(InputField {
        id: "550e8400-e29b-41d4-a716-446655440000".to_owned(),
        location: 1,
        title: "Grade".to_owned(),
        mandatory: false,
        options: Vec::new(),
    });
    let other = peer.visitor(12345, "Ann").unwrap();
    let t = |verb: &str, rest: &str| format!("{verb} /v1/tickets/{id}{rest}");
    accepts(peer, "POST /tickets", "versioned", r#"{"lineId":"12345","firstName":"John","fields":[{"inputFieldId":"550e8400-e29b-41d4-a716-446655440000","value":"C"}],"labels":[{"value":"VIP"}]}"#).await;
    accepts(
        peer,
        &format!("PATCH /tickets/{id}"),
        "versioned",
        r#"{"firstName":"Jo","email":null}"#,
    )
    .await;
    accepts(peer, &t("GET", ""), "", "").await;
    accepts(peer, "GET /v1/tickets/search?location=1&line=1%2C2&status=NEW%2CCALLED&responseScope=MESSAGES%2CINTERACTIONS&order=id+ASC&minCreated=2017-09-02T12%3A48%3A10Z", "", "").await;
    accepts(peer, "GET /v1/tickets/count?line=1&status=NEW", "", "").await;
    accepts(peer, &t("POST", "/assign"), "form", "assigner=2&assignee=3").await;
    accepts(peer, &t("POST", "/unassign"), "form", "user=2").await;
    accepts(
        peer,
        &t("POST", "/reorder"),
        "form",
        &format!("after={other}"),
    )
    .await;
    accepts(peer, &t("POST", "/reorder"), "", "").await;
    accepts(
        peer,
        &t("POST", "/call"),
        "form",
        "user=2&desk=3&keepActiveTicketsOpen=true",
    )
    .await;
    accepts(peer, &t("POST", "/recall"), "", "").await;
    accepts(
        peer,
        &t("POST", "/returntoqueue?position=FIRST&user=2"),
        "",
        "",
    )
    .await;
    accepts(peer, &t("POST", "/call"), "form", "user=2").await;
    accepts(peer, &t("POST", "/forward"), "form", "line=2&user=3").await;
    accepts(
        peer,
        &t("POST", "/labels/add"),
        "form",
        "value=a+b%2B%26%C3%A9&user=2",
    )
    .await;
    accepts(
        peer,
        &t("PUT", "/labels"),
        "json",
        r#"{"labels":["a","b"]}"#,
    )
    .await;
    accepts(peer, &t("POST", "/labels/remove"), "form", "value=a").await;
    accepts(peer, &t("GET", "/estimated-time"), "", "").await;
    accepts(
        peer,
        &t("POST", "/messages"),
        "form",
        "message=Hello%2C+it%27s+your+turn%21+100%25+%2B%C3%A9&user=2",
    )
    .await;
    accepts(peer, &t("GET", "/messages"), "", "").await;
    let data = "%7B%22fields%22%3A%5B%7B%22type%22%3A%22message%22%2C%22content%22%3A%22Late%22%2C%22importance%22%3A%22info%22%7D%5D%7D";
    accepts(
        peer,
        &t("POST", "/external"),
        "form",
        &format!("provider=my-crm&title=Patient+Info&data={data}"),
    )
    .await;
    accepts(peer, &t("POST", "/call"), "form", "user=2").await;
    accepts(peer, &t("POST", "/markserved"), "", "").await;
    accepts(
        peer,
        &format!("POST /v1/tickets/{other}/cancel"),
        "form",
        "user=2",
    )
    .await;
    accepts(
        peer,
        "POST /v1/webhooks",
        "form",
        "url=https%3A%2F%2Fexample.com%2Fhooks%3Fa%3D1",
    )
    .await;
    accepts(
        peer,
        &format!("DELETE /v1/webhooks/{}", peer.webhooks()[0].id),
        "",
        "",
    )
    .await;
    let body = json!({
        "query": "query ($id: ID!) { ticket(id: $id) { id external { provider title data created } }\n}",
        "variables": { "id": id },
    });
    let answer = ask(peer, &sent("POST /graphql", "json", &body.to_string()))
        .await
        .json();
    assert_eq!(
        answer["data"]["ticket"]["external"][0]["title"],
        "Patient Info"
    );
}

/// What curl makes of an example of the API reference.
fn curl(line: &str, headers: &str, body: &str) -> String {
    let length = match line.split(' ').next() {
        Some("GET" | "DELETE") => String::new(),
        _ => format!("Content-Length: {}\r\n", body.len()),
    };
    format!(
        "{line} HTTP/1.1\r\nHost: api.qminder.com\r\nUser-Agent: curl/8.5.0\r\nAccept: */*\r\n{KEY}{headers}{length}\r\n{body}"
    )
}

#[tokio::test]
async fn every_curl_example_of_the_api_reference_is_taken_as_it_stands() {
    let peer = Qminder::start().await.unwrap();
    for user in [123, 213, 14142] {
        peer.add_user(user);
    }
    peer.add_line(58190, 1);
    peer.add_input_field(InputField {
        id: "550e8400-e29b-41d4-a716-446655440000".to_owned(),
        location: 1,
        title: "Needs".to_owned(),
        mandatory: false,
        options: Vec::new(),
    });
    for id in ["14848", "14849", "14850", "14889", "226859"] {
        let visitor = peer.visitor_with(12345, "Jane", |ticket| {
            ticket.id = id.to_owned();
            ticket.phone_number = Some("+12125551234".to_owned());
        });
        assert_eq!(visitor.unwrap(), id);
    }
    let versioned = format!("{VERSION}{JSON}");
    let create = "{\n    \"lineId\": \"12345\",\n    \"firstName\": \"John\",\n    \"lastName\": \"Doe\",\n    \"phoneNumber\": \"+12125551234\",\n    \"email\": \"john@example.com\"\n  }";
    let edit = "{\n    \"firstName\": \"John\",\n    \"lastName\": \"Smith\",\n    \"email\": \"john.smith@example.com\",\n    \"phoneNumber\": \"+12125551234\"\n  }";
    let field = "/v1/tickets/14848/fields/550e8400-e29b-41d4-a716-446655440000";
    for (line, headers, body) in [
        ("POST /tickets", versioned.as_str(), create),
        ("PATCH /tickets/14848", &versioned, edit),
        (
            &format!("POST {field}"),
            &versioned,
            r#"{"value": "Customer needs wheelchair access"}"#,
        ),
        (&format!("DELETE {field}"), VERSION, ""),
        (
            "POST /v1/tickets/14849/labels/add",
            FORM,
            "value=Important&user=123",
        ),
        (
            "POST /v1/tickets/14849/labels/remove",
            FORM,
            "value=Important&user=123",
        ),
        (
            "POST /v1/tickets/14849/assign",
            FORM,
            "assigner=213&assignee=123",
        ),
        ("POST /v1/tickets/14849/unassign", FORM, "user=213"),
        ("POST /v1/tickets/14850/reorder", FORM, "after=14889"),
        (
            "POST /v1/tickets/226859/messages",
            FORM,
            "message=Hello%2C%20it%27s%20your%20turn%21&user=123",
        ),
        ("POST /v1/webhooks", FORM, "url=https://www.example.com"),
        ("POST /v1/tickets/14849/call?desk=3&user=123", "", ""),
        (
            "POST /v1/tickets/14849/forward",
            FORM,
            "user=14142&line=58190",
        ),
        ("POST /v1/tickets/14849/cancel?user=123", "", ""),
    ] {
        let answer = ask(&peer, &curl(line, headers, body)).await;
        let text = String::from_utf8_lossy(&answer.body);
        assert!((200..300).contains(&answer.status), "{line}: {text}");
    }
    assert_eq!(
        peer.ticket("226859").unwrap().messages[0].body,
        "Hello, it's your turn!"
    );
    assert_eq!(peer.ticket("14849").unwrap().line, 58190);
}

#[tokio::test]
async fn a_legacy_create_is_made_once_for_each_idempotency_key() {
    let (peer, _) = with_visitor().await;
    peer.add_line(1827, 1);
    let body = "firstName=Marta&lastName=Trujillo&phoneNumber=3185551212&extra=%5B%7B%22title%22%3A%22Favorite+Number%22%2C%22value%22%3A91%7D%5D";
    let create = |id: &str| {
        sent("POST /v1/lines/1827/ticket", "form", body)
            .replace("accept: */*", &format!("idempotency-key: {id}"))
    };
    let first = ask(&peer, &create("idem-1")).await.json();
    assert_eq!(first["statusCode"], 200);
    assert_eq!(ask(&peer, &create("idem-1")).await.json(), first);
    assert_ne!(ask(&peer, &create("idem-2")).await.json(), first);
    assert_eq!(peer.requests_for(Operation::LegacyCreate).len(), 3);
    let made: Vec<_> = peer
        .tickets()
        .into_iter()
        .filter(|ticket| ticket.line == 1827)
        .collect();
    assert_eq!(made.len(), 2);
    assert_eq!(made[0].extra[0].value, 91);
}

#[tokio::test]
async fn a_legacy_edit_clears_with_an_empty_text() {
    let (peer, id) = with_visitor().await;
    peer.edit(&id, |ticket| {
        ticket.email = Some("jane@example.com".to_owned())
    })
    .unwrap();
    let edit = |body: &str| sent(&format!("POST /v1/tickets/{id}/edit"), "form", body);
    let answer = ask(&peer, &edit("firstName=Mary&email=&user=900")).await;
    assert_eq!(
        answer.json(),
        json!({ "statusCode": 200, "result": "success" })
    );
    let ticket = peer.ticket(&id).unwrap();
    assert_eq!((ticket.first_name.as_str(), ticket.email), ("Mary", None));
    assert!(ticket.phone_number.is_some());
    for wrong in [
        "firstName=",
        "phoneNumber=0800-CALL",
        "extra=%7B%7D",
        "extra=%5B%7B%7D%5D",
        "user=1",
    ] {
        assert!(ask(&peer, &edit(wrong)).await.status >= 400, "{wrong}");
    }
}

#[tokio::test]
async fn a_json_body_where_a_form_is_documented_is_refused() {
    let (peer, id) = with_visitor().await;
    for path in ["call", "cancel", "edit", "external"] {
        let line = format!("POST /v1/tickets/{id}/{path}");
        let answer = ask(&peer, &sent(&line, "json", r#"{"user":900}"#)).await;
        assert_eq!(answer.status, 415, "{path}");
    }
    let labels = ask(
        &peer,
        &sent(&format!("PUT /v1/tickets/{id}/labels"), "form", "labels=a"),
    )
    .await;
    assert_eq!(labels.status, 415);
    let serve = ask(
        &peer,
        &sent(
            &format!("POST /v1/tickets/{id}/markserved"),
            "form",
            "user=900",
        ),
    )
    .await;
    assert_eq!(serve.status, 400);
}
