//! Every call, byte for byte as the official client puts it on the wire.

use super::*;
use crate::tickets::*;
use crate::{InputFieldId, UserId, webhooks};

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");
const JSON: Option<&str> = Some("application/json");
const FIELD: &str = "550e8400-e29b-41d4-a716-446655440000";

struct Wire<'a> {
    line: &'a str,
    content_type: Option<&'a str>,
    versioned: bool,
    body: &'a str,
}

fn v1<'a>(line: &'a str, content_type: Option<&'a str>, body: &'a str) -> Wire<'a> {
    Wire {
        line,
        content_type,
        versioned: false,
        body,
    }
}

fn v2<'a>(line: &'a str, content_type: Option<&'a str>, body: &'a str) -> Wire<'a> {
    Wire {
        versioned: true,
        ..v1(line, content_type, body)
    }
}

/// Sends `call` and looks at every byte of the request but the ones that HTTP itself asks for.
async fn check<T>(call: Call<T>, wire: Wire<'_>) {
    let server = Server::start().await;
    let client = client(&server);
    let refuse = "HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n";
    let (outcome, received) = tokio::join!(client.send(&call), server.answer(refuse));
    assert_eq!(
        outcome.err().map(|error| error.kind()),
        Some(Kind::Unavailable)
    );

    let line = wire.line;
    assert_eq!(received.line, format!("{line} HTTP/1.1"));
    assert_eq!(String::from_utf8_lossy(&received.body), wire.body, "{line}");
    assert_eq!(received.header("content-type"), wire.content_type, "{line}");
    let version = wire.versioned.then_some("2020-09-01");
    assert_eq!(received.header("x-qminder-api-version"), version, "{line}");
    assert_eq!(received.header("x-qminder-rest-api-key"), Some(KEY_TEXT));
    assert_eq!(received.header("accept"), Some("application/json"));
    assert_eq!(received.header("authorization"), None);
    let length = received.header("content-length");
    if line.starts_with("GET ") || (line.starts_with("DELETE ") && wire.body.is_empty()) {
        assert_eq!(length, None, "{line}");
    } else {
        assert_eq!(length, Some(&*wire.body.len().to_string()), "{line}");
    }

    // What is built without sending is what was sent.
    let request = call.request();
    assert_eq!(format!("{} {}", request.method(), request.target()), line);
    assert_eq!(request.body(), &received.body);
    for (name, value) in request.headers() {
        assert_eq!(received.header(name.as_str()), value.to_str().ok());
    }
    assert!(!format!("{request:?}").contains(KEY_TEXT));
}

fn user() -> UserId {
    2.into()
}

fn one() -> TicketId {
    1.into()
}

fn field() -> InputFieldId {
    FIELD.try_into().unwrap()
}

#[tokio::test]
async fn creating() {
    // The OpenAPI document's example.
    let new = NewTicket::new(12345.into(), "John")
        .last_name("Doe")
        .phone_number("+12125551234")
        .email("john@example.com")
        .language_code("en")
        .source(crate::Source::Manual)
        .field(field(), "Consultation")
        .label("VIP");
    let body = r#"{"lineId":"12345","firstName":"John","lastName":"Doe","phoneNumber":"+12125551234","email":"john@example.com","languageCode":"en","source":"MANUAL","fields":[{"inputFieldId":"550e8400-e29b-41d4-a716-446655440000","value":"Consultation"}],"labels":[{"value":"VIP"}]}"#;
    check(create(&new).unwrap(), v2("POST /tickets", JSON, body)).await;

    let new = NewTicket::new(7.into(), "Zoë").options(field(), vec![FIELD.parse().unwrap()]);
    let body = r#"{"lineId":"7","firstName":"Zoë","fields":[{"inputFieldId":"550e8400-e29b-41d4-a716-446655440000","optionIds":["550e8400-e29b-41d4-a716-446655440000"]}]}"#;
    check(create(&new).unwrap(), v2("POST /tickets", JSON, body)).await;
}

