//! What answers mean: refusals, limits, values.

use super::*;

const MISSING: &str = r#"{"message":"Missing header: X-API-KEY"}"#;

async fn refusal<T>(call: &Call<T>, answer: &str) -> Error {
    match outcome(call, answer).await {
        Ok(_) => panic!("taken: {answer}"),
        Err(error) => {
            assert_discreet(&error);
            error
        }
    }
}

#[tokio::test]
async fn every_refusal_has_a_kind() {
    // API overview, section Errors, and what Laravel and proxies say.
    for (status, headers, body, kind) in [
        (400, "", MISSING, Kind::Credentials),
        (400, "", "<html>Bad request</html>", Kind::Invalid),
        (
            400,
            "",
            r#"{"message":"m","errors":{"q":["Q."]}}"#,
            Kind::Invalid,
        ),
        (
            401,
            "",
            r#"{"message":"Invalid API key"}"#,
            Kind::Credentials,
        ),
        (
            401,
            "",
            r#"{"error":true,"data":null,"message":"Unauthenticated."}"#,
            Kind::Credentials,
        ),
        (403, "", r#"{"message":"Locked."}"#, Kind::Locked),
        (404, "", r#"{"message":"Not found"}"#, Kind::NotFound),
        (404, "", "<!doctype html>", Kind::NotFound),
        (
            405,
            "",
            r#"{"message":"The X method is not supported."}"#,
            Kind::Invalid,
        ),
        (413, "", "", Kind::Invalid),
        (422, "", r#"{"message":"m","errors":[]}"#, Kind::Invalid),
        (
            429,
            "",
            r#"{"message":"Too Many Attempts."}"#,
            Kind::Throttled,
        ),
        (500, "", r#"{"message":"Server Error"}"#, Kind::Unavailable),
        (502, "", "<html>Bad gateway</html>", Kind::Unavailable),
        (503, "", "<html>Be right back</html>", Kind::Unavailable),
        (503, "Retry-After: 60\r\n", "", Kind::Throttled),
        (503, "Retry-After: soon\r\n", "", Kind::Unavailable),
        (
            301,
            "Location: https://desk.test/api\r\n",
            "",
            Kind::Redirected,
        ),
        (302, "Location: /\r\n", "<html>", Kind::Redirected),
        (
            302,
            "Location: https://desk.test/agent/login?x=1\r\n",
            "",
            Kind::Credentials,
        ),
        (302, "", "", Kind::Redirected),
        (
            200,
            "",
            "<html><input type=\"password\"></html>",
            Kind::Credentials,
        ),
        (200, "", "<html>Welcome</html>", Kind::Unreadable),
        (
            200,
            "",
            r#"{"status":false,"message":"No."}"#,
            Kind::Unavailable,
        ),
        (
            201,
            "",
            r#"{"error":true,"message":"No."}"#,
            Kind::Unavailable,
        ),
    ] {
        let error = refusal(&reply(), &answer(status, headers, body)).await;
        assert_eq!(error.kind(), kind, "{status} {headers} {body}");
        assert_eq!(error.status(), Some(status), "{body}");
    }
}

#[tokio::test]
async fn a_403_is_about_the_ticket_where_the_call_is() {
    let forbidden = answer(403, "", r#"{"message":"Forbidden scope"}"#);
    let all = internal::TicketFilter::default();
    let listed = refusal(&internal::tickets(&all, Paging::default()), &forbidden).await;
    assert_eq!(listed.kind(), Kind::Credentials);
    let new = internal::NewTicket::new(7, "t", "c");
    let made = refusal(&internal::create_ticket(&new).unwrap(), &forbidden).await;
    assert_eq!(made.kind(), Kind::Credentials);
    assert_eq!(
        refusal(&external::profile(), &forbidden).await.kind(),
        Kind::Credentials
    );
    assert_eq!(
        refusal(&external::close(5), &forbidden).await.kind(),
        Kind::Locked
    );
    assert_eq!(
        refusal(&external::ticket(5), &forbidden).await.kind(),
        Kind::Locked
    );
}

#[tokio::test]
async fn a_throttled_call_knows_how_long_if_the_answer_tells() {
    let at = |text: &str| Some(RetryAfter::At(text.parse().unwrap()));
    for (headers, expected) in [
        ("", None),
        (
            "Retry-After: 0\r\n",
            Some(RetryAfter::After(Duration::ZERO)),
        ),
        (
            "Retry-After: 30\r\nX-RateLimit-Reset: 1773585000\r\n",
            Some(RetryAfter::After(Duration::from_secs(30))),
        ),
        (
            "Retry-After: Sun, 15 Mar 2026 14:30:00 GMT\r\n",
            at("2026-03-15T14:30:00Z"),
        ),
        (
            "X-RateLimit-Reset: 1773585000\r\n",
            at("2026-03-15T14:30:00Z"),
        ),
        ("Retry-After: soon\r\n", None),
    ] {
        let headers = format!("X-RateLimit-Limit: 60\r\nX-RateLimit-Remaining: 0\r\n{headers}");
        let error = refusal(&reply(), &answer(429, &headers, "")).await;
        assert_eq!(error.kind(), Kind::Throttled);
        assert_eq!(error.retry_after(), expected, "{headers}");
        let limit = error.refusal().unwrap().rate_limit;
        assert_eq!((limit.limit, limit.remaining), (Some(60), Some(0)));
    }
}

#[tokio::test]
async fn all_fields_at_fault_are_named() {
    let body =
        r#"{"message":"A. (and 1 more error)","errors":{"email":["A.","B."],"name":["C."]}}"#;
    let new = internal::NewCustomer::new("Jo", "jo@example.com");
    let call = internal::create_customer(&new).unwrap();
    let error = refusal(&call, &answer(422, "", body)).await;
    let refused = error.refusal().unwrap();
    assert_eq!(
        (error.kind(), refused.blames("email")),
        (Kind::Invalid, true)
    );
    assert_eq!(refused.errors["email"], ["A.", "B."]);
    assert_eq!(refused.errors["name"], ["C."]);
    assert_eq!(refused.message, "A. (and 1 more error)");
}

#[tokio::test]
async fn a_server_that_repeats_the_key_is_not_repeated() {
    let body = format!(
        r#"{{"message":"Invalid API key {KEY_TEXT}\nx","errors":{{"{KEY_TEXT}":["{KEY_TEXT}"]}}}}"#
    );
    let error = refusal(&reply(), &answer(401, "", &body)).await;
    assert_eq!(error.refusal().unwrap().message, "Invalid API key [key] x");
}

#[tokio::test]
async fn the_servers_clock_and_limits_are_on_every_answer() {
    let headers = "Date: Sun, 15 Mar 2026 14:30:00 GMT\r\nX-RateLimit-Limit: 60\r\nX-RateLimit-Remaining: 59\r\n";
    let date: Timestamp = "2026-03-15T14:30:00Z".parse().unwrap();
    let body = r#"{"status":true,"data":[]}"#;
    let call = external::tickets(&external::TicketFilter::default(), Paging::default());
    let said = outcome(&call, &answer(200, headers, body)).await.unwrap();
    assert_eq!((said.date, said.status), (Some(date), 200));
    assert_eq!(
        (said.rate_limit.limit, said.rate_limit.remaining),
        (Some(60), Some(59))
    );
    for status in [404, 200] {
        let error = refusal(
            &external::ticket(5),
            &answer(status, headers, r#"{"message":"m"}"#),
        )
        .await;
        let refused = error.refusal().unwrap();
        assert_eq!(
            (refused.date, refused.rate_limit.remaining),
            (Some(date), Some(59))
        );
    }
    let bare = outcome(&call, &answer(200, "Date: now\r\n", body))
        .await
        .unwrap();
    assert_eq!((bare.date, bare.rate_limit), (None, RateLimit::default()));
}

#[tokio::test]
async fn a_success_that_cannot_be_read_shows_nothing() {
    for body in [
        "",
        "[]",
        "{}",
        r#"{"data":{"id":"s3nsitive"}}"#,
        "{\"s3nsitive",
    ] {
        let new = internal::NewTicket::new(7, "t", "c");
        let call = internal::create_ticket(&new).unwrap();
        let error = refusal(&call, &answer(201, "", body)).await;
        assert_eq!(
            (error.kind(), error.status()),
            (Kind::Unreadable, Some(201)),
            "{body}"
        );
        assert!(!shown(&error).contains("s3nsitive"), "{}", shown(&error));
    }
}

#[tokio::test]
async fn values_are_those_of_the_documents_examples() {
    // External API, with text of our own.
    let say = |body: &str| answer(200, "", body);
    let body = r#"{"status":true,"message":"Connection check successful"}"#;
    assert!(
        outcome(&external::connection_check(), &say(body))
            .await
            .is_ok()
    );
    let body = r#"{"message":"Health check successful"}"#;
    assert!(outcome(&crate::health_check(), &say(body)).await.is_ok());

    let body = r#"{"status":true,"data":{"liked":true,"count":3}}"#;
    let like = outcome(&external::toggle_like(5, 6), &say(body))
        .await
        .unwrap()
        .value;
    assert_eq!((like.liked, like.count), (true, 3));

    let body = r#"{"status":true,"data":{"id":3,"name":"Kim","email":"kim@example.com","phone":"+1","locale":"en",
        "avatar_url":"https://a.test/x","notification_settings":[],"is_active":true,"created_at":"2026-01-01T00:00:00.000000Z"}}"#;
    let profile = outcome(&external::profile(), &say(body))
        .await
        .unwrap()
        .value;
    assert_eq!((profile.id, profile.name.as_str()), (3, "Kim"));
    assert_eq!(
        profile.created().unwrap().to_string(),
        "2026-01-01T00:00:00Z"
    );

    let body = r#"{"data":[{"id":1,"type":"ticket_reply","title":"New reply on #12","message":"m","ticket_id":"42",
        "sender_name":"Jo","sender_avatar":null,"is_read":0,"created_at":"2026-03-15T14:35:00+00:00"},
        {"id":2,"type":"escalated"}],"meta":{"current_page":1,"last_page":1,"per_page":20,"total":2}}"#;
    let told = outcome(&external::notifications(Paging::default()), &say(body))
        .await
        .unwrap()
        .value;
    assert_eq!((told.items.len(), told.unreadable), (2, 0));
    assert_eq!(told.items[0].ticket_id, Some(42));
    assert_eq!(
        told.items[0].created().unwrap().to_string(),
        "2026-03-15T14:35:00Z"
    );
    assert_eq!(told.items[1].kind, "escalated");

    let body = r#"{"data":[{"id":1,"title":"t","content":"c","category":null,"shortcut":"/t","is_active":"1","sort_order":0}]}"#;
    let canned = outcome(&external::canned_responses(), &say(body))
        .await
        .unwrap()
        .value;
    assert!(canned.items[0].is_active);

    let body = r#"{"data":[{"id":1,"title":"t","slug":"t","excerpt":"e","content":"c","category":{"id":1,"name":"Account"},
        "views":"142","status":"published","created_at":"2026-01-10T08:00:00Z"}]}"#;
    let found = outcome(&external::search_articles("te").unwrap(), &say(body))
        .await
        .unwrap()
        .value;
    assert_eq!((found.items[0].views, found.items[0].id), (142, 1));
}

