use std::error::Error as _;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use serde_json::Value;
use tokio::io::AsyncWriteExt;

use super::*;
use crate::{Kind, Ticket, TicketId, external, graphql, tickets};
use server::Server;

mod answers;
mod hostile;
mod server;
mod wire;

const KEY_TEXT: &str = "k3y-s3cret";

fn client(server: &Server) -> Client {
    let http = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
        .unwrap();
    let key = ApiKey::new(KEY_TEXT).unwrap();
    Client::new(http, &server.base(), key).unwrap()
}

fn ticket() -> TicketId {
    12345.into()
}

fn with_body(status: u16, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// What comes of a call that is answered with `answer`.
async fn outcome<T>(call: &Call<T>, answer: &str) -> Result<Answer<T>, Error> {
    let server = Server::start().await;
    let client = client(&server);
    let (outcome, _) = tokio::join!(client.send(call), server.answer(answer));
    outcome
}

async fn refusal(answer: &str) -> Error {
    outcome(&tickets::recall(&ticket()), answer)
        .await
        .unwrap_err()
}

/// Everything that an error says, also in its sources.
fn shown(error: &Error) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        shown.push_str(&format!(": {error} {error:?}"));
        source = error.source();
    }
    shown
}

fn assert_discreet(error: &Error) {
    let shown = shown(error);
    assert!(!shown.contains(KEY_TEXT), "{shown}");
    assert!(!shown.contains("127.0.0.1:"), "{shown}");
}

#[tokio::test]
async fn a_refused_connection_is_unreachable() {
    let server = Server::start().await;
    let client = client(&server);
    drop(server);
    let error = client.send(&tickets::recall(&ticket())).await.unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert_eq!((error.kind(), error.status()), (Kind::Unreachable, None));
    assert!(!shown(&error).contains(KEY_TEXT), "{error:?}");
}

#[tokio::test]
async fn a_failed_handshake_is_unreachable() {
    let server = Server::start().await;
    let mut base = server.base();
    base.set_scheme("https").unwrap();
    let client = Client {
        base,
        ..client(&server)
    };
    let plain = async {
        let mut stream = server.accept().await;
        stream.write_all(b"HTTP/1.1 400 Bad\r\n\r\n").await.unwrap();
        stream
    };
    let request = Request::get("/v1");
    let (outcome, _stream) = tokio::join!(client.execute(&request), plain);
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert_discreet(&error);
}

#[derive(Debug, Error)]
#[error("this address may not be called")]
struct Forbidden;

impl Resolve for Forbidden {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err::<Addrs, _>(Forbidden.into()) })
    }
}

#[tokio::test]
async fn what_the_callers_resolver_says_is_among_the_sources() {
    let http = reqwest::Client::builder().no_proxy();
    let http = http.dns_resolver(Arc::new(Forbidden)).build().unwrap();
    let key = ApiKey::new(KEY_TEXT).unwrap();
    let client = Client::new(http, &"http://qminder.test".parse().unwrap(), key).unwrap();
    let error = client.send(&tickets::recall(&ticket())).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert!(!shown(&error).contains("qminder.test"), "{}", shown(&error));
    let mut source = error.source();
    while source.is_some_and(|error| !error.is::<Forbidden>()) {
        source = source.and_then(|error| error.source());
    }
    assert!(source.is_some(), "{error:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_unanswered() {
    for reset in [false, true] {
        let server = Server::start().await;
        let client = client(&server);
        let hang_up = async {
            let (stream, _) = server.request().await;
            if reset {
                stream.set_zero_linger().unwrap();
            }
        };
        let call = tickets::recall(&ticket());
        let (outcome, ()) = tokio::join!(client.send(&call), hang_up);
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::Unanswered(_)), "{error:?}");
        assert_eq!(error.kind(), Kind::Unanswered);
        assert_discreet(&error);
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_unanswered() {
    let server = Server::start().await;
    let client = client(&server).with_timeout(Duration::from_secs(60));
    let silence = async {
        let (stream, _) = server.request().await;
        // Nothing is on its way any more, so that the clock may jump to the timeout.
        tokio::time::pause();
        std::future::pending::<()>().await;
        drop(stream);
    };
    let call = tickets::recall(&ticket());
    let outcome = tokio::select! {
        outcome = client.send(&call) => outcome,
        () = silence => unreachable!("it waits for ever"),
    };
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), Kind::Unanswered);
    assert_discreet(&error);
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_unanswered() {
    assert_eq!(refusal("220 smtp ready\r\n").await.kind(), Kind::Unanswered);
}

#[tokio::test]
async fn bodies_are_read_up_to_the_limit_and_no_further() {
    let body = r#"{"count": 59}"#;
    for (limit, taken) in [(body.len(), true), (body.len() - 1, false)] {
        let server = Server::start().await;
        let client = client(&server).with_max_body_bytes(limit);
        let call = tickets::count(&tickets::Filter::default());
        let answer = with_body(200, body);
        let (outcome, _) = tokio::join!(client.send(&call), server.answer(&answer));
        match outcome {
            Ok(answer) => assert!(taken && answer.value == 59),
            Err(error) => {
                assert!(!taken);
                assert_eq!(error.kind(), Kind::Unreadable);
                assert_eq!(error.status(), Some(200));
            }
        }
    }
}