#[tokio::test]
async fn editing() {
    for (change, body) in [
        (
            TicketEdit::new().first_name("Jo").email(None),
            r#"{"firstName":"Jo","email":null}"#,
        ),
        (
            TicketEdit::new()
                .last_name(Some(String::new()))
                .phone_number(Some("12345".to_owned()))
                .line(9.into())
                .language_code("es"),
            r#"{"lastName":"","phoneNumber":"12345","line":"9","languageCode":"es"}"#,
        ),
        (
            TicketEdit::new().last_name(None).phone_number(None),
            r#"{"lastName":null,"phoneNumber":null}"#,
        ),
    ] {
        let call = edit(&14848.into(), &change).unwrap();
        check(call, v2("PATCH /tickets/14848", JSON, body)).await;
    }
}

#[tokio::test]
async fn reading() {
    check(get(&ticket(), &[]), v1("GET /v1/tickets/12345", None, "")).await;
    let scopes = [Scope::Messages, Scope::Interactions];
    let line = "GET /v1/tickets/12345?responseScope=MESSAGES%2CINTERACTIONS";
    check(get(&ticket(), &scopes), v1(line, None, "")).await;
    check(messages(&one()), v1("GET /v1/tickets/1/messages", None, "")).await;
}

#[tokio::test]
async fn searching() {
    let filter = Filter {
        location: Some(1.into()),
        lines: vec![1.into(), 2.into()],
        statuses: vec![crate::Status::New, crate::Status::Called],
        caller: Some(user()),
        min_created: Some("2017-09-02T12:48:10Z".parse().unwrap()),
        max_created: Some("2017-09-02T12:48:10.5Z".parse().unwrap()),
        min_called: Some("2017-09-02T14:48:10+02:00".parse().unwrap()),
        max_called: Some("2017-09-02T12:48:10Z".parse().unwrap()),
    };
    let query = "location=1&line=1%2C2&status=NEW%2CCALLED&caller=2\
        &minCreated=2017-09-02T12%3A48%3A10Z&maxCreated=2017-09-02T12%3A48%3A10.5Z\
        &minCalled=2017-09-02T12%3A48%3A10Z&maxCalled=2017-09-02T12%3A48%3A10Z";
    let line = format!("GET /v1/tickets/count?{query}");
    check(count(&filter), v1(&line, None, "")).await;
    let all = Search {
        filter,
        limit: Some(500),
        order: Some(Order {
            key: OrderKey::Id,
            descending: false,
        }),
        scopes: vec![Scope::Messages, Scope::Interactions],
    };
    let line = format!(
        "GET /v1/tickets/search?{query}&limit=500&order=id+ASC&responseScope=MESSAGES%2CINTERACTIONS"
    );
    check(search(&all), v1(&line, None, "")).await;
    check(
        search(&Search::default()),
        v1("GET /v1/tickets/search", None, ""),
    )
    .await;
    let line = "GET /v1/tickets/count?line=1&status=NEW";
    let filter = Filter {
        lines: vec![1.into()],
        statuses: vec![crate::Status::New],
        ..Filter::default()
    };
    check(count(&filter), v1(line, None, "")).await;
    for (key, word) in [
        (OrderKey::Created, "created"),
        (OrderKey::Called, "called"),
        (OrderKey::Served, "served"),
    ] {
        let order = Order {
            key,
            descending: true,
        };
        let search_by = Search {
            order: Some(order),
            ..Search::default()
        };
        let target = format!("/v1/tickets/search?order={word}+DESC");
        assert_eq!(search(&search_by).request().target(), target);
    }
}

