//! A whole request to intake, credentials in every place: the answer is one that the interface knows, a refusal is a
//! problem that says where, and nobody without the token is let in.
#![no_main]

use arbitrary::Arbitrary;
use axum::body::Body;
use axum::http::{HeaderValue, Request};
use libfuzzer_sys::fuzz_target;
use respondo_client::inbound::parse;
use serde_json::Value;
use ticketbridge::http::Peer;
use ticketbridge_fuzz::bridge::{Answer, KEY, TOKEN, TOKEN_NAME, call};
use ticketbridge_fuzz::refusal::check_pointer;

#[derive(Debug, Arbitrary)]
struct Sent<'a> {
    route: Route<'a>,
    content_type: ContentType<'a>,
    headers: Vec<Header<'a>>,
    body: &'a [u8],
}

#[derive(Debug, Arbitrary)]
enum Route<'a> {
    External,
    ExternalJson,
    Create,
    CreateJson,
    Brand(&'a str),
}

#[derive(Debug, Arbitrary)]
enum ContentType<'a> {
    Json,
    Form,
    Other(&'a [u8]),
    Absent,
}

#[derive(Debug, Arbitrary)]
enum Header<'a> {
    Bearer,
    Basic,
    ApiKey,
    Authorization(&'a [u8]),
    OtherApiKey(&'a [u8]),
    ForwardedFor(&'a [u8]),
}

impl Header<'_> {
    fn name_and_value(&self) -> (&'static str, Vec<u8>) {
        match self {
            Self::Bearer => ("authorization", format!("Bearer {TOKEN}").into_bytes()),
            // `n:tk`
            Self::Basic => ("authorization", b"Basic bjp0aw==".to_vec()),
            Self::ApiKey => ("x-api-key", TOKEN.into()),
            Self::Authorization(value) => ("authorization", value.to_vec()),
            Self::OtherApiKey(value) => ("x-api-key", value.to_vec()),
            Self::ForwardedFor(value) => ("x-forwarded-for", value.to_vec()),
        }
    }

    /// Whether it could be the token by any reading.
    fn may_be_right(&self) -> bool {
        match self {
            Self::Bearer | Self::Basic | Self::ApiKey => true,
            Self::Authorization(value) => value.windows(TOKEN.len()).any(|part| {
                part == TOKEN.as_bytes() || part == b"dG" || part == b"Rr" || part == b"aw"
            }),
            Self::OtherApiKey(value) => value.trim_ascii() == TOKEN.as_bytes(),
            Self::ForwardedFor(_) => false,
        }
    }
}

fuzz_target!(|sent: Sent<'_>| {
    let path = match sent.route {
        Route::External => "/brands/b/external_tickets".to_owned(),
        Route::ExternalJson => "/brands/b/external_tickets.json".to_owned(),
        Route::Create => "/brands/b/tickets/create_external".to_owned(),
        Route::CreateJson => "/brands/b/tickets/create_external.json".to_owned(),
        Route::Brand(brand) => format!("/brands/{brand}/external_tickets"),
    };
    let mut request = Request::post(path).extension(Peer::Tcp(([127, 0, 0, 1], 9).into()));
    let content_type = match sent.content_type {
        ContentType::Json => Some(&b"application/json"[..]),
        ContentType::Form => Some(&b"application/x-www-form-urlencoded"[..]),
        ContentType::Other(value) => Some(value),
        ContentType::Absent => None,
    };
    if let Some(value) = content_type {
        request = request.header("content-type", value);
    }
    for header in &sent.headers {
        let (name, value) = header.name_and_value();
        request = request.header(name, value);
    }
    // What is no HTTP never comes so far.
    let Ok(request) = request.body(Body::from(sent.body.to_vec())) else {
        return;
    };
    let answer = call(request);
    match answer.status.as_u16() {
        200 | 201 => check_taken(&sent, content_type, &answer),
        400 | 401 | 403 | 404 | 413 | 415 | 422 | 429 => check_problem(&answer),
        _ => panic!("{answer:?}"),
    }
});

fn check_taken(sent: &Sent<'_>, content_type: Option<&[u8]>, answer: &Answer) {
    let text = content_type.and_then(|value| std::str::from_utf8(value).ok());
    let parsed = parse(text, sent.body).expect("it was read");
    let ticket = parsed.ticket.expect("it was taken");
    let in_body = parsed
        .credentials
        .is_some_and(|found| found.token == TOKEN && found.name.as_deref() == Some(TOKEN_NAME));
    assert!(in_body || sent.headers.iter().any(Header::may_be_right));

    let told = answer.json();
    assert_eq!(told["external_uid"], ticket.external_uid.as_str());
    assert_eq!(told["content"], ticket.content.as_str());
    assert_eq!(told["response_url_known"], true);
    // What was taken is there, and readable.
    let path = format!(
        "/api/v1/external/tickets/{}/messages?per_page=100",
        told["id"]
    );
    for path in [format!("/api/v1/external/tickets/{}", told["id"]), path] {
        let request = Request::get(path)
            .header("x-api-key", KEY)
            .body(Body::empty());
        let answer = call(request.expect("it is a request"));
        // A daemon forgets everything after so many calls.
        assert!([200, 404].contains(&answer.status.as_u16()), "{answer:?}");
    }
}

fn check_problem(answer: &Answer) {
    let problem_json = HeaderValue::from_static("application/problem+json");
    assert_eq!(answer.headers.get("content-type"), Some(&problem_json));
    let problem = answer.json();
    assert_eq!(problem["status"], answer.status.as_u16());
    assert!(problem["error"].is_string() && problem["error"] == problem["detail"]);
    let errors = problem["errors"].as_array().expect("it is a list");
    assert_eq!(errors.is_empty(), answer.status.as_u16() != 422);
    for error in errors {
        check_pointer(error["pointer"].as_str().expect("it is text"));
        assert!(
            error["detail"]
                .as_str()
                .is_some_and(|detail| !detail.is_empty())
        );
    }
    assert_ne!(problem["title"], Value::Null);
}
