//! Every call, byte for byte: method, path, query, headers, body.

use serde_json::{Value, json};

use super::*;
use crate::{Priority, ProfileUpdate, Status, TicketUpdate};

/// Sends `call` and looks at every byte of the request but the ones that HTTP itself asks for.
async fn check<T>(call: Call<T>, line: &str, body: Option<Value>) {
    let server = Server::start().await;
    let client = client(&server);
    let refuse = answer(503, "", "");
    let (outcome, received) = tokio::join!(client.send(&call), server.answer(&refuse));
    let kind = outcome.err().map(|error| error.kind());
    assert_eq!(kind, Some(Kind::Unavailable));

    assert_eq!(received.line, format!("{line} HTTP/1.1"));
    let expected = body.as_ref().map(Value::to_string).unwrap_or_default();
    let sent: Option<Value> = serde_json::from_slice(&received.body).ok();
    assert_eq!(sent, body, "{line}");
    assert_eq!(received.body.len(), expected.len(), "{line}");
    let json = body.is_some().then_some("application/json");
    assert_eq!(received.header("content-type"), json, "{line}");
    assert_eq!(received.header("x-api-key"), Some(KEY_TEXT));
    assert_eq!(received.header("accept"), Some("application/json"));
    assert_eq!(received.header("authorization"), None);
    let length = received.header("content-length");
    let is_bodiless = line.starts_with("GET ") || line.starts_with("DELETE ");
    let expected = (!is_bodiless).then(|| expected.len().to_string());
    assert_eq!(length, expected.as_deref(), "{line}");
    let known = [
        "host",
        "x-api-key",
        "accept",
        "content-type",
        "content-length",
    ];
    let headers = received.headers.keys();
    assert_eq!(
        headers
            .filter(|name| !known.contains(&name.as_str()))
            .count(),
        0
    );
}

#[tokio::test]
async fn the_calls_of_an_agent() {
    use external::*;

    let e = "/api/v1/external";
    let get = |path: &str| format!("GET {e}{path}");
    let post = |path: &str| format!("POST {e}{path}");
    let put = |path: &str| format!("PUT {e}{path}");
    let paging = Paging::new(2, 100);
    let none = Paging::default();

    check(crate::health_check(), "GET /api/v1/health-check", None).await;
    check(connection_check(), &get("/connection-check"), None).await;
    check(dashboard(), &get("/dashboard"), None).await;

    let all = TicketFilter::default();
    check(tickets(&all, none), &get("/tickets"), None).await;
    for status in Status::ALL {
        let path = get(&format!("/tickets?status={status}"));
        let filter = TicketFilter {
            status: Some(status),
            ..all.clone()
        };
        check(tickets(&filter, none), &path, None).await;
    }
    let filter = TicketFilter {
        status: Some(Status::OnHold),
        priority: Some(Priority::Critical),
        department: Some(4),
    };
    check(
        tickets(&filter, paging),
        &get("/tickets?per_page=100&page=2&status=on_hold&priority=critical&department_id=4"),
        None,
    )
    .await;
    check(ticket(5), &get("/tickets/5"), None).await;

    let update = TicketUpdate {
        status: Some(Status::InProgress),
        priority: Some(Priority::Low),
        labels: Some(vec![1, 2]),
    };
    check(
        update_ticket(5, &update).unwrap(),
        &put("/tickets/5"),
        Some(json!({"status": "in_progress", "priority": "low", "labels": [1, 2]})),
    )
    .await;
    let unlabelled = TicketUpdate {
        labels: Some(vec![]),
        ..TicketUpdate::default()
    };
    let call = update_ticket(5, &unlabelled).unwrap();
    check(call, &put("/tickets/5"), Some(json!({"labels": []}))).await;

    check(messages(5, none), &get("/tickets/5/messages"), None).await;
    let path = get("/tickets/5/messages?per_page=100&page=2");
    check(messages(5, paging), &path, None).await;
    for (content, is_internal) in [("On it.\n", false), ("é\u{1f600} <b>", true)] {
        let message = ReplyRequest {
            content: content.to_owned(),
            is_internal,
        };
        check(
            external::reply(5, &message).unwrap(),
            &post("/tickets/5/messages"),
            Some(json!({"content": content, "is_internal": is_internal})),
        )
        .await;
    }
    check(close(5), &post("/tickets/5/close"), None).await;
    check(toggle_like(5, 6), &post("/tickets/5/messages/6/like"), None).await;

    check(canned_responses(), &get("/canned-responses"), None).await;
    check(
        search_articles("pass & wörd").unwrap(),
        &get("/knowledge-base/search?q=pass+%26+w%C3%B6rd"),
        None,
    )
    .await;

    check(profile(), &get("/profile"), None).await;
    let update = ProfileUpdate {
        name: Some("Jo".to_owned()),
        phone: Some(None),
        locale: Some(Some("pt_BR".to_owned())),
        notification_settings: Some(json!({"ticket_reply": false})),
    };
    check(
        update_profile(&update).unwrap(),
        &put("/profile"),
        Some(json!({
            "name": "Jo", "phone": null, "locale": "pt_BR", "notification_settings": {"ticket_reply": false},
        })),
    )
    .await;

    check(notifications(none), &get("/notifications"), None).await;
    let path = get("/notifications?per_page=100&page=2");
    check(notifications(paging), &path, None).await;
    check(unread_count(), &get("/notifications/unread-count"), None).await;
    check(mark_read(9), &post("/notifications/9/read"), None).await;
}

