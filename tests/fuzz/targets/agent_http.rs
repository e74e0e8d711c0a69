//! A whole request to the agent API: the answer is one that the interface knows, in its own shape, and lists keep to
//! their bounds whatever is asked of them.
#![no_main]

use arbitrary::Arbitrary;
use axum::body::Body;
use axum::http::Request;
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use ticketbridge_fuzz::bridge::{Answer, KEY, TOKEN, call};

#[derive(Debug, Arbitrary)]
struct Sent<'a> {
    key: Key<'a>,
    route: Route<'a>,
    query: Option<&'a str>,
    method: Method,
    body: Option<(bool, &'a [u8])>,
}

#[derive(Debug, Arbitrary)]
enum Method {
    Get,
    Post,
    Put,
}

#[derive(Debug, Arbitrary)]
enum Key<'a> {
    Right,
    Other(&'a [u8]),
    Absent,
}

#[derive(Debug, Arbitrary)]
enum Route<'a> {
    Tickets,
    Ticket(u64),
    Messages(u64),
    TicketNamed(&'a str),
    Close(u64),
    Like(u64, u64),
    Dashboard,
    Profile,
    Notifications,
    Unread,
    Read(u64),
    CannedResponses,
    Search,
    Other(&'a str),
}

fuzz_target!(|sent: Sent<'_>| {
    has_a_ticket();
    let path = match sent.route {
        Route::Tickets => "/tickets".to_owned(),
        Route::Ticket(number) => format!("/tickets/{number}"),
        Route::Messages(number) => format!("/tickets/{number}/messages"),
        Route::TicketNamed(name) => format!("/tickets/{name}/messages"),
        Route::Close(number) => format!("/tickets/{number}/close"),
        Route::Like(number, message) => format!("/tickets/{number}/messages/{message}/like"),
        Route::Dashboard => "/dashboard".to_owned(),
        Route::Profile => "/profile".to_owned(),
        Route::Notifications => "/notifications".to_owned(),
        Route::Unread => "/notifications/unread-count".to_owned(),
        Route::Read(number) => format!("/notifications/{number}/read"),
        Route::CannedResponses => "/canned-responses".to_owned(),
        Route::Search => "/knowledge-base/search".to_owned(),
        Route::Other(rest) => format!("/{rest}"),
    };
    let query = sent
        .query
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let method = match sent.method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Put => "PUT",
    };
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/api/v1/external{path}{query}"));
    let key = match sent.key {
        Key::Right => Some(KEY.as_bytes()),
        Key::Other(key) => Some(key),
        Key::Absent => None,
    };
    if let Some(key) = key {
        request = request.header("x-api-key", key);
    }
    let (is_json, body) = sent.body.unwrap_or_default();
    let content_type = if is_json {
        "application/json"
    } else {
        "application/x-www-form-urlencoded"
    };
    let request = request.header("content-type", content_type);
    // What is no HTTP never comes so far.
    let Ok(request) = request.body(Body::from(body.to_vec())) else {
        return;
    };
    let answer = call(request);
    let is_right = key.is_some_and(|key| key.trim_ascii() == KEY.as_bytes());
    match answer.status.as_u16() {
        200 | 201 => check_told(&answer, is_right),
        400 | 401 | 403 | 404 | 405 | 413 | 422 | 429 => {
            assert!(
                answer.json()["message"]
                    .as_str()
                    .is_some_and(|said| !said.is_empty())
            );
        }
        _ => panic!("{answer:?}"),
    }
});

/// A ticket to ask about; the same again is a duplicate.
fn has_a_ticket() {
    let ticket = json!({
        "external_uid": "1",
        "content": "c",
        "response_url": "https://hooks.example.com/",
        "author": { "external_uid": "a", "username": "A" },
        "created_at": "2020-04-04 23:35:27 UTC",
    });
    let request = Request::post("/brands/b/external_tickets")
        .header("content-type", "application/json")
        .header("x-api-key", TOKEN)
        .body(Body::from(ticket.to_string()));
    let answer = call(request.expect("it is a request"));
    assert!(answer.status.is_success(), "{answer:?}");
}

fn check_told(answer: &Answer, is_right: bool) {
    assert!(is_right, "a stranger is told {answer:?}");
    let told = answer.json();
    assert_eq!(told["status"], true);
    // Canned responses and what is found are lists without pages.
    if let (Some(items), false) = (told["data"].as_array(), told["meta"].is_null()) {
        let number = |key: &str| told["meta"][key].as_u64().expect("it is a number");
        assert!(items.len() <= 100 && items.len() as u64 <= number("per_page"));
        assert!(number("current_page") >= 1 && number("last_page") >= 1);
        assert!((1..=100).contains(&number("per_page")));
        assert_ne!(told["links"]["first"], Value::Null);
    }
}