#[tokio::test]
async fn a_ticket_is_read_with_what_it_has() {
    let body = r#"{"status":true,"data":{"id":"5","reference_id":null,"title":"t","content":"c","status":"on_hold",
        "priority":null,"department":null,"labels":[{"id":"1","name":"Defect","color":null}],
        "custom_fields":[{"id":1,"label":"Age","type":"number","value":7}],"is_resolved":null,"is_locked":1,
        "last_reply_at":"2026-03-15 14:30:00","closed_at":null,"created_at":null,"updated_at":"2026-03-15T14:30:00.000000Z"}}"#;
    let ticket = outcome(&external::ticket(5), &answer(200, "", body))
        .await
        .unwrap()
        .value;
    assert_eq!(
        (ticket.id, ticket.is_locked, ticket.is_resolved),
        (5, true, false)
    );
    assert_eq!(ticket.custom_fields[0].value.as_deref(), Some("7"));
    assert_eq!(
        (ticket.labels[0].id, ticket.labels[0].color.as_str()),
        (1, "")
    );
    assert_eq!(ticket.last_reply(), ticket.updated());
    assert_eq!((ticket.created(), ticket.closed()), (None, None));
}

#[tokio::test]
async fn what_was_made_has_a_number() {
    let new = internal::NewCustomer::new("Jo", "jo@example.com");
    let call = internal::create_customer(&new).unwrap();
    for (status, body) in [
        (
            201,
            r#"{"data":{"id":7,"name":"Jo","email":"Jo@Example.com"}}"#,
        ),
        (
            200,
            r#"{"status":true,"data":{"customer":{"id":"7","email":"JO@example.com"}}}"#,
        ),
    ] {
        let made = outcome(&call, &answer(status, "", body))
            .await
            .unwrap()
            .value;
        assert_eq!((made.id, made.has_email(" jo@example.COM ")), (7, true));
        assert!(!made.has_email("") && !made.has_email("joe@example.com"));
    }
    let new = internal::NewTicket::new(7, "t", "c");
    let call = internal::create_ticket(&new).unwrap();
    for (body, whole) in [
        (r#"{"data":{"id":5,"status":"open"}}"#, true),
        (r#"{"status":true,"data":{"id":5}}"#, false),
        (
            r#"{"status":true,"data":{"ticket":{"id":5,"status":"open"}}}"#,
            true,
        ),
    ] {
        let made = outcome(&call, &answer(201, "", body)).await.unwrap().value;
        assert_eq!((made.id, made.ticket.is_some()), (5, whole), "{body}");
    }
    let empty = r#"{"data":[]}"#;
    let none = outcome(
        &internal::customers(Paging::default()),
        &answer(200, "", empty),
    )
    .await
    .unwrap();
    assert!(none.value.items.is_empty());
}
