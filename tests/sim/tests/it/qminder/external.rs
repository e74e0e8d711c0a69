//! External data: the documented example to the byte, the documented refusals, and reading back by GraphQL.

use serde_json::{Value, json};
use ticketbridge_sim::Qminder;
use ticketbridge_sim::qminder::{KeyKind, Operation, Variation};

use super::{FORM, JSON, KEY, ask, form, graphql, request, with_visitor};

/// What curl makes of the documented example: `-d` as it is, `--data-urlencode` with every byte escaped that it escapes.
const EXAMPLE: &str = include_str!("external-example.form");

fn encoded(data: &Value) -> String {
    let escape = |byte: u8| format!("%{byte:02X}");
    data.to_string().bytes().map(escape).collect()
}

fn attach(id: &str, provider: &str, data: &Value) -> String {
    let body = format!(
        "provider={provider}&title=Patient+Info&data={}",
        encoded(data)
    );
    form(&format!("/v1/tickets/{id}/external"), &body)
}

#[tokio::test]
async fn the_documented_example_is_taken_by_both_methods_and_read_back() {
    let (peer, id) = with_visitor().await;
    let path = format!("/v1/tickets/{id}/external");
    for method in ["POST", "PUT"] {
        let headers = format!("Accept: */*\r\n{KEY}{FORM}");
        let answer = ask(&peer, &request(method, &path, &headers, EXAMPLE.trim_end())).await;
        assert_eq!(
            (answer.status, answer.json()),
            (200, json!({ "statusCode": 200 }))
        );
    }
    let query = format!(
        r#"query {{ ticket(id: "{id}") {{ external {{ provider title data created }} }} }}"#
    );
    let read = ask(&peer, &graphql(&query)).await.json();
    let all = read["data"]["ticket"]["external"].as_array().unwrap();
    assert_eq!(all.len(), 1);
    assert_eq!(
        (&all[0]["provider"], &all[0]["title"]),
        (&"my-crm".into(), &"Patient Info".into())
    );
    let fields = &all[0]["data"]["fields"];
    assert_eq!(fields[0]["content"], "ALLERGY ALERT: Penicillin — Severe");
    assert_eq!(fields[3]["items"][0]["timestamp"], "2026-01-10");
    assert_eq!(all[0]["created"].as_str().unwrap().len(), 24);
    assert_eq!(
        peer.requests_for(Operation::SetExternal)[0]
            .field("provider")
            .unwrap(),
        "my-crm"
    );
}

#[tokio::test]
async fn a_provider_has_one_section_which_is_replaced_as_a_whole() {
    let (peer, id) = with_visitor().await;
    let one = json!({ "fields": [{ "type": "text", "title": "Plan", "value": "Gold" }] });
    let two = json!({ "fields": [] });
    for (provider, data) in [("salesforce", &one), ("epic", &one), ("salesforce", &two)] {
        assert_eq!(ask(&peer, &attach(&id, provider, data)).await.status, 200);
    }
    let all = peer.external(&id);
    let shown: Vec<_> = all
        .iter()
        .map(|each| (each.provider.as_str(), &each.data))
        .collect();
    assert_eq!(shown, [("salesforce", &two), ("epic", &one)]);
}