#[tokio::test]
async fn the_calls_of_an_installation() {
    use internal::*;

    let i = "/api/v1/internal";
    let paging = Paging::new(2, 50);
    let to = |method: &str, path: &str| format!("{method} {i}{path}");

    check(connection_check(), &to("GET", "/connection-check"), None).await;
    let mut new = NewCustomer::new("Jo", "jo@example.com");
    check(
        create_customer(&new).unwrap(),
        &to("POST", "/customers"),
        Some(json!({"name": "Jo", "email": "jo@example.com"})),
    )
    .await;
    new.phone = Some("+15551234567".to_owned());
    new.envato_username = Some("jo".to_owned());
    check(
        update_customer(7, &new).unwrap(),
        &to("PUT", "/customers/7"),
        Some(json!({
            "name": "Jo", "email": "jo@example.com", "phone": "+15551234567", "envato_username": "jo",
        })),
    )
    .await;
    let path = to("GET", "/customers?per_page=50&page=2");
    check(customers(paging), &path, None).await;
    check(customer(7), &to("GET", "/customers/7"), None).await;

    let mut new = NewTicket::new(7, "No sound", "Since the update.");
    check(
        create_ticket(&new).unwrap(),
        &to("POST", "/tickets"),
        Some(json!({"customer_id": 7, "title": "No sound", "content": "Since the update."})),
    )
    .await;
    new.department = Some(1);
    new.category = Some(2);
    new.product = Some(3);
    new.priority = Some(Priority::High);
    check(
        create_ticket(&new).unwrap(),
        &to("POST", "/tickets"),
        Some(json!({
            "customer_id": 7, "title": "No sound", "content": "Since the update.", "department_id": 1,
            "category_id": 2, "product_id": 3, "priority": "high",
        })),
    )
    .await;
    let filter = TicketFilter {
        status: Some(Status::Open),
        priority: Some(Priority::Medium),
        department: Some(1),
        customer: Some(7),
        assigned_to: Some(8),
    };
    check(
        tickets(&filter, paging),
        &to(
            "GET",
            "/tickets?per_page=50&page=2&status=open&priority=medium&department_id=1&customer_id=7&assigned_to=8",
        ),
        None,
    )
    .await;
    check(ticket(5), &to("GET", "/tickets/5"), None).await;
    let change = TicketChange {
        status: Some(Status::Closed),
        priority: Some(Priority::Low),
        assigned_to: Some(None),
        department: Some(1),
        category: Some(2),
        product: Some(3),
        is_resolved: Some(true),
        is_locked: Some(false),
        labels: Some(vec![4]),
    };
    check(
        update_ticket(5, &change).unwrap(),
        &to("PUT", "/tickets/5"),
        Some(json!({
            "status": "closed", "priority": "low", "assigned_to": null, "department_id": 1, "category_id": 2,
            "product_id": 3, "is_resolved": true, "is_locked": false, "labels": [4],
        })),
    )
    .await;
    check(delete_ticket(5), &to("DELETE", "/tickets/5"), None).await;
    let path = to("GET", "/tickets/5/messages?per_page=50&page=2");
    check(messages(5, paging), &path, None).await;
    check(
        post_message(5, &ReplyRequest::internal("Edited.")).unwrap(),
        &to("POST", "/tickets/5/messages"),
        Some(json!({"content": "Edited.", "is_internal": true})),
    )
    .await;
}