#[tokio::test]
async fn working_the_queue() {
    let options = CallOptions {
        user: Some(user()),
        desk: Some(3.into()),
        keep_active_tickets_open: Some(true),
    };
    let body = "user=2&desk=3&keepActiveTicketsOpen=true";
    check(
        call(&one(), &options),
        v1("POST /v1/tickets/1/call", FORM, body),
    )
    .await;
    let bare = v1("POST /v1/tickets/1/call", None, "");
    check(call(&one(), &CallOptions::default()), bare).await;
    check(recall(&one()), v1("POST /v1/tickets/1/recall", None, "")).await;
    check(
        mark_served(&one()),
        v1("POST /v1/tickets/1/markserved", None, ""),
    )
    .await;
    check(
        mark_no_show(&one()),
        v1("POST /v1/tickets/1/marknoshow", None, ""),
    )
    .await;
    let wire = v1("POST /v1/tickets/1/cancel", FORM, "user=2");
    check(cancel(&one(), &user()), wire).await;
    for (position, word) in [(Position::First, "FIRST"), (Position::Last, "LAST")] {
        let line = format!("POST /v1/tickets/1/returntoqueue?position={word}&user=2");
        check(
            return_to_queue(&one(), position, &user()),
            v1(&line, None, ""),
        )
        .await;
    }
    let wire = v1("POST /v1/tickets/1/assign", FORM, "assigner=2&assignee=3");
    check(assign(&one(), &user(), &3.into()), wire).await;
    let wire = v1("POST /v1/tickets/1/unassign", FORM, "user=2");
    check(unassign(&one(), &user()), wire).await;
    let wire = v1("POST /v1/tickets/1/reorder", FORM, "after=2");
    check(reorder(&one(), Some(&2.into())), wire).await;
    check(
        reorder(&one(), None),
        v1("POST /v1/tickets/1/reorder", None, ""),
    )
    .await;
    let wire = v1("POST /v1/tickets/1/forward", FORM, "line=2&user=3");
    check(forward(&one(), &2.into(), Some(&3.into())), wire).await;
    let wire = v1("POST /v1/tickets/1/forward", FORM, "line=2");
    check(forward(&one(), &2.into(), None), wire).await;
}

