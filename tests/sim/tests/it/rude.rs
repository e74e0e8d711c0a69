//! Peers that fail before HTTP begins, and answers that break it in ways of their own.

use std::time::Duration;

use ticketbridge_sim::{Behaviour, Receiver, RudeSocket, Rudeness};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::client::{Client, LONG, post_reply};

async fn rude(rudeness: Rudeness) -> RudeSocket {
    let anywhere = "127.0.0.1:0".parse().unwrap();
    RudeSocket::start_on(anywhere, rudeness).await.unwrap()
}

#[tokio::test]
async fn a_full_socket_lets_nobody_connect() {
    let socket = rude(Rudeness::Full).await;
    let another = TcpStream::connect(socket.addr());
    let waited = timeout(Duration::from_millis(500), another).await;
    assert!(waited.is_err(), "{waited:?}");
}

#[tokio::test]
async fn a_rude_socket_resets_closes_or_talks_nonsense() {
    let read = async |rudeness| {
        let socket = rude(rudeness).await;
        let mut stream = TcpStream::connect(socket.addr()).await.unwrap();
        let mut bytes = Vec::new();
        let ended = timeout(LONG, stream.read_to_end(&mut bytes)).await.unwrap();
        assert_eq!(socket.connections(), 1);
        (bytes, ended.map_err(|error| error.kind()))
    };
    let (nothing, reset) = read(Rudeness::ResetsAtOnce).await;
    assert_eq!(nothing, b"");
    assert_eq!(reset, Err(std::io::ErrorKind::ConnectionReset));
    assert_eq!(read(Rudeness::ClosesAtOnce).await, (Vec::new(), Ok(0)));
    let (nonsense, _) = read(Rudeness::Garbage).await;
    assert!(nonsense.starts_with(b"220 "), "{nonsense:?}");
}

async fn asked(behaviour: Behaviour) -> (Receiver, Client) {
    let receiver = Receiver::start().await.unwrap();
    receiver.behave("/r", behaviour);
    let mut client = Client::connect(receiver.addr()).await;
    client.send(&post_reply("/r", "tb-1", "hello")).await;
    (receiver, client)
}

#[tokio::test]
async fn informational_answers_come_before_the_answer() {
    let (_receiver, mut client) = asked(Behaviour::Informational { count: 2 }).await;
    for _ in 0..2 {
        assert!(client.head().await.starts_with("HTTP/1.1 103 "));
    }
    assert!(client.head().await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn a_connection_said_to_be_kept_is_closed_after_the_answer_or_reset_at_the_next_request() {
    let (_receiver, mut client) = asked(Behaviour::CloseAfterAnswer).await;
    let head = client.head().await;
    assert!(!head.to_lowercase().contains("connection: close"), "{head}");
    assert_eq!(client.rest().await.1, None);

    let (receiver, mut client) = asked(Behaviour::ResetWhenReused).await;
    assert!(client.head().await.starts_with("HTTP/1.1 200 "));
    client.send(&post_reply("/r", "tb-2", "again")).await;
    let (_, ended) = client.rest().await;
    assert_eq!(ended, Some(std::io::ErrorKind::ConnectionReset));
    assert_eq!(receiver.received().len(), 1, "the second was never read");
}

#[tokio::test]
async fn an_extra_answer_follows_the_one_that_was_asked_for() {
    for after in [Duration::ZERO, Duration::from_millis(5)] {
        let (receiver, mut client) = asked(Behaviour::ExtraAnswer { after }).await;
        assert_eq!(client.answer().await.status, 200);
        assert_eq!(client.answer().await.json()["external_uid"], "unasked");
        assert_eq!(receiver.received().len(), 1);
    }
}