#[tokio::test]
async fn the_documented_refusals_have_their_words() {
    let (peer, id) = with_visitor().await;
    peer.add_key("plain", KeyKind::Plain);
    let path = format!("/v1/tickets/{id}/external");
    let good = json!({ "fields": [] });
    let field = |field: Value| attach(&id, "crm", &json!({ "fields": [field] }));
    let schema = "Data does not match the schema";
    let no_object = "Data is not valid JSON object";
    let as_plain = attach(&id, "crm", &good).replace("qminder-key", "plain");
    let absent_as_plain = attach("12345", "crm", &good).replace("qminder-key", "plain");
    let raw = |data: &str| form(&path, &format!("provider=crm&title=t&data={data}"));
    for (request, status, message) in [
        (raw("nonsense"), 400, no_object),
        (raw("[]"), 400, no_object),
        (raw("%7B%22fields%22:[],%22fields%22:[]%7D"), 400, no_object),
        (raw("%7B%7D"), 400, schema),
        (
            attach(&id, "crm", &json!({ "fields": [], "more": 1 })),
            400,
            schema,
        ),
        (
            field(json!({ "type": "message", "content": "c", "importance": "high" })),
            400,
            schema,
        ),
        (
            field(
                json!({ "type": "text", "title": "t", "value": "v", "url": "https://a.example.com" }),
            ),
            400,
            schema,
        ),
        (
            field(json!({ "type": "text", "title": "t", "value": 5 })),
            400,
            schema,
        ),
        (
            field(
                json!({ "type": "list", "title": "t", "items": [{ "title": "i", "timestamp": "2026-02-30" }] }),
            ),
            400,
            schema,
        ),
        (as_plain, 403, "Forbidden"),
        (absent_as_plain, 403, "Forbidden"),
        (
            attach("12345", "crm", &good),
            404,
            "Ticket with id 12345 not found",
        ),
    ] {
        let answer = ask(&peer, &request).await;
        assert_eq!(
            (answer.status, &answer.json()["message"]),
            (status, &message.into()),
            "{request}"
        );
    }
    assert!(peer.external(&id).is_empty());
}

#[tokio::test]
async fn parameters_are_a_form_of_three_and_of_limited_length() {
    let (peer, id) = with_visitor().await;
    let path = format!("/v1/tickets/{id}/external");
    let data = "%7B%22fields%22%3A%5B%5D%7D";
    let long = "x".repeat(101);
    for (body, status) in [
        (
            format!("provider={}&title={}&data={data}", &long[1..], &long[1..]),
            200,
        ),
        (format!("provider={long}&title=t&data={data}"), 400),
        (format!("provider=p&title={long}&data={data}"), 400),
        (format!("provider=&title=t&data={data}"), 400),
        (format!("title=t&data={data}"), 400),
        (format!("provider=p&data={data}"), 400),
        ("provider=p&title=t".to_owned(), 400),
        (format!("provider=p&title=t&data={data}&user=900"), 400),
        (format!("provider=p&title=t&title=t&data={data}"), 400),
    ] {
        assert_eq!(
            ask(&peer, &form(&path, &body)).await.status,
            status,
            "{body}"
        );
    }
    let json = r#"{"provider":"p","title":"t","data":"{\"fields\":[]}"}"#;
    let answer = ask(
        &peer,
        &request("POST", &path, &format!("{KEY}{JSON}"), json),
    )
    .await;
    assert_eq!(answer.status, 415);
    let refused = peer.requests().last().unwrap().refused.clone().unwrap();
    assert!(refused.contains("a form"), "{refused}");
}

#[tokio::test]
async fn what_the_documents_leave_open_can_be_chosen() {
    let (peer, id) = with_visitor().await;
    let empty = json!({ "fields": [{ "type": "text", "title": "t", "value": "" }] });
    assert_eq!(ask(&peer, &attach(&id, "crm", &empty)).await.status, 400);
    peer.variation(Variation::LooseData);
    peer.variation(Variation::ExternalAnswersResult);
    let answer = ask(&peer, &attach(&id, "crm", &empty)).await;
    assert_eq!(
        answer.json(),
        json!({ "statusCode": 200, "result": "success" })
    );
}

