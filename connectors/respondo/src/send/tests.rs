use std::error::Error as _;
use std::sync::Arc;

use http::header::{AUTHORIZATION, HOST, HeaderName};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::redirect::Policy;
use tokio::io::AsyncWriteExt;

use super::*;
use crate::Author;
use crate::server::Server;

const MINUTE: Duration = Duration::from_secs(60);
const LIMITS: Limits = Limits {
    max_body_bytes: 1000,
};
const RESPONSE: &str = concat!(
    r#"{"external_uid":7,"author":{"external_uid":"a","username":"b"},"#,
    r#""parent_uid":"p","content":"c","created_at":"2019-01-01 23:35:27.632879 UTC"}"#
);

fn client() -> Client {
    Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()
        .unwrap()
}

async fn post(url: &Url, timeout: Duration) -> Result<Outcome, SendError> {
    let body = Bytes::from_static(b"{}");
    send(&client(), url, HeaderMap::new(), body, timeout, LIMITS).await
}

/// What comes of one call that is answered with `answer`.
async fn outcome(answer: &str) -> Outcome {
    let server = Server::start().await;
    let url = server.url("/");
    let (outcome, _) = tokio::join!(post(&url, MINUTE), server.answer(answer));
    outcome.unwrap()
}

fn with_body(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// Everything that an error says, also in its sources.
fn shown(error: &SendError) -> String {
    let mut shown = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        shown.push_str(&format!(": {error}"));
        source = error.source();
    }
    shown
}

#[tokio::test]
async fn the_request_is_the_one_that_was_asked_for() {
    let server = Server::start().await;
    let mut url = server.url("/hooks/catch/1/a%20b/?x=1&y=%C3%A9");
    url.set_username("me").unwrap();
    url.set_password(Some("pass")).unwrap();
    let mut headers = HeaderMap::new();
    headers.insert(
        HeaderName::from_static("webhook-id"),
        HeaderValue::from_static("d-1"),
    );
    let reply = crate::reply::Reply {
        response_text: "é".to_owned(),
        author: Author {
            external_uid: "1".to_owned(),
            username: "Kim".to_owned(),
        },
        parent_id: "t-1".to_owned(),
    };
    let body = Bytes::from(reply.to_wire());
    let client = client();
    let answer = with_body(RESPONSE);
    let (outcome, request) = tokio::join!(
        send(&client, &url, headers, body.clone(), MINUTE, LIMITS),
        server.answer(&answer),
    );

    assert_eq!(
        request.line,
        "POST /hooks/catch/1/a%20b/?x=1&y=%C3%A9 HTTP/1.1"
    );
    let header = |name: &str| request.headers.get(name).map(String::as_str);
    assert_eq!(header("content-type"), Some("application/json"));
    assert_eq!(header("accept"), Some("application/json"));
    assert_eq!(header("webhook-id"), Some("d-1"));
    assert_eq!(header(HOST.as_str()), Some(&*server.address().to_string()));
    assert_eq!(header(AUTHORIZATION.as_str()), Some("Basic bWU6cGFzcw=="));
    assert_eq!(request.body, body);

    let Outcome::Delivered { status, response } = outcome.unwrap() else {
        panic!("not delivered");
    };
    assert_eq!(status, 200);
    assert_eq!(response.unwrap().external_uid, "7");
}

#[tokio::test]
async fn headers_of_the_caller_are_not_overruled() {
    let server = Server::start().await;
    let url = server.url("/");
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x"));
    let client = client();
    let (_, request) = tokio::join!(
        send(
            &client,
            &url,
            headers,
            Bytes::from_static(b"x"),
            MINUTE,
            LIMITS
        ),
        server.answer("HTTP/1.1 204 No Content\r\n\r\n"),
    );
    assert_eq!(request.headers["content-type"], "application/x");
    assert_eq!(request.body, b"x");
}

