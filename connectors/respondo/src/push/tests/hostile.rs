//! Servers that break off, drip, never end, or say what they should not.

use proptest::prelude::*;

use super::*;
use crate::push::pushed::Said;

#[tokio::test]
async fn a_refused_connection_is_unreachable() {
    let server = Server::start().await;
    let client = client(&server);
    drop(server);
    let error = client.send(&request()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (Kind::Unreachable, None));
    assert!(!format!("{error:?}").contains(SECRET));
}

#[tokio::test]
async fn a_name_that_nobody_has_is_unreachable() {
    let client = Client::new(http(), &"https://hub.invalid/".parse().unwrap()).unwrap();
    let error = client.send(&request()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unreachable);
    assert_discreet(&error);
}

#[tokio::test]
async fn a_server_without_tls_is_unreachable() {
    let server = Server::start().await;
    let mut base = server.url("/");
    base.set_scheme("https").unwrap();
    let client = Client::new(http(), &base).unwrap();
    let request = request();
    let speak_plainly = async {
        let mut stream = server.accept().await;
        stream
            .write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            .await
            .unwrap();
        stream
    };
    let (outcome, _stream) = tokio::join!(client.send(&request), speak_plainly);
    assert_eq!(outcome.unwrap_err().kind(), Kind::Unreachable);
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_unanswered() {
    for reset in [false, true] {
        let server = Server::start().await;
        let client = client(&server);
        let request = request();
        let hang_up = async {
            let (stream, _) = server.request().await;
            if reset {
                stream.set_zero_linger().unwrap();
            }
        };
        let (outcome, ()) = tokio::join!(client.send(&request), hang_up);
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.status()), (Kind::Unanswered, None));
        assert_discreet(&error);
    }
}

#[tokio::test]
async fn a_server_that_says_nothing_is_unanswered() {
    let server = Server::start().await;
    let client = client(&server).with_timeout(Duration::from_millis(100));
    let request = request();
    let (outcome, _stream) = tokio::join!(client.send(&request), server.request());
    let error = outcome.unwrap_err();
    assert_eq!(error.kind(), Kind::Unanswered);
    assert_discreet(&error);
}

#[tokio::test]
async fn what_is_no_http_is_unanswered() {
    for gibberish in ["SSH-2.0-x\r\n", "HTTP/1.1 2x0 X\r\n\r\n", "\0\0\0\0"] {
        let error = outcome(gibberish).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Unanswered, "{gibberish:?}");
        assert_discreet(&error);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_or_drips_leaves_it_open() {
    let error = outcome("HTTP/1.1 200 X\r\nContent-Length: 900\r\n\r\n{\"id\":17}").await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (Kind::Unreadable, Some(200))
    );
    assert_discreet(&error);

    let server = Server::start().await;
    let client = client(&server).with_timeout(Duration::from_millis(100));
    let request = request();
    let drip = async {
        let (mut stream, _) = server.request().await;
        let head = b"HTTP/1.1 200 X\r\nContent-Length: 9\r\n\r\n{\"id\"";
        stream.write_all(head).await.unwrap();
        stream
    };
    let (outcome, _stream) = tokio::join!(client.send(&request), drip);
    let error = outcome.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (Kind::Unreadable, Some(200))
    );
    assert_discreet(&error);
}

#[tokio::test]
async fn a_body_without_end_is_not_read_to_its_end() {
    for (status, kind) in [
        (200, Kind::Unreadable),
        (422, Kind::Duplicate),
        (500, Kind::Unavailable),
    ] {
        let server = Server::start().await;
        let client = client(&server).with_max_body_bytes(10_000);
        let request = request();
        let flood = async {
            let (mut stream, _) = server.request().await;
            let head = format!("HTTP/1.1 {status} X\r\n\r\n");
            stream.write_all(head.as_bytes()).await.unwrap();
            // Ends when the other side has hung up.
            while stream.write_all(&[b' '; 4096]).await.is_ok() {}
        };
        let (outcome, ()) = tokio::join!(client.send(&request), flood);
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.status()), (kind, Some(status)));
    }
}

#[tokio::test]
async fn a_body_may_be_as_long_as_the_limit_and_no_longer() {
    for (length, fits) in [(1000, true), (1001, false)] {
        let server = Server::start().await;
        let client = client(&server).with_max_body_bytes(1000);
        let request = request();
        let made = answer(200, "", &format!("{MADE:<length$}"));
        let (outcome, _) = tokio::join!(client.send(&request), server.answer(&made));
        assert_eq!(outcome.is_ok(), fits, "{length}");
    }
}

#[tokio::test]
async fn a_server_that_repeats_the_token_is_not_quoted() {
    let long = "x".repeat(10_000);
    let body = json!({"error": format!("a\r\n{SECRET} is {SECRET}\u{7} {long}")}).to_string();
    for status in [200, 403, 422, 500] {
        let error = error(status, "", &body).await;
        assert!(error.to_string().len() < 300, "{error}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

proptest! {
    #[test]
    fn no_body_is_a_panic(body: Vec<u8>, text: String, id in any::<u64>()) {
        for body in [&body, text.as_bytes()] {
            if let Ok(Said::Pushed(pushed)) = Said::from_wire(body) {
                prop_assert!(!pushed.id.is_empty());
            }
            prop_assert!(Refusal::message(body).len() <= body.len());
        }
        let body = json!({"id": id, "status": text}).to_string();
        let Ok(Said::Pushed(pushed)) = Said::from_wire(body.as_bytes()) else {
            panic!("not pushed");
        };
        prop_assert_eq!(pushed.id, id.to_string());
    }
}