#[tokio::test]
async fn a_query_is_validated_before_it_is_answered() {
    let peer = Qminder::start().await.unwrap();
    let answer = ask(&peer, &graphql("{ ticket(id: \"1\") { id publicId } }")).await;
    assert_eq!(answer.status, 200);
    let json = answer.json();
    assert_eq!((&json["statusCode"], json.get("data")), (&200.into(), None));
    let error = &json["errors"][0];
    assert_eq!(error["errorType"], "ValidationError");
    assert_eq!(error["validationErrorType"], "FieldUndefined");
    assert_eq!(error["queryPath"], json!(["ticket", "publicId"]));
    assert_eq!(error["locations"][0]["line"], 1);
    assert_eq!(error["path"], Value::Null);
    for (query, kind) in [
        ("{ ticket { id } }", "MissingFieldArgument"),
        ("{ ticket(id: 1, line: 2) { id } }", "UnknownArgument"),
        ("{ ticket(id: 1) }", "SubSelectionRequired"),
        ("{ ticket(id: 1) { id { x } } }", "SubSelectionNotAllowed"),
        ("{ ticket(id: $id) { id } }", "UndefinedVariable"),
        ("query ($a: ID!) { account { id } }", "UnusedVariable"),
        (
            "query ($a: Int!) { ticket(id: $a) { id } }",
            "VariableTypeMismatch",
        ),
        (
            "query ($a: ID!) { ticket(id: $a) { id } }",
            "NullValueForNonNullArgument",
        ),
        ("{ ticket(id: true) { id } }", "WrongType"),
    ] {
        let json = ask(&peer, &graphql(query)).await.json();
        let kinds: Vec<_> = json["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["validationErrorType"].clone())
            .collect();
        assert!(kinds.contains(&kind.into()), "{query}: {kinds:?}");
    }
    for query in ["{", "mutation { a }", "subscription { a }"] {
        let json = ask(&peer, &graphql(query)).await.json();
        assert_eq!(json["errors"][0]["errorType"], "InvalidSyntax", "{query}");
    }
}

#[tokio::test]
async fn a_query_may_come_without_a_content_type_as_from_older_clients_but_not_as_a_form() {
    let peer = Qminder::start().await.unwrap();
    let body = r#"{"query":"{ account { id } }"}"#;
    for (content_type, status) in [
        ("", 200),
        ("Content-Type: text/plain;charset=UTF-8\r\n", 200),
        (FORM, 415),
    ] {
        let headers = format!("{KEY}{content_type}");
        let answer = ask(&peer, &request("POST", "/graphql", &headers, body)).await;
        assert_eq!(answer.status, status, "{content_type}");
    }
}

#[tokio::test]
async fn fragments_and_aliases_are_followed_and_cycles_refused() {
    let (peer, id) = with_visitor().await;
    let query = format!(
        "{{ one: ticket(id: {id}) {{ ...Who ... on Ticket {{ status }} }} }} fragment Who on Ticket {{ name: firstName __typename }}"
    );
    let expected = json!({ "one": { "name": "Jane", "__typename": "Ticket", "status": "NEW" } });
    assert_eq!(ask(&peer, &graphql(&query)).await.json()["data"], expected);
    let endless = format!("{{ ticket(id: {id}) {{ ...A }} }} fragment A on Ticket {{ ...A }}");
    let json = ask(&peer, &graphql(&endless)).await.json();
    assert_eq!(json["errors"][0]["validationErrorType"], "FragmentCycle");
}

#[tokio::test]
async fn the_simple_queries_of_a_probe_are_answered() {
    let peer = Qminder::start().await.unwrap();
    peer.add_key("clerk", KeyKind::User(900));
    let query = r#"{ account { id } location(id: 1) { name lines { id } } line(id: "12345") { disabled location { id } } me { id } ticket(id: 7) { id } }"#;
    let expected = |me: Value| {
        json!({ "statusCode": 200, "data": {
            "account": { "id": "1" },
            "location": { "name": "Location 1", "lines": [{ "id": "12345" }] },
            "line": { "disabled": false, "location": { "id": "1" } },
            "me": me,
            "ticket": null,
        }})
    };
    assert_eq!(
        ask(&peer, &graphql(query)).await.json(),
        expected(Value::Null)
    );
    let as_clerk = graphql(query).replace("qminder-key", "clerk");
    assert_eq!(
        ask(&peer, &as_clerk).await.json(),
        expected(json!({ "id": "900" }))
    );
}