#[tokio::test]
async fn labelling() {
    let wire = v1(
        "POST /v1/tickets/1/labels/add",
        FORM,
        "value=a+b%2B%26%C3%A9&user=2",
    );
    check(add_label(&one(), "a b+&é", Some(&user())).unwrap(), wire).await;
    let wire = v1("POST /v1/tickets/1/labels/add", FORM, "value=a");
    check(add_label(&one(), "a", None).unwrap(), wire).await;
    let wire = v1("POST /v1/tickets/1/labels/remove", FORM, "value=a");
    check(remove_label(&one(), "a", None), wire).await;
    let wire = v1("POST /v1/tickets/1/labels/remove", FORM, "value=a&user=2");
    check(remove_label(&one(), "a", Some(&user())), wire).await;
    let wire = v1("PUT /v1/tickets/1/labels", JSON, r#"{"labels":["a","b"]}"#);
    check(set_labels(&one(), &["a", "b"]).unwrap(), wire).await;
    let wire = v1("PUT /v1/tickets/1/labels", JSON, r#"{"labels":[]}"#);
    check(set_labels(&one(), &[]).unwrap(), wire).await;
}

#[tokio::test]
async fn texting() {
    let body = "message=Hello%2C+it%27s+your+turn%21+100%25+%2B%C3%A9&user=2";
    let text = "Hello, it's your turn! 100% +é";
    let wire = v1("POST /v1/tickets/1/messages", FORM, body);
    check(send_message(&one(), text, Some(&user())), wire).await;
    let wire = v1("POST /v1/tickets/1/messages", FORM, "message=x");
    check(send_message(&one(), "x", None), wire).await;
}

#[tokio::test]
async fn filling_in_fields() {
    // The OpenAPI document's examples.
    let set = |value: FieldValue| set_field(&one(), &field(), &value).unwrap();
    let line = format!("POST /v1/tickets/1/fields/{FIELD}");
    let text = FieldValue::Value("Customer needs wheelchair access".to_owned());
    let body = r#"{"value":"Customer needs wheelchair access"}"#;
    check(set(text), v2(&line, JSON, body)).await;
    let options = FieldValue::OptionIds(vec![FIELD.parse().unwrap()]);
    let body = r#"{"optionIds":["550e8400-e29b-41d4-a716-446655440000"]}"#;
    check(set(options), v2(&line, JSON, body)).await;
    let line = format!("DELETE /v1/tickets/1/fields/{FIELD}");
    check(clear_field(&one(), &field()), v2(&line, None, "")).await;
}

#[tokio::test]
async fn attaching_external_data() {
    let record = external::Record::builder("my-crm", "It's a+b & c!")
        .text("Grüße", "100% ~*(x)")
        .build()
        .unwrap();
    let body = "provider=my-crm&title=It%27s+a%2Bb+%26+c%21\
        &data=%7B%22fields%22%3A%5B%7B%22type%22%3A%22text%22%2C\
        %22title%22%3A%22Gr%C3%BC%C3%9Fe%22%2C%22value%22%3A%22100%25+%7E*%28x%29%22%7D%5D%7D";
    let wire = v1("POST /v1/tickets/12345/external", FORM, body);
    check(external::attach(&ticket(), &record), wire).await;
}

#[tokio::test]
async fn webhooks_and_graphql() {
    let call = webhooks::create("https://example.com/hooks?a=1").unwrap();
    let body = "url=https%3A%2F%2Fexample.com%2Fhooks%3Fa%3D1";
    check(call, v1("POST /v1/webhooks", FORM, body)).await;
    let call = webhooks::delete(&"4ef2".parse().unwrap());
    check(call, v1("DELETE /v1/webhooks/4ef2", None, "")).await;
    let body = r#"{"query":"query ($id: ID!) { ticket(id: $id) { external { provider title data created } } }","variables":{"id":"12345"}}"#;
    check(
        external::read_back(&ticket()),
        v1("POST /graphql", JSON, body),
    )
    .await;
}

#[tokio::test]
async fn a_request_that_was_kept_is_the_same_request() {
    let call = recall(&one());
    let kept = call.request();
    let again = Request::from_parts(
        kept.method().clone(),
        kept.target(),
        kept.headers().clone(),
        kept.body().clone(),
    );
    assert_eq!(&again, kept);
    assert_eq!(call.clone().into_request(), again);
}

#[test]
fn what_would_be_refused_is_not_built() {
    let pointers = |invalid: Result<(), crate::Invalid>| {
        let violations = invalid.unwrap_err().violations;
        let pointers = violations.into_iter().map(|violation| violation.pointer);
        pointers.collect::<Vec<_>>()
    };
    let new = NewTicket::new(1.into(), "J")
        .last_name("x".repeat(51))
        .phone_number("1-2")
        .email("x")
        .language_code("e")
        .source(crate::Source::Phone)
        .field(field(), "x".repeat(501))
        .options(field(), Vec::new())
        .label(" ")
        .label("x".repeat(51));
    assert_eq!(
        pointers(create(&new).map(drop)),
        [
            "/firstName",
            "/lastName",
            "/phoneNumber",
            "/email",
            "/languageCode",
            "/source",
            "/fields/0/value",
            "/fields/1/optionIds",
            "/labels/0/value",
            "/labels/1/value",
        ]
    );
    assert_eq!(pointers(edit(&one(), &TicketEdit::new()).map(drop)), [""]);
    let change = TicketEdit::new()
        .first_name(" ")
        .last_name(Some("x".repeat(51)))
        .phone_number(Some(String::new()))
        .email(Some(String::new()))
        .line("a".parse().unwrap())
        .language_code("english");
    assert_eq!(
        pointers(edit(&one(), &change).map(drop)),
        [
            "/firstName",
            "/firstName",
            "/lastName",
            "/phoneNumber",
            "/email",
            "/line",
            "/languageCode",
        ]
    );
    let value = FieldValue::Value("x".repeat(501));
    assert_eq!(
        pointers(set_field(&one(), &field(), &value).map(drop)),
        ["/value"]
    );
    assert_eq!(pointers(add_label(&one(), "", None).map(drop)), ["/value"]);
    let labels = ["ok", " ", "ok"];
    assert_eq!(
        pointers(set_labels(&one(), &labels).map(drop)),
        ["/labels/1"]
    );
    assert_eq!(
        pointers(webhooks::create("ftp://a.example.com").map(drop)),
        ["/url"]
    );
    let long = format!("https://a.example.com/{}", "x".repeat(491));
    assert_eq!(pointers(webhooks::create(&long).map(drop)), ["/url"]);
    assert!(webhooks::create(&long[..512]).is_ok());
}