#[tokio::test]
async fn bodies_without_end_end() {
    for (status, kind) in [(200, Kind::Unreadable), (404, Kind::NotFound)] {
        let server = Server::start().await;
        let client = client(&server).with_max_body_bytes(100_000);
        let flood = async {
            let (mut stream, _) = server.request().await;
            let head = format!("HTTP/1.1 {status} X\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            // Ends when the other side has hung up.
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
        };
        let call = tickets::get(&ticket(), &[]);
        let (outcome, ()) = tokio::join!(client.send(&call), flood);
        assert_eq!(outcome.unwrap_err().kind(), kind);
    }
}

#[tokio::test]
async fn what_nobody_reads_cannot_be_unreadable() {
    for answer in [
        "HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\n{\"stat",
        "HTTP/1.1 204 X\r\n\r\n",
        "HTTP/1.1 200 X\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ] {
        let call = tickets::recall(&ticket());
        assert!(outcome(&call, answer).await.is_ok(), "{answer}");
    }
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_told_from_a_failure_and_shows_nothing() {
    for body in [
        "",
        "[]",
        "{}",
        "<html>",
        r#"{"id":"","publicId":"s3nsitive"}"#,
        r#"{"id":"s3nsitive text"}"#,
    ] {
        let new = tickets::NewTicket::new(1.into(), "Jo");
        let call = tickets::create(&new).unwrap();
        let answer = with_body(201, body);
        let error = outcome(&call, &answer).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unreadable, "{body}");
        assert_eq!(error.status(), Some(201));
        assert!(!shown(&error).contains("s3nsitive"), "{}", shown(&error));
    }
    // A search without data is not a search without results.
    let call = tickets::search(&tickets::Search::default());
    let error = outcome(&call, &with_body(200, r#"{"statusCode":200}"#)).await;
    assert_eq!(error.unwrap_err().kind(), Kind::Unreadable);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    for answer in [
        "HTTP/1.1 301 X\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
        "HTTP/1.1 308 X\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 304 X\r\n\r\n",
    ] {
        assert_eq!(refusal(answer).await.kind(), Kind::Redirected, "{answer}");
    }
}

#[tokio::test]
async fn an_answer_from_elsewhere_is_none() {
    let server = Server::start().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = Client {
        http,
        ..client(&server)
    };
    let elsewhere = async {
        server
            .answer("HTTP/1.1 307 X\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
            .await;
        server.answer(&with_body(200, r#"{"count": 1}"#)).await;
    };
    let call = tickets::count(&tickets::Filter::default());
    let (outcome, ()) = tokio::join!(client.send(&call), elsewhere);
    assert_eq!(outcome.unwrap_err().kind(), Kind::Redirected);
}

#[tokio::test]
async fn targets_stay_below_the_servers_address() {
    let server = Server::start().await;
    let client = client(&server);
    for target in [
        "",
        "v1",
        "@example.com/",
        ".example.com/",
        ":1/",
        "/../x",
        "/v1/./x",
        "/%2e%2E/x",
        "/a b",
        "/é",
        "/x#y",
        "/a\\b",
        "/a\r\nx: y",
        "/'?'",
    ] {
        let error = client.execute(&Request::get(target)).await.unwrap_err();
        assert!(matches!(error, Error::Unsendable(_)), "{target:?}");
        assert_eq!(error.kind(), Kind::Invalid);
    }
}

#[tokio::test]
async fn calls_can_be_sent_from_any_thread() {
    fn check<T: Send>(sent: T) -> T {
        sent
    }

    let server = Server::start().await;
    let client = client(&server);
    let call = tickets::get(&ticket(), &[]);
    let answer = with_body(200, r#"{"id":"12345","status":"NEW"}"#);
    let (outcome, _) = tokio::join!(check(client.send(&call)), server.answer(&answer));
    assert_eq!(outcome.unwrap().value.id, ticket());
}

#[test]
fn a_servers_address_is_a_bare_one_and_may_have_a_path() {
    let new = |base: &str| {
        let key = ApiKey::new(KEY_TEXT).unwrap();
        Client::new(reqwest::Client::new(), &base.parse().unwrap(), key)
    };
    for (base, url) in [
        (Client::BASE, "https://api.qminder.com/v1/x?y=1"),
        (
            "https://proxy.test:8443/qminder",
            "https://proxy.test:8443/qminder/v1/x?y=1",
        ),
        ("http://[::1]:80/qminder/", "http://[::1]/qminder/v1/x?y=1"),
    ] {
        let client = new(base).unwrap();
        assert_eq!(client.url("/v1/x?y=1").unwrap().as_str(), url);
        assert!(!format!("{client:?}").contains(KEY_TEXT));
    }
    for base in [
        "ftp://a.test",
        "mailto:a@b.test",
        "https://me@a.test",
        "https://:pw@a.test",
        "https://a.test/?x",
        "https://a.test/#x",
    ] {
        assert!(matches!(new(base), Err(InvalidBase)), "{base}");
    }
}
