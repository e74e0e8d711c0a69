//! Answers that break HTTP, and those that never end.

use std::io::ErrorKind;
use std::time::Duration;

use ticketbridge_sim::{Behaviour, Received, Receiver};
use tokio::time::{Instant, timeout};

use crate::client::{Client, LONG, post_reply};

/// Sends one reply to a receiver that behaves like this.
async fn sent(behaviour: Behaviour) -> (Receiver, Client) {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", behaviour);
    let mut client = Client::connect(receiver.addr()).await;
    client.send(&post_reply("/r", "tb-1", "hello")).await;
    (receiver, client)
}

fn only(receiver: &Receiver) -> Received {
    let mut received = receiver.received();
    assert_eq!(received.len(), 1);
    received.remove(0)
}

#[tokio::test]
async fn a_reset_is_a_reset_after_the_request_was_read() {
    let (receiver, mut client) = sent(Behaviour::Reset).await;
    assert_eq!(
        client.rest().await,
        (Vec::new(), Some(ErrorKind::ConnectionReset))
    );
    let received = only(&receiver);
    assert_eq!(received.json().unwrap()["response_text"], "hello");
    assert_eq!(received.answered, None);
}

#[tokio::test]
async fn a_reset_after_the_headers_comes_within_the_body() {
    let (receiver, mut client) = sent(Behaviour::ResetAfterHeaders).await;
    let head = client.head().await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    let (body, ended) = client.rest().await;
    assert_eq!(ended, Some(ErrorKind::ConnectionReset));
    assert!(
        head.contains(&format!("Content-Length: {}\r\n", body.len() + 1000)),
        "{head}"
    );
    assert_eq!(only(&receiver).answered, Some(200));
}

#[tokio::test]
async fn a_close_without_an_answer_is_an_end_in_order() {
    let (receiver, mut client) = sent(Behaviour::CloseWithoutAnswer).await;
    assert_eq!(client.rest().await, (Vec::new(), None));
    assert_eq!(only(&receiver).answered, None);
}

#[tokio::test]
async fn a_length_that_lies_ends_too_early() {
    let (_receiver, mut client) = sent(Behaviour::LyingContentLength).await;
    let head = client.head().await;
    let (body, ended) = client.rest().await;
    assert_eq!(ended, None);
    assert!(
        head.contains(&format!("Content-Length: {}\r\n", body.len() + 1000)),
        "{head}"
    );
}

#[tokio::test]
async fn broken_chunks_have_a_good_one_and_a_bad_one() {
    let (_receiver, mut client) = sent(Behaviour::BrokenChunks).await;
    assert!(
        client
            .head()
            .await
            .contains("Transfer-Encoding: chunked\r\n")
    );
    let (body, ended) = client.rest().await;
    let body = String::from_utf8(body).unwrap();
    let (size, rest) = body.split_once("\r\n").unwrap();
    let size = usize::from_str_radix(size, 16).unwrap();
    assert!(rest[size..].starts_with("\r\nsize\r\n"), "{body}");
    assert_eq!(ended, None);
}

#[tokio::test]
async fn garbage_is_not_http() {
    let (receiver, mut client) = sent(Behaviour::Garbage).await;
    let (bytes, ended) = client.rest().await;
    assert!(!bytes.is_empty() && !bytes.starts_with(b"HTTP"));
    assert_eq!((ended, only(&receiver).answered), (None, None));
}