#[tokio::test]
async fn any_2xx_is_delivered_and_only_a_valid_response_is_one() {
    let unverified = |status| Outcome::Delivered {
        status,
        response: None,
    };
    for (answer, expected) in [
        ("HTTP/1.1 204 No Content\r\n\r\n", unverified(204)),
        (
            "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n",
            unverified(202),
        ),
        ("HTTP/1.0 200 OK\r\n\r\nthanks", unverified(200)),
        (
            "HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\n{}",
            unverified(299),
        ),
        // A body that breaks off, by its length and by its chunks.
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"external",
            unverified(200),
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{\"ex",
            unverified(200),
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            unverified(200),
        ),
    ] {
        assert_eq!(outcome(answer).await, expected, "{answer}");
    }
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_limit_and_no_longer() {
    for (length, valid) in [
        (LIMITS.max_body_bytes, true),
        (LIMITS.max_body_bytes + 1, false),
    ] {
        let padded = format!("{RESPONSE:<length$}");
        let Outcome::Delivered { response, .. } = outcome(&with_body(&padded)).await else {
            panic!("not delivered");
        };
        assert_eq!(response.is_some(), valid);
    }
}

#[tokio::test]
async fn a_body_without_end_is_delivered() {
    let server = Server::start().await;
    let url = server.url("/");
    let flood = async {
        let (mut stream, _) = server.request().await;
        let head = b"HTTP/1.1 200 OK\r\n\r\n";
        stream.write_all(head).await.unwrap();
        // Ends when the other side has hung up.
        while stream.write_all(&[b' '; 4096]).await.is_ok() {}
    };
    let (outcome, ()) = tokio::join!(post(&url, MINUTE), flood);
    assert_eq!(
        outcome.unwrap(),
        Outcome::Delivered {
            status: 200,
            response: None
        }
    );
}

#[tokio::test]
async fn a_body_that_drips_is_delivered_when_the_time_is_up() {
    let server = Server::start().await;
    let url = server.url("/");
    let timeout = Duration::from_secs(1);
    let drip = async {
        let (mut stream, _) = server.request().await;
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n";
        stream.write_all(head).await.unwrap();
        let mut drops = tokio::time::interval(Duration::from_millis(50));
        while stream.write_all(b" ").await.is_ok() {
            drops.tick().await;
        }
    };
    let (outcome, ()) = tokio::join!(post(&url, timeout), drip);
    assert_eq!(
        outcome.unwrap(),
        Outcome::Delivered {
            status: 200,
            response: None
        }
    );
}

#[tokio::test]
async fn redirects_are_rejected_and_not_followed() {
    for (answer, status, location) in [
        (
            "HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
            301,
            true,
        ),
        (
            "HTTP/1.1 308 Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
            308,
            true,
        ),
        ("HTTP/1.1 304 Not Modified\r\n\r\n", 304, false),
        ("HTTP/1.1 400 Bad\r\nLocation: /there\r\n\r\n", 400, false),
    ] {
        assert_eq!(
            outcome(answer).await,
            Outcome::Rejected {
                status,
                gone: false,
                location
            }
        );
    }
}

#[tokio::test]
async fn errors_are_classified_whatever_their_bodies_are() {
    // The body breaks off, which is nobody's concern.
    let body = "Content-Length: 5\r\n\r\n";
    for (status, expected) in [
        (404, Outcome::Retry { status: 404 }),
        (500, Outcome::Retry { status: 500 }),
        (503, Outcome::Retry { status: 503 }),
        (
            410,
            Outcome::Rejected {
                status: 410,
                gone: true,
                location: false,
            },
        ),
        (
            422,
            Outcome::Rejected {
                status: 422,
                gone: false,
                location: false,
            },
        ),
    ] {
        assert_eq!(
            outcome(&format!("HTTP/1.1 {status} X\r\n{body}")).await,
            expected
        );
    }
}

#[tokio::test]
async fn retry_after_is_read_in_both_spellings() {
    let at = RetryAfter::At("1994-11-06T08:49:37Z".parse().unwrap());
    let after = RetryAfter::After(Duration::from_secs(120));
    for (status, header, retry_after) in [
        (429, "Retry-After: 120", Some(after)),
        (429, "retry-after: Sun, 06 Nov 1994 08:49:37 GMT", Some(at)),
        (429, "Retry-After: 1e400", None),
        (429, "Retry-After: \u{e9}", None),
        (429, "X: y", None),
        (503, "Retry-After: 120", Some(after)),
        (503, "Retry-After: Sunday, 06-Nov-94 08:49:37 GMT", Some(at)),
    ] {
        assert_eq!(
            outcome(&format!("HTTP/1.1 {status} X\r\n{header}\r\n\r\n")).await,
            Outcome::Throttled {
                status,
                retry_after
            },
            "{header}"
        );
    }
    assert_eq!(
        outcome("HTTP/1.1 503 X\r\nRetry-After: -1\r\n\r\n").await,
        Outcome::Retry { status: 503 }
    );
}

#[tokio::test]
async fn a_refused_connection_is_unreachable() {
    let server = Server::start().await;
    let url = server.url("/s3cret");
    drop(server);
    let error = post(&url, MINUTE).await.unwrap_err();
    assert!(matches!(error, SendError::Unreachable(_)), "{error:?}");
    assert!(!shown(&error).contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn a_failed_handshake_is_unreachable() {
    let server = Server::start().await;
    let mut url = server.url("/s3cret");
    url.set_scheme("https").unwrap();
    let plain = async {
        let mut stream = server.accept().await;
        stream.write_all(b"HTTP/1.1 400 Bad\r\n\r\n").await.unwrap();
        stream
    };
    let (outcome, _stream) = tokio::join!(post(&url, MINUTE), plain);
    let error = outcome.unwrap_err();
    assert!(matches!(error, SendError::Unreachable(_)), "{error:?}");
    assert!(!shown(&error).contains("s3cret"), "{error:?}");
}

#[derive(Debug, Error)]
#[error("no such name")]
struct NoSuchName;

impl Resolve for NoSuchName {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(async { Err::<Addrs, _>(NoSuchName.into()) })
    }
}

#[tokio::test]
async fn the_resolvers_own_error_is_among_the_sources() {
    let client = Client::builder()
        .no_proxy()
        .dns_resolver(Arc::new(NoSuchName))
        .build()
        .unwrap();
    let url = "http://receiver.test/s3cret".parse().unwrap();
    let error = send(
        &client,
        &url,
        HeaderMap::new(),
        Bytes::new(),
        MINUTE,
        LIMITS,
    )
    .await
    .unwrap_err();
    assert!(matches!(error, SendError::Unreachable(_)), "{error:?}");
    assert!(!shown(&error).contains("s3cret"), "{error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        if error.is::<NoSuchName>() {
            return;
        }
        source = error.source();
    }
    panic!("not among the sources: {error:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_unknown() {
    for reset in [false, true] {
        let server = Server::start().await;
        let url = server.url("/s3cret");
        let hang_up = async {
            let (stream, _) = server.request().await;
            if reset {
                stream.set_zero_linger().unwrap();
            }
        };
        let (outcome, ()) = tokio::join!(post(&url, MINUTE), hang_up);
        let error = outcome.unwrap_err();
        assert!(matches!(error, SendError::Unknown(_)), "{error:?}");
        assert!(!shown(&error).contains("s3cret"), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_is_unknown() {
    let server = Server::start().await;
    let url = server.url("/s3cret");
    let silence = async {
        let (stream, _) = server.request().await;
        // Nothing is on its way any more, so that the clock may jump to the timeout.
        tokio::time::pause();
        std::future::pending::<()>().await;
        drop(stream);
    };
    let outcome = tokio::select! {
        outcome = post(&url, MINUTE) => outcome,
        () = silence => unreachable!("it waits for ever"),
    };
    let error = outcome.unwrap_err();
    assert!(matches!(error, SendError::Unknown(_)), "{error:?}");
    assert!(!shown(&error).contains("s3cret"), "{error:?}");
}

#[tokio::test]
async fn an_answer_that_is_no_http_is_unknown() {
    let server = Server::start().await;
    let url = server.url("/");
    let (outcome, _) = tokio::join!(post(&url, MINUTE), server.answer("220 smtp ready\r\n"));
    let error = outcome.unwrap_err();
    assert!(matches!(error, SendError::Unknown(_)), "{error:?}");
}

#[tokio::test]
async fn a_url_that_is_no_http_is_an_invalid_request() {
    for url in ["ftp://receiver.test/s3cret", "mailto:s3cret@receiver.test"] {
        let error = post(&url.parse().unwrap(), MINUTE).await.unwrap_err();
        assert!(matches!(error, SendError::InvalidRequest(_)), "{error:?}");
        assert!(!shown(&error).contains("s3cret"), "{}", shown(&error));
    }
}
