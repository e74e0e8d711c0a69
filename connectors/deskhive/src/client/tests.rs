use std::error::Error as _;

use reqwest::redirect::Policy;
use tokio::io::AsyncWriteExt;

use super::*;
use crate::{Kind, Paging, ReplyRequest, external, internal};
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

fn answer(status: u16, headers: &str, body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
}

/// What comes of a call that is answered with `answer`.
async fn outcome<T>(call: &Call<T>, answer: &str) -> Result<Answer<T>, Error> {
    let server = Server::start().await;
    let client = client(&server);
    let (outcome, _) = tokio::join!(client.send(call), server.answer(answer));
    outcome
}

fn reply() -> Call<crate::Posted> {
    external::reply(5, &ReplyRequest::public("On it.")).unwrap()
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
    let error = client.send(&reply()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (Kind::Unreachable, None));
    assert!(!shown(&error).contains(KEY_TEXT), "{error:?}");
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
        let call = reply();
        let (outcome, ()) = tokio::join!(client.send(&call), hang_up);
        let error = outcome.unwrap_err();
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
    let call = reply();
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
    let error = outcome(&reply(), "220 smtp ready\r\n").await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unanswered);
}

#[tokio::test]
async fn bodies_are_read_up_to_the_limit_and_no_further() {
    let body = r#"{"status":true,"data":{"unread_count":5}}"#;
    for (limit, taken) in [(body.len(), true), (body.len() - 1, false)] {
        let server = Server::start().await;
        let client = client(&server).with_max_body_bytes(limit);
        let call = external::unread_count();
        let answer = answer(200, "", body);
        let (outcome, _) = tokio::join!(client.send(&call), server.answer(&answer));
        match outcome {
            Ok(answer) => assert!(taken && answer.value.unread_count == 5),
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
        let call = external::ticket(5);
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
        let call = external::mark_read(5);
        assert!(outcome(&call, answer).await.is_ok(), "{answer}");
    }
    // The answer to a reply is not documented, so that a missing one is no failure.
    let posted = outcome(&reply(), "HTTP/1.1 201 X\r\nContent-Length: 9\r\n\r\n{")
        .await
        .unwrap();
    assert_eq!((posted.status, posted.value.id), (201, None));
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
            .answer("HTTP/1.1 302 X\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n")
            .await;
        server
            .answer(&answer(200, "", r#"{"data":{"unread_count":1}}"#))
            .await;
    };
    let call = external::unread_count();
    let (outcome, ()) = tokio::join!(client.send(&call), elsewhere);
    assert_eq!(outcome.unwrap_err().kind(), Kind::Redirected);
}

#[tokio::test]
async fn targets_stay_below_the_servers_address() {
    let server = Server::start().await;
    let client = client(&server);
    for target in [
        "",
        "api",
        "@example.com/",
        ".example.com/",
        ":1/",
        "/../x",
        "/%2e%2E/x",
        "/a b",
        "/é",
        "/x#y",
        "/a\r\nx: y",
    ] {
        let request = Request::from_parts(Method::GET, target, HeaderMap::new(), "");
        let error = client.execute(&request).await.unwrap_err();
        assert!(matches!(error, Error::Unsendable(_)), "{target:?}");
        assert_eq!(error.kind(), Kind::Invalid);
    }
}

#[tokio::test]
async fn a_request_that_was_kept_is_sent_as_it_was() {
    let server = Server::start().await;
    let client = client(&server);
    let call = reply();
    let kept = Request::from_parts(
        call.request().method().clone(),
        call.request().target(),
        call.request().headers().clone(),
        call.request().body().clone(),
    );
    assert_eq!(kept, call.clone().into_request());
    let said = answer(201, "", r#"{"data":{"id":9,"content":"On it."}}"#);
    let (outcome, received) = tokio::join!(client.execute(&kept), server.answer(&said));
    assert_eq!(received.body, &call.request().body()[..]);
    let body = outcome.unwrap().value;
    assert_eq!(call.read(&body).unwrap().id, Some(9));
}

#[test]
fn a_servers_address_is_a_bare_one_and_may_have_a_path() {
    let new = |base: &str| {
        let key = ApiKey::new(KEY_TEXT).unwrap();
        Client::new(reqwest::Client::new(), &base.parse().unwrap(), key)
    };
    for (base, url) in [
        ("https://desk.test", "https://desk.test/api/v1/x?y=1"),
        (
            "https://example.test:8443/desk/",
            "https://example.test:8443/desk/api/v1/x?y=1",
        ),
        ("http://[::1]:80", "http://[::1]/api/v1/x?y=1"),
    ] {
        let client = new(base).unwrap();
        assert_eq!(client.url("/api/v1/x?y=1").unwrap().as_str(), url);
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

#[test]
fn what_is_shown_of_a_call_says_nothing_of_people() {
    let call = external::search_articles("Jo's s3cret").unwrap();
    let note = external::reply(5, &ReplyRequest::internal("Jo's s3cret")).unwrap();
    for shown in [format!("{call:?}"), format!("{note:?}")] {
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