#[tokio::test]
async fn an_endless_body_goes_on_until_the_client_goes() {
    let (receiver, mut client) = sent(Behaviour::EndlessBody).await;
    assert!(
        client
            .head()
            .await
            .contains("Transfer-Encoding: chunked\r\n")
    );
    // More than the buffers of both sides together hold by default.
    for _ in 0..32 {
        client.bytes(1024 * 1024).await;
    }
    assert_eq!(receiver.in_flight("/r"), 1);
    drop(client);
    receiver
        .wait_until(LONG, |receiver| receiver.in_flight("/r") == 0)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_slow_drip_has_its_head_at_once_and_its_body_byte_by_byte() {
    let every = Duration::from_millis(40);
    let since = Instant::now();
    let (receiver, mut client) = sent(Behaviour::SlowDrip { every }).await;
    let head = client.head().await;
    assert!(head.contains("Content-Length: 4294967295\r\n"), "{head}");
    assert_eq!(client.bytes(5).await, b"aaaaa");
    assert!(since.elapsed() >= every * 5, "{:?}", since.elapsed());
    drop(client);
    receiver
        .wait_until(LONG, |receiver| receiver.in_flight("/r") == 0)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_drip_ends_when_the_client_goes_and_not_with_the_next_drop() {
    let (receiver, mut client) = sent(Behaviour::SlowDrip { every: LONG * 100 }).await;
    client.head().await;
    drop(client);
    receiver
        .wait_until(LONG, |receiver| receiver.in_flight("/r") == 0)
        .await
        .unwrap();
}

#[tokio::test]
async fn dripping_headers_have_no_end() {
    let every = Duration::from_millis(40);
    let since = Instant::now();
    let (receiver, mut client) = sent(Behaviour::DripHeaders { every }).await;
    assert_eq!(client.bytes(30).await, b"HTTP/1.1 200 OK\r\nX-Drip: aaaaa");
    assert!(since.elapsed() >= every * 5, "{:?}", since.elapsed());
    assert_eq!(only(&receiver).answered, None);
}

#[tokio::test]
async fn a_hang_has_read_the_request_and_ends_when_the_client_goes() {
    let (receiver, mut client) = sent(Behaviour::Hang).await;
    let received = receiver.wait_for("/r", 1, LONG).await.unwrap().remove(0);
    assert_eq!(received.json().unwrap()["response_text"], "hello");
    assert_eq!((received.answered, received.ended), (None, None));
    assert!(
        timeout(Duration::from_millis(100), client.byte())
            .await
            .is_err()
    );
    drop(client);
    receiver
        .wait_until(LONG, |receiver| receiver.in_flight("/r") == 0)
        .await
        .unwrap();
    assert!(only(&receiver).ended.is_some());
}

#[tokio::test]
async fn a_hang_before_reading_leaves_the_body_where_it_is() {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", Behaviour::HangBeforeReading);
    let mut client = Client::connect(receiver.addr()).await;
    client
        .send("POST /r HTTP/1.1\r\nHost: sim\r\nContent-Length: 5\r\n\r\n")
        .await;
    let received = receiver.wait_for("/r", 1, LONG).await.unwrap().remove(0);
    assert!(received.body.is_empty());
    client.send("hello").await;
    assert!(
        timeout(Duration::from_millis(100), client.byte())
            .await
            .is_err()
    );
    assert_eq!(receiver.in_flight("/r"), 1);
    drop(client);
    receiver
        .wait_until(LONG, |receiver| receiver.in_flight("/r") == 0)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_late_answer_is_late_and_good() {
    let after = Duration::from_millis(150);
    let since = Instant::now();
    let (receiver, mut client) = sent(Behaviour::LateAnswer { after }).await;
    let answer = client.answer().await;
    assert!(since.elapsed() >= after);
    assert_eq!(
        (answer.status, &answer.json()["content"]),
        (200, &"hello".into())
    );
    let received = only(&receiver);
    assert!(received.ended.unwrap() - received.after >= after);
    assert_eq!(received.answered, Some(200));
}

#[tokio::test]
async fn a_late_answer_is_none_when_the_client_has_gone() {
    let (receiver, client) = sent(Behaviour::LateAnswer { after: LONG * 100 }).await;
    receiver.wait_for("/r", 1, LONG).await.unwrap();
    drop(client);
    receiver
        .wait_until(LONG, |receiver| receiver.in_flight("/r") == 0)
        .await
        .unwrap();
    assert_eq!(only(&receiver).answered, None);
}