#[test]
fn what_would_be_refused_is_not_sent() {
    let field = |refused: Result<(), crate::Invalid>| refused.unwrap_err().field;
    let unknown = Status::Unknown("escalated".to_owned());
    let pressing = Priority::Unknown("urgent".to_owned());
    let long = |length| "x".repeat(length);

    let blank = ReplyRequest::public(" \n\u{200b}");
    assert_eq!(field(external::reply(5, &blank).map(drop)), "content");
    assert_eq!(
        field(internal::post_message(5, &blank).map(drop)),
        "content"
    );
    assert_eq!(field(external::search_articles(" a ").map(drop)), "q");
    for (status, priority, expected) in [
        (Some(unknown.clone()), None, "status"),
        (None, Some(pressing.clone()), "priority"),
    ] {
        let update = TicketUpdate {
            status: status.clone(),
            priority: priority.clone(),
            labels: None,
        };
        assert_eq!(
            field(external::update_ticket(5, &update).map(drop)),
            expected
        );
        let change = internal::TicketChange {
            status,
            priority,
            ..internal::TicketChange::default()
        };
        assert_eq!(
            field(internal::update_ticket(5, &change).map(drop)),
            expected
        );
    }
    let profile =
        |name: Option<String>, phone: Option<String>, locale: Option<String>, settings| {
            let update = ProfileUpdate {
                name,
                phone: Some(phone),
                locale: Some(locale),
                notification_settings: settings,
            };
            field(external::update_profile(&update).map(drop))
        };
    assert_eq!(profile(Some(" ".to_owned()), None, None, None), "name");
    assert_eq!(profile(Some(long(251)), None, None, None), "name");
    assert_eq!(profile(None, Some(long(51)), None, None), "phone");
    assert_eq!(profile(None, None, Some(long(11)), None), "locale");
    assert_eq!(
        profile(None, None, None, Some(json!("all"))),
        "notification_settings"
    );

    let customer =
        |customer: internal::NewCustomer| field(internal::create_customer(&customer).map(drop));
    let jo = || internal::NewCustomer::new("Jo", "jo@example.com");
    assert_eq!(
        customer(internal::NewCustomer {
            name: String::new(),
            ..jo()
        }),
        "name"
    );
    assert_eq!(
        customer(internal::NewCustomer {
            email: long(251),
            ..jo()
        }),
        "email"
    );
    assert_eq!(
        customer(internal::NewCustomer {
            phone: Some(long(51)),
            ..jo()
        }),
        "phone"
    );
    assert_eq!(
        customer(internal::NewCustomer {
            envato_username: Some(long(251)),
            ..jo()
        }),
        "envato_username"
    );
    assert_eq!(
        field(internal::update_customer(7, &internal::NewCustomer::new("", "x")).map(drop)),
        "name"
    );
    let ticket = |title: &str, content: &str, priority| {
        let new = internal::NewTicket {
            priority,
            ..internal::NewTicket::new(7, title, content)
        };
        field(internal::create_ticket(&new).map(drop))
    };
    assert_eq!(ticket("", "x", None), "title");
    assert_eq!(ticket(&long(501), "x", None), "title");
    assert_eq!(ticket("x", " ", None), "content");
    assert_eq!(ticket("x", "x", Some(pressing)), "priority");
}
